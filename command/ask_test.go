package command

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// question is the options of ask for a URL, asked from page.
func question(url string) *askOptions {
	return &askOptions{request: requestFlags{request: harness.Request{From: page, URL: url}}}
}

func TestAskBlocked(t *testing.T) {
	r := end(t, question(server(t).URL+"/").run)
	if r.status != exitBlocked {
		t.Errorf("status %d, want %d\n%s", r.status, exitBlocked, r.stderr)
	}
	for _, want := range []string{"from " + page, "script saw TypeError: Failed to fetch", "(no Access-Control-Allow-Origin)", "Remedy: "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r.stderr != "" || strings.Contains(r.stdout, "\x1b[") {
		t.Errorf("not for a terminal: %q, %q", r.stdout, r.stderr)
	}
}

func TestAskReadableAsJSON(t *testing.T) {
	r := run(t, "ask", server(t).URL+"/open", "--from", page, "--json", "--header", "Authorization: Bearer s3cret", "--body", "s3cret")
	if r.status != exitHeld {
		t.Fatalf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	if strings.Contains(r.stdout, "s3cret") {
		t.Errorf("a secret is in the document:\n%s", r.stdout)
	}
	var d struct {
		Verdict   string
		Reason    any
		Arrivals  any
		Exchanges []struct {
			Kind            string
			Method          string
			Sent            bool
			Status          int
			ResponseHeaders [][2]string
		}
		Script struct{ Type, Body string }
		Chrome struct {
			Version string
			Flags   []string
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("not one JSON document: %v\n%s", err, r.stdout)
	}
	if d.Verdict != "readable" || d.Reason != nil || d.Arrivals != nil || d.Script.Type != "cors" || d.Script.Body != "hello" {
		t.Errorf("%+v", d)
	}
	if len(d.Exchanges) != 2 || d.Exchanges[0].Kind != "preflight" || d.Exchanges[1].Method != "POST" || !d.Exchanges[1].Sent ||
		len(d.Exchanges[1].ResponseHeaders) == 0 {
		t.Errorf("exchanges %+v", d.Exchanges)
	}
	if !strings.HasPrefix(d.Chrome.Version, "Chrome/") && !strings.HasPrefix(d.Chrome.Version, "HeadlessChrome/") || len(d.Chrome.Flags) == 0 {
		t.Errorf("chrome %+v", d.Chrome)
	}
}

// The server of TestAskReadableAsJSON lists Authorization beside *; this server
// does not.
func TestAskWhereTheStandardSaysOtherwise(t *testing.T) {
	lax := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	defer lax.Close()
	for _, c := range []struct{ url, want string }{
		{lax.URL, "The Fetch standard gives another verdict: blocked, HeaderDisallowedByPreflightResponse (authorization)."},
		{server(t).URL + "/open", ""},
	} {
		r := run(t, "ask", c.url, "--from", page, "--header", "Authorization: Bearer x")
		if said := strings.Contains(r.stdout, "The Fetch standard"); r.status != exitHeld || said != (c.want != "") || !strings.Contains(r.stdout, c.want) {
			t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
		}
		r = run(t, "ask", c.url, "--from", page, "--header", "Authorization: Bearer x", "--json")
		var d struct {
			Standard *struct {
				Verdict    string
				Deviations []struct{ ID string }
			}
		}
		if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || (d.Standard != nil) != (c.want != "") {
			t.Errorf("%v\n%s", err, r.stdout)
		}
		if d.Standard != nil && (d.Standard.Verdict != "blocked" || len(d.Standard.Deviations) != 1 || d.Standard.Deviations[0].ID != "D1") {
			t.Errorf("%+v", d.Standard)
		}
	}
}

// Flags describe the page: its policies, and the address space that it is in.
func TestAskFromPagesOfAllKinds(t *testing.T) {
	url := server(t).URL + "/open"
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--from", page, "--page-header", "Content-Security-Policy: connect-src 'self'"}, exitBlocked, "Remedy: add " + strings.TrimSuffix(url, "/open") + " to connect-src"},
		{[]string{"--from", page, "--within", "https://shop.example.com", "--frame-allow", "loopback-network", "--via", "worker"}, exitHeld, "in a frame of https://shop.example.com"},
		{[]string{"--from", "file:"}, exitHeld, "> Origin: null"},
		{[]string{"--from", page, "--target-address-space", "local"}, exitBlocked, "InvalidLocalNetworkAccess"},
		{[]string{"--from", page, "--page-header", "Content-Security-Policy"}, exitUsage, `page-header "Content-Security-Policy": no colon`},
	} {
		r := run(t, append([]string{"ask", url}, c.args...)...)
		if r.status != c.status || !strings.Contains(r.stdout+r.stderr, c.want) {
			t.Errorf("%q: status %d\n%s\n%s", c.args, r.status, r.stdout, r.stderr)
		}
	}
}

func TestAskOpaque(t *testing.T) {
	o := question(server(t).URL + "/")
	o.request.request.Mode = harness.NoCORS
	if r := end(t, o.run); r.status != exitHeld {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

func TestAskExample(t *testing.T) {
	r := end(t, (&askOptions{example: true}).run)
	if r.status != exitHeld || strings.Count(r.stdout, "from https://app.test") != 2 {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

func TestAskWithoutVerdict(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for _, c := range []struct {
		name    string
		url     string
		browser browserFlags
		want    string
	}{
		{"refused", "http://" + unusedAddress(t) + "/", browserFlags{}, "nothing listens there"},
		{"no such name", "https://no-such-name.invalid/", browserFlags{}, "its name does not resolve"},
		{"silent", silent.URL, browserFlags{timeout: 4 * time.Second}, "nothing within 4s: missing the script's answer, an answer to GET " + silent.URL + "/\ncorsproof: if the server is slow, --timeout gives it more time"},
		{"not a Chrome", silent.URL, browserFlags{chrome: "/bin/false"}, "start /bin/false: "},
		{"not even that", silent.URL, browserFlags{chrome: "/bin/true"}, "start /bin/true: "},
		{"no Chrome", silent.URL, browserFlags{chrome: "/nonexistent/chrome"}, "no Chrome at /nonexistent/chrome: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := question(c.url)
			o.browser = c.browser
			r := end(t, o.run)
			if r.status != exitNoAnswer || r.stdout != "" || strings.Count(r.stderr, "\n") != 1+strings.Count(c.want, "\n") || !strings.Contains(r.stderr, c.want) {
				t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
			}
		})
	}
}

// unusedAddress is an address at which nothing listens.
func unusedAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestAskWithoutVerdictAsJSON(t *testing.T) {
	o := question("http://" + unusedAddress(t) + "/")
	o.json = true
	r := end(t, o.run)
	var d struct {
		Verdict *string
		Error   string
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || d.Verdict != nil || !strings.Contains(d.Error, "refused") {
		t.Errorf("%+v %v\n%s", d, err, r.stdout)
	}
	if r.status != exitNoAnswer {
		t.Errorf("status %d", r.status)
	}
}

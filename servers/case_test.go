package servers

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// ask sends a request and returns status and body.
func ask(t *testing.T, c *http.Client, method, url string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range header {
		req.Header.Set(name, "PUT")
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestCaseAnswersPreflightsApart(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := client(t, n)
	const asks = "Access-Control-Request-Method"
	apart := n.Add(Case{Reply: Reply{Body: "request"}, Preflight: &Reply{Body: "preflight"}})
	same := n.Add(Case{Reply: Reply{Body: "request"}})
	zero := n.Add(Case{Reply: Reply{Body: "request"}, Preflight: &Reply{}})
	n.OfferHTTP2("h2.test")
	for _, origin := range []string{"http://api.test", "https://api.test", "https://h2.test"} {
		for _, test := range []struct {
			at     *Place
			method string
			header []string
			want   string
		}{
			{apart, "OPTIONS", []string{asks}, "preflight"},
			{apart, "OPTIONS", nil, "request"},
			{apart, "PUT", []string{asks}, "request"},
			{same, "OPTIONS", []string{asks}, "request"},
			{zero, "OPTIONS", []string{asks}, ""},
		} {
			if _, got := ask(t, c, test.method, test.at.URL(origin), test.header...); got != test.want {
				t.Errorf("%s %s with %q is answered %q, want %q", test.method, origin, test.header, got, test.want)
			}
		}
	}
}

func TestCaseAnswersByFunction(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := client(t, n)
	p := n.Add(Case{
		Reply: Reply{Status: 500}, Preflight: &Reply{Status: 500},
		Answer: func(a harness.Arrival) Reply {
			if a.Seq == 0 {
				return Reply{Status: 500, Body: "the arrival has no number"}
			}
			return Reply{Body: a.Method + " " + a.URL}
		},
	})
	url := p.URL("https://api.test")
	if status, got := ask(t, c, "OPTIONS", url+"/x?q", "Access-Control-Request-Method"); status != 200 || got != "OPTIONS "+url+"/x?q" {
		t.Errorf("answered %d %q", status, got)
	}
	p = n.Add(Case{Answer: func(harness.Arrival) Reply { return Reply{Body: []string{}[0]} }})
	if status, got := ask(t, c, "GET", p.URL("https://api.test")); status != 500 || !strings.Contains(got, "panicked: runtime error: index out of range") {
		t.Errorf("a function that panics is answered %d %q", status, got)
	}
}

func TestCaseAnswersUnderItsTokenAtEveryOrigin(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := client(t, n)
	p := n.Add(Case{Reply: Reply{Body: "mine"}})
	other := n.Add(Case{Reply: Reply{Body: "other"}})
	for url, want := range map[string]string{
		p.URL("https://api.test"):                "mine",
		p.URL("https://api.test/"):               "mine",
		p.URL("http://x.localhost:81") + "?q=/r": "mine",
		p.URL("https://api.test") + "/":          "mine",
		p.URL("https://api.test") + "/a/b":       "mine",
		other.URL("https://api.test"):            "other",
	} {
		if status, got := ask(t, c, "GET", url); status != 200 || got != want {
			t.Errorf("%s answers %d %q, want %q", url, status, got, want)
		}
	}
	url := p.URL("https://api.test")
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, url := range []string{url, url + "x", "https://api.test/", "https://api.test/r/", "https://api.test/x" + p.path} {
		if status, got := ask(t, c, "GET", url); status != 404 || got != "corsproof fixture network: no case answers at "+url+"\n" {
			t.Errorf("%s answers %d %q", url, status, got)
		}
	}
	if _, got := ask(t, c, "GET", other.URL("https://api.test")); got != "other" {
		t.Error("closing one case closed another")
	}
}

func TestUnknownPathHasNoCORSHeader(t *testing.T) {
	t.Parallel()
	n := start(t)
	res, err := client(t, n).Get("https://api.test/x")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if want := (http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"65"}}); !reflect.DeepEqual(res.Header, want) {
		t.Errorf("headers are %v, want %v", res.Header, want)
	}
}

func TestHandle(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := client(t, n)
	p, err := n.Handle("https://API.test:443", "/own", Case{Reply: Reply{Body: "own"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.URL("https://other.test"); got != "https://api.test/own" {
		t.Errorf("URL is %q", got)
	}
	for url, want := range map[string]int{
		"https://api.test/own": 200, "https://api.test/own?q": 200, "https://api.test/own/": 404,
		"http://api.test/own": 404, "https://api.test:8443/own": 404, "https://other.test/own": 404,
	} {
		if got, _ := ask(t, c, "GET", url); got != want {
			t.Errorf("%s answers %d, want %d", url, got, want)
		}
	}
	for _, bad := range [][2]string{{"https://api.test", "/own"}, {"https://api.example", "/x"}, {"https://api.test", "x"}, {"https://api.test", "/x?y"}} {
		if _, err := n.Handle(bad[0], bad[1], Case{}); err == nil {
			t.Errorf("Handle(%q, %q) is no error", bad[0], bad[1])
		}
	}
	_ = p.Close()
	again, err := n.Handle("https://api.test", "/own", Case{})
	if err != nil {
		t.Fatalf("after Close the place is not free: %v", err)
	}
	_ = p.Close() // must not take away its successor
	if got, _ := ask(t, c, "GET", again.URL("")); got != 200 {
		t.Error("closing a place twice closed its successor")
	}
}

// A path with a case of its own is not answered by the case for all paths.
func TestHandleEveryPathOfAnOrigin(t *testing.T) {
	t.Parallel()
	n := start(t)
	c := client(t, n)
	all, err := n.Handle("https://api.test", "", Case{Reply: Reply{Body: "all"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/own", "/everywhere"} {
		origin := map[string]string{"/own": "https://api.test"}[path]
		if _, err := n.Handle(origin, path, Case{Reply: Reply{Body: path}}); err != nil {
			t.Fatal(err)
		}
	}
	token := n.Add(Case{Reply: Reply{Body: "token"}})
	for url, want := range map[string]string{
		all.URL(""):                            "all",
		"https://api.test/":                    "all",
		"https://api.test/a/b?q":               "all",
		"https://api.test/r/none":              "all",
		"https://api.test/own":                 "/own",
		"https://api.test/everywhere":          "/everywhere",
		token.URL("https://api.test"):          "token",
		"https://api.test" + serviceWorkerPath: "",
	} {
		if status, got := ask(t, c, "GET", url); status != 200 || got != want {
			t.Errorf("%s answers %d %q, want %q", url, status, got, want)
		}
	}
	for _, url := range []string{"https://other.test/", "http://api.test/", "https://api.test:8443/"} {
		if status, _ := ask(t, c, "GET", url); status != 404 {
			t.Errorf("%s answers %d, want 404", url, status)
		}
	}
	if _, err := n.Handle("", "", Case{}); err == nil {
		t.Error("a case for every path of every origin: want an error")
	}
}

func TestTokensDoNotRepeatAndAreForgotten(t *testing.T) {
	t.Parallel()
	var n Network
	seen := map[string]bool{}
	for range 20_000 {
		p := n.Add(Case{})
		if seen[p.key] || len(p.key) != 7 {
			t.Fatalf("token %q", p.key)
		}
		seen[p.key] = true
		_ = p.Close()
	}
	if len(n.cases.tokens) != 0 {
		t.Errorf("%d closed cases are kept", len(n.cases.tokens))
	}
}

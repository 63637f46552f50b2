package command

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What init writes of a server holds when verify asks the same server.
func TestInitThenVerify(t *testing.T) {
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "X-Total")
		w.Header().Set("X-Total", "7")
		w.Header().Set("X-Other", "1")
		if r.Header.Get("Access-Control-Request-Method") != "" {
			w.Header().Set("Access-Control-Allow-Headers", "x-trace, content-type")
			w.Header().Set("Access-Control-Max-Age", "600")
		}
	}))
	t.Cleanup(open.Close)
	bare404 := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "not-there") {
			w.Header().Del("Access-Control-Allow-Origin")
			w.WriteHeader(http.StatusNotFound)
		}
	})
	closed := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(closed.Close)
	for name, c := range map[string]struct {
		url   string
		lines []string
	}{
		"a list, with credentials": {newAllowing(t, nil).URL + "/v1/me", []string{
			"origins: [" + page + "]", "credentials: true", "methods: [GET, PUT, DELETE]", "requestHeaders: [Authorization, X-Trace]", "exposeHeaders: []", "  - path: /v1/me",
		}},
		"any":                   {open.URL + "/", []string{"origins: any", "credentials: false", "methods: [GET]", "requestHeaders: [x-trace, content-type]", "exposeHeaders: [X-Total]", "maxAge: 600"}},
		"an error that is bare": {bare404.URL + "/a", []string{"origins: [" + page + "]", "errors: false"}},
		"nobody":                {closed.URL + "/", []string{"origins: none"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "corsproof.yaml")
			if r := run(t, "init", c.url, "--from", page, "--output", file); r.status != exitHeld || r.stdout != "" || !strings.Contains(r.stderr, "corsproof verify "+file) {
				t.Fatalf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range c.lines {
				if !strings.Contains(string(data), "\n"+line+"\n") {
					t.Errorf("no line %q in\n%s", line, data)
				}
			}
			if r := run(t, "verify", file); r.status != exitHeld {
				t.Errorf("status %d\n%s\n%s\n%s", r.status, data, r.stdout, r.stderr)
			}
		})
	}
}

// Pages of any site that read with credentials cannot stand in a policy: the file says so.
func TestInitOfAServerThatIsOpenWithCredentials(t *testing.T) {
	reflecting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
		w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	}))
	t.Cleanup(reflecting.Close)
	r := run(t, "init", reflecting.URL+"/", "--from", page, "--output", "-")
	if r.status != exitHeld {
		t.Fatalf("status %d\n%s", r.status, r.stderr)
	}
	for _, want := range []string{"origins: [" + page + "]", "credentials: true", "methods: any", "requestHeaders: any", "verify will report"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stdout, "allowNull: true") {
		t.Errorf("null with credentials cannot stand in a policy:\n%s", r.stdout)
	}
}

// Three answers make a policy; an answer that cannot stand in one is asked for again.
func TestInitAsks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "corsproof.yaml")
	o := initOptions{output: file}
	answer := func(text string) (string, error) {
		var asked bytes.Buffer
		err := o.run(context.Background(), streams{in: strings.NewReader(text), out: &asked, err: &asked, typed: true})
		return asked.String(), err
	}
	asked, err := answer("api.example.com\nhttps://api.example.com\nhttps://app.example.com/\nhttps://app.example.com, https://*.example.com\nperhaps\nyes\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, asked)
	}
	for _, want := range []string{"did you mean https://api.example.com?", "does not end with a slash", `"perhaps": want yes or no`} {
		if !strings.Contains(asked, want) {
			t.Errorf("no %q in\n%s", want, asked)
		}
	}
	if r := run(t, "verify", file, "--list"); r.status != exitHeld || !strings.Contains(r.stdout, "K02  must       allowed    GET      GET / from https://child.example.com is readable") {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	if asked, err := answer("https://other.example.com\nany\nno\n"); status(err) != exitUsage || !strings.Contains(err.Error(), "--force") {
		t.Errorf("a file that exists: %v\n%s", err, asked)
	}
	o.force = true
	if asked, err := answer("https://other.example.com\nany\nyes\nno"); err != nil || !strings.Contains(asked, "any origin with credentials") {
		t.Errorf("%v\n%s", err, asked)
	}
	if _, err := answer("https://other.example.com\n"); status(err) != exitUsage || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("input that ends: %v", err)
	}
	if data, _ := os.ReadFile(file); !strings.Contains(string(data), "\norigins: any\n") {
		t.Errorf("the last whole answers were not kept:\n%s", data)
	}
}

// Arguments that are not valid are named all at once, and no Chrome is started.
func TestInitFaults(t *testing.T) {
	t.Setenv("CORSPROOF_CHROME", "/nonexistent")
	exists := fileOf(t, "corsproof.yaml", "")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no origin":         {[]string{"https://api.example.com/", "-o", exists}, []string{"--from is missing", "--force"}},
		"no URL":            {[]string{"--from", page}, []string{"--from needs a URL"}},
		"no terminal":       {nil, []string{"on a terminal"}},
		"no HTTP":           {[]string{"ftp://a.test/", "--from", page, "-o", "-"}, []string{"URL", "want a URL of http or https"}},
		"a slash":           {[]string{"https://api.example.com/", "--from", page + "/", "-o", "-"}, []string{"--from", "does not end with a slash", "did you mean " + page}},
		"the target itself": {[]string{"https://api.example.com/", "--from", "https://api.example.com", "-o", "-"}, []string{"--from", "the target's own origin"}},
		"no time":           {[]string{"https://api.example.com/", "--from", page, "-o", "-", "--timeout", "-1s"}, []string{"--timeout -1s"}},
	} {
		r := run(t, append([]string{"init"}, c.args...)...)
		if r.status != exitUsage {
			t.Errorf("%s: status %d\n%s", name, r.status, r.stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%s: no %q in\n%s", name, want, r.stderr)
			}
		}
	}
}

// The policy that the help of verify shows has no fault, and init is named there.
func TestFirstPolicy(t *testing.T) {
	file := fileOf(t, "policy.yaml", strings.ReplaceAll("\n"+firstPolicy, "\n  ", "\n"))
	if r := run(t, "verify", file, "--list"); r.status != exitHeld || !strings.Contains(r.stdout, "/public/status") {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "verify", "--help"); !strings.Contains(r.stdout, firstPolicy) || !strings.Contains(r.stdout, "corsproof init") || !strings.Contains(r.stdout, "schema.json") {
		t.Errorf("%s", r.stdout)
	}
}

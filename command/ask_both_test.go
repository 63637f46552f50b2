package command

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needsFirefox skips a test where no Firefox is installed; the specs do not.
func needsFirefox(t *testing.T) {
	t.Helper()
	for _, name := range []string{"firefox", "firefox-esr"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	t.Skip("no Firefox is installed")
}

// A redirect of the own origin to a URL with a user name: Chrome alone refuses it.
func TestAskBothBrowsers(t *testing.T) {
	needsFirefox(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Location", "http://ann@"+r.Host+"/next")
			w.WriteHeader(http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	r := run(t, "ask", s.URL+"/", "--from", s.URL, "--browser", "both")
	if r.status != exitBlocked {
		t.Errorf("status %d, want %d\n%s", r.status, exitBlocked, r.stderr)
	}
	for _, want := range []string{"Firefox 1", "The two browsers decide differently.\n  Chrome    blocked (origin)\n  Firefox   readable\n  standard  readable\n", "(D10): the standard: followed;", "works in Firefox alone"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
}

func TestAskBothBrowsersAsJSON(t *testing.T) {
	needsFirefox(t)
	r := run(t, "ask", server(t).URL+"/", "--from", page, "--browser", "both", "--json")
	var d struct {
		Chrome, Firefox struct {
			Observation struct {
				Verdict string
				Reason  struct{ Code, Category string }
			}
		}
		Same     bool
		Standard string
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || r.status != exitBlocked {
		t.Fatalf("%v, status %d\n%s\n%s", err, r.status, r.stdout, r.stderr)
	}
	if !d.Same || d.Standard != "blocked" || d.Chrome.Observation.Reason.Code != "MissingAllowOriginHeader" || d.Firefox.Observation.Reason.Code != "MissingAllowOriginHeader" || d.Firefox.Observation.Reason.Category != "CORSMissingAllowOrigin2" {
		t.Errorf("%+v", d)
	}
}

// What asks one browser refuses two, and all faults are named at once.
func TestBothBrowsersAreRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"ask", "https://api.test/", "--from", page, "--browser", "both", "--watch"}, "--watch asks one browser"},
		{[]string{"ask", "https://api.test/", "--from", page, "--browser", "firefox", "--chrome", "x"}, "--chrome x names a Chrome, and --browser asks Firefox"},
		{[]string{"conform", "--browser", "both"}, "--browser both: this asks one browser"},
		{[]string{"verify", "POLICY", "--browser", "both", "--json", "--shard", "1/2"}, "--browser both does not go together with --json: remove one of the two\n"},
		{[]string{"verify", "POLICY", "--browser", "both", "--json", "--shard", "1/2"}, "--browser both does not go together with --shard"},
	} {
		if c.args[1] == "POLICY" {
			c.args[1] = filepath.Join(t.TempDir(), "policy.yaml")
			if err := os.WriteFile(c.args[1], []byte("target: http://localhost:1\norigins: ["+page+"]\nmethods: [GET]\nresources:\n  - path: /a\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if r := run(t, c.args...); r.status != exitUsage || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%q: status %d, %s", c.args, r.status, r.stderr)
		}
	}
}

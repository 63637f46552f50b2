package command

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// private is a server with a certificate that no browser knows, for example.com.
func private(t *testing.T) (port, ca string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		if user, password, _ := r.BasicAuth(); r.URL.Path == "/me" && user+password != "anns3cret" {
			w.Header().Set("WWW-Authenticate", "Basic realm=x")
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the clients that left
	server.StartTLS()
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(server.URL, "https://127.0.0.1:"), ca
}

func TestAskAPrivateServer(t *testing.T) {
	port, ca := private(t)
	leads, url := "example.com:"+port+":127.0.0.1", "https://example.com:"+port
	for name, test := range map[string]struct {
		args   []string
		status int
		said   string
	}{
		"both":                   {[]string{url, "--ca", ca, "--resolve", leads}, exitHeld, "reached    with " + leads},
		"no certificate":         {[]string{url, "--resolve", leads}, exitNoAnswer, "--ca FILE, or Browser.CA"},
		"no address":             {[]string{"https://nobody.invalid:" + port, "--ca", ca}, exitNoAnswer, "--resolve HOST:PORT:ADDRESS, or Browser.Resolve"},
		"behind a login":         {[]string{url + "/me", "--ca", ca, "--resolve", leads, "--credentials", "include"}, exitHeld, "script saw 401"},
		"behind a login, logged": {[]string{url + "/me", "--ca", ca, "--resolve", leads, "--credentials", "include", "--http-user", "ann:s3cret"}, exitHeld, "script saw 200"},
		"a wrong password":       {[]string{url + "/me", "--ca", ca, "--resolve", leads, "--credentials", "include", "--http-user", "ann:wr0ng"}, exitHeld, "401, readable, the server refused the name and the password of the browser"},
		"on the wire":            {[]string{url, "--ca", ca, "--resolve", leads, "--from", phone}, exitHeld, "reached    with " + leads},
	} {
		r := run(t, append([]string{"ask", "--from", "https://app.example.org"}, test.args...)...)
		if strings.Contains(r.stderr, "the headless shell, cannot trust the certificates of Browser.CA (--ca)") && slices.Contains(test.args, "--ca") && r.status == exitNoAnswer {
			continue // it is the Chrome that CORSPROOF_CHROME names, or the only one
		}
		if r.status != test.status || !strings.Contains(r.stdout+r.stderr, test.said) || strings.Contains(r.stdout+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %q in\n%s\n%s", name, r.status, test.said, r.stdout, r.stderr)
		}
	}
	for _, from := range []string{"https://app.example.org", phone} {
		r := run(t, "ask", url, "--from", from, "--ca", ca, "--resolve", leads, "--json")
		if strings.Contains(r.stdout, "the headless shell, cannot trust the certificates") && from != phone {
			continue
		}
		var seen harness.Observation
		if err := json.Unmarshal([]byte(r.stdout), &seen); err != nil || len(seen.Browser.Trusts) != 1 || len(seen.Browser.Resolve) != 1 || seen.Browser.Resolve[0] != leads {
			t.Errorf("from %s: %+v, %v\n%s", from, seen.Browser, err, r.stdout)
		}
	}
}

// All faults are told at once, before Chrome is started, and without secrets.
func TestFaultsOfReach(t *testing.T) {
	_, ca := private(t)
	r := run(t, "ask", "http://127.0.0.1:1/", "--from", neighbour, "--method", "P,T", "--ca", "missing.pem", "--ca", ca, "--ca", "ask.go", "--resolve", "a.test:443", "--resolve", "*:1:1.1.1.1", "--http-user", "s3cret")
	for _, want := range []string{
		`method "P,T"`, "--ca: open missing.pem: ", "--ca: ask.go: no certificate in it", `resolve "a.test:443": want HOST:PORT:ADDRESS`, `resolve "*:1:1.1.1.1": want one host`, "--http-user: want name:password",
	} {
		if r.status != exitUsage || !strings.Contains(r.stderr, want) || strings.Contains(r.stderr, "s3cret") {
			t.Errorf("status %d, no %q in\n%s", r.status, want, r.stderr)
		}
	}
}

// An address of a flag takes the place of the policy's.
func TestFlagsGoBeforeThePolicy(t *testing.T) {
	_, ca := private(t)
	ask := policy.Ask{CA: []string{"policy.pem"}, Resolve: []string{"api.test:443:10.0.0.1", "api.test:80:10.0.0.2"}}
	flags := reachFlags{ca: []string{ca}, resolve: []string{"API.test:443:10.0.0.3"}}
	if err := flags.into(&ask); err != nil || strings.Join(ask.Resolve, " ") != "API.test:443:10.0.0.3 api.test:80:10.0.0.2" || strings.Join(ask.CA, " ") != "policy.pem "+ca {
		t.Errorf("%+v, %v", ask, err)
	}
	if err := (&reachFlags{ca: []string{"missing.pem"}}).into(&ask); err == nil {
		t.Error("a missing file has no fault")
	}
}

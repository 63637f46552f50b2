package command

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const phone = "capacitor://localhost"

// No Chrome is started, and the answer says that none decided.
func TestAskOnTheWire(t *testing.T) {
	url := server(t).URL
	r := run(t, "ask", url+"/", "--from", phone, "--chrome", "/no/such/chrome")
	if r.status != exitBlocked || r.stderr != "" {
		t.Errorf("status %d, want %d\n%s", r.status, exitBlocked, r.stderr)
	}
	for _, want := range []string{"from " + phone + ", asked without a browser (on the wire): Chrome cannot open this page", "no browser was used", "A browser would block it: MissingAllowOriginHeader"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	r = run(t, "ask", url+"/open", "--from", phone, "--json", "--chrome", "/no/such/chrome")
	var d struct {
		Verdict string
		Wire    bool
		Browser any
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || r.status != exitHeld || d.Verdict != "readable" || !d.Wire || d.Browser != nil {
		t.Errorf("status %d, %+v (%v)\n%s", r.status, d, err, r.stdout)
	}
}

func TestAskOnTheWireRefuses(t *testing.T) {
	for _, c := range []struct{ want, flags string }{
		{"an origin has two slashes after its scheme: did you mean capacitor://localhost?", "--from capacitor:/localhost"},
		{"the id of an extension is 32 letters from a to p", "--from chrome-extension://ABC"},
		{"a question without a browser does not have this option: remove it", "--from " + phone + " --where worker"},
		{"a question without a browser has no cookies: remove them", "--from " + phone + " --cookie a=b"},
		{"a question without a browser does not have this option: remove it", "--from " + phone + " --first https://api.test/"},
		{"a question without a browser does not have this option: remove it", "--from " + phone + " --beside https://api.test/"},
		{"--http1 is for Chrome, which cannot open a page at " + phone, "--from " + phone + " --trace x --http1"},
		{"--trace is for Chrome", "--from " + phone + " --trace x --http1"},
		{"--http3 is for Chrome", "--from " + phone + " --http3 api.test:443"},
		{"--chrome-flag is for Chrome", "--from " + phone + " --chrome-flag --lang=de"},
		{"--visible is for Chrome", "--from " + phone + " --visible"},
		{"--local-network is for Chrome", "--from " + phone + " --local-network deny"},
		{"--third-party-cookies is for Chrome", "--from " + phone + " --third-party-cookies block"},
		{"--http-user logs in with a request of its own", "--from " + phone + " --http-user ann:secret"},
		{"want the key of a manifest, which is base64", "--from chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh --extension-key ?"},
		{"give that origin, and Document (--document) srcdoc", "--from about:srcdoc"},
	} {
		r := run(t, append([]string{"ask", "https://api.test/"}, strings.Fields(c.flags)...)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: status %d, %s", c.flags, r.status, r.stderr)
		}
	}
}

// The page of an extension is in a Chrome of its own, and no other Chrome is started for it. A
// headless shell, which has no extensions, says so.
func TestAskFromAnExtensionStartsOneChrome(t *testing.T) {
	chrome := ""
	for _, name := range []string{os.Getenv("CORSPROOF_CHROME"), "google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome-headless-shell", "chromium-headless-shell"} {
		if path, err := exec.LookPath(name); err == nil && chrome == "" {
			chrome = path
		}
	}
	if runtime.GOOS == "windows" || chrome == "" {
		t.Skip("no Chrome that a shell script can start")
	}
	wrapper, started := filepath.Join(t.TempDir(), "chrome"), filepath.Join(t.TempDir(), "started")
	script := fmt.Sprintf("#!/bin/sh\necho once >>'%s'\nexec '%s' \"$@\"\n", started, chrome)
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
		t.Fatal(err)
	}
	key := []byte("corsproof")
	id := sha256.Sum256(key)
	origin := "chrome-extension://"
	for _, b := range id[:16] {
		origin += string([]byte{'a' + b>>4, 'a' + b&0xF})
	}
	r := run(t, "ask", server(t).URL+"/open", "--from", origin, "--extension-key", base64.StdEncoding.EncodeToString(key), "--chrome", wrapper)
	starts, err := os.ReadFile(started)
	if strings.Contains(filepath.Base(chrome), "headless-shell") {
		if r.status != exitNoAnswer || string(starts) != "once\n" || !strings.Contains(r.stderr, "the headless shell, cannot load an extension: install a full Chrome") {
			t.Errorf("status %d, started %q, %v\n%s\n%s", r.status, starts, err, r.stdout, r.stderr)
		}
		return
	}
	if r.status != exitHeld || err != nil || string(starts) != "once\n" {
		t.Errorf("status %d, started %q, %v\n%s\n%s", r.status, starts, err, r.stdout, r.stderr)
	}
}

// Also without Chrome, a time limit names its flag.
func TestAskOnTheWireInTime(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	r := run(t, "ask", silent.URL+"/", "--from", phone, "--timeout", "50ms")
	if r.status != exitNoAnswer || !strings.HasSuffix(r.stderr, "nothing within 50ms\ncorsproof: if the server is slow, --timeout gives it more time\n") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
}

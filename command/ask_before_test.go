package command

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// members is a server whose /me wants the cookie that /login sets. A page at another port
// is a page of its site. It notes the bodies of beacons.
func members(t *testing.T) (server *httptest.Server, beacon *string) {
	t.Helper()
	beacon = new(string)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Headers", "content-type")
		switch _, err := r.Cookie("sid"); {
		case r.Method == "OPTIONS":
		case r.URL.Path == "/login" && r.Method == "POST":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s3cret"})
		case r.URL.Path == "/beacon":
			body, _ := io.ReadAll(r.Body)
			*beacon = r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)
		case r.URL.Path == "/me" && err != nil:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	return server, beacon
}

const neighbour = "http://127.0.0.1:3000"

func TestAskAsSomebody(t *testing.T) {
	server, _ := members(t)
	state := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(state, []byte(`{"cookies": [{"name": "sid", "value": "s3cret", "domain": "127.0.0.1", "path": "/", "sameSite": "Lax"},
		{"name": "old", "value": "1", "domain": "127.0.0.1", "path": "/", "expires": 1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args       []string
		seen, said string
	}{
		"nobody":                {nil, "script saw 401", ""},
		"a cookie":              {[]string{"--cookie", "sid=s3cret; SameSite=Lax"}, "> Cookie: sid", ""},
		"a storage state":       {[]string{"--storage-state", state}, "> Cookie: sid", "these cookies of " + state + " have expired, so Chrome does not hold them: old. Log in again"},
		"a login":               {[]string{"--first", server.URL + "/login --method POST --credentials include --body 'ann, \"$PASSWORD\"'"}, "200, readable, stored the cookie sid", ""},
		"a login without trust": {[]string{"--first", server.URL + "/login --method POST"}, "script saw 401", ""},
	} {
		r := run(t, append([]string{"ask", server.URL + "/me", "--from", neighbour, "--credentials", "include"}, c.args...)...)
		if r.status != exitHeld || !strings.Contains(r.stdout, c.seen) || !strings.Contains(r.stderr, c.said) || strings.Contains(r.stdout+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %q in\n%s\n%s", name, r.status, c.seen, r.stdout, r.stderr)
		}
	}
}

// A question beside is asked in another tab, and the server has both before it answers one.
func TestAskBeside(t *testing.T) {
	var all sync.WaitGroup
	all.Add(2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all.Done()
		all.Wait()
		w.Header().Set("Access-Control-Allow-Origin", neighbour)
	}))
	t.Cleanup(server.Close)
	r := run(t, "ask", server.URL+"/one", "--from", neighbour, "--beside", server.URL+"/two?api_key=s3cret --from http://127.0.0.1:4000")
	want := "from http://127.0.0.1:4000, in another tab at the same time, in no order: 200, blocked: AllowOriginMismatch"
	if r.status != exitHeld || !strings.Contains(r.stdout, want) || strings.Contains(r.stdout, "s3cret") {
		t.Errorf("status %d, want %q in\n%s\n%s", r.status, want, r.stdout, r.stderr)
	}
}

// A beacon is a POST of any body.
func TestAskByBeacon(t *testing.T) {
	server, beacon := members(t)
	for body, want := range map[string]string{
		`--body-json={"e":1}`: `POST application/json {"e":1}`, "--body=hello": "POST text/plain;charset=UTF-8 hello", "--body-form=a=1": "POST application/x-www-form-urlencoded;charset=UTF-8 a=1",
	} {
		r := run(t, "ask", server.URL+"/beacon", "--from", neighbour, "--via", "beacon", body)
		if r.status != exitHeld || *beacon != want || !strings.Contains(r.stdout, "POST "+server.URL) {
			t.Errorf("%s: status %d, the server got %q, want %q\n%s\n%s", body, r.status, *beacon, want, r.stdout, r.stderr)
		}
	}
}

// All faults are told at once, without secrets.
func TestFaultsBeforeAsking(t *testing.T) {
	r := run(t, "ask", "http://127.0.0.1:1/", "--from", neighbour, "--cookie", "s3cret", "--storage-state", "missing.json",
		"--beside", "http://a.test/ --metod PUT",
		"--first", "http://a.test/ 'open", "--first", "--method PUT", "--first", "http://a.test/ --metod PUT", "--first", "http://a.test/ --body $(s3cret)",
		"--first", strings.Repeat("$(", 2_000_000)) // the parser calls itself for each
	for _, want := range []string{
		"--cookie, entry 1: want name=value", "--storage-state missing.json", "--first, entry 1: it is not a valid command line",
		"--beside, entry 1: unknown flag: --metod", "--first, entry 2: want one URL", "--first, entry 3: unknown flag: --metod", "--first, entry 4: it is not a valid command line",
		"--first, entry 5: it is not a valid command line: it is longer than 256 KB",
	} {
		if r.status != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("status %d, no %q in\n%s", r.status, want, r.stderr)
		}
	}
}

// A dry run says that the questions before it are sent, and a diagnosis of a POST sends them too.
func TestDryRunAfterALogin(t *testing.T) {
	server, _ := members(t)
	args := []string{server.URL + "/me", "--from", neighbour, "--credentials", "include", "--method", "POST", "--body-json", "{}", "--first", server.URL + "/login --method POST --credentials include --body a"}
	r := run(t, append([]string{"ask", "--dry-run"}, args...)...)
	if r.status != exitHeld || !strings.Contains(r.stderr, "the questions before it are sent") || !strings.Contains(r.stdout, "stored the cookie sid") {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	if r := run(t, append([]string{"diagnose"}, args...)...); r.status != exitHeld || !strings.Contains(r.stdout, "stored the cookie sid") {
		t.Errorf("diagnose: status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

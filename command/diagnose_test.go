package command

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The cause, the layer and the proof are printed, no unsafe request is sent, and no secret is
// shown.
func TestDiagnose(t *testing.T) {
	var methods []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
	}))
	defer server.Close()
	r := run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--method", "PUT", "--header", "Authorization: Bearer s3cret")
	for _, want := range []string{"Layer:      login", "How sure:   proved", "Proved: with these changes the preflight passes", "not what is", "response itself is not known"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is missing:\n%s%s", want, r.stdout, r.stderr)
		}
	}
	if r.status != exitBlocked || strings.Contains(r.stdout, "s3cret") || strings.Contains(strings.Join(methods, " "), "PUT") {
		t.Errorf("exit status %d, sent %q\n%s", r.status, methods, r.stdout)
	}
	if r := run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--what-if", "response: X-A: 1"); r.status != exitUsage {
		t.Errorf("--what-if: exit status %d", r.status)
	}
	r = run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--method", "POST", "--body", "a")
	if r.status != exitHeld || !strings.Contains(r.stdout, "whether the page could read the response is not known") {
		t.Errorf("a POST that is held back: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// What was pasted is diagnosed, and what its line said is compared with today's answer.
func TestDiagnoseWhatWasPasted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	line := "Access to fetch at '" + server.URL + "/me' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	r := run(t, "diagnose", line)
	if r.status != exitBlocked || !strings.Contains(r.stdout, "How sure:   proved") || !strings.Contains(r.stderr, "Today it is the same") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "diagnose", "curl "+server.URL+"/me -X DELETE -H 'Origin: https://app.example.com'"); r.status != exitBlocked || strings.Contains(r.stderr, "is sent to the server") {
		t.Errorf("curl: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

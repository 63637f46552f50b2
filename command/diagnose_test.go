package command

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/report"
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
	for _, want := range []string{"Sure       proved", "Layer      login", "Proved: with these changes the preflight passes", "not what is", "known"} {
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
	if r.status != exitHeld || !strings.Contains(strings.Join(strings.Fields(r.stdout), " "), "whether the page may read the response is not known") {
		t.Errorf("a POST that is held back: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// What was pasted is diagnosed, and what its line said is compared with today's answer.
func TestDiagnoseWhatWasPasted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	line := "Access to fetch at '" + server.URL + "/me' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	r := run(t, "diagnose", line)
	if r.status != exitBlocked || !strings.Contains(r.stdout, "Sure       proved") || !strings.Contains(r.stderr, "Today it is the same") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "diagnose", "curl "+server.URL+"/me -X DELETE -H 'Origin: https://app.example.com'"); r.status != exitBlocked || strings.Contains(r.stderr, "is sent to the server") {
		t.Errorf("curl: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// What to write is for the software that the answer names, or that --for names, and the page has
// all of it. A second file in the same place is refused before anything is asked.
func TestDiagnoseWhatToWrite(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", "nginx/1.29.1")
	}))
	defer server.Close()
	dir := t.TempDir()
	page, note := filepath.Join(dir, "d.html"), filepath.Join(dir, "d.md")
	r := run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--html", page, "--markdown", note)
	if r.status != exitBlocked || !strings.Contains(r.stdout, "For nginx (Server: nginx/1.29.1), in nginx.conf") || !strings.Contains(r.stdout, "add_header Vary Origin always;") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for file, want := range map[string]string{page: "flask", note: "add_header Vary Origin always;"} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(strings.ToLower(string(text)), strings.ToLower(want)) {
			t.Errorf("%s: %v, %q is missing", file, err, want)
		}
	}
	r = run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--for", "express", "--markdown", "-")
	if r.status != exitBlocked || !strings.HasPrefix(r.stdout, "### ❌") || !strings.Contains(r.stdout, "For Express (chosen with \\-\\-for)") && !strings.Contains(r.stdout, "For Express (chosen with --for)") {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := run(t, "diagnose", server.URL, "--from", "https://app.example.com", "--html", page, "--markdown", page); r.status != exitUsage || !strings.Contains(r.stderr, "--html") {
		t.Errorf("two documents in one file: exit status %d\n%s", r.status, r.stderr)
	}
}

// What cannot be diagnosed is refused before anything is asked, with what to do next.
func TestDiagnoseFaults(t *testing.T) {
	text := filepath.Join(t.TempDir(), "red.txt")
	if err := os.WriteFile(text, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	from := []string{"--from", "https://app.example.com"}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":             {nil, "diagnose \"Access to fetch at ...\""},
		"a misspelt software": {append([]string{"http://127.0.0.1:2", "--for", "ngnix"}, from...), "did you mean nginx?"},
		"two on one stream":   {append([]string{"http://127.0.0.1:2", "--json", "--markdown", "-"}, from...), "both go to standard output"},
		"a part of a name":    {append([]string{"http://127.0.0.1:2", "--for", "django-cors"}, from...), "did you mean django?"},
		"a page on a stream":  {append([]string{"http://127.0.0.1:2", "--html", "-"}, from...), "such as --html diagnosis.html"},
		"an upstream":         {append([]string{"http://127.0.0.1:2", "--upstream", "localhost:1"}, from...), "want a scheme and a host"},
		"a file":              {append([]string{text}, from...), "is a file: did you mean --paste " + text},
		"half a line":         {append([]string{"Access to fetch at"}, from...), "paste the whole red line of the console"},
		"another line":        {append([]string{"TypeError: Failed to fetch"}, from...), "paste the whole red line of the console"},
	} {
		if r := run(t, append([]string{"diagnose"}, c.args...)...); r.status != exitUsage || !strings.Contains(r.stderr, c.want) || r.stdout != "" {
			t.Errorf("%s: exit status %d, want %q\n%s%s", name, r.status, c.want, r.stdout, r.stderr)
		}
	}
}

// All questions of a HAR file are diagnosed: what is blocked with its cause, the rest in a line. No
// unsafe request is sent.
func TestDiagnoseAllOfAHAR(t *testing.T) {
	var methods []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if r.URL.Path != "/closed" {
			w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		}
	}))
	defer server.Close()
	var entries []string
	for _, e := range []string{"GET /open", "GET /closed", "POST /open", "GET /open"} {
		method, path, _ := strings.Cut(e, " ")
		entries = append(entries, `{"request": {"method": "`+method+`", "url": "`+server.URL+path+`?token=s3cret", "headers": [{"name": "Origin", "value": "https://app.example.com"}, {"name": "Sec-Fetch-Mode", "value": "cors"}]}, "response": {"status": 200, "headers": []}}`)
	}
	file := filepath.Join(t.TempDir(), "app.har")
	if err := os.WriteFile(file, []byte(`{"log": {"version": "1.2", "entries": [`+strings.Join(entries, ",")+`]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, "diagnose", "--har", file)
	for _, want := range []string{"3 questions: 1 blocked, 1 would be sent, 1 readable", "Cause", "Alone: corsproof diagnose '{"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is missing:\n%s%s", want, r.stdout, r.stderr)
		}
	}
	if r.status != exitBlocked || strings.Contains(r.stdout, "s3cret") || strings.Contains(strings.Join(methods, " "), "POST") {
		t.Errorf("exit status %d, sent %q\n%s", r.status, methods, r.stdout)
	}
	r = run(t, "diagnose", "--har", file, "--json")
	var document struct{ Diagnoses []struct{ Number int } }
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil || len(document.Diagnoses) != 3 || document.Diagnoses[1].Number != 2 {
		t.Errorf("%v\n%s", err, r.stdout)
	}
	if r := run(t, "diagnose", "--har", file, "--html", "x.html"); r.status != exitUsage || !strings.Contains(r.stderr, "--html: this is for one question: choose one question with --entry") {
		t.Errorf("exit status %d\n%s", r.status, r.stderr)
	}
}

// A question of a HAR without a verdict, or with an error beside its verdict, is no success.
func TestExitOfSeveral(t *testing.T) {
	of := func(verdict harness.Verdict, fault string) report.Diagnosed {
		return report.Diagnosed{Diagnosis: diagnose.Diagnosis{Seen: harness.Observation{Verdict: verdict}}, Error: fault}
	}
	for name, c := range map[string]struct {
		list []report.Diagnosed
		want int
	}{
		"readable":         {[]report.Diagnosed{of(harness.Readable, "")}, exitHeld},
		"an error":         {[]report.Diagnosed{of(harness.Readable, ""), of(harness.Readable, "Chrome was lost")}, exitNoAnswer},
		"no verdict":       {[]report.Diagnosed{of(harness.Readable, ""), of("", "nothing listens there")}, exitNoAnswer},
		"one is blocked":   {[]report.Diagnosed{of("", "nothing listens there"), of(harness.Blocked, "")}, exitBlocked},
		"opaque, as asked": {[]report.Diagnosed{of(harness.Opaque, "")}, exitHeld},
	} {
		got := exitHeld
		if e, is := errors.AsType[*exit](exitOfSeveral(c.list)); is {
			got = e.status
		}
		if got != c.want {
			t.Errorf("%s: exit status %d, want %d", name, got, c.want)
		}
	}
}

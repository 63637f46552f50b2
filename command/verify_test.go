package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/finding"
)

// allowing answers as a policy that allows only page requires, and counts the
// requests.
type allowing struct {
	*httptest.Server
	mu      sync.Mutex
	methods map[string]int
	// besides is called for each answer after that.
	besides func(w http.ResponseWriter, r *http.Request)
}

func newAllowing(t *testing.T, besides func(w http.ResponseWriter, r *http.Request)) *allowing {
	t.Helper()
	s := &allowing{methods: map[string]int{}, besides: besides}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Server.Close)
	return s
}

func (s *allowing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.methods[r.Method]++
	s.mu.Unlock()
	w.Header().Set("Vary", "Origin")
	if r.Header.Get("Origin") == page {
		w.Header().Set("Access-Control-Allow-Origin", page)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		if r.Header.Get("Access-Control-Request-Method") != "" {
			w.Header().Set("Access-Control-Allow-Methods", "PUT, DELETE")
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, X-Trace")
		}
	}
	if s.besides != nil {
		s.besides(w, r)
	}
}

// policyOf writes a policy for a target that allows page.
func policyOf(t *testing.T, target, more string) string {
	t.Helper()
	return fileOf(t, "policy.yaml", "target: "+target+"\norigins: ["+page+"]\n"+more)
}

func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readReport(t *testing.T, text []byte) finding.Report {
	t.Helper()
	var r finding.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return r
}

// Without a policy, exactly four mistakes are found, in every format.
func TestVerifyExample(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	t.Setenv("GITHUB_STEP_SUMMARY", at("summary.md"))
	o := verifyOptions{report: reportFlags{html: at("r.html"), jsonFile: at("r.json"), junit: at("r.xml"), sarif: at("r.sarif"), github: true}}
	got := end(t, o.runExample)
	if got.status != 0 {
		t.Fatalf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	for _, text := range []string{"7 broken", "BROKEN  critical  K14", "::error", "corsproof verify policy.yaml"} {
		if !strings.Contains(got.stdout, text) {
			t.Errorf("no %q in:\n%s", text, got.stdout)
		}
	}
	// A line that a server sent could be a command.
	_, rest, stopped := strings.Cut(got.stdout, "::stop-commands::")
	word, rest, _ := strings.Cut(rest, "\n")
	text, commands, again := strings.Cut(rest, "\n::"+word+"::\n")
	if !stopped || !again || strings.Contains(text, "::error") || !strings.Contains(commands, "::error") {
		t.Errorf("commands are not stopped while a report is printed:\n%s", got.stdout)
	}
	for name, text := range map[string]string{"r.html": "<!doctype html>", "r.json": `"outcome": "broken"`, "r.xml": "<failure", "r.sarif": "2.1.0", "summary.md": "K14"} {
		data, err := os.ReadFile(at(name))
		if err != nil || !strings.Contains(strings.ToLower(string(data)), strings.ToLower(text)) {
			t.Errorf("%s: %v, no %q in it", name, err, text)
		}
	}
	data, _ := os.ReadFile(at("r.json"))
	r := readReport(t, data)
	if r.Count(finding.Broken) != 7 || r.Count(finding.Held) != len(r.Findings)-7 || r.Sent["PUT"]+r.Sent["POST"]+r.Sent["DELETE"] > 0 {
		t.Errorf("%d broken, %d held of %d; sent %v", r.Count(finding.Broken), r.Count(finding.Held), len(r.Findings), r.Sent)
	}
}

// Probes are listed without a Chrome, and the list has no secret.
func TestVerifyList(t *testing.T) {
	policy := policyOf(t, "${TARGET}", "methods: [PUT]\nask: {headers: {Authorization: 'Bearer ${TOKEN}'}}\n")
	t.Setenv("CORSPROOF_CHROME", "/nonexistent")
	t.Setenv("TARGET", "https://api.shown.example")
	t.Setenv("TOKEN", "hunter2")
	for _, json := range []bool{false, true} {
		o := verifyOptions{policy: policy, list: true, report: reportFlags{json: json}}
		got := end(t, o.run)
		if got.status != 0 || !strings.Contains(got.stdout, "K14") || !strings.Contains(got.stdout, "PUT") {
			t.Errorf("JSON %v: status %d\n%s\n%s", json, got.status, got.stdout, got.stderr)
		}
		if strings.Contains(got.stdout, "hunter2") {
			t.Errorf("JSON %v tells a secret:\n%s", json, got.stdout)
		}
		if json && !strings.Contains(got.stdout, "api.shown.example") {
			t.Errorf("JSON %v hides the target, which is no secret:\n%s", json, got.stdout)
		}
	}
}

// All faults are reported at once, before a Chrome is started.
func TestVerifyFaults(t *testing.T) {
	good := policyOf(t, "https://api.example.com", "")
	bad := policyOf(t, "https://api.example.com/", "credentials: yes\n")
	baseline := fileOf(t, "baseline.yaml", "- id: K13\n  key: nowhere\n  reason: ''\n")
	t.Setenv("CORSPROOF_CHROME", "/nonexistent")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"a policy":            {[]string{bad}, []string{"policy.yaml:1:9", "policy.yaml:3:14", "did you mean true?"}},
		"no such policy":      {[]string{good + ".yml"}, []string{"no such file"}},
		"flags":               {[]string{good, "--only", "look-alik", "--skip", "K99", "--rate", "fast", "--shard", "3/2", "--repeat", "0"}, []string{"look-alike", "K99", "10/s", "3/2", "--repeat"}},
		"a folder for a file": {[]string{good, "--html", t.TempDir()}, []string{"--html", "is a folder"}},
		"no folder":           {[]string{good, "--html", "/nonexistent/r.html", "--sarif", "/nonexistent/r.sarif"}, []string{"--html", "--sarif", "no such file or directory"}},
		"the policy itself":   {[]string{good, "--html", good}, []string{"--html", "would be overwritten"}},
		"one file twice":      {[]string{good, "--html", "both", "--junit", "./both"}, []string{"--junit", "also the file of --html"}},
		"no end":              {[]string{"/dev/zero"}, []string{"/dev/zero has more than 4 MB"}},
		"two policies":        {[]string{good, good}, []string{"corsproof verify [POLICY]", "--help"}},
		"no time":             {[]string{good, "--timeout", "-1s"}, []string{"--timeout -1s"}},
		"no trace":            {[]string{good, "--trace", "/nonexistent/trace"}, []string{"--trace"}},
		"terminal commands":   {[]string{fileOf(t, "red.yaml", "\x1b[31mtarget: x")}, []string{"\ufffd[31mtarget"}},
		"a full disk":         {[]string{good, "--json-file", "/dev/full"}, []string{"--json-file", "no space left"}},
		"a baseline":          {[]string{good, "--baseline", baseline}, []string{"baseline.yaml:2:8", "nowhere"}},
		"update of nothing":   {[]string{good, "--update-baseline"}, []string{"--baseline FILE"}},
		"a target":            {[]string{good, "--target", "api.example.com"}, []string{"https://api.example.com"}},
		"a prompt":            {[]string{good, "--local-network", "deny"}, []string{"so no permission is needed"}},
		"a cookie":            {[]string{good, "--cookie", "hunter2"}, []string{"--cookie, entry 1"}},
		"a header":            {[]string{good, "--header", "Cookie: sid=hunter2"}, []string{"ask.headers.Cookie"}},
		"target of example":   {[]string{"--target", "https://api.example.com"}, []string{"name a policy"}},
	} {
		got := run(t, append([]string{"verify"}, c.args...)...)
		if got.status != 2 || got.stdout != "" || strings.Contains(got.stderr, "hunter2") {
			t.Errorf("%s: status %d\n%s\n%s", name, got.status, got.stdout, got.stderr)
		}
		for _, text := range c.want {
			if !strings.Contains(got.stderr, text) {
				t.Errorf("%s: no %q in:\n%s", name, text, got.stderr)
			}
		}
	}
}

// No secret is in any output, whatever the target does with it. This target sends
// back everything it gets, in headers, in a Location, and in the body.
func TestVerifySecrets(t *testing.T) {
	const token, sid, pass = "tok-h7!x/y=z", "sid-8c1", "hunter2+%"
	var asked sync.Map
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Authorization", "Cookie", "X-Trace"} {
			if value := r.Header.Get(name); value != "" {
				asked.Store(name, value)
				w.Header().Add("X-Echo", value)
				w.Header().Add("Vary", value)
				w.Header().Set("Access-Control-Expose-Headers", "X-Echo, "+value)
				w.Header().Set("Access-Control-Allow-Origin", "https://"+url.QueryEscape(value)) // refused, and quoted in the report
			}
		}
		if strings.HasSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
			http.Redirect(w, r, "/?token="+url.QueryEscape(r.Header.Get("Authorization")), http.StatusFound)
			return
		}
		fmt.Fprintln(w, r.Header)
	})
	policy := policyOf(t, target.URL, `credentials: true
methods: [PUT]
requestHeaders: [Authorization, X-Trace]
exposeHeaders: [X-Echo]
resources: [{path: /v1/me}]
ask:
  headers: {Authorization: "Bearer ${TOKEN}", X-Trace: "${PASS}"}
  cookies: {sid: "${SID}; SameSite=None; Secure"}
`)
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	for name, value := range map[string]string{"GITHUB_STEP_SUMMARY": at("summary.md"), "TOKEN": token, "SID": sid, "PASS": pass} {
		t.Setenv(name, value)
	}
	got := run(t, "verify", policy, "--verbose", "--html", at("r.html"), "--json-file", at("r.json"), "--junit", at("r.xml"), "--sarif", at("r.sarif"),
		"--github", "--baseline", at("baseline.yaml"), "--update-baseline")
	if got.status != 0 {
		t.Fatalf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	for _, name := range []string{"Authorization", "X-Trace", "Cookie"} {
		if _, ok := asked.Load(name); !ok {
			t.Errorf("%s never came to the target", name)
		}
	}
	outputs := map[string]string{"stdout": got.stdout, "stderr": got.stderr}
	files, _ := os.ReadDir(folder)
	for _, file := range files {
		data, err := os.ReadFile(at(file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		outputs[file.Name()] = string(data)
	}
	if len(outputs) != 8 {
		t.Errorf("%d outputs: %v", len(outputs), files)
	}
	for name, text := range outputs {
		for _, secret := range []string{token, sid, pass} {
			for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret))} {
				if at := strings.Index(text, form); at >= 0 {
					t.Errorf("%s tells %q: ...%s...", name, form, text[max(0, at-200):min(len(text), at+100)])
				}
			}
		}
	}
}

// The findings until an interrupt are written, and no process or file stays
// behind.
func TestVerifyInterrupted(t *testing.T) {
	arrived := make(chan struct{}, 1000)
	release := make(chan struct{})
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "slow") {
			arrived <- struct{}{}
			<-release
		}
	})
	t.Cleanup(func() { close(release) })
	policy := policyOf(t, target.URL, "resources: [{path: /quick}, {path: /slow}]\n")
	file := filepath.Join(t.TempDir(), "r.json")
	cmd := corsproof(t, "verify", policy, "--only", "K01,K61", "--concurrency", "1", "--json-file", file, "--timeout", "50s")
	var got result
	done := make(chan struct{})
	go func() { got = finish(t, cmd); close(done) }()
	select {
	case <-arrived:
	case <-time.After(40 * time.Second):
		t.Fatal("nothing arrived")
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-done
	data, err := os.ReadFile(file)
	if got.status != 3 || err != nil || !strings.Contains(got.stderr, "interrupted") {
		t.Fatalf("status %d, %v\n%s\n%s", got.status, err, got.stdout, got.stderr)
	}
	if r := readReport(t, data); r.Ended != "interrupted" || r.Count(finding.Held) == 0 || r.Count(finding.Inconclusive) > 0 {
		t.Errorf("ended %q, %d held of %d", r.Ended, r.Count(finding.Held), len(r.Findings))
	}
}

// A baseline accepts broken findings, requires reasons, and notices what is
// fixed.
func TestVerifyBaseline(t *testing.T) {
	var mended sync.Map
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if _, ok := mended.Load(true); !ok && r.Header.Get("Origin") == "null" {
			w.Header().Set("Access-Control-Allow-Origin", "null")
		}
	})
	policy := policyOf(t, target.URL, "")
	baseline := filepath.Join(t.TempDir(), "baseline.yaml")
	verified := func(args ...string) result {
		return run(t, append([]string{"verify", policy, "--only", "null,K01"}, args...)...)
	}
	if got := verified(); got.status != 1 {
		t.Fatalf("without a baseline: status %d\n%s", got.status, got.stderr)
	}
	if got := verified("--baseline", baseline, "--update-baseline"); got.status != 0 || !strings.Contains(got.stderr, "reason") {
		t.Fatalf("update: status %d\n%s", got.status, got.stderr)
	}
	if got := verified("--baseline", baseline); got.status != 2 || !strings.Contains(got.stderr, "reason") {
		t.Fatalf("without reasons: status %d\n%s", got.status, got.stderr)
	}
	text, err := os.ReadFile(baseline)
	if err != nil {
		t.Fatal(err)
	}
	explained := strings.ReplaceAll(string(text), "reason: ''", "reason: the old gateway")
	if err := os.WriteFile(baseline, []byte(explained), 0o600); err != nil || explained == string(text) {
		t.Fatalf("%v:\n%s", err, text)
	}
	if got := verified("--baseline", baseline); got.status != 0 || !strings.Contains(got.stdout, "known") {
		t.Fatalf("with reasons: status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	mended.Store(true, true)
	// Only all probes tell that a cause is gone.
	if got := run(t, "verify", policy, "--baseline", baseline); got.status != 1 || !strings.Contains(got.stdout, "remove the entries of these probes from the baseline") {
		t.Fatalf("mended: status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
}

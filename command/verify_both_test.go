package command

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// bothArgs verify a target in both browsers.
func bothArgs(t *testing.T, target, more string, flags ...string) []string {
	t.Helper()
	return append([]string{"verify", policyOf(t, target, more), "--browser", "both"}, flags...)
}

// lists are the words of the policy of [allowing].
const lists = "credentials: true\nmethods: [GET, PUT, DELETE]\nrequestHeaders: [Authorization, X-Trace]\nresources:\n  - path: /a\n"

// A server that is right is right in both browsers, and nothing is said of a difference.
func TestVerifyBothBrowsersAgree(t *testing.T) {
	needsFirefox(t)
	r := run(t, bothArgs(t, newAllowing(t, nil).URL, lists)...)
	if r.status != 0 || !strings.Contains(r.stdout, "no difference") || strings.Contains(r.stdout, "alone") {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, 0, r.stdout, r.stderr)
	}
}

// Chrome sends Save-Data: on without a preflight (D3), so a server that does not list it works in Chrome
// alone: the report of Chrome has the page held, and the difference is a finding. The report's file is
// Chrome's.
func TestVerifyBothBrowsersDiffer(t *testing.T) {
	needsFirefox(t)
	file := filepath.Join(t.TempDir(), "report.json")
	policy := strings.Replace(lists, "X-Trace]", "X-Trace, Save-Data]", 1) + "ask:\n  headers: {Save-Data: 'on'}\n"
	r := run(t, bothArgs(t, newAllowing(t, nil).URL, policy, "--only", "K01", "--json-file", file)...)
	if r.status != exitBlocked {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, exitBlocked, r.stdout, r.stderr)
	}
	for _, want := range []string{
		"left Chrome, right Firefox", "1 difference", "K01  GET /a from " + page,
		"  Chrome    readable\n  Firefox   blocked (HeaderDisallowedByPreflightResponse)\n  standard  blocked\n", "(D3): the standard: ", "works in Chrome alone",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	report := readReport(t, text)
	if !strings.Contains(report.Chrome.Version, "Chrome/") {
		t.Errorf("the report's file is of %s", report.Chrome.Version)
	}
	for _, f := range report.Findings {
		if f.Outcome != finding.Held {
			t.Errorf("%s %s: %s in Chrome", f.ID, f.Title, f.Outcome)
		}
	}
}

// Where a policy wants a refusal, no advice is given to let a page read.
func TestAdviceOnADifference(t *testing.T) {
	refused := harness.Observation{Verdict: harness.Blocked}
	readable := harness.Observation{Verdict: harness.Readable}
	for _, c := range []struct {
		two  twoAnswers
		want string
	}{
		{twoAnswers{chrome: readable, firefox: refused}, "A page that relies on this works in Chrome alone: "},
		{twoAnswers{chrome: refused, firefox: readable}, "A page that relies on this works in Firefox alone: "},
		{twoAnswers{chrome: readable, firefox: refused, wanted: harness.Blocked}, "Chrome alone lets this pass, and the policy wants it refused: "},
		{twoAnswers{chrome: refused, firefox: readable, wanted: harness.Blocked}, "Firefox alone lets this pass, and the policy wants it refused: "},
		{twoAnswers{chrome: readable, firefox: harness.Observation{Verdict: harness.Opaque}}, "A page that relies on this works in Chrome alone: "},
	} {
		if got := c.two.advice(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// The same difference by ask, as one JSON document.
func TestAskBothBrowsersDifferAsJSON(t *testing.T) {
	needsFirefox(t)
	r := run(t, "ask", newAllowing(t, nil).URL+"/a", "--from", page, "--header", "Save-Data: on", "--browser", "both", "--json")
	if r.status != exitBlocked || !strings.Contains(r.stdout, `"same": false`) || !strings.Contains(r.stdout, `"standard": "blocked"`) || r.stderr != "" {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, exitBlocked, r.stdout, r.stderr)
	}
}

// firefoxBy makes the program start Firefox by a shell script, which has the path of Firefox as %s.
func firefoxBy(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere a Firefox is no shell script")
	}
	found, err := exec.LookPath("firefox-esr")
	if err != nil {
		found, err = exec.LookPath("firefox")
	}
	if err != nil {
		t.Skip("no Firefox is installed")
	}
	path := fileOf(t, "firefox", fmt.Sprintf("#!/bin/sh\n"+script, found))
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CORSPROOF_FIREFOX", path)
}

// A Firefox that cannot start ends the run before the target is asked.
func TestVerifyBothBrowsersNeedsFirefox(t *testing.T) {
	firefoxBy(t, "echo no display >&2\nexit 1 # %s\n")
	server := newAllowing(t, nil)
	r := run(t, bothArgs(t, server.URL, lists)...)
	if r.status != exitNoAnswer || !strings.Contains(r.stderr, "Firefox: start ") || !strings.Contains(r.stderr, "no display") || r.stdout != "" {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, exitNoAnswer, r.stdout, r.stderr)
	}
	if len(server.methods) > 0 {
		t.Errorf("the target was asked: %v", server.methods)
	}
	r = run(t, "ask", server.URL+"/a", "--from", page, "--browser", "both")
	if r.status != exitNoAnswer || !strings.Contains(r.stdout, "Firefox gave no verdict") || !strings.Contains(r.stderr, "Firefox: start ") {
		t.Errorf("ask: status %d, want %d\n%s\n%s", r.status, exitNoAnswer, r.stdout, r.stderr)
	}
}

// killingFirefox answers as allowing does, and kills the Firefox that asks for the first time.
func killingFirefox(t *testing.T, folder string) *allowing {
	t.Helper()
	var killed atomic.Bool
	return newAllowing(t, func(_ http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.UserAgent(), "Firefox") || killed.Swap(true) {
			return
		}
		text, err := os.ReadFile(filepath.Join(folder, "pid"))
		if err != nil {
			t.Error(err)
		}
		if err := exec.Command("kill", "-9", strings.TrimSpace(string(text))).Run(); err != nil {
			t.Error(err)
		}
	})
}

// A Firefox that is killed in the middle is started again.
func TestVerifyBothBrowsersKilled(t *testing.T) {
	folder := t.TempDir()
	firefoxBy(t, "echo $$ >"+folder+"/pid\necho >>"+folder+"/starts\nexec %s \"$@\"\n")
	r := run(t, bothArgs(t, killingFirefox(t, folder).URL, lists)...)
	starts, err := os.ReadFile(filepath.Join(folder, "starts"))
	if err != nil || len(starts) < 2 {
		t.Errorf("%d starts of Firefox (%v)", len(starts), err)
	}
	if r.status != 0 || !strings.Contains(r.stdout, "no difference") {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, 0, r.stdout, r.stderr)
	}
}

// A Firefox that is killed and does not start again leaves the report of Chrome, and no comparison.
func TestVerifyBothBrowsersLost(t *testing.T) {
	folder := t.TempDir()
	firefoxBy(t, "test -e "+folder+"/pid && { echo gone >&2; exit 1; }\necho $$ >"+folder+"/pid\nexec %s \"$@\"\n")
	r := run(t, bothArgs(t, killingFirefox(t, folder).URL, lists, "--only", "K01")...)
	if r.status != exitNoAnswer || !strings.Contains(r.stdout, "the only probe held") || !strings.Contains(r.stdout, "it printed: gone") || strings.Contains(r.stdout, "alone") {
		t.Errorf("status %d, want %d\n%s\n%s", r.status, exitNoAnswer, r.stdout, r.stderr)
	}
}

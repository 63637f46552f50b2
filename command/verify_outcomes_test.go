package command

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// A redirect to a login, for requests without the client's credentials, decides
// nothing. With the credentials, everything holds.
func TestVerifyBehindALogin(t *testing.T) {
	login := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(login.Close)
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "OPTIONS" && r.Header.Get("Authorization") == "" {
			http.Redirect(w, r, login.URL, http.StatusFound)
		}
	})
	policy := policyOf(t, target.URL, "requestHeaders: [Authorization]\n")
	asked := func(args ...string) finding.Report {
		got := run(t, append([]string{"verify", policy, "--json", "--only", "K01,K13,K21,K63"}, args...)...)
		return readReport(t, []byte(got.stdout))
	}
	if r := asked(); r.Count(finding.Inconclusive) == 0 || r.Count(finding.Broken) > 0 {
		t.Errorf("without a token: %d inconclusive, %d broken", r.Count(finding.Inconclusive), r.Count(finding.Broken))
	}
	r := asked("--header", "Authorization: Bearer abcd")
	if r.Count(finding.Held) != len(r.Findings)-1 || r.Count(finding.NotAsked) != 1 {
		t.Errorf("with a token: %+v", r.Findings)
	}
}

// This server lets a stranger read only if the user is signed in.
func TestVerifyStrangersOfASignedInUser(t *testing.T) {
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		}
	})
	policy := policyOf(t, target.URL, "credentials: true\n")
	// A cookie of another port of the same site is sent without SameSite=None,
	// which would need https.
	got := run(t, "verify", policy, "--json", "--only", "K13,K17", "--cookie", "sid=abcd; SameSite=None; Secure")
	r := readReport(t, []byte(got.stdout))
	if got.status != exitBlocked || r.Count(finding.Broken) == 0 {
		t.Errorf("status %d: %+v\n%s", got.status, r.Findings, got.stderr)
	}
}

// A run that judged nothing is not a success.
func TestVerifyJudgesNothing(t *testing.T) {
	target := newAllowing(t, nil)
	o := verifyOptions{policy: policyOf(t, target.URL, "methods: [POST]\n")}
	o.probes.selected.Only = []string{"K31"}
	got := end(t, o.run)
	if got.status != exitNoAnswer || !strings.Contains(got.stderr, "--unsafe send") {
		t.Errorf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
}

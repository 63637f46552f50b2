package specs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// verifier is a Chrome of its own: it keeps nothing, and no spec kills it. It
// sees the fixture network as a network of somebody else. Its pages have no window, as
// the pages of the command have.
var verifier = harness.Browser{Network: servers.Foreign{Network: &net}, Windowless: true}

// ownVerifier is a verifier for one spec.
func ownVerifier(flags ...string) *harness.Browser {
	own := &harness.Browser{Network: servers.Foreign{Network: &net}, Windowless: true, Flags: flags}
	DeferCleanup(own.Close)
	return own
}

// member is the only page that the policies of these specs allow.
const member = "http://app.test"

// memberOnly is a policy for one page and one resource, with few rules.
func memberOnly(target string) policy.Policy {
	return policy.Policy{
		Target:    target,
		Rules:     policy.Rules{Origins: policy.Origins{List: []string{member}}, Credentials: new(true)},
		Resources: []policy.Resource{{Path: "/v1"}},
	}
}

// keeper answers as memberOnly requires, whatever the method and headers.
func keeper(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Origin")
	if slices.Equal(r.Header["Origin"], []string{member}) {
		h.Set(acao, member)
		h.Set(acac, "true")
	}
	if r.Method == "OPTIONS" {
		h.Set(acam, "PUT, PATCH, DELETE")
		h.Set(acah, r.Header.Get(acrh))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fmt.Fprint(w, "{}")
}

// target is a plain server on loopback that counts its requests.
type target struct {
	*httptest.Server

	mu       sync.Mutex
	methods  map[string]int
	requests []*http.Request
	inFlight int
	most     int
}

// startTarget starts a target, which ends with the spec.
func startTarget(handler http.HandlerFunc) *target {
	t := &target{methods: map[string]int{}}
	t.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		t.methods[r.Method]++
		t.requests = append(t.requests, r)
		t.inFlight++
		t.most = max(t.most, t.inFlight)
		t.mu.Unlock()
		defer func() {
			t.mu.Lock()
			t.inFlight--
			t.mu.Unlock()
		}()
		handler(w, r)
	}))
	t.Config.ErrorLog = quiet
	t.Start()
	DeferCleanup(func() {
		t.CloseClientConnections()
		t.Close()
	})
	return t
}

// arrived counts what arrived, by method.
func (t *target) arrived() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.methods
}

// only makes a run ask the probes of these ids, tags, levels or sides.
func only(names ...string) verify.Select { return verify.Select{Only: names} }

// verified runs, and expects a report.
func verified(ctx context.Context, run verify.Run) finding.Report {
	GinkgoHelper()
	if run.Browser == nil {
		run.Browser = &verifier
	}
	limited, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	report, err := run.Verify(limited)
	Expect(err).NotTo(HaveOccurred())
	Expect(limited.Err()).NotTo(HaveOccurred(), "no run of these takes that long")
	return report
}

// outcomesOf lists the findings of a report in short, sorted: outcome, id and
// key.
func outcomesOf(r finding.Report, outcomes ...finding.Outcome) []string {
	list := []string{}
	for _, f := range r.Findings {
		if outcomes == nil || slices.Contains(outcomes, f.Outcome) {
			list = append(list, fmt.Sprintf("%s %s %s %s", f.Outcome, f.ID, f.Side, f.Key))
		}
	}
	sort.Strings(list)
	return list
}

// allBe matches a report that has findings, all with the same outcome.
func allBe(outcome finding.Outcome) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(r finding.Report) (bool, error) {
		return len(r.Findings) > 0 && r.Count(outcome) == len(r.Findings), nil
	}).WithTemplate("Expected every finding {{.To}} be {{.Data}}.\n\n{{range .Actual.Findings}}{{.Outcome}} {{.ID}} {{.Key}}: {{.Why}}\n{{end}}{{.Actual.Ended}}", outcome)
}

// whyOf matches a report in which every inconclusive finding has all these texts.
func whyOf(outcome finding.Outcome, parts ...string) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(r finding.Report) (bool, error) {
		for _, f := range r.Findings {
			for _, part := range parts {
				if f.Outcome == outcome && !strings.Contains(f.Why, part) {
					return false, nil
				}
			}
		}
		return r.Count(outcome) > 0, nil
	}).WithTemplate("Expected findings {{.To}} say {{.Data}}.\n\n{{range .Actual.Findings}}{{.Outcome}} {{.ID}} {{.Key}}: {{.Why}}\n{{end}}", parts)
}

// written is a value as JSON.
func written(v any) string {
	GinkgoHelper()
	text, err := json.Marshal(v)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

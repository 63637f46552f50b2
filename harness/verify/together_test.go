package verify

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// Of answers that are judged together, the finding tells of the answer that is wrong: its
// path, its headers, and how much it matters that it is. The last answer may be right.
func TestTogetherTellsOfTheWrongAnswer(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		origin := r.Header.Get("Origin")
		allowed := origin == "https://app.acme.com"
		if allowed {
			h.Set("Access-Control-Allow-Origin", origin)
		}
		if r.URL.Path != "/v1/me" {
			h.Set("Vary", "Origin")
			h.Set("Cache-Control", "max-age=60")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		h.Set("Cache-Control", "no-store")
		if allowed || origin == "" {
			h.Set("Vary", "Origin")
		}
	})
	x := running(t, policy.Ask{})
	x.Policy = policy.Policy{Target: url, Rules: policy.Rules{Origins: policy.Origins{List: []string{"https://app.acme.com"}}}, Resources: []policy.Resource{{Path: "/v1/me"}}}
	probes, err := x.Policy.Probes()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(probes, func(p policy.Probe) bool { return p.Together == policy.VaryByOrigin })
	f := x.once(t.Context(), probes[i], 0)
	var decided []string
	for _, s := range f.Steps {
		if s.Decided {
			origin, _ := s.Observation.Request.Headers.Get("Origin")
			decided = append(decided, strings.TrimPrefix(s.Observation.Request.URL, url)+" "+origin)
		}
	}
	if want := "/v1/me http://unlisted.evil.test"; f.Outcome != finding.Broken || f.Severity != finding.Low || strings.Join(decided, ", ") != want || !strings.Contains(f.Effect, "GET /v1/me ") {
		t.Errorf("%s %s: %s\ndecided by %s, want %s", f.Outcome, f.Severity, f.Effect, decided, want)
	}
}

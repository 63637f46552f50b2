package finding

import (
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// What differs in the same way for many probes is one group, and a request that was not sent
// has no headers to compare.
func TestDifferenceGroups(t *testing.T) {
	answered := func(status int, sent bool, allow string) func(*Finding) {
		return func(f *Finding) {
			e := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", Status: status, Sent: sent}
			if allow != "" {
				e.ResponseHeaders = harness.Header{{Name: "Access-Control-Allow-Origin", Value: allow}}
			}
			f.Steps = []Step{{Decided: true, Observation: harness.Observation{Verdict: harness.Readable, Exchanges: []harness.Exchange{e}}}}
		}
	}
	held := func(id, resource, origin string, more func(*Finding)) Finding {
		return broke(allowed, id, resource, "", each(outcome(Held), from(origin), more))
	}
	const a, b = "https://a.test", "https://b.test"
	wired := func(value func(origin string) string) []Finding {
		return []Finding{held("K01", "/", a, answered(200, true, value(a))), held("K01", "/", b, answered(200, true, value(b)))}
	}
	for name, c := range map[string]struct {
		left, right []Finding
		want        []string
	}{
		"the origin that asked": {
			wired(func(origin string) string { return origin }), wired(func(string) string { return "*" }),
			[]string{"wire, Access-Control-Allow-Origin in the answer to the request, (origin), *, 2"},
		},
		"not sent": {
			[]Finding{held("K01", "/", a, answered(200, true, "*"))}, []Finding{held("K01", "/", a, answered(0, false, ""))},
			[]string{"wire, Status of the answer to the request, 200, not sent, 1"},
		},
		"no answer": {
			[]Finding{held("K01", "/", a, answered(0, true, ""))}, []Finding{held("K01", "/", a, answered(200, true, "*"))},
			[]string{"wire, Status of the answer to the request, no answer, 200, 1"},
		},
		"an open pattern": {
			[]Finding{broke(forbidden, "K14", "/", Critical, nil), broke(forbidden, "K15", "/", Critical, nil), broke(forbidden, "K13", "/", High, nil)},
			[]Finding{broke(forbidden, "K14", "/", "", outcome(Held)), broke(forbidden, "K15", "/", "", outcome(Held)), broke(forbidden, "K13", "/", "", outcome(Held))},
			[]string{"verdict, Only left: Any origin can read, Any origin can read, as the policy wants, 3"},
		},
		"no verdict": {
			[]Finding{held("K01", "/", a, blockedBy(harness.MissingAllowOriginHeader, ""))},
			[]Finding{broke(allowed, "K01", "/", "", each(from(a), outcome(Inconclusive), func(f *Finding) { f.Why = "429" }))},
			[]string{"no verdict, One target gave no verdict, blocked (MissingAllowOriginHeader), no verdict: 429, 1"},
		},
		"other reasons": {
			[]Finding{held("K01", "/", a, blockedBy(harness.MissingAllowOriginHeader, ""))}, []Finding{held("K01", "/", a, blockedBy(harness.AllowOriginMismatch, ""))},
			[]string{"verdict, Both as the policy wants, for different reasons, blocked (MissingAllowOriginHeader), blocked (AllowOriginMismatch), 1"},
		},
	} {
		for _, list := range [][]Finding{c.left, c.right} {
			for i := range list {
				list[i].Key = fmt.Sprint(list[i].Origin, i)
			}
		}
		var got []string
		for _, g := range Compare(c.left, c.right, "https://l.test", "https://r.test").Groups() {
			got = append(got, fmt.Sprintf("%s, %s, %s, %s, %d", g.Kind, g.Headline, g.Left, g.Right, len(g.Probes)))
			if len(g.Places()) != len(g.Probes) {
				t.Errorf("%s: %+v", name, g)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, c.want)
		}
	}
}

package verify

import (
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/shards"
	"github.com/corsproof/corsproof/harness/policy"
)

// dealt returns the probes of a shard, in their order, and their numbers among all probes. The
// zero Shard has all. Probes are dealt by page: to open pages is most of the work of a small
// run, and all shards together should open hardly more pages than one run.
func dealt(s finding.Shard, all []policy.Probe) (probes []policy.Probe, numbers finding.Numbers) {
	items := make([]shards.Item, len(all))
	for i, p := range all {
		items[i] = shards.Item{Page: pageKey(p), Cost: len(p.Steps)}
	}
	for _, i := range shards.Deal(s.Of, items)[max(0, s.Index-1)] {
		probes, numbers = append(probes, all[i]), append(numbers, i+1)
	}
	return probes, numbers
}

// pageKey names the page of a probe. It is empty for a probe that is asked without a browser.
func pageKey(p policy.Probe) string {
	if p.Wire || p.Steps[0].Request.OnTheWire() {
		return ""
	}
	of := pageOf(p)
	return of.from + " " + of.caches
}

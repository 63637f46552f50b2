package finding

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/harness/policy"
)

// Baseline lists the probes that are known to be broken, each with a reason. A known
// break does not fail a run. When a listed probe holds again, the run says so and fails.
// See [ReadBaseline] for the file.
type Baseline struct {
	_ [0]func()

	Entries []Entry `json:"entries"`
}

// Entry is a probe that is known to be broken.
type Entry struct {
	// ID and Key identify the probe, as in a report: with ${NAME} for the value of a
	// variable.
	ID  string `yaml:"id" json:"id"`
	Key string `yaml:"key" json:"key"`
	// Reason says why the probe may stay broken.
	Reason string `yaml:"reason" json:"reason"`
}

// probeKey identifies a probe in an Entry and a Finding.
type probeKey struct{ id, key string }

func (e Entry) probe() probeKey   { return probeKey{e.ID, e.Key} }
func (f Finding) probe() probeKey { return probeKey{f.ID, f.Key} }

// byProbe returns the entries of a baseline by probe.
func (b Baseline) byProbe() map[probeKey]Entry {
	entries := make(map[probeKey]Entry, len(b.Entries))
	for _, e := range b.Entries {
		entries[e.probe()] = e
	}
	return entries
}

// Apply returns the findings with the baseline applied: a listed probe that broke is
// known, and a listed probe that held is unexpected. A finding without exactly one
// verdict does not change. The findings must come from a report, whose keys hold no
// secrets.
func (b Baseline) Apply(findings []Finding) []Finding {
	entries := b.byProbe()
	findings = slices.Clone(findings)
	for i := range findings {
		f := &findings[i]
		entry, listed := entries[f.probe()]
		switch {
		case !listed:
		case f.Outcome == Broken:
			f.Outcome, f.Known = Known, entry.Reason
		case f.Outcome == Held:
			f.Outcome, f.Known = Unexpected, entry.Reason
			f.Why = "It held, and the baseline says that it is broken: take it out of the baseline."
		}
	}
	return findings
}

// Update returns the baseline after these findings. It lists each broken probe, with its
// old reason or none, and no probe that held. A probe that was not asked, or has no
// verdict this time, keeps its entry. Entries that match no probe of the policy are
// removed.
func (b Baseline) Update(findings []Finding, p policy.Policy) (Baseline, error) {
	raised, err := keysOf(p)
	if err != nil {
		return Baseline{}, err
	}
	entries := b.byProbe()
	for known := range entries {
		if !raised[known] {
			delete(entries, known)
		}
	}
	for _, f := range findings {
		switch f.Outcome {
		case Broken, Known:
			if _, listed := entries[f.probe()]; !listed {
				entries[f.probe()] = Entry{ID: f.ID, Key: f.Key}
			}
		case Held, Unexpected:
			delete(entries, f.probe())
		}
	}
	updated := Baseline{}
	for _, e := range entries {
		updated.Entries = append(updated.Entries, e)
	}
	slices.SortFunc(updated.Entries, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Key, b.Key)) })
	return updated, nil
}

// keysOf returns all probes of a policy, as reports identify them.
func keysOf(p policy.Policy) (map[probeKey]bool, error) {
	probes, err := p.Probes()
	if err != nil {
		return nil, err
	}
	redactor := p.Redactor()
	keys := make(map[probeKey]bool, len(probes))
	for _, raised := range probes {
		keys[probeKey{raised.ID, redactor.Redact(raised.Key)}] = true
	}
	return keys, nil
}

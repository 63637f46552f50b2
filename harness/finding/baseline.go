package finding

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/harness/policy"
)

// Baseline is what is known to be broken, each with a reason. A run does not fail on
// it, and says so when it holds again. See [ReadBaseline] for the file.
type Baseline struct {
	_ [0]func()

	Entries []Entry `json:"entries"`
}

// Entry is a probe that is known to be broken.
type Entry struct {
	// ID and Key are those of the probe, as a report has them: with ${NAME} for what
	// came from a variable.
	ID  string `yaml:"id" json:"id"`
	Key string `yaml:"key" json:"key"`
	// Reason says why it is left as it is.
	Reason string `yaml:"reason" json:"reason"`
}

// probeKey is what an Entry and a Finding know a probe by.
type probeKey struct{ id, key string }

func (e Entry) probe() probeKey   { return probeKey{e.ID, e.Key} }
func (f Finding) probe() probeKey { return probeKey{f.ID, f.Key} }

// byProbe are the entries of a baseline.
func (b Baseline) byProbe() map[probeKey]Entry {
	entries := make(map[probeKey]Entry, len(b.Entries))
	for _, e := range b.Entries {
		entries[e.probe()] = e
	}
	return entries
}

// Apply returns the findings as the baseline makes them: what is broken and listed
// is known, and what held and is listed is unexpected. What has no verdict, or more
// than one, stays what it is. The findings are those of a report, whose keys hold no
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

// Update returns the baseline after these findings: what is broken is in it, with
// the reason that there was, or none; what held is not any more. What has no verdict
// this time, or was not asked, stays as it was; but for entries that no probe of the
// policy is meant by.
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

// keysOf are all probes of a policy, as reports have them.
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

package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/policy"
)

// Select says which probes to ask. A value is the id of a probe, a tag, a level or a
// side: K13, look-alike, M, forbidden. The zero Select takes all probes.
//
//	verify.Select{Only: []string{"credentials"}, Skip: []string{"K49"}}
type Select struct {
	_ [0]func()

	// Only lists the probes to ask: a probe must match one of the values. Empty means
	// all.
	Only []string `json:"only,omitempty"`
	// Skip lists the probes to leave out, whatever Only says.
	Skip []string `json:"skip,omitempty"`
}

// Probes returns the selected probes, in their order. An unknown value is a fault, and so
// is a selection without probes: a run without probes would always hold. All faults are
// returned at once: see [policy.Faults].
func (s Select) Probes(probes []policy.Probe) ([]policy.Probe, error) {
	var errs []error
	only := matches("only", s.Only, &errs)
	skip := matches("skip", s.Skip, &errs)
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	var selected []policy.Probe
	for _, p := range probes {
		if (len(only) == 0 || hasAny(only, p)) && !hasAny(skip, p) {
			selected = append(selected, p)
		}
	}
	if len(selected) == 0 {
		return nil, s.nothing(len(probes))
	}
	return selected, nil
}

// nothing is the error for a selection without probes.
func (s Select) nothing(of int) error {
	var parts []string
	if len(s.Only) > 0 {
		parts = append(parts, "only "+strings.Join(s.Only, ", "))
	}
	if len(s.Skip) > 0 {
		parts = append(parts, "skip "+strings.Join(s.Skip, ", "))
	}
	if parts == nil {
		return &policy.FaultError{Problem: "the policy has no probes: there is nothing to ask"}
	}
	return &policy.FaultError{Problem: fmt.Sprintf("nothing is left to ask of the policy's %d probes: %s", of, strings.Join(parts, "; "))}
}

// probeMatch says whether a value names the probe.
type probeMatch func(policy.Probe) bool

func hasAny(list []probeMatch, p policy.Probe) bool {
	return slices.ContainsFunc(list, func(m probeMatch) bool { return m(p) })
}

// matches reads values, and adds a fault for each unknown value.
func matches(field string, values []string, errs *[]error) []probeMatch {
	var list []probeMatch
	for i, value := range values {
		if m := matchOf(value); m != nil {
			list = append(list, m)
			continue
		}
		*errs = append(*errs, &policy.FaultError{
			Path: fmt.Sprintf("%s[%d]", field, i), Value: value, Meant: meantBy(value),
			Problem: "no such probe: want an id such as K13, a tag (" + strings.Join(behaviour.Tags(), ", ") +
				"), a level (" + strings.Join(levelNames, ", ") + ") or a side (" + strings.Join(sideNames, ", ") + ")",
		})
	}
	return list
}

var (
	levelNames = []string{string(behaviour.Must), string(behaviour.Should), string(behaviour.Hardening), string(behaviour.Information)}
	sideNames  = []string{string(behaviour.Allowed), string(behaviour.Forbidden)}
)

// matchOf reads a value in any case. It returns nil for an unknown value.
func matchOf(value string) probeMatch {
	same := func(name string) bool { return strings.EqualFold(name, value) }
	switch {
	case slices.ContainsFunc(behaviour.IDs(), same):
		return func(p policy.Probe) bool { return same(p.ID) }
	case slices.ContainsFunc(behaviour.Tags(), same):
		return func(p policy.Probe) bool { return slices.ContainsFunc(p.Tags, same) }
	case slices.ContainsFunc(levelNames, same):
		return func(p policy.Probe) bool { return same(string(p.Level)) }
	case slices.ContainsFunc(sideNames, same):
		return func(p policy.Probe) bool { return same(string(p.Side)) }
	}
	return nil
}

// otherNames are common names of the levels.
var otherNames = map[string]string{"must": "M", "should": "S", "hardening": "H", "information": "I", "info": "I"}

// meantBy guesses the value that was meant.
func meantBy(value string) string {
	if id, numbered := source.NearestID(value, behaviour.IDs()); numbered {
		return id
	}
	lower := strings.ToLower(strings.TrimSpace(value))
	if level, ok := otherNames[lower]; ok {
		return level
	}
	return source.Nearest(lower, slices.Concat(behaviour.Tags(), sideNames))
}

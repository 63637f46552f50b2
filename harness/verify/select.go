package verify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// Select says which probes to ask. A value is the id of a probe, a tag, a level or a
// side: K13, look-alike, M, forbidden; a resource of the policy or an origin that asks:
// /v1/me, https://app.example.com; or a severity: critical is each probe whose break can be
// critical, whatever it turns out to be. The zero Select takes all probes.
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
	of := choicesOf(probes)
	only := of.matches("only", s.Only, &errs)
	skip := of.matches("skip", s.Skip, &errs)
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
	return &policy.FaultError{Problem: fmt.Sprintf("none of the policy's %d probes is selected: %s", of, strings.Join(parts, "; "))}
}

// probeMatch says whether a value names the probe.
type probeMatch func(policy.Probe) bool

func hasAny(list []probeMatch, p policy.Probe) bool {
	return slices.ContainsFunc(list, func(m probeMatch) bool { return m(p) })
}

// choices are the resources and the origins of probes.
type choices struct{ resources, origins []string }

// choicesOf returns the resources and the origins of probes, each once, in order.
func choicesOf(probes []policy.Probe) choices {
	resources, origins := map[string]bool{}, map[string]bool{}
	for _, p := range probes {
		resources[p.Resource] = true
		for _, from := range originsOf(p) {
			origins[from] = true
		}
	}
	delete(origins, "")
	return choices{slices.Sorted(maps.Keys(resources)), slices.Sorted(maps.Keys(origins))}
}

// originsOf returns the origins of a probe: the origin of each page that asks, and each Origin
// that the probe sends on the wire.
func originsOf(p policy.Probe) []string {
	var list []string
	for _, s := range p.Steps {
		list = append(list, s.Request.From)
		list = append(list, s.Request.Headers.Values(web.NameOrigin)...)
	}
	return list
}

// matches reads values, and adds a fault for each unknown value.
func (c choices) matches(field string, values []string, errs *[]error) []probeMatch {
	var list []probeMatch
	for i, value := range values {
		if m := c.matchOf(value); m != nil {
			list = append(list, m)
			continue
		}
		*errs = append(*errs, &policy.FaultError{
			Path: fmt.Sprintf("%s[%d]", field, i), Value: value, Meant: c.meantBy(value),
			Problem: "no such probe: want an id such as K13, a tag (" + strings.Join(behaviour.Tags(), ", ") +
				"), a level (" + strings.Join(levelNames, ", ") + "), a side (" + strings.Join(sideNames, ", ") +
				"), a severity (" + strings.Join(severityNames(), ", ") + "), a resource of the policy such as /v1/me, or an origin that asks",
		})
	}
	return list
}

var (
	levelNames = []string{string(behaviour.Must), string(behaviour.Should), string(behaviour.Hardening), string(behaviour.Information)}
	sideNames  = []string{string(behaviour.Allowed), string(behaviour.Forbidden)}
)

// severityNames lists the severities.
func severityNames() []string {
	var names []string
	for _, s := range finding.Severities() {
		names = append(names, string(s))
	}
	return names
}

// SelectWords lists the values of a [Select] that do not depend on a policy.
func SelectWords() []string {
	return slices.Concat(behaviour.IDs(), behaviour.Tags(), levelNames, sideNames, severityNames())
}

// matchOf reads a value; a word may be in any case. It returns nil for an unknown value.
func (c choices) matchOf(value string) probeMatch {
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
	case slices.ContainsFunc(severityNames(), same):
		return func(p policy.Probe) bool { return same(string(worstOf(p))) }
	case slices.Contains(c.resources, value):
		return func(p policy.Probe) bool { return p.Resource == value }
	case slices.Contains(c.origins, value):
		return func(p policy.Probe) bool { return slices.Contains(originsOf(p), value) }
	}
	return nil
}

// otherNames are common names of the levels.
var otherNames = map[string]string{"must": "M", "should": "S", "hardening": "H", "information": "I", "info": "I"}

// meantBy guesses the value that was meant.
func (c choices) meantBy(value string) string {
	if id, numbered := source.NearestID(value, behaviour.IDs()); numbered {
		return id
	}
	lower := strings.ToLower(strings.TrimSpace(value))
	if level, ok := otherNames[lower]; ok {
		return level
	}
	return source.Nearest(lower, slices.Concat(behaviour.Tags(), sideNames, severityNames(), c.resources, c.origins))
}

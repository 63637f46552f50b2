package conform

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/behaviour"
)

// Baseline is what a library is known to do, so that every change is noticed, for better
// or worse. A behaviour that is not in it is expected to pass.
type Baseline struct {
	_ [0]func()

	// Library and Version name what was asked when the baseline was written.
	Library string `yaml:"library"`
	Version string `yaml:"version"`
	// Failures are the failures that are expected, by the id of the behaviour.
	Failures map[string]Expected `yaml:"failures,omitempty"`
	// Others are the ids of further verdicts: REFUSED, UNSUPPORTED, SPEC-DIVERGENCE.
	Others map[Verdict][]string `yaml:"others,omitempty"`
}

// Expected is a failure that is expected.
type Expected struct {
	_ [0]func()

	Verdict Verdict `yaml:"verdict"`
	// Seen is what was seen when the baseline was written.
	Seen string `yaml:"seen,omitempty"`
	// Reason says why the library does so. It is never empty in a baseline that is read.
	Reason string `yaml:"reason"`
	// Documented is where the library's documentation says so, or empty.
	Documented string `yaml:"documented,omitempty"`
}

// ReadBaseline reads a baseline in YAML. The error has all faults, one a line, and the
// name of the file.
func ReadBaseline(name string, text []byte) (Baseline, error) {
	b, faults := parseBaseline(name, text)
	for id, e := range b.Failures {
		if strings.TrimSpace(e.Reason) == "" {
			faults = append(faults, fmt.Errorf("%s: %s has no reason: write why the library does so", name, id))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return b, errors.Join(faults...)
}

// BaselineToUpdate reads a baseline whose reasons may be missing.
func BaselineToUpdate(name string, text []byte) (Baseline, error) {
	b, faults := parseBaseline(name, text)
	return b, errors.Join(faults...)
}

func parseBaseline(name string, text []byte) (Baseline, []error) {
	var b Baseline
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	switch err := decoder.Decode(&b); {
	case errors.Is(err, io.EOF):
		return b, []error{fmt.Errorf("%s: the file is empty: write one with --update-baseline", name)}
	case err != nil:
		return b, []error{fmt.Errorf("%s: %w", name, err)}
	}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf(name+": "+format, args...))
	}
	seen := map[string]bool{}
	known := func(id string) {
		if _, ok := behaviour.Of(id); !ok {
			fault("%s is not a behaviour: want K01 to K74", id)
		}
		if seen[id] {
			fault("%s is listed twice: keep one entry", id)
		}
		seen[id] = true
	}
	for id, e := range b.Failures {
		known(id)
		if !e.Verdict.Failed() && e.Verdict != NoVerdict {
			fault("%s: the verdict %q is not a failure: want %s, %s, %s or %s", id, e.Verdict, FailOpen, FailClosed, SilentNoop, NoVerdict)
		}
	}
	for verdict, list := range b.Others {
		if !slices.Contains([]Verdict{Refused, Unsupported, SpecDivergence}, verdict) {
			fault("others: %q: want %s, %s or %s", verdict, Refused, Unsupported, SpecDivergence)
		}
		for _, id := range list {
			known(id)
		}
	}
	return b, faults
}

// Wants is the verdict that is expected.
func (b Baseline) Wants(id string) Verdict {
	if e, ok := b.Failures[id]; ok {
		return e.Verdict
	}
	for verdict, list := range b.Others {
		if slices.Contains(list, id) {
			return verdict
		}
	}
	return Pass
}

// Apply marks the cells of a result: an expected failure gets its reason, and every other
// verdict than the expected one is marked with the expected one.
func (b Baseline) Apply(r Result) Result {
	r.Cells = slices.Clone(r.Cells)
	for i := range r.Cells {
		c := &r.Cells[i]
		switch want := b.Wants(c.ID); {
		case c.Verdict != want:
			c.Wanted = want
		case c.Verdict != Pass:
			c.Reason, c.Documented = b.Failures[c.ID].Reason, b.Failures[c.ID].Documented
		}
	}
	return r
}

// Update is the baseline that expects what a result shows. Reasons are kept where the
// verdict is the same; the others are empty. Missing evidence changes nothing: a known
// failure without a verdict today stays.
func (b Baseline) Update(r Result) Baseline {
	updated := Baseline{Library: r.Library, Version: r.Version, Failures: map[string]Expected{}, Others: map[Verdict][]string{}}
	for _, c := range r.Cells {
		switch old := b.Failures[c.ID]; {
		case c.Verdict == Pass:
		case !c.Verdict.Failed() && c.Verdict != NoVerdict:
			updated.Others[c.Verdict] = append(updated.Others[c.Verdict], c.ID)
		case c.Verdict == NoVerdict && old.Verdict.Failed():
			updated.Failures[c.ID] = old
		case old.Verdict == c.Verdict:
			updated.Failures[c.ID] = Expected{Verdict: c.Verdict, Seen: c.Why, Reason: old.Reason, Documented: old.Documented}
		default:
			updated.Failures[c.ID] = Expected{Verdict: c.Verdict, Seen: c.Why}
		}
	}
	return updated
}

// Unexplained are the ids of the failures without a reason, in order.
func (b Baseline) Unexplained() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.Failures)), func(id string) bool { return strings.TrimSpace(b.Failures[id].Reason) != "" })
}

// YAML writes the baseline.
func (b Baseline) YAML() ([]byte, error) {
	text, err := yaml.Dump(b, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	return append([]byte("# What the library is known to do, written by corsproof conform --update-baseline.\n# A behaviour that is not listed passes. The reasons are written by hand.\n"), text...), err
}

package finding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/shards"
)

// Part is the report of one shard with its file name.
type Part struct {
	_ [0]func()

	File   string
	Report Report
}

// Merge joins the reports of the shards of one run. Reports that do not belong together
// are refused, with all faults at once. With partial, shards may be missing: then the
// report says which, like a run that ended early. The report of a run without shards is
// complete already, and is returned unchanged.
func Merge(parts []Part, partial bool) (Report, error) {
	switch {
	case len(parts) == 0:
		return Report{}, errors.New("nothing to merge: want the reports of the shards of one run")
	case len(parts) == 1 && parts[0].Report.Shard == nil:
		return parts[0].Report, nil
	}
	all := piecesOf(parts)
	if errs := shards.Version(all, "report", Version, func(r Report) int { return r.Version }); errs != nil {
		return Report{}, errors.Join(errs...)
	}
	pieces, whole := shards.Split(all)
	errs := checkShards(pieces, whole)
	errs = append(errs, checkSame(pieces)...)
	missing := shards.Missing(pieces)
	if missing != "" && !partial {
		errs = append(errs, errors.New(missing))
	}
	if len(errs) == 0 {
		errs = shards.Once(pieces, "probe", probesOf)
	}
	if len(errs) > 0 {
		return Report{}, errors.Join(errs...)
	}
	return joinParts(slices.Clone(parts), missing), nil
}

// piecesOf prepares the parts for the checks.
func piecesOf(parts []Part) []shards.Part[Report] {
	pieces := make([]shards.Part[Report], len(parts))
	for i, p := range parts {
		pieces[i] = shards.Part[Report]{File: p.File, Document: p.Report}
		if s := p.Report.Shard; s != nil {
			pieces[i].Index, pieces[i].Of = s.Index, s.Of
		}
	}
	return pieces
}

// checkShards checks that each report is a shard, and each shard is there once.
func checkShards(pieces, whole []shards.Part[Report]) (errs []error) {
	if len(pieces) == 0 {
		return []error{fmt.Errorf("none of the %d reports is of a shard, so there is nothing to join: each has all the probes of its own run. merge joins the parts of one run, such as shards 1/2 and 2/2", len(whole))}
	}
	for _, p := range whole {
		errs = append(errs, fmt.Errorf("%s: not the report of a shard: it has all the probes of its run", p.File))
	}
	return append(errs, shards.Check(pieces)...)
}

// checkSame checks that the reports agree in everything that identifies a run.
func checkSame(pieces []shards.Part[Report]) []error {
	errs := shards.SameNumber(pieces)
	for _, c := range []struct {
		what string
		of   func(Report) string
	}{
		{"fingerprint of the policy", func(r Report) string { return r.Fingerprint }},
		{"target", func(r Report) string { return r.Target }},
		{"version of Chrome", func(r Report) string { return r.Chrome.Version }},
		{"number of repetitions", func(r Report) string { return strconv.Itoa(r.Repeat) }},
		{"version of corsproof", func(r Report) string { return r.Corsproof }},
	} {
		errs = append(errs, shards.Same(pieces, c.what, c.of)...)
	}
	return errs
}

// probesOf names the probes of a report.
func probesOf(r Report) []string {
	names := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		names[i] = f.ID + " " + f.Key
	}
	return names
}

// joinParts adds up reports that belong together, and sorts their findings.
func joinParts(parts []Part, missing string) Report {
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Compare(a.Report.Shard.Index, b.Report.Shard.Index) })
	whole := parts[0].Report
	whole.Shard, whole.Ended = nil, ""
	whole.Notes, whole.Findings, whole.Sent, whole.Withheld = nil, nil, map[string]int{}, map[string]int{}
	var ended []string
	for _, p := range parts {
		r := p.Report
		if r.Started.Before(whole.Started) {
			whole.Started = r.Started
		}
		whole.Seconds = max(whole.Seconds, r.Seconds)
		for _, note := range r.Notes {
			if !slices.Contains(whole.Notes, note) {
				whole.Notes = append(whole.Notes, note)
			}
		}
		addCounts(whole.Sent, r.Sent)
		addCounts(whole.Withheld, r.Withheld)
		whole.Findings = append(whole.Findings, r.Findings...)
		if r.Ended != "" {
			ended = append(ended, fmt.Sprintf("shard %s: %s", r.Shard, r.Ended))
		}
	}
	if missing != "" {
		ended = append(ended, missing)
	}
	whole.Ended = strings.Join(ended, "; ")
	Sort(whole.Findings)
	return whole
}

// addCounts adds the counts of one map to another.
func addCounts(to, more map[string]int) {
	for method, n := range more {
		to[method] += n
	}
}

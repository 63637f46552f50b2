package finding

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
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

// Source is the report of one shard that is read as a stream: a large run does not fit into
// memory.
type Source struct {
	_ [0]func()

	// File is the file name.
	File string
	// Head is the report without its findings.
	Head Report
	// Findings reads the findings, in the order of [Sort]. It begins at the first finding
	// each time. The sequence ends with the first error.
	Findings func() iter.Seq2[Finding, error]
}

// Joined is the report of all shards, whose findings are still in their sources.
type Joined struct {
	_ [0]func()

	// Report has the findings that need attention or are known. The other findings are only
	// counted: see [Report.Total]. So its size does not grow with the number of probes that
	// held.
	Report Report

	sources []Source
}

// Merge joins the reports of the shards of one run. Reports that do not belong together
// are refused, with all faults at once. With partial, shards may be missing: then the
// report says which, like a run that ended early. The report of a run without shards is
// complete already, and is returned unchanged.
func Merge(parts []Part, partial bool) (Report, error) {
	sources := make([]Source, len(parts))
	for i, p := range parts {
		sources[i] = SourceOf(p)
	}
	joined, err := Join(sources, partial)
	if err != nil {
		return Report{}, err
	}
	return joined.Whole()
}

// SourceOf returns a source that reads a report in memory.
func SourceOf(p Part) Source {
	findings := p.Report.Findings
	if p.Report.Shard != nil && !slices.IsSortedFunc(findings, compareWeight) {
		findings = slices.Clone(findings)
		Sort(findings)
	}
	p.Report.Findings = nil
	return Source{File: p.File, Head: p.Report, Findings: func() iter.Seq2[Finding, error] {
		return func(yield func(Finding, error) bool) {
			for _, f := range findings {
				if !yield(f, nil) {
					return
				}
			}
		}
	}}
}

// Join joins the reports of the shards of one run as [Merge] does, and reads the findings
// as streams, some twice. Its memory grows with the findings that need attention or are
// known, not with the number of probes that held.
func Join(sources []Source, partial bool) (Joined, error) {
	if len(sources) == 0 {
		return Joined{}, errors.New("nothing to merge: want the reports of the shards of one run")
	}
	j := Joined{sources: slices.Clone(sources)}
	var missing string
	if len(sources) > 1 || sources[0].Head.Shard != nil {
		var err error
		if missing, err = checkSources(sources, partial); err != nil {
			return Joined{}, err
		}
		slices.SortFunc(j.sources, func(a, b Source) int { return cmp.Compare(a.Head.Shard.Index, b.Head.Shard.Index) })
	}
	seen, err := readThrough(j.sources)
	if err != nil {
		return Joined{}, err
	}
	j.Report = joinHeads(j.sources, missing)
	j.Report.unlisted = seen
	for f, err := range j.Findings() {
		if err != nil {
			return Joined{}, err
		}
		if !listed(f.Outcome) {
			if j.sources[0].Head.Shard != nil {
				break // the findings are in the order of their weight
			}
			continue
		}
		j.Report.Findings = append(j.Report.Findings, f)
	}
	return j, nil
}

// checkSources checks that the reports belong together. missing names the shards that are
// missing.
func checkSources(sources []Source, partial bool) (missing string, err error) {
	all := piecesOf(sources)
	if errs := shards.Version(all, "report", Version, func(r Report) int { return r.Version }); errs != nil {
		return "", errors.Join(errs...)
	}
	pieces, whole := shards.Split(all)
	errs := checkShards(pieces, whole)
	errs = append(errs, checkSame(pieces)...)
	missing = shards.Missing(pieces)
	if missing != "" && !partial {
		errs = append(errs, errors.New(missing))
	}
	return missing, errors.Join(errs...)
}

// piecesOf prepares the heads for the checks.
func piecesOf(sources []Source) []shards.Part[Report] {
	pieces := make([]shards.Part[Report], len(sources))
	for i, p := range sources {
		pieces[i] = shards.Part[Report]{File: p.File, Document: p.Head}
		if s := p.Head.Shard; s != nil {
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
		{"browser", func(r Report) string { return r.Chrome.Version }},
		{"number of repetitions", func(r Report) string { return strconv.Itoa(r.Repeat) }},
		{"version of corsproof", func(r Report) string { return r.Corsproof }},
		{"way to deal probes to shards", Report.dealing},
	} {
		errs = append(errs, shards.Same(pieces, c.what, c.of)...)
	}
	return errs
}

// dealing is how the probes were dealt to the shards.
func (r Report) dealing() string {
	if r.Numbers == nil {
		return "in rounds, as by an earlier version"
	}
	return "by page"
}

// joinHeads adds up the heads of reports that belong together. The head of a run without
// shards stays as it is.
func joinHeads(sources []Source, missing string) Report {
	whole := sources[0].Head
	if whole.Shard == nil {
		return whole
	}
	whole.Shard, whole.Numbers, whole.Ended = nil, nil, ""
	whole.Notes, whole.Sent, whole.Withheld = nil, map[string]int{}, map[string]int{}
	var ended []string
	for _, p := range sources {
		r := p.Head
		if r.Started.Before(whole.Started) {
			whole.Started = r.Started
		}
		whole.Seconds = max(whole.Seconds, r.Seconds)
		for _, note := range r.Notes {
			if !slices.Contains(whole.Notes, note) {
				whole.Notes = append(whole.Notes, note)
			}
		}
		if r.Chrome.Endpoint != whole.Chrome.Endpoint { // each shard may have a Chrome of its own
			whole.Chrome.Endpoint = ""
		}
		addCounts(whole.Sent, r.Sent)
		addCounts(whole.Withheld, r.Withheld)
		if r.Ended != "" {
			ended = append(ended, fmt.Sprintf("shard %s: %s", r.Shard, r.Ended))
		}
	}
	if missing != "" {
		ended = append(ended, missing)
	}
	whole.Ended = strings.Join(ended, "; ")
	return whole
}

// addCounts adds the counts of one map to another.
func addCounts(to, more map[string]int) {
	for method, n := range more {
		to[method] += n
	}
}

package finding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	errs := checkVersions(parts)
	if errs != nil {
		return Report{}, errors.Join(errs...)
	}
	errs = checkShards(parts)
	shards := slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Report.Shard == nil })
	errs = append(errs, checkSame(shards)...)
	missing := missingShards(shards)
	if missing != "" && !partial {
		errs = append(errs, errors.New(missing))
	}
	if len(errs) == 0 {
		errs = checkFindings(shards)
	}
	if len(errs) > 0 {
		return Report{}, errors.Join(errs...)
	}
	return joinParts(shards, missing), nil
}

// checkVersions checks that this program knows the version of each document: an unknown
// version cannot be trusted.
func checkVersions(parts []Part) (errs []error) {
	for _, p := range parts {
		if p.Report.Version != Version {
			errs = append(errs, fmt.Errorf("%s: version %d of a report: want version %d, so merge with the program that wrote it", p.File, p.Report.Version, Version))
		}
	}
	return errs
}

// checkShards checks that each report is a shard, and each shard is there once.
func checkShards(parts []Part) (errs []error) {
	if !slices.ContainsFunc(parts, func(p Part) bool { return p.Report.Shard != nil }) {
		return []error{fmt.Errorf("none of the %d reports is of a shard: each has all the probes of its own run, so there is nothing to join; merge is for runs that were split, such as shards 1/2 and 2/2", len(parts))}
	}
	first := map[Shard]string{}
	for _, p := range parts {
		s := p.Report.Shard
		switch {
		case s == nil:
			errs = append(errs, fmt.Errorf("%s: not the report of a shard: it has all the probes of its run", p.File))
		case s.Index < 1 || s.Index > s.Of:
			errs = append(errs, fmt.Errorf("%s: there is no shard %s", p.File, s))
		case first[*s] != "":
			errs = append(errs, fmt.Errorf("%s: shard %s again: %s has it already", p.File, s, first[*s]))
		default:
			first[*s] = p.File
		}
	}
	return errs
}

// checkSame checks that the reports agree in everything that identifies a run.
func checkSame(parts []Part) (errs []error) {
	for _, c := range []struct {
		what string
		of   func(Report) string
	}{
		{"number of shards", numberOfShards},
		{"fingerprint of the policy", func(r Report) string { return r.Fingerprint }},
		{"target", func(r Report) string { return r.Target }},
		{"version of Chrome", func(r Report) string { return r.Chrome.Version }},
		{"number of repetitions", func(r Report) string { return strconv.Itoa(r.Repeat) }},
		{"version of corsproof", func(r Report) string { return r.Corsproof }},
	} {
		most, file := usual(parts, c.of)
		for _, p := range parts {
			if value := c.of(p.Report); value != most {
				errs = append(errs, fmt.Errorf("%s: not of the same run: its %s is %s, and that of %s is %s", p.File, c.what, cmp.Or(value, "nothing"), file, cmp.Or(most, "nothing")))
			}
		}
	}
	return errs
}

// usual returns the most frequent value, and the first file that has it. The first file
// alone is no measure: it may be the wrong one.
func usual(parts []Part, of func(Report) string) (value, file string) {
	counts := map[string]int{}
	for _, p := range parts {
		counts[of(p.Report)]++
	}
	for _, p := range parts {
		if v := of(p.Report); file == "" || counts[v] > counts[value] {
			value, file = v, p.File
		}
	}
	return value, file
}

// numberOfShards returns the number of shards in the run.
func numberOfShards(r Report) string { return strconv.Itoa(r.Shard.Of) }

// missingShards names the missing shards. It is empty if none is missing.
func missingShards(shards []Part) string {
	if len(shards) == 0 {
		return ""
	}
	number, _ := usual(shards, numberOfShards)
	of, _ := strconv.Atoi(number)
	there := map[int]bool{}
	for _, p := range shards {
		there[p.Report.Shard.Index] = true
	}
	var missing []string
	for i := 1; i <= of; i++ {
		if !there[i] {
			missing = append(missing, strconv.Itoa(i))
		}
	}
	switch last := len(missing) - 1; last {
	case -1:
		return ""
	case 0:
		return fmt.Sprintf("shard %s of %d is missing", missing[0], of)
	default:
		return fmt.Sprintf("shards %s and %s of %d are missing", strings.Join(missing[:last], ", "), missing[last], of)
	}
}

// checkFindings checks that each probe is in one report only.
func checkFindings(parts []Part) (errs []error) {
	first := map[[2]string]string{}
	for _, p := range parts {
		for _, f := range p.Report.Findings {
			probe := [2]string{f.ID, f.Key}
			if file, twice := first[probe]; twice {
				errs = append(errs, fmt.Errorf("%s: %s %s: %s has this probe already", p.File, f.ID, f.Key, file))
			}
			first[probe] = p.File
		}
	}
	return errs
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

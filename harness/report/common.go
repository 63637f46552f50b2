package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// onWire replaces the origin of a question that no page asked.
const onWire = "(on the wire)"

// printable returns a value from outside in a form that is safe to show, cut at a limit.
// It is made safe before the cut: a cut could remove the mark of a password.
func printable(text string, limit int) string { return shortened(plain.Safe(text), limit) }

// shortened returns a safe text, cut at a limit.
func shortened(text string, limit int) string {
	cut, left := cutAt(text, limit)
	if left == 0 {
		return cut
	}
	return fmt.Sprintf("%s… (%d characters more)", cut, left)
}

// partOf says which part of a run was asked, and which system gave its index. It is empty
// where all was asked.
func partOf(s *finding.Shard) string {
	if s == nil {
		return ""
	}
	return printable(s.Describe(), textLimit)
}

// cutAt returns the first runes of a text, and the number of the others.
func cutAt(text string, limit int) (head string, left int) {
	n := 0
	for i := range text {
		if n == limit {
			return text[:i], utf8.RuneCountInString(text[i:])
		}
		n++
	}
	return text, 0
}

// fingerprint identifies a probe: it is the same in every run of one policy.
func fingerprint(f finding.Finding) string {
	sum := sha256.Sum256([]byte(f.ID + "\x00" + f.Key))
	return hex.EncodeToString(sum[:16])
}

// transcript returns the transcript of the step that decided, with values cut at a limit.
// It is empty where nothing was observed. A step that was judged together with others has
// no meaning of its own: the finding says what it means.
func transcript(f finding.Finding, limit int) harness.Transcript {
	s := f.Deciding()
	if s == nil || s.Observation.Request.URL == "" {
		return nil
	}
	lines := s.Observation.Transcript()
	if i := slices.IndexFunc(lines, explains); i > 0 && (s.Prepares || answersProbe(f, lines)) {
		lines = lines[:i-1] // an empty line stands before
	}
	return limited(lines, limit)
}

// limited returns a transcript with its values cut at a limit.
func limited(lines harness.Transcript, limit int) harness.Transcript {
	for i := range lines {
		l := &lines[i]
		switch l.Kind {
		case harness.LineConsole, harness.LineMeaning, harness.LineRemedy, harness.LineNote: // these lines are wrapped, so only a long word is cut
			words := strings.Split(l.Text, " ")
			for j, word := range words {
				words[j] = shortened(word, limit)
			}
			l.Text = strings.Join(words, " ")
		default:
			l.Text = shortened(l.Text, limit)
		}
		l.Label, l.Detail, l.Note = shortened(l.Label, limit), shortened(l.Detail, limit), shortened(l.Note, limit)
	}
	return lines
}

// answersProbe says whether the finding has a meaning of its own: what the observation means by
// itself, such as that CORS is in order, would contradict it.
func answersProbe(f finding.Finding, lines harness.Transcript) bool {
	return f.Meaning != "" && !says(lines, harness.LineMeaning, f.Meaning) && f.Deciding().Observation.Verdict != harness.Blocked
}

// explains says whether a line begins what a transcript says of the verdict.
func explains(l harness.Line) bool {
	return l.Kind == harness.LineBlocked || l.Kind == harness.LineMeaning
}

// transcriptText returns [transcript] as text without colours.
func transcriptText(f finding.Finding, limit int) string {
	return transcript(f, limit).Text(harness.PlainText, 0)
}

// originOf returns the origin of the page that asked, as a report shows it.
func originOf(f finding.Finding) string {
	switch {
	case f.Origin == harness.OpaqueOrigin:
		return f.Origin + " (a sandboxed page)"
	case f.Origin == harness.DataPage:
		return f.Origin + " (a page in a URL)"
	case f.Origin != "":
		return f.Origin
	case f.Wire:
		return onWire
	}
	return "–"
}

// passed says whether the run needs no attention, and has findings.
func passed(r finding.Report) bool {
	return r.Complete() && r.Total() > 0 && !slices.ContainsFunc(r.Findings, finding.Finding.NeedsAttention)
}

// byWeight returns the findings, the worst first.
func byWeight(findings []finding.Finding) []finding.Finding {
	sorted := slices.Clone(findings)
	finding.Sort(sorted)
	return sorted
}

// tally writes counts such as "GET 12, OPTIONS 3".
func tally(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", printable(name, 40), counts[name]))
		}
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// runs says how many runs had each outcome.
func runs(f finding.Finding) string {
	all := 0
	for _, n := range f.Runs {
		all += n
	}
	var parts []string
	for _, o := range finding.Outcomes() {
		if n := f.Runs[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s in %d of %d runs", o, n, all))
		}
	}
	return strings.Join(parts, ", ")
}

// bySeverity counts the findings of an outcome by severity.
func bySeverity(r finding.Report, o finding.Outcome) string {
	var parts []string
	for _, s := range finding.Severities() {
		n := 0
		for _, f := range r.Findings {
			if f.Outcome == o && f.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// headline describes the result of the run in one sentence.
func headline(r finding.Report) string {
	things, probes := 0, 0
	for _, p := range r.Problems() {
		if p.ToChange() {
			things++
			probes += len(p.Probes)
		}
	}
	held, unclear := r.Count(finding.Held), r.Count(finding.Inconclusive)
	switch {
	case things > 0:
		said := fmt.Sprintf("%s to change (%s)", quantity(things, "thing"), quantity(probes, "probe"))
		if unclear > 0 {
			said += fmt.Sprintf("; %s without a verdict", quantity(unclear, "probe"))
		}
		return said
	case r.Total() == 0:
		return "nothing was asked"
	case !r.Complete():
		return "not every probe has a verdict"
	case held < r.Total():
		return fmt.Sprintf("%d of %d probes held, nothing else is new", held, r.Total())
	}
	if r.Total() == 1 {
		return "the only probe held"
	}
	return fmt.Sprintf("all %d probes held", r.Total())
}

// tolerated says that nothing is severe enough to fail the run, where something is broken.
func tolerated(r finding.Report) string {
	if r.FailOn == "" || r.Failed() || r.Count(finding.Broken)+r.Count(finding.Flaky) == 0 {
		return ""
	}
	return fmt.Sprintf("Nothing is as severe as %s, so this does not fail the run.", r.FailOn)
}

// duration writes the duration of a run.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(time.Millisecond * 10).String()
	}
	return d.Round(time.Second).String()
}

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

// onWire stands for the origin where no page asked.
const onWire = "(on the wire)"

// printable is a value from outside as it may be shown, cut at a limit. It is made
// safe before it is cut: a cut could take away what a password is known by.
func printable(text string, limit int) string { return shortened(plain.Safe(text), limit) }

// shortened is a text that may be shown, cut at a limit.
func shortened(text string, limit int) string {
	cut, left := cutAt(text, limit)
	if left == 0 {
		return cut
	}
	return fmt.Sprintf("%s… (%d characters more)", cut, left)
}

// cutAt returns the first runes of a text, and how many are left.
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

// fingerprint is the same for a probe in every run of one policy.
func fingerprint(f finding.Finding) string {
	sum := sha256.Sum256([]byte(f.ID + "\x00" + f.Key))
	return hex.EncodeToString(sum[:16])
}

// deciding is the step that decided the outcome, or the last. It is nil where nothing
// was observed.
func deciding(f finding.Finding) *finding.Step {
	for i := range f.Steps {
		if f.Steps[i].Decided {
			return &f.Steps[i]
		}
	}
	if len(f.Steps) == 0 {
		return nil
	}
	return &f.Steps[len(f.Steps)-1]
}

// transcript is the transcript of the step that decided, values cut at a limit. It is
// empty where nothing was observed.
func transcript(f finding.Finding, limit int) harness.Transcript {
	s := deciding(f)
	if s == nil || s.Observation.Request.URL == "" {
		return nil
	}
	lines := s.Observation.Transcript()
	for i := range lines {
		l := &lines[i]
		switch l.Kind {
		case harness.LineConsole, harness.LineMeaning, harness.LineRemedy: // are wrapped, so only a long word is cut
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

// transcriptText is [transcript] as text without colours.
func transcriptText(f finding.Finding, limit int) string {
	return transcript(f, limit).Text(harness.PlainText, 0)
}

// originOf is the origin of the page that asked, as it is shown.
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

// passed says whether a run found nothing to look at, and did find something.
func passed(r finding.Report) bool { return !r.Failed() && r.Complete() && len(r.Findings) > 0 }

// needsAttention says whether a reader has to look at it.
func needsAttention(o finding.Outcome) bool {
	switch o {
	case finding.Broken, finding.Flaky, finding.Unexpected, finding.Inconclusive:
		return true
	}
	return false
}

// byWeight returns the findings, the worst first.
func byWeight(findings []finding.Finding) []finding.Finding {
	sorted := slices.Clone(findings)
	finding.Sort(sorted)
	return sorted
}

// tally lists counts such as "GET 12, OPTIONS 3".
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

// runs says how often it came out in which way.
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

// bySeverity lists how many findings of an outcome there are of each severity.
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

// headline says in a sentence what the run found.
func headline(r finding.Report) string {
	moved := r.Count(finding.Flaky) + r.Count(finding.Unexpected)
	switch broken, held := r.Count(finding.Broken), r.Count(finding.Held); {
	case broken == 1:
		return "1 probe is broken"
	case broken > 1:
		return fmt.Sprintf("%d probes are broken", broken)
	case moved == 1:
		return "1 probe is flaky, or held unexpectedly"
	case moved > 1:
		return fmt.Sprintf("%d probes are flaky, or held unexpectedly", moved)
	case len(r.Findings) == 0:
		return "nothing was asked"
	case !r.Complete():
		return "not every probe has a verdict"
	case held < len(r.Findings):
		return fmt.Sprintf("%d of %d probes held, nothing else is new", held, len(r.Findings))
	}
	if len(r.Findings) == 1 {
		return "the only probe held"
	}
	return fmt.Sprintf("all %d probes held", len(r.Findings))
}

// duration is how long a run took.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(time.Millisecond * 10).String()
	}
	return d.Round(time.Second).String()
}

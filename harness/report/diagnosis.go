package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/snippet"
)

// Diagnosed is what a report of a diagnosis shows.
type Diagnosed struct {
	_ [0]func() // keyed literals only

	diagnose.Diagnosis
	// Snippets are what to write, by software: that of Software first.
	Snippets []snippet.Snippet `json:"snippets,omitempty"`
	// Software is the id of the software that is likely to need the change, and SoftwareTold
	// what tells it. Both are empty where nothing does.
	Software     string `json:"software,omitempty"`
	SoftwareTold string `json:"softwareTold,omitempty"`
	// Again is the command line that diagnoses the same question. It is empty where the
	// question is too long for a line.
	Again string `json:"again,omitempty"`
	// Number is the question's place in a paste, from 1; 0 for a question of its own.
	Number int `json:"number,omitempty"`
	// Error says why there is no verdict.
	Error string `json:"error,omitempty"`
	// Corsproof is the version of the program.
	Corsproof string `json:"corsproof,omitempty"`
}

// Diagnosis writes the exchange, the cause with its layer and evidence, the remedy, what to
// write, and the exchange as it would be with the remedy.
func (t Text) Diagnosis(w io.Writer, d Diagnosed) error {
	var b strings.Builder
	b.WriteString(exchangeOf(d).Text(t.Style, t.Width) + "\n\n")
	for _, p := range partsOf(d) {
		for i, text := range p.Texts {
			label := p.Label
			if i > 0 {
				label = ""
			}
			t.led(&b, bold, fmt.Sprintf("  %-10s ", label), diagnosisColumn, "", text)
		}
	}
	t.whatToWrite(&b, d)
	if d.Trial != nil && d.Trial.Proved {
		b.WriteByte('\n')
		t.running(&b, bold, proofOf(d)+" This is what would be:")
		b.WriteString("\n" + limited(d.Trial.Seen.Transcript(), textLimit).Text(t.Style, t.Width) + "\n")
	}
	if d.Again != "" {
		b.WriteString("\n  Again: " + d.Again + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// diagnosisColumn is where the texts behind a label begin.
const diagnosisColumn = 13

// whatToWrite writes what to write in the software that is likely to need it.
func (t Text) whatToWrite(b *strings.Builder, d Diagnosed) {
	if len(d.Snippets) == 0 {
		return
	}
	b.WriteByte('\n')
	if d.Software == "" {
		t.running(b, "", "No header tells which software answered. To see the lines to write, name yours with --for, such as --for nginx. --html FILE has them for all.")
		return
	}
	s := d.Snippets[0]
	t.running(b, bold, snippetTitle(d))
	b.WriteByte('\n')
	for line := range strings.Lines(strings.TrimRight(s.Text, "\n")) {
		b.WriteString(strings.TrimRight("    "+plain.Clean(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")), " ") + "\n")
	}
	b.WriteByte('\n')
	t.running(b, "", s.Note)
	t.running(b, faint, snippetTried(s)+" For other software, give --for, such as --for nginx.")
}

// snippetTitle names the software and the place of the first snippet, and what tells the software.
func snippetTitle(d Diagnosed) string {
	s := d.Snippets[0]
	return fmt.Sprintf("For %s (%s), in %s:", s.Name, d.SoftwareTold, s.File)
}

// snippetTried says whether a snippet was tried.
func snippetTried(s snippet.Snippet) string {
	if s.Run {
		return "The specs of corsproof run lines like these in " + s.Name + ", and ask in Chrome."
	}
	return "No spec of corsproof runs these lines: they follow the documentation of " + s.Name + "."
}

// exchangeOf is the transcript of the question. Where the cause is known, the diagnosis says what it
// means and what to do.
func exchangeOf(d Diagnosed) harness.Transcript {
	lines := limited(d.Seen.Transcript(), textLimit)
	if d.ID == "" {
		return lines
	}
	lines = slices.DeleteFunc(lines, func(l harness.Line) bool {
		return l.Kind == harness.LineMeaning || l.Kind == harness.LineRemedy || l.Kind == harness.LineAnchor
	})
	for len(lines) > 0 && lines[len(lines)-1].Kind == harness.LineBlank {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// said is a part of a diagnosis: a label with its texts.
type said struct {
	Label string
	Texts []string
}

// partsOf are the parts of a diagnosis that have a text.
func partsOf(d Diagnosed) []said {
	if d.Cause == "" {
		return []said{{"Result", []string{nothingWrong(d.Seen)}}}
	}
	parts := []said{{"Cause", []string{d.Cause}}, {"Sure", []string{certainties[d.Sure]}}, {"Layer", []string{string(d.Layer)}}, {"Evidence", d.Evidence}, {"Ruled out", d.RuledOut}, {"Tried", tried(d.Experiments)}, {"Remedy", []string{d.Remedy}}, {"Note", d.Notes}}
	for i := range parts {
		parts[i].Texts = slices.DeleteFunc(slices.Clone(parts[i].Texts), func(text string) bool { return text == "" })
	}
	return slices.DeleteFunc(parts, func(p said) bool { return len(p.Texts) == 0 })
}

// certainties are the words for how sure a cause is. The layer has its evidence.
var certainties = map[diagnose.Certainty]string{
	diagnose.Proved: "proved: an experiment, or the answer itself, excludes the other causes",
	diagnose.Likely: "likely: the answer fits, and no experiment decides",
}

// tried are the experiments with their outcomes. Experiments in a row that are of one kind and
// have one outcome share a text.
func tried(list []diagnose.Experiment) (texts []string) {
	for i := 0; i < len(list); i++ {
		name, outcome := list[i].Name, list[i].Outcome()
		if kind, _, several := strings.Cut(name, ": "); several {
			for i+1 < len(list) && list[i+1].Outcome() == outcome && strings.HasPrefix(list[i+1].Name, kind+": ") {
				i++
				name += ", " + strings.TrimPrefix(list[i].Name, kind+": ")
			}
		}
		texts = append(texts, name+": "+outcome)
	}
	return texts
}

// nothingWrong says what it means that the page is not blocked.
func nothingWrong(seen harness.Observation) string {
	switch {
	case seen.Withheld():
		return seen.Browser.Brand() + " would send this request. diagnose does not send it, because it may change something: whether the page may read the response is not known. corsproof ask, with the same arguments, sends it."
	case seen.Verdict == harness.Opaque:
		return "The page gets an opaque response, as it asked for: status 0, no headers, no body. No server can change that. To read the response, the page must ask in mode cors."
	}
	if text := errorOf(seen); text != "" {
		return seen.Browser.Brand() + " lets the page read this response, so CORS is right. " + text
	}
	return seen.Browser.Brand() + " lets the page read this response, so there is nothing to diagnose. If your page is blocked, its request differs from this one: paste that request (DevTools, Network, right click, Copy as cURL; then --paste FILE), or give the URL of the page without --from, and diagnose loads it."
}

// errorOf says that the response is an error, and is empty where it is none.
func errorOf(seen harness.Observation) string {
	if len(seen.Exchanges) == 0 {
		return ""
	}
	switch status := seen.Exchanges[len(seen.Exchanges)-1].Status; {
	case status == 401:
		return "It is an error with status 401: the server wants a login. To ask as a signed-in client, give --cookie, --header or --http-user."
	case status >= 400:
		return fmt.Sprintf("It is an error with status %d, which the server itself gives: check the URL, the method and the body.", status)
	}
	return ""
}

// proofOf says what the trial of the remedy proves.
func proofOf(d Diagnosed) string {
	if next := d.Trial.Next(); next != "" {
		return fmt.Sprintf("Proved: with these changes the request leaves the browser. Its answer is then blocked for another reason, %s: diagnose that next.", printable(string(next), 60))
	}
	if d.Trial.Seen.Withheld() {
		return "Proved: with these changes the preflight passes and the browser would send the request. The response itself is not known."
	}
	if d.Seen.Verdict != harness.Blocked {
		return "Proved: with these changes the page gets what it wants."
	}
	if otherURL(d) {
		return "Proved: with these changes the page can read the response of the other URL."
	}
	return "Proved: with these changes the same exchange is readable."
}

// otherURL says whether the remedy was tried with another URL.
func otherURL(d Diagnosed) bool { return d.Trial.Seen.Request.URL != d.Seen.Request.URL }

// diagnosisHeadline says what came out, in one line.
func diagnosisHeadline(d Diagnosed) string {
	switch {
	case d.Seen.Verdict == "":
		return "no verdict: " + cmp.Or(d.Seen.NetError, "evidence is missing")
	case d.Seen.Verdict == harness.Blocked:
		return d.Seen.Browser.Brand() + " blocks it: " + string(d.Seen.Reason)
	case d.Cause != "":
		return fmt.Sprintf("%s lets the page have it (%s), and something is wrong", d.Seen.Browser.Brand(), d.Seen.Verdict)
	case d.Seen.Withheld():
		return d.Seen.Browser.Brand() + " would send it"
	}
	return "nothing to diagnose: " + string(d.Seen.Verdict)
}

// asked is the question in one line.
func (d Diagnosed) asked() string {
	return methodName(d.Seen.Request) + " " + d.Seen.Redacted().Request.URL
}

// browserOf is the name and the version of the browser that was asked.
func browserOf(seen harness.Observation) string {
	return seen.Browser.Name + " " + seen.Browser.Version
}

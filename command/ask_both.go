package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// twoAnswers are the answers of Chrome and of Firefox to one question.
type twoAnswers struct {
	chrome, firefox             harness.Observation
	chromeFailed, firefoxFailed error
	wanted                      harness.Verdict // by the policy; empty: there is none
}

// runBoth asks Chrome and Firefox the same question, and says where they decide differently.
func (o *askOptions) runBoth(ctx context.Context, s streams, q prepared) error {
	if q.request.OnTheWire() {
		return usage(errors.New("--browser both: no browser can have this page, and the question is asked without one: remove --browser"))
	}
	var two twoAnswers
	var closing []error
	for _, side := range []struct {
		name   string
		seen   *harness.Observation
		failed *error
	}{{"chrome", &two.chrome, &two.chromeFailed}, {"firefox", &two.firefox, &two.firefoxFailed}} {
		one := *o
		one.browser = o.browser.only(side.name)
		browser, closeTrace, err := one.open(q)
		if err != nil {
			return err
		}
		*side.seen, *side.failed = fetch(ctx, s, browser, q.request)
		closing = append(closing, browser.Close(), closeTrace())
	}
	if err := two.print(o, s); err != nil {
		return noAnswer(err)
	}
	if failed := errors.Join(append(closing, failedIn("Chrome", two.chromeFailed), failedIn("Firefox", two.firefoxFailed))...); failed != nil {
		return failure(ctx, failed)
	}
	if exit := exitOfObservation(two.chrome); exit != nil {
		return exit
	}
	return exitOfObservation(two.firefox)
}

// failedIn is an error with the name of the browser.
func failedIn(browser string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", browser, err)
}

// print prints both answers, and how they compare.
func (t twoAnswers) print(o *askOptions, s streams) error {
	if o.json {
		return writeJSON(s.out, t.document())
	}
	for _, side := range []struct {
		name   string
		seen   harness.Observation
		failed error
	}{{"Chrome", t.chrome, t.chromeFailed}, {"Firefox", t.firefox, t.firefoxFailed}} {
		head := side.name
		if side.seen.Browser.Version != "" {
			head += " " + side.seen.Browser.Version
		}
		text := "  no verdict"
		if side.failed == nil {
			text = side.seen.Transcript().Text(s.style(), s.width)
		}
		if _, err := fmt.Fprintf(s.out, "%s\n%s\n\n", head, text); err != nil {
			return err
		}
	}
	_, err := io.WriteString(s.out, t.comparison()+"\n")
	return err
}

// comparison says whether the two decide differently, and what the standard says.
func (t twoAnswers) comparison() string {
	switch {
	case t.chromeFailed != nil && t.firefoxFailed != nil:
		return "The two browsers cannot be compared: neither gave a verdict."
	case t.chromeFailed != nil:
		return "The two browsers cannot be compared: Chrome gave no verdict."
	case t.firefoxFailed != nil:
		return "The two browsers cannot be compared: Firefox gave no verdict."
	case t.same():
		return t.agreement()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The two browsers decide differently.\n  Chrome    %s\n  Firefox   %s\n", decided(t.chrome), decided(t.firefox))
	if verdict, known := t.standard(); known {
		fmt.Fprintf(&b, "  standard  %s\n", verdict)
	}
	for _, row := range t.rows() {
		fmt.Fprintf(&b, "  %s (%s): the standard: %s; Chrome: %s; Firefox: %s.\n", row.What, row.ID, row.Standard, row.By(oracle.Chrome), row.By(oracle.Firefox))
	}
	b.WriteString(t.advice())
	return b.String()
}

// advice says what the difference means, and what to do.
func (t twoAnswers) advice() string {
	alone := harness.Firefox.Brand()
	if t.firefox.Verdict == harness.Blocked || t.chrome.Verdict == harness.Readable {
		alone = t.chrome.Browser.Brand()
	}
	if t.wanted == harness.Blocked {
		return alone + " alone lets this pass, and the policy wants it refused: change the server, so that both browsers refuse it."
	}
	return "A page that relies on this works in " + alone + " alone: change the server, so that both browsers let it read."
}

// agreement says what both decide, and whether the standard says otherwise.
func (t twoAnswers) agreement() string {
	text := "Both browsers decide the same: " + decided(t.chrome)
	if t.chrome.Reason != t.firefox.Reason {
		text += ", and in Firefox " + decided(t.firefox)
	}
	text += "."
	if standard := otherwise(t.chrome); standard != nil {
		text += "\n" + standard.String()
	}
	return text
}

// decided is a verdict with its reason.
func decided(o harness.Observation) string {
	if o.Reason == "" {
		return string(o.Verdict)
	}
	return fmt.Sprintf("%s (%s)", o.Verdict, o.Reason)
}

// same says whether both gave the script the same. The reasons of a refusal may differ: Firefox tells
// fewer apart.
func (t twoAnswers) same() bool { return t.chrome.Verdict == t.firefox.Verdict }

// standard is the verdict of the standard on the answers, where they determine it.
func (t twoAnswers) standard() (harness.Verdict, bool) {
	for _, seen := range []harness.Observation{t.chrome, t.firefox} {
		if d, known := oracle.Observed(seen, oracle.Standard); known {
			return d.Verdict, true
		}
	}
	return "", false
}

// rows are the rows of the table of deviations that decided.
func (t twoAnswers) rows() []oracle.Deviation {
	ids := map[string]bool{}
	for _, side := range []struct {
		seen harness.Observation
		as   oracle.As
	}{{t.chrome, oracle.Chrome}, {t.firefox, oracle.Firefox}} {
		d, _ := oracle.Observed(side.seen, side.as)
		for _, id := range d.Deviations {
			ids[id] = true
		}
	}
	var list []oracle.Deviation
	for _, row := range oracle.Deviations() {
		if ids[row.ID] {
			list = append(list, row)
		}
	}
	return list
}

// document is the JSON document.
func (t twoAnswers) document() any {
	type side struct {
		Observation *harness.Observation `json:"observation"`
		Error       string               `json:"error,omitempty"`
	}
	of := func(seen harness.Observation, failed error) side {
		if failed != nil {
			return side{Error: failed.Error()}
		}
		return side{Observation: &seen}
	}
	verdict, _ := t.standard()
	return struct {
		Chrome   side            `json:"chrome"`
		Firefox  side            `json:"firefox"`
		Same     bool            `json:"same"`
		Standard harness.Verdict `json:"standard,omitempty"`
	}{of(t.chrome, t.chromeFailed), of(t.firefox, t.firefoxFailed), t.chromeFailed == nil && t.firefoxFailed == nil && t.same(), verdict}
}

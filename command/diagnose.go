package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
)

func diagnoseCommand(s streams) *cobra.Command {
	o := &askOptions{}
	c := &cobra.Command{
		Use:   "diagnose URL --from ORIGIN",
		Short: "Find which layer keeps a page from a response, and prove the remedy",
		Long: `diagnose asks as ask does. Where the page is blocked, it makes the experiments that the
answer calls for, and prints the cause, the layer at fault with what tells, how sure
that is, what was ruled out, and the remedy.

The remedy is tried in Chrome before it is printed: the question is asked again with the
server's answers edited as the remedy would make them. That transcript is what would be.

The question can also be what was copied, as with ask: a line of the console, DevTools'
copy as fetch or as cURL, or an entry of a HAR file.

Nothing unsafe is sent: a POST, PUT, PATCH or DELETE is asked as a dry run, and only its
preflight goes out. The experiments are GET and OPTIONS. The questions of --first and
--beside are sent as they are.

` + visitHelp + `

Exit status: as ask: 0 readable, 1 blocked, 2 an argument is not valid, 3 no verdict.`,
		Example: `  corsproof diagnose http://localhost:8000/ --from https://app.example.com
  corsproof diagnose https://api.example.com/v1 --from https://app.example.com \
      --method PUT --header "Authorization: Bearer $TOKEN"
  corsproof diagnose https://api.example.com/me --from https://app.example.com --credentials include --json
  corsproof diagnose "Access to fetch at 'https://api.example.com/me' from origin 'https://app.example.com' has been blocked by CORS policy: No"
  corsproof diagnose --har app.har --entry https://api.example.com/me
  corsproof diagnose https://app.example.com/
  corsproof diagnose https://app.example.com/ --dry-run --script click.js --for-seconds 5`,
		Args: oneURL,
		RunE: func(c *cobra.Command, args []string) error {
			if o.visits(c, args) {
				return o.visitPage(c, s, args[0])
			}
			if err := o.question(c, s, args); err != nil {
				return usage(err)
			}
			return o.diagnose(c.Context(), s)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := c.Flags()
	f.SortFlags = false
	o.addQuestion(c, s)
	o.visit.add(c)
	f.BoolVar(&o.json, "json", false, "print one JSON document instead of the text")
	o.browser.add(c)
	return c
}

// diagnose finds the cause and prints it.
func (o *askOptions) diagnose(ctx context.Context, s streams) error {
	q, err := o.prepare(ctx, s)
	if err := errors.Join(err, undiagnosed(q.request)); err != nil {
		return usage(err)
	}
	chrome, closeTrace, err := o.open(q)
	if err != nil {
		return err
	}
	found, err := examine(ctx, s, chrome, q.request)
	if err := errors.Join(err, chrome.Close(), closeTrace()); err != nil {
		return failure(ctx, err)
	}
	if o.json {
		err = writeJSON(s.out, found)
	} else {
		_, err = fmt.Fprintln(s.out, diagnosis(s, found))
	}
	if err != nil {
		return noAnswer(err)
	}
	sayClaim(s, o.pasted.Claim, found.Seen)
	return exitOfObservation(found.Seen)
}

// undiagnosed names what diagnose cannot ask.
func undiagnosed(r harness.Request) error {
	switch {
	case r.OnTheWire():
		return fmt.Errorf("--from %s: Chrome cannot have this page, so that no remedy can be tried in it: use ask", r.From)
	case len(r.WhatIf) > 0:
		return errors.New("--what-if: diagnose tries the edits that it finds: remove it, or use ask")
	}
	return nil
}

// examine runs the diagnosis.
func examine(ctx context.Context, s streams, chrome *harness.Browser, request harness.Request) (diagnose.Diagnosis, error) {
	defer s.progress("asking Chrome ...")()
	return diagnose.Run(ctx, chrome, request)
}

// diagnosis is what diagnose prints for a person.
func diagnosis(s streams, d diagnose.Diagnosis) string {
	var b strings.Builder
	b.WriteString(d.Seen.Transcript().Text(s.style(), s.width) + "\n")
	if d.Cause == "" {
		b.WriteString("\n  " + nothingWrong(d.Seen) + "\n")
		return b.String()
	}
	part := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-11s %s\n", label, strings.Map(printable, text))
		}
	}
	b.WriteString("\n")
	part("Cause:", d.Cause)
	part("Layer:", string(d.Layer))
	for _, line := range d.Evidence {
		part("Evidence:", line)
	}
	part("How sure:", string(d.Sure))
	for _, line := range d.RuledOut {
		part("Ruled out:", line)
	}
	for _, e := range d.Experiments {
		part("Tried:", e.Name+": "+outcomeOf(e))
	}
	part("Remedy:", d.Remedy)
	for _, line := range d.Notes {
		part("Note:", line)
	}
	if d.Trial != nil && d.Trial.Proved {
		b.WriteString("\n  " + proofOf(d.Trial.Seen) + "\n\n")
		b.WriteString(d.Trial.Seen.Transcript().Text(s.style(), s.width) + "\n")
	}
	return b.String()
}

// nothingWrong says what it means that the page is not blocked.
func nothingWrong(seen harness.Observation) string {
	switch {
	case seen.Withheld():
		return "The browser would send this request, and diagnose sends nothing unsafe: whether the page could read the response is not known. Ask with corsproof ask, which sends it."
	case seen.Verdict == harness.Opaque:
		return "The page gets an opaque response, as it asked for: status 0, no headers, no body. No server can change that; mode cors can."
	}
	return "Nothing keeps the page from this response, so there is nothing to diagnose."
}

// proofOf says what the trial of the remedy proves.
func proofOf(seen harness.Observation) string {
	if seen.Withheld() {
		return "Proved: with these changes the preflight passes and the browser would send the request. The response itself is not known. This is what would be:"
	}
	return "Proved: with these changes the same exchange is readable. This is what would be:"
}

// outcomeOf is what came out of an experiment.
func outcomeOf(e diagnose.Experiment) string {
	if e.Error != "" {
		return "no verdict: " + e.Error
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s", e.Seen.Verdict, e.Seen.Reason))
}

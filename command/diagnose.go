package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/paste"
	"github.com/corsproof/corsproof/harness/report"
)

// diagnoseOptions are the options of diagnose.
type diagnoseOptions struct {
	askOptions
	visit          visitFlags
	html, markdown string
	software       string // --for
	upstream       string
}

func diagnoseCommand(s streams) *cobra.Command {
	o := &diagnoseOptions{}
	c := &cobra.Command{
		Use:   "diagnose URL --from ORIGIN",
		Short: "Find which layer keeps a page from a response, and prove the remedy",
		Long: `diagnose asks as ask does. Where the page is blocked, it makes the experiments that the
answer calls for, and prints the cause, the layer at fault with the evidence, how sure
that is, what was ruled out, and the remedy with the lines to write.

The remedy is tried in Chrome before it is printed: the question is asked again with the
server's answers edited as the remedy would make them. That transcript shows what would
be, and is marked so.

You can paste what you copied: the red line of the console in quotes, a file with it or
with DevTools' Copy as fetch or Copy as cURL (--paste), or an entry of a HAR (--har).
Without --entry, all questions of the HAR are diagnosed.

Nothing unsafe is sent: a POST, PUT, PATCH or DELETE is asked as a dry run, and only its
preflight goes out. The experiments are GET, HEAD and OPTIONS. The questions of
--first and --beside are sent as they are, and again with each experiment.

` + visitHelp + `

Exit status of a question: 0 readable, 1 blocked, 2 an argument is not valid, 3 no
verdict. Exit status of a page: 0 nothing blocked, 1 something blocked, 3 the page could
not be loaded, a request has no verdict, or a part of the page was not watched: --dry-run
does not start shared workers and service workers.`,
		Example: `  corsproof diagnose http://localhost:8000/ --from https://app.example.com
  corsproof diagnose https://api.example.com/v1 --from https://app.example.com \
      --method PUT --header "Authorization: Bearer $TOKEN"
  corsproof diagnose https://api.example.com/me --from https://app.example.com --credentials include --json
  corsproof diagnose "Access to fetch at 'https://api.example.com/me' from origin 'https://app.example.com' has been blocked by CORS policy: No"
  corsproof diagnose --har app.har
  corsproof diagnose --paste curl.txt --for nginx
  corsproof diagnose https://api.example.com/me --from https://app.example.com --upstream http://127.0.0.1:8080
  corsproof diagnose --har app.har --entry https://api.example.com/me
  corsproof diagnose https://app.example.com/
  corsproof diagnose https://app.example.com/ --dry-run --script click.js --for-seconds 5`,
		Args: oneURL,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.nothing(args); err != nil {
				return usage(err)
			}
			if o.visits(c, args) {
				return o.visitPage(c, s, args[0])
			}
			err := o.question(c, s, args)
			if all, ok := errors.AsType[*paste.SeveralError](err); ok && o.paste.entry == "" && len(all.Pasted.Questions) > 0 {
				return o.several(c, s, all.Pasted)
			}
			if err != nil {
				return usage(err)
			}
			return o.diagnose(c.Context(), s)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&o.json, "json", false, "print one JSON document instead of the text")
	choiceVar(c, &o.software, "for", "", "the software to change: print the lines to write there (default: the software that the headers of the answer tell): "+strings.Join(softwareNames(), ", "), softwareNames()...)
	f.StringVar(&o.upstream, "upstream", "", "the scheme and host of the server behind the gateway, such as http://127.0.0.1:8080: it is asked the same, to tell the two apart")
	f.StringVar(&o.html, "html", "", "write the diagnosis as a page to this file")
	f.StringVar(&o.markdown, "markdown", "", "write the diagnosis as Markdown to this file (- for standard output, in place of the text), to paste into an issue or a chat")
	o.visit.add(c)
	o.addQuestion(c, s)
	o.browser.add(c)
	return c
}

// nothing says what can be diagnosed, where the command line names nothing.
func (o *diagnoseOptions) nothing(args []string) error {
	if len(args) > 0 || o.file != "" || o.paste.file != "" || o.paste.har != "" {
		return nil
	}
	return errors.New(`nothing to diagnose: give one of these
a question:           corsproof diagnose URL --from ORIGIN
a page:               corsproof diagnose URL
a console line:       corsproof diagnose "Access to fetch at ..."
what DevTools copied: corsproof diagnose --paste FILE, or --har FILE
see: corsproof diagnose --help`)
}

// diagnose finds the cause and prints it.
func (o *diagnoseOptions) diagnose(ctx context.Context, s streams) error {
	q, err := o.prepare(ctx, s)
	if err := errors.Join(err, undiagnosed(q.request), diagnose.Doctor{Upstream: o.upstream}.Validate(), o.outputFault(), tryAll(o.outputs(), o.file, o.paste.file, o.paste.har)); err != nil {
		return usage(err)
	}
	chrome, closeTrace, err := o.open(q)
	if err != nil {
		return err
	}
	found, err := o.examine(ctx, s, chrome, q.request)
	err = errors.Join(err, chrome.Close(), closeTrace())
	if err != nil && found.Cause == "" {
		return failure(ctx, err)
	}
	d := report.Diagnosed{Diagnosis: found, Again: o.askOptions.again("diagnose", found.Seen), Corsproof: built().Corsproof}
	addSnippets(&d, o.software)
	failed := saveAll(o.outputs(), d)
	if failed = errors.Join(failed, o.print(s, d)); failed != nil {
		return noAnswer(failed)
	}
	sayClaim(s, o.pasted.Claim, found.Seen)
	if err != nil {
		return failure(ctx, err)
	}
	return exitOfObservation(found.Seen)
}

// outputs are the files of the diagnosis.
func (o *diagnoseOptions) outputs() []output[report.Diagnosed] {
	list := []output[report.Diagnosed]{{"--html", o.html, report.DiagnosisHTML, false}}
	if o.markdown != toStandardOutput {
		list = append(list, output[report.Diagnosed]{"--markdown", o.markdown, report.DiagnosisMarkdown, false})
	}
	return given(list)
}

// outputFault says which output cannot go to standard output.
func (o *diagnoseOptions) outputFault() error {
	switch {
	case o.html == toStandardOutput:
		return errors.New("--html -: a page is written to a file: give its name, such as --html diagnosis.html")
	case o.json && o.markdown == toStandardOutput:
		return errors.New("--json and --markdown -: both go to standard output: give --markdown a file, or remove one of the two")
	}
	return nil
}

// toStandardOutput stands for standard output in place of a file.
const toStandardOutput = "-"

// print prints the diagnosis.
func (o *diagnoseOptions) print(s streams, d report.Diagnosed) error {
	switch {
	case o.json:
		return report.DiagnosisJSON(s.out, d)
	case o.markdown == toStandardOutput:
		return report.DiagnosisMarkdown(s.out, d)
	}
	return s.text(false).Diagnosis(s.out, d)
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
func (o *diagnoseOptions) examine(ctx context.Context, s streams, chrome *harness.Browser, request harness.Request) (diagnose.Diagnosis, error) {
	defer s.progress("asking " + chrome.Kind.Brand() + " ...")()
	return diagnose.Doctor{Asker: chrome, Upstream: o.upstream, Claimed: o.pasted.Claim.Reasons}.Run(ctx, request)
}

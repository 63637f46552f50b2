package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// visitHelp is what the help of diagnose says about a visit.
const visitHelp = `Without --from, URL is a page: diagnose loads the real page in Chrome, and lists each
request of the page, its frames and its workers that crosses origins, with its verdict.
The site of the page is contacted, and so is each server that the page asks. The page
does what it does, and may send a POST, PUT, PATCH or DELETE: --dry-run holds these
back. Afterwards each blocked request is diagnosed alone, with experiments that send
nothing unsafe.`

// visitFlags are the flags of a visit.
type visitFlags struct {
	seconds float64
	script  string
}

func (v *visitFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.Float64Var(&v.seconds, "for-seconds", 0, "without --from: how long the page is looked at (default: until it is quiet)")
	f.StringVar(&v.script, "script", "", "without --from: a file with JavaScript that clicks and types in the page once that is quiet (- for standard input)")
}

// ofVisit are the flags of diagnose that a visit takes, beside the flags of the browser and of
// the servers.
var ofVisit = []string{"for-seconds", "script", "dry-run", "json", "color", "cookie", "storage-state"}

// visits says whether the command line is for a visit: it names a page, and no question.
func (o *diagnoseOptions) visits(c *cobra.Command, args []string) bool {
	if len(args) != 1 || o.visit.seconds == 0 && o.visit.script == "" && c.Flags().Changed("from") {
		return false
	}
	way, err := o.sourceOf(args[0])
	return err == nil && way == byFlags && strings.HasPrefix(withScheme(args[0]), "http")
}

// visitFaults name the flags that a visit does not take.
func (o *diagnoseOptions) visitFaults(c *cobra.Command) error {
	foreign := foreignFlags(c, ofVisit, "give the origin of the page that asks with --from")
	switch {
	case c.Flags().Changed("from"):
		return errors.New("--from is for one question, and --for-seconds and --script are for a visit of a page: remove --from, or remove the other two")
	case foreign != nil:
		return foreign
	case c.Flags().Changed("for-seconds") && o.visit.seconds <= 0:
		return fmt.Errorf("--for-seconds %g: want a time above 0, such as 5", o.visit.seconds)
	}
	return nil
}

// visitPage loads a page and prints what it asks.
func (o *diagnoseOptions) visitPage(c *cobra.Command, s streams, address string) error {
	ctx, flags := c.Context(), beyondQuestion(c)
	if err := o.visitFaults(c); err != nil {
		return usage(err)
	}
	url := withScheme(address)
	script, scriptFault := o.visit.read(ctx, s.in)
	cookies, _, cookieFault := o.before.held(url)
	ca, reachFault := o.reach.read()
	if err := errors.Join(scriptFault, cookieFault, reachFault); err != nil {
		return usage(err)
	}
	chrome, closeTrace, err := o.open(prepared{cookies: cookies, ca: ca})
	if err != nil {
		return err
	}
	seen, err := visit(ctx, s, chrome, harness.Visit{
		URL: url, For: time.Duration(o.visit.seconds * float64(time.Second)), Script: script, DryRun: o.request.request.DryRun,
	})
	var cases diagnosedCases
	if err == nil {
		cases = diagnoseBlocked(ctx, s, chrome, seen, flags)
	}
	if err := errors.Join(err, ctx.Err(), chrome.Close(), closeTrace()); err != nil {
		return failure(ctx, err)
	}
	if o.json {
		err = writeJoined(s.out, seen, cases.document(seen))
	} else {
		_, err = fmt.Fprintln(s.out, seen.Text(s.width, cases.explain))
	}
	if err != nil {
		return noAnswer(err)
	}
	return exitOfVisit(seen)
}

// read reads the script.
func (v *visitFlags) read(ctx context.Context, in io.Reader) (string, error) {
	if v.script == "" {
		return "", nil
	}
	text, err := await(ctx, func() ([]byte, error) {
		if v.script == "-" {
			return io.ReadAll(in)
		}
		return os.ReadFile(v.script)
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("--script: %w", err)
	case strings.TrimSpace(string(text)) == "":
		return "", fmt.Errorf("--script %s: the file is empty", v.script)
	}
	return string(text), nil
}

// visit starts the browser and visits the page.
func visit(ctx context.Context, s streams, chrome *harness.Browser, v harness.Visit) (harness.Visited, error) {
	defer s.progress("visiting the page ...")()
	if err := chrome.Start(ctx); err != nil {
		return harness.Visited{}, err
	}
	return chrome.Visit(ctx, v)
}

// exitOfVisit is the exit after a visit.
func exitOfVisit(seen harness.Visited) error {
	switch {
	case len(seen.Blocked()) > 0:
		return &exit{status: exitBlocked}
	case len(seen.Unjudged()) > 0, len(seen.Unwatched) > 0, seen.ErrorPage() != 0:
		return &exit{status: exitNoAnswer}
	}
	return nil
}

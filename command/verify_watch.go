package command

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// notWatched are the flags of verify that do not go together with --watch.
var notWatched = map[string]string{
	"shard":           "a shard is one part of a run that ends",
	"list":            "it asks nothing",
	"update-baseline": "each change would become known",
	"github":          "annotations are for a job that ends",
}

// verifyWatch verifies again and again, with one browser.
type verifyWatch struct {
	*verifyOptions
	streams streams
	run     verify.Run
	session verify.Session
	close   func() error // the browser; nil: it is not open

	before  *finding.Report // the last complete report; nil: there is none
	live    live            // what was printed of it, and of the run after it
	exit    error           // of the last run
	trouble string          // why there is no report now
}

// runWatch verifies a policy until the context ends.
func (o *verifyOptions) runWatch(ctx context.Context, s streams, run verify.Run) error {
	o.report.line = true
	w := &verifyWatch{verifyOptions: o, streams: s, run: run}
	w.live.print = w.printText
	exit := o.watch.run(ctx, s, w.inputs(), w.ask)
	if err := w.end(); err != nil {
		return noAnswer(err)
	}
	return exit
}

// inputs are the files that say what to ask, and what is known to be broken.
func (w *verifyWatch) inputs() []string {
	return slices.DeleteFunc([]string{w.policy, w.baseline}, func(name string) bool { return name == "" })
}

// ask verifies once, and prints what changed. changed are the files that did.
func (w *verifyWatch) ask(ctx context.Context, changed []string) answered {
	own := slices.ContainsFunc(changed, func(name string) bool { return slices.Contains(w.inputs(), name) })
	if own {
		if err := w.reread(ctx); err != nil {
			sayNow(w.streams.err, err.Error())
			sayNow(w.streams.err, "the policy stays as it was before, until the file is right")
			if len(changed) == 1 {
				return answered{exit: w.exit, changed: true}
			}
		}
	}
	if w.close == nil {
		chrome, closeChrome, err := w.probes.open(&w.run, nil, verify.Cookies(w.run.Policy))
		if err != nil {
			return answered{exit: err, over: w.before == nil}
		}
		chrome.MaxPages, w.close, w.run.Session = warmPages, closeChrome, &w.session
	}
	w.session.Forget()
	w.live.told, w.run.Progress = 0, nil
	if w.tellsLive() {
		w.run.Progress = w.live.tell
	}
	found, err := w.run.Verify(ctx)
	found = w.signed(found)
	switch {
	case w.live.err != nil:
		return answered{exit: noAnswer(w.live.err), over: true}
	case err != nil && (w.before == nil || ctx.Err() != nil):
		return answered{exit: failureOfRun(ctx, err), over: true}
	case err != nil:
		return w.without(failureOfRun(ctx, err), err.Error())
	case found.Ended == "":
		return w.print(found)
	case w.before == nil && w.trouble == "": // the first report says how far it came
		err = w.report.save(w.streams, found)
	}
	if exit := errors.Join(err, exitOfReport(found)); ctx.Err() != nil {
		return answered{exit: exit, over: true}
	}
	return w.without(exitOfReport(found), found.Ended)
}

// warmPages is how many pages stay open between two runs: one for each origin that asks, in a
// policy of the usual size.
const warmPages = 64

// reread reads the policy and the baseline again. Where the browser has to hold or to trust
// something else, the next run starts another.
func (w *verifyWatch) reread(ctx context.Context) error {
	run, err := await(ctx, func() (verify.Run, error) {
		p, err := policy.Read(w.policy)
		if err != nil {
			return verify.Run{}, err
		}
		return w.prepare(p, w.policy)
	})
	if err != nil {
		return err
	}
	run.Browser, run.Session = w.run.Browser, w.run.Session
	needs := func(r verify.Run) []any {
		return []any{verify.Cookies(r.Policy), r.Policy.Ask.CA, r.Policy.Ask.Resolve}
	}
	same := reflect.DeepEqual(needs(run), needs(w.run))
	w.run = run
	if same {
		return nil
	}
	return w.end()
}

// without says that there is no report, once for each reason.
func (w *verifyWatch) without(exit error, why string) answered {
	if w.trouble != why {
		sayNow(w.streams.err, "no verdict: "+why)
	}
	w.trouble, w.exit = why, exit
	return answered{exit: exit}
}

// print prints the first report, and what changed of each later one.
func (w *verifyWatch) print(found finding.Report) answered {
	exit, first := exitOfReport(found), w.before == nil
	var changes []finding.Change
	if !first {
		changes = finding.Changes(w.live.shown, found.Findings)
	}
	changed := len(changes)+w.live.told > 0
	w.live.begin(found.Findings)
	back := w.trouble != ""
	w.before, w.exit, w.trouble = &found, exit, ""
	switch {
	case first:
		if err := w.report.save(w.streams, found); err != nil {
			return answered{exit: noAnswer(err), over: true}
		}
		if err := errors.Unwrap(exit); err != nil {
			sayNow(w.streams.err, err.Error())
		}
	case changed:
		if err := w.printChanges(found, changes); err != nil {
			return answered{exit: noAnswer(err), over: true}
		}
	case back:
		sayNow(w.streams.err, "the target answers as before")
	}
	return answered{exit: exit, changed: changed && !first && found.Complete()}
}

// printChanges prints what changed and was not printed yet, and writes the files of the report again. A file that
// cannot be written now may be written the next time.
func (w *verifyWatch) printChanges(found finding.Report, changes []finding.Change) error {
	if err := saveAll(w.report.outputs(), found); err != nil {
		sayNow(w.streams.err, err.Error())
	}
	if w.report.json {
		return w.report.printJSON(w.streams.out, found)
	}
	return w.printText(changes)
}

// end closes the browser, if it is open. The canary is asked of the next one.
func (w *verifyWatch) end() error {
	w.session.Close()
	if w.close == nil {
		return nil
	}
	err := w.close()
	w.close, w.session = nil, verify.Session{}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// probing is what the flags say of how a policy is asked, for every verb that asks one.
type probing struct {
	browserFlags
	selected    verify.Select
	headers     []string
	cookies     []string
	unsafe      string
	rate        string
	concurrency int
	timeLimit   time.Duration
	repeat      int

	prompt      *pflag.Flag         // that of browserFlags, which has no part here
	network     harness.Network     // of the example
	heldCookies []harness.SetCookie // for another target than that of the run
}

func (p *probing) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVarP(&p.headers, "header", "H", nil, `a header that a client has, as "Name: value"; a page sends it where the policy allows it; may be repeated`)
	f.StringArrayVar(&p.cookies, "cookie", nil, `a cookie that the browser holds for the target, as "name=value" or as in Set-Cookie; may be repeated`)
	f.StringSliceVar(&p.selected.Only, "only", nil, "ask only these probes: ids (K13), tags (look-alike), levels (M) or sides (forbidden), with commas")
	f.StringSliceVar(&p.selected.Skip, "skip", nil, "leave these out")
	choiceVar(c, &p.unsafe, "unsafe", "", "what becomes of methods that may change something (default: what the policy says, or preflight)", "preflight", "send")
	f.StringVar(&p.rate, "rate", "", "no more questions than that, such as 10/s, 100/m or 1000/h (default: what the policy says, or no bound)")
	f.IntVar(&p.concurrency, "concurrency", 0, "how many questions are in flight (default: what the policy says, or 16)")
	f.DurationVar(&p.timeLimit, "time-limit", 0, "how long all of it may take, such as 5m (default: no limit)")
	f.IntVar(&p.repeat, "repeat", 1, "how often each is asked, to tell flakes from findings")
	p.browserFlags.add(c)
	p.prompt = f.Lookup("local-network")
	p.prompt.Hidden = true
}

// read makes a run of a policy, changed as the flags say. All faults are found at once.
func (p *probing) read(of policy.Policy, name string) (verify.Run, error) {
	var faults []error
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	headers, err := headerLines("header", p.headers)
	fault(err)
	for _, h := range headers {
		of.Ask.Headers = replaced(of.Ask.Headers, h, strings.EqualFold)
	}
	for i, line := range p.cookies {
		cookie, value, ok := strings.Cut(line, "=")
		if !ok { // it may be a secret
			fault(fmt.Errorf("--cookie, entry %d: want name=value", i+1))
			continue
		}
		of.Ask.Cookies = replaced(of.Ask.Cookies, harness.Field{Name: cookie, Value: value}, func(a, b string) bool { return a == b })
	}
	if p.prompt.Changed {
		fault(errors.New("--local-network: it has no part here: the pages of a policy are loaded from this machine, and no prompt is about those; see corsproof ask"))
	}
	if p.rate != "" {
		of.Ask.Rate, err = policy.ParseRate(p.rate)
		if err != nil {
			fault(err)
		}
	}
	if p.unsafe != "" {
		of.Ask.Unsafe = policy.Unsafe(p.unsafe)
	}
	if p.concurrency != 0 {
		of.Ask.Concurrency = p.concurrency
	}
	if p.concurrency < 0 {
		fault(fmt.Errorf("--concurrency %d: want 1 or more", p.concurrency))
	}
	if p.repeat < 1 {
		fault(fmt.Errorf("--repeat %d: want 1 or more", p.repeat))
	}
	if p.timeLimit < 0 {
		fault(fmt.Errorf("--time-limit %s: no time to ask anything", p.timeLimit))
	}
	run := verify.Run{Policy: of, Name: name, Select: p.selected, Repeat: p.repeat, TimeLimit: p.timeLimit}
	if err := of.Validate(); err != nil {
		return run, errors.Join(append(faults, err)...)
	}
	_, err = run.Probes()
	fault(err)
	return run, errors.Join(faults...)
}

// replaced is a list with a field, in the place of one of that name.
func replaced(list harness.Header, f harness.Field, same func(a, b string) bool) harness.Header {
	kept := harness.Header{}
	for _, other := range list {
		if !same(other.Name, f.Name) {
			kept = append(kept, other)
		}
	}
	return append(kept, f)
}

// asked makes the Browser for a run, lets it ask, and closes the Browser. Few pages stay
// open, because a run asks page by page.
func (p *probing) asked(run *verify.Run, ask func() error) error {
	chrome, closeTrace, err := p.browser()
	if err != nil {
		return err
	}
	chrome.MaxPages = 4
	chrome.Network = p.network
	run.Browser = chrome
	chrome.Cookies = append(verify.Cookies(run.Policy), p.heldCookies...)
	return errors.Join(ask(), chrome.Close(), closeTrace())
}

// watched lets a run tell how far it is, if somebody watches. The function that it
// returns takes the bar away.
func watched(run *verify.Run) func() {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return func() {}
	}
	stop := progress("starting Chrome ...")
	var bar *progressbar.ProgressBar
	broken := 0
	run.Progress = func(p verify.Progress) {
		if bar == nil {
			stop()
			bar = progressbar.NewOptions(p.All, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(),
				progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true))
		}
		if p.Finding.Outcome == finding.Broken || p.Finding.Outcome == finding.Flaky {
			broken++
		}
		bar.Describe(fmt.Sprintf("%d broken", broken))
		_ = bar.Set(p.Done) // it is only a picture
	}
	return func() {
		stop()
		if bar != nil {
			_ = bar.Clear()
		}
	}
}

// statusOf is the status to exit with after a report.
func statusOf(r finding.Report) error {
	switch {
	case r.Ended != "":
		return noAnswer(errors.New(r.Ended + ": the report has what was found all the same"))
	case r.Failed():
		return &exit{status: exitBlocked}
	case r.Count(finding.NotAsked) == len(r.Findings):
		return noAnswer(errors.New("nothing was judged: only sending an unsafe request would tell, which --unsafe send does"))
	case !r.Complete():
		return &exit{status: exitNoAnswer}
	}
	return nil
}

// policyFailure gives the error of a run its exit status.
func policyFailure(ctx context.Context, err error) error {
	if policy.Faults(err) != nil {
		return usage(err)
	}
	return failure(ctx, err)
}

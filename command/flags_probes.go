package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// probeFlags describe how the Probes of a policy are asked. Their zero value is a
// verb without flags.
type probeFlags struct {
	reach       reachFlags
	browser     browserFlags
	selected    verify.Select
	headers     []string
	cookies     []string
	unsafe      policy.Unsafe
	rate        string
	concurrency int
	timeLimit   time.Duration
	repeat      int
	given       givenFlags
}

func (p *probeFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVarP(&p.headers, "header", "H", nil, `a header of a signed-in client, as "Name: value"; a page sends it where the policy allows it; may be repeated`)
	f.StringArrayVar(&p.cookies, "cookie", nil, `a cookie that the browser holds for the target, as "name=value" or as in Set-Cookie; may be repeated`)
	f.StringSliceVar(&p.selected.Only, "only", nil, "ask only these probes: ids (K13), tags (look-alike), levels (M), sides (forbidden), resources (/v1/me), origins or severities (critical: what can be), with commas")
	f.StringSliceVar(&p.selected.Skip, "skip", nil, "do not ask these probes; takes the same words as --only")
	for _, name := range []string{"only", "skip"} { // the only possible error is that the flag does not exist
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(verify.SelectWords(), cobra.ShellCompDirectiveNoFileComp))
	}
	choiceVar(c, &p.unsafe, "unsafe", "", "how to ask a method that may change something: preflight sends the preflight alone, send sends the request (default: as in the policy, or preflight)", "preflight", "send")
	f.StringVar(&p.rate, "rate", "", "the most questions in a time, such as 10/s, 100/m or 1000/h (default: as in the policy, or no limit)")
	f.IntVar(&p.concurrency, "concurrency", 0, "how many questions to ask at the same time (default: as in the policy, or 16)")
	f.DurationVar(&p.timeLimit, "time-limit", 0, "how long the whole run may take, such as 5m (default: no limit)")
	f.IntVar(&p.repeat, "repeat", 1, "how many times to ask each question: an answer that changes is flaky")
	p.reach.add(c)
	p.browser.add(c)
	f.Lookup("local-network").Hidden = true // see read
	p.given = f.Changed
}

// read makes a run of a policy, changed as the flags say. It returns all faults
// at once.
func (p *probeFlags) read(of policy.Policy, name string) (verify.Run, error) {
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
	if p.given.has("local-network") {
		fault(errors.New("--local-network: remove it. The pages of a policy are loaded from this machine, so no permission is needed; corsproof ask has the flag"))
	}
	if p.rate != "" {
		of.Ask.Rate, err = policy.ParseRate(p.rate)
		if err != nil {
			fault(err)
		}
	}
	fault(p.reach.into(&of.Ask))
	if p.unsafe != "" {
		of.Ask.Unsafe = p.unsafe
	}
	if p.concurrency != 0 {
		of.Ask.Concurrency = p.concurrency
	}
	if p.concurrency < 0 {
		fault(fmt.Errorf("--concurrency %d: want 1 or more", p.concurrency))
	}
	if p.repeat < 0 || p.repeat == 0 && p.given.has("repeat") {
		fault(fmt.Errorf("--repeat %d: want 1 or more", p.repeat))
	}
	if p.timeLimit < 0 {
		fault(fmt.Errorf("--time-limit %s: want a time above 0, such as 5m", p.timeLimit))
	}
	run := verify.Run{Policy: of, Name: name, Select: p.selected, Repeat: p.repeat, TimeLimit: p.timeLimit}
	if err := of.Validate(); err != nil {
		return run, errors.Join(append(faults, err)...)
	}
	_, err = run.Probes()
	fault(err)
	return run, errors.Join(faults...)
}

// replaced is a list with a field, which replaces the field of the same name.
func replaced(list harness.Header, f harness.Field, same func(a, b string) bool) harness.Header {
	kept := harness.Header{}
	for _, other := range list {
		if !same(other.Name, f.Name) {
			kept = append(kept, other)
		}
	}
	return append(kept, f)
}

// ask makes the Browser of a run, calls a function that asks with it, and closes
// the Browser. Few pages stay open, because a run asks page by page. closing is the error
// of closing: it takes nothing from what was found out.
func (p *probeFlags) ask(run *verify.Run, network harness.Network, cookies []harness.SetCookie, ask func() error) (closing, err error) {
	chrome, closeChrome, err := p.open(run, network, cookies)
	if err != nil {
		return nil, err
	}
	chrome.MaxPages = 4
	err = ask()
	return closeChrome(), err
}

// open makes the Browser of a run. The returned function closes it, and its trace.
func (p *probeFlags) open(run *verify.Run, network harness.Network, cookies []harness.SetCookie) (*harness.Browser, func() error, error) {
	chrome, closeTrace, err := p.browser.open()
	if err != nil {
		return nil, nil, err
	}
	chrome.Windowless = true
	chrome.Network, chrome.HTTP3 = network, p.reach.http3
	chrome.Cookies = cookies
	if err := run.Policy.Ask.Reach(chrome); err != nil {
		return nil, nil, usage(errors.Join(err, closeTrace()))
	}
	run.Browser = chrome
	return chrome, func() error { return errors.Join(chrome.Close(), closeTrace()) }, nil
}

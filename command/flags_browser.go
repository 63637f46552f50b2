package command

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/corsproof/corsproof/harness"
)

// browserFlags are the choices about the browser that every verb that asks has.
type browserFlags struct {
	chrome       string
	flags        []string
	visible      bool
	http1        bool
	localNetwork string
	cookies      string
	timeout      time.Duration
	trace        string
}

func (b *browserFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.chrome, "chrome", "", "the Chrome to start (default: $CORSPROOF_CHROME, or the first that is installed)")
	f.StringArrayVar(&b.flags, "chrome-flag", nil, "a further flag for Chrome, such as --lang=de; may be repeated")
	f.BoolVar(&b.visible, "visible", false, "open a window instead of running headless")
	f.BoolVar(&b.http1, "http1", false, "turn HTTP/2 off")
	choiceVar(c, &b.localNetwork, "local-network", "grant", "the answer to the local network access prompt", "grant", "deny")
	choiceVar(c, &b.cookies, "third-party-cookies", "allow", "whether cookies go across sites", "allow", "block")
	f.DurationVar(&b.timeout, "timeout", 10*time.Second, "how long a question may take")
	f.StringVar(&b.trace, "trace", "", "write every DevTools event to this file, for a bug report; it has secrets in it")
}

// browser makes the Browser. The function that it returns closes the trace.
func (b *browserFlags) browser() (*harness.Browser, func() error, error) {
	chrome := &harness.Browser{
		Path: b.chrome, Flags: b.flags, Visible: b.visible, HTTP1: b.http1, Timeout: b.timeout,
		LocalNetwork: harness.Granted, ThirdPartyCookies: harness.Granted,
	}
	if b.localNetwork == "deny" {
		chrome.LocalNetwork = harness.Denied
	}
	if b.cookies == "block" {
		chrome.ThirdPartyCookies = harness.Denied
	}
	if b.timeout <= 0 {
		return nil, nil, usage(fmt.Errorf("--timeout %s: no time to answer", b.timeout))
	}
	if b.trace == "" {
		return chrome, func() error { return nil }, nil
	}
	file, err := os.OpenFile(b.trace, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("--trace: %w", err))
	}
	chrome.Trace = file
	return chrome, file.Close, nil
}

// choiceVar adds a flag that has a closed list of values, and completes them.
func choiceVar(c *cobra.Command, target *string, name, value, text string, allowed ...string) {
	*target = value
	c.Flags().Var(&choice{target, allowed}, name, text)
	// The only error is that the flag is not there.
	_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

// choice is the value of such a flag.
type choice struct {
	target  *string
	allowed []string
}

var _ pflag.Value = (*choice)(nil)

func (v *choice) String() string {
	if v.target == nil {
		return ""
	}
	return *v.target
}

// Type is what help shows as the value: the list, unless it is a long one.
func (v *choice) Type() string {
	if len(v.allowed) > 6 {
		return "word"
	}
	return strings.Join(v.allowed, "|")
}

func (v *choice) Set(text string) error {
	if !slices.Contains(v.allowed, text) {
		return fmt.Errorf("want %s", strings.Join(v.allowed, "|"))
	}
	*v.target = text
	return nil
}

// colors says whether standard output is a terminal that shows colours.
// https://no-color.org
func colors() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(os.Stdout.Fd()))
}

// progress shows a line on standard error while something takes its time, if
// that is a terminal. The function that it returns takes the line away.
func progress(text string) func() {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return func() {}
	}
	fmt.Fprint(os.Stderr, text)
	return func() { fmt.Fprint(os.Stderr, "\r\x1b[K") }
}

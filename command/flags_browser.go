package command

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// browserFlags describe the browser, for every verb that asks. Their zero value
// is the browser of a verb without flags.
type browserFlags struct {
	browser      string
	chrome       string
	flags        []string
	visible      bool
	http1        bool
	localNetwork string
	cookies      string
	timeout      time.Duration
	trace        string
	given        givenFlags
}

func (b *browserFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.browser, "browser", "", "chrome, firefox, both, webkit, or ws://… or http://HOST:PORT of a Chrome that runs already (default: $CORSPROOF_BROWSER, or chrome)")
	f.StringVar(&b.chrome, "chrome", "", "the Chrome to start (default: $CORSPROOF_CHROME, or a headless shell that is installed, or a full Chrome)")
	f.StringArrayVar(&b.flags, "chrome-flag", nil, "a further flag for Chrome, such as --lang=de; may be repeated")
	f.BoolVar(&b.visible, "visible", false, "open a window instead of running headless")
	f.BoolVar(&b.http1, "http1", false, "turn HTTP/2 off")
	choiceVar(c, &b.localNetwork, "local-network", "grant", "the answer to the local network access prompt", "grant", "deny")
	choiceVar(c, &b.cookies, "third-party-cookies", "allow", "whether cookies go across sites", "allow", "block")
	f.DurationVar(&b.timeout, "timeout", 10*time.Second, "how long a question may take")
	f.StringVar(&b.trace, "trace", "", "write every DevTools event to this file, for a bug report; it has secrets in it")
	b.given = f.Changed
}

// fault is what is not valid about the flags, as far as that can be told before something is
// opened.
func (b *browserFlags) fault() error {
	if b.chosen().both {
		return errors.New("--browser both: this asks one browser: give --browser chrome or --browser firefox")
	}
	if kind := b.chosen().kind; kind != "" && b.chrome != "" {
		return fmt.Errorf("--chrome %s names a Chrome, and --browser asks %s: remove one of the two; CORSPROOF_%s names a %[2]s", b.chrome, kind.Brand(), strings.ToUpper(string(kind)))
	}
	if b.timeout < 0 || b.timeout == 0 && b.given.has("timeout") {
		return fmt.Errorf("--timeout %s: want a time above 0, such as 10s", b.timeout)
	}
	return nil
}

// ofChrome are the flags that a question without a browser refuses. It accepts --chrome, which
// only says where a Chrome is.
var ofChrome = []string{"chrome-flag", "visible", "http1", "http3", "local-network", "third-party-cookies", "trace"}

// wireFault names the flags that a question on the wire cannot have.
func (b *browserFlags) wireFault(from string) error {
	var faults []error
	for _, name := range ofChrome {
		if b.given.has(name) {
			faults = append(faults, fmt.Errorf("--%s is for Chrome, which cannot open a page at %s: the question is asked without a browser: remove the flag", name, from))
		}
	}
	return errors.Join(faults...)
}

// whichBrowser is which browser is asked.
type whichBrowser struct {
	kind     harness.Kind
	both     bool   // Chrome and Firefox are asked the same
	endpoint string // of a Chrome that runs already; empty: the browser is started
}

// chosen reads --browser. A flag that says which Chrome to start goes before the environment.
func (b *browserFlags) chosen() whichBrowser {
	text := b.browser
	if text == "" && !b.given.has("chrome") {
		text = os.Getenv("CORSPROOF_BROWSER")
	}
	switch text {
	case "", "chrome":
		return whichBrowser{}
	case string(harness.Firefox), string(harness.WebKit):
		return whichBrowser{kind: harness.Kind(text)}
	case "both":
		return whichBrowser{both: true}
	}
	return whichBrowser{endpoint: text}
}

// only are the same flags for one of two browsers.
func (b browserFlags) only(name string) browserFlags {
	if b.browser = name; name != "chrome" {
		b.chrome = ""
	}
	return b
}

// hasMore says whether the address of a Chrome has more than a host, which may be a secret.
func hasMore(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.User != nil || u.RawQuery != "" || u.Host != "" && strings.Trim(u.Path, "/") != ""
}

// open makes the Browser and opens its trace. The returned function closes the
// trace.
func (b *browserFlags) open() (*harness.Browser, func() error, error) {
	chrome := &harness.Browser{
		Kind: b.chosen().kind, Endpoint: b.chosen().endpoint, Path: b.chrome, Flags: b.flags, Visible: b.visible, HTTP1: b.http1, Timeout: b.timeout,
		LocalNetwork: harness.PermissionGranted, ThirdPartyCookies: harness.PermissionGranted,
	}
	if b.localNetwork == "deny" {
		chrome.LocalNetwork = harness.PermissionDenied
	}
	if chrome.Endpoint != "" && !b.given.has("third-party-cookies") {
		chrome.ThirdPartyCookies = "" // that Chrome has a setting of its own
	}
	if b.cookies == "block" {
		chrome.ThirdPartyCookies = harness.PermissionDenied
	}
	if err := b.fault(); err != nil {
		return nil, nil, usage(err)
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

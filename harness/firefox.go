package harness

import (
	"cmp"
	"context"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/bidi"
	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Kind is a kind of browser. The zero Kind is Chrome.
type Kind string

// The names of the browsers, as people know them.
const (
	chromeName  = "Chrome"
	firefoxName = "Firefox"
)

// Brand is what people call a browser of the kind.
func (k Kind) Brand() string {
	if k == Firefox {
		return firefoxName
	}
	return chromeName
}

// Firefox is asked by WebDriver BiDi:
//
//	firefox := harness.Browser{Kind: harness.Firefox}
//
// Its Path is the Firefox to start: the Firefox that the environment variable CORSPROOF_FIREFOX
// names, or the first that is installed, where it is empty. Every [Reason] has the meaning that it
// has with Chrome, and [Observation.Category] is Firefox's own name. Firefox tells fewer steps
// apart: a value of Access-Control-Allow-Origin that is no origin is an AllowOriginMismatch there,
// and Parameter has a method or a header that a preflight does not allow, and nothing else. It reports no issues, no address spaces, and no cookies that were held
// back. What it cannot ask is an error that names it.
//
// https://w3c.github.io/webdriver-bidi/
const Firefox Kind = "firefox"

// firefoxFault is the error of a question that Firefox cannot be asked.
func (b *Browser) firefoxFault(r Request) error {
	if b.Kind != Firefox || r.AddressSpace == "" {
		return nil
	}
	return &CannotError{Browser: firefoxName, What: "open a page in an address space of your choice: remove AddressSpace (--page-address-space), or ask Chrome"}
}

// Told is the browser's own name for why the page was refused, or the request failed: Firefox's
// Category, or Chrome's Reason or NetError. It is empty where the browser names none.
func (o Observation) Told() string {
	if o.Browser.Brand() == firefoxName {
		return o.Category
	}
	return cmp.Or(string(o.Reason), o.NetError)
}

// untold says what Firefox does not tell of a question, so that corsproof has put it together.
func untold(o Observation) []string {
	if o.Browser.Brand() != firefoxName {
		return nil
	}
	var lines []string
	if slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Kind == Preflight }) {
		lines = append(lines, "Firefox does not say which request a preflight belongs to: they are joined by URL and order")
	}
	if o.Verdict == Blocked && o.Told() == "" && o.Reason != RequestRefused {
		lines = append(lines, "Firefox names no cause here: the reason follows from the question and the answers")
	}
	return lines
}

// ErrNoFirefox says that there is no Firefox on this machine.
var ErrNoFirefox = bidi.ErrNoFirefox

// connect connects to a Chrome that runs already.
var connect = chrome.Connect

// launch starts a browser of the kind.
func (k Kind) launch() func(context.Context, engine.Options) (engine.Browser, error) {
	if k == Firefox {
		return bidi.Launch
	}
	return chrome.Launch
}

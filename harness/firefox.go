package harness

import (
	"context"

	"github.com/corsproof/corsproof/harness/internal/bidi"
	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Kind is a kind of browser. The zero Kind is Chrome.
type Kind string

// Firefox is asked by WebDriver BiDi:
//
//	firefox := harness.Browser{Kind: harness.Firefox}
//
// Its Path is the Firefox to start: the Firefox that the environment variable CORSPROOF_FIREFOX
// names, or the first that is installed, where it is empty. Every [Reason] has the meaning that it
// has with Chrome, and [Observation.Category] is Firefox's own name. Firefox tells fewer steps
// apart: a value of Access-Control-Allow-Origin that is no origin is an AllowOriginMismatch there,
// and Parameter is empty. It reports no issues, no address spaces, and no cookies that were held
// back. What it cannot ask is an error that names it.
//
// https://w3c.github.io/webdriver-bidi/
const Firefox Kind = "firefox"

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

package harness

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/bidi"
	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/webkit"
)

// Kind is a kind of browser. The zero Kind is Chrome.
type Kind string

// The names of the browsers, as people know them.
const (
	chromeName  = "Chrome"
	firefoxName = "Firefox"
	webkitName  = "WebKit"
)

// Brand is what people call a browser of the kind.
func (k Kind) Brand() string {
	switch k {
	case Firefox:
		return firefoxName
	case WebKit:
		return webkitName
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
// and Parameter has a method or a header that a preflight does not allow, and nothing else. It
// reports no issues, no address spaces, and no cookies that were held back. What it cannot ask is an error that names it.
//
// https://w3c.github.io/webdriver-bidi/
const Firefox Kind = "firefox"

// WebKit is the engine of Safari, in the browser of WebKitGTK, for Linux alone. It is a witness that
// says whether script can read, and little more:
//
//	webkit := harness.Browser{Kind: harness.WebKit}
//
// Its Path is the MiniBrowser to start: the one that the environment variable CORSPROOF_WEBKIT names, or
// the first that is installed, where it is empty. It asks by fetch and by XMLHttpRequest from a page,
// one question at a time. [Observation.Category] is what WebKit's text says; [Reason] is the name of
// the same step, or [Untold] where the text fits several. WebKit shows no preflight, and
// nothing of a response that it refused. Each page has cookies of its own: it begins with the cookies of
// its profile. A proxy of ours judges the certificates of the servers. What WebKit cannot ask is an
// error that names it.
//
// https://github.com/WebKit/WebKit/tree/main/Source/JavaScriptCore/inspector/protocol
const WebKit Kind = "webkit"

// spaceFault is the error of a question for which only Chrome has a page.
func (b *Browser) spaceFault(r Request) error {
	if b.Kind == "" || r.AddressSpace == "" {
		return nil
	}
	return &CannotError{Browser: b.Kind.Brand(), What: "open a page in an address space of your choice: remove AddressSpace (--page-address-space), or ask Chrome"}
}

// Told is the browser's own name for why the page was refused, or the request failed: the Category of
// Firefox and WebKit, or Chrome's Reason or NetError. It is empty where the browser names none.
func (o Observation) Told() string {
	if !o.Browser.IsChrome() {
		return o.Category
	}
	return cmp.Or(string(o.Reason), o.NetError)
}

// untold says what a browser does not tell of a question.
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

// ErrNoWebKit says that there is no WebKit on this machine.
var ErrNoWebKit = webkit.ErrNoWebKit

// connect connects to a Chrome that runs already.
var connect = chrome.Connect

// launch starts a browser of the kind.
func (k Kind) launch() func(context.Context, engine.Options) (engine.Browser, error) {
	switch k {
	case Firefox:
		return bidi.Launch
	case WebKit:
		return webkit.Launch
	}
	return chrome.Launch
}

// fault names a kind that there is not.
func (k Kind) fault() error {
	if k == "" || k == Firefox || k == WebKit {
		return nil
	}
	return &FaultError{"Kind", string(k), fmt.Sprintf("want empty for Chrome, %q or %q", Firefox, WebKit)}
}

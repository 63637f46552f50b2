// Package engine is the seam between package harness and a browser: what a browser
// must be able to do, and the Evidence that it gives, in terms that belong to no
// single browser.
//
// A browser opens a page at an origin, lets the page's script ask, and reports
// what happened. Package harness draws the verdict. A second browser is a second
// implementation of [Browser] and [Page]; nothing above this package changes.
//
// The names of decisions ([Failure.Code], [Failure.BlockedReason], [Failure.NetError])
// are kept as Chrome spells them: an unknown name is kept as it is. Another browser maps its own
// name to the name of the same step, and keeps it beside it as [Failure.Category].
//
// There are three: Chrome (package chrome), Firefox (package bidi) and WebKit (package webkit). WebKit is
// asked by the protocol of its inspector: the driver of WebKitGTK 2.50 speaks the classic WebDriver
// alone, which has no events of the network and of the console.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/corsproof/corsproof/harness/internal/reach"
)

// ErrLost says that the browser, or the page, ended while it was needed.
var ErrLost = errors.New("the browser ended unexpectedly")

// ErrUnasked says that the page ended before it was asked: nothing was sent. It is ErrLost, too.
var ErrUnasked error = unaskedError{}

type unaskedError struct{}

func (unaskedError) Error() string { return "the page was closed because of an earlier question" }

func (unaskedError) Is(target error) bool { return target == ErrLost }

// CannotError says that this browser cannot ask the question, or cannot be what the Options
// want. Nothing was asked.
type CannotError struct {
	// Browser is the name and version of the browser.
	Browser string
	// What names what the browser cannot do, such as "fetch a manifest".
	What string
}

// Error returns one line.
func (e *CannotError) Error() string { return e.Browser + " cannot " + e.What }

// Options say which browser to start, and how.
type Options struct {
	Path string // the binary; empty: look for one
	// Endpoint, unless empty, is the address of a Chrome that runs already. It is connected to,
	// and no other is started.
	Endpoint  string
	HostRules []string // how to reach our own host names: "MAP *.test 127.0.0.1:4443"
	KeyPins   []string // base64 SHA-256 hashes of the public keys to trust there
	// NetworkCA are the certificates, in DER, of the authority of our own host names.
	NetworkCA [][]byte
	// CA are certificates, in DER, that the browser trusts in addition to its own list.
	CA [][]byte
	// Addresses say where single hosts lead, whatever a resolver or a proxy knows.
	Addresses []reach.Address
	// HTTP3 are hosts with their ports that are asked by HTTP/3 alone.
	HTTP3   []string
	HTTP1   bool     // HTTP/1.1 only
	Visible bool     // with a window
	Full    bool     // a build that makes every request: see PageOptions.FullOnly
	Flags   []string // more flags, as on a command line

	// Extensions says that pages belong to extensions. Without it there are none.
	Extensions bool

	// LocalNetwork is the answer to the prompts for local network access: granted
	// or denied.
	LocalNetwork string
	// ThirdPartyCookies says whether requests to another site carry cookies.
	ThirdPartyCookies bool
	// Cookies are held by every profile from the start.
	Cookies []SetCookie
	// Trace gets every event that the browser reports, one JSON document per line.
	Trace io.Writer
}

// SetCookie is a cookie with the URL of the response that would have set it.
type SetCookie struct {
	http.Cookie
	URL string
}

// ProfileID names a profile of a running browser: a set of pages that share no
// cookie, no cache and no storage with the rest. Empty is the browser's own.
type ProfileID string

// Browser is a running browser. Its methods may be called from many goroutines.
type Browser interface {
	// Name is the browser's name, such as Chrome.
	Name() string
	// Version is the browser's version, such as 156.0.8078.79.
	Version() string
	// Flags are the flags that the browser was started with.
	Flags() []string

	// Open opens a page. The context bounds the opening, not the life of the page.
	// The error is a *CannotError where this browser has no such page.
	Open(context.Context, PageOptions) (Page, error)
	// Reuse opens a page in the place of an idle page, for which [Page.Fits] is
	// true. The idle page cannot be used after that.
	Reuse(ctx context.Context, idle Page, o PageOptions) (Page, error)

	// Visit loads a real page, lets it run, and reports the requests that it made. When the
	// context ends first, the error is the error of the context; when the page crashes or the
	// browser ends, the error is ErrLost; a *LoadError says that there is no page.
	Visit(context.Context, Visit) (Visited, error)

	// NewProfile makes a profile that holds these cookies, and the cookies of the Options.
	NewProfile(context.Context, []SetCookie) (ProfileID, error)
	// CloseProfile closes the pages of a profile and forgets what it kept.
	CloseProfile(ProfileID) error

	// Alive says whether the browser still runs.
	Alive() bool
	// Answers says whether all parts of the browser still answer, also its network. It
	// waits for the answers while the context lasts.
	Answers(context.Context) bool
	// Close ends the browser, and waits until its processes and temporary files are
	// gone.
	Close() error
}

// Page is an open page that asks. Its methods may be called from many goroutines.
type Page interface {
	// Ask asks a question and returns all that was observed. When the context ends
	// first, the Evidence names what was missing and the error is the error of the
	// context; when the browser ends, the error is ErrLost; where this browser cannot
	// ask, it is a *CannotError.
	Ask(context.Context, Question) (Evidence, error)
	// Depart makes the page go: it is navigated, closed or hidden. The script of the page
	// asks the question in a listener of that moment, and Depart returns its report: that
	// it called, or the error. Nothing is observed of the request.
	Depart(ctx context.Context, moment string, question json.RawMessage) (json.RawMessage, error)
	// Value runs an expression in the page and returns its value as JSON; a promise is
	// waited for. An exception is an error.
	Value(ctx context.Context, expression string) (json.RawMessage, error)

	// Secure says whether the page is a secure context.
	// https://w3c.github.io/webappsec-secure-contexts/#settings-object
	Secure() bool
	// Isolated says whether the page is cross-origin isolated.
	// https://html.spec.whatwg.org/multipage/webappapis.html#dom-crossoriginisolated
	Isolated() bool

	// Barred says whether the page's permissions policy keeps it from an address space:
	// Loopback or Local, whatever the user answered.
	// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
	Barred(space string) bool

	// In returns the browser that has the page.
	In() Browser
	// Fits says whether a page with these options can take the place of this one.
	Fits(PageOptions) bool
	// Alive says whether the page can still ask.
	Alive() bool
	// Retire says that the page takes no further questions. Questions in flight go on.
	Retire()
	// Retired says whether the page was retired.
	Retired() bool
	// Late counts the events that came for questions that had ended.
	Late() int
	// Close closes the page.
	Close()
}

// Worker is a kind of worker, named as the DevTools Protocol names its target.
type Worker string

// The kinds of worker.
const (
	DedicatedWorker Worker = "worker"
	SharedWorker    Worker = "shared_worker"
	ServiceWorker   Worker = "service_worker"
)

// PageOptions say which page to open. They are comparable: pages with the same
// options are the same page.
type PageOptions struct {
	// Origin is the page's origin, serialised as browsers do; "null" is a sandboxed
	// document, "data:" and "file:" are documents with such a URL.
	Origin string
	// OpaqueScheme is the scheme that a sandboxed document comes by: https or http.
	OpaqueScheme string
	// Document is the document that asks, if the page has made it itself and shows it in a
	// frame: srcdoc, blob or blank.
	Document string
	// ExtensionKey is the key of the extension that the page belongs to: see
	// Options.Extensions.
	ExtensionKey string
	// Path is the path of the page, with its query; empty: "/".
	Path string
	// WithinPath and WithinHeaders are the path of the page at Within, and further headers
	// of it, as a JSON list of pairs.
	WithinPath, WithinHeaders string
	// Within is the origin of the page that shows this page in a frame; empty:
	// there is no frame.
	Within string
	// FrameAllow is the attribute allow of the frame.
	FrameAllow string
	// OuterSpace is the address space of the page at Within.
	OuterSpace string
	// Headers are further headers of the page's document, as a JSON list of pairs.
	Headers string
	// Worker is where in the page the script runs; empty: in the page itself.
	Worker Worker
	// WorkerScript is the path at which the origin has a script for a service
	// worker; empty: the browser supplies a script.
	WorkerScript string
	// WorkerHeaders are further headers of the worker's script, as a JSON list of pairs.
	WorkerHeaders string
	// WorkerPath is the path of the script of a dedicated or a shared worker, with its
	// query; empty: a path of the browser's choice.
	WorkerPath string
	// WorkerScheme is the scheme of that script: blob or data; empty: the page's own.
	WorkerScheme string
	// Controlled says that a service worker controls the page. Such a page is asked one
	// question at a time.
	Controlled bool
	// AddressSpace is where the page's document comes from: Loopback, Local or Public.
	AddressSpace string
	// CachesOff bypasses the HTTP cache and the preflight cache.
	CachesOff bool
	// DryRun lets only preflights leave the page.
	DryRun bool
	// Edits are changes to every answer that the page gets, as a JSON list of Edit.
	Edits string
	// Windowless puts the page in no window, unless the browser is visible: that is
	// cheaper, and nothing waits there for a name and a password.
	Windowless bool
	// FullOnly names what the page is for, and what only a full build of the browser does, such
	// as "fetch a manifest": see Options.Full.
	FullOnly string
	// Once, unless zero, is the number of a page that is used once, such as one that goes: see
	// [Page.Depart].
	Once int64
	// Tab tells apart pages that are alike otherwise: each is a tab of its own.
	Tab int
	// Fixture says that the requests of the page go to the hosts of Options.HostRules. It is
	// set only for a browser that needs to be told: a Chrome at Options.Endpoint.
	Fixture bool
	// Profile has the page.
	Profile ProfileID
}

// Question is what a page is asked. Two questions in flight on a page must have
// different URLs, if both have a URL.
type Question struct {
	// JSON is the JSON form of a harness.Request.
	JSON json.RawMessage
	// URL is set for a question whose request may have no stack of the script: the
	// next request for the URL that no other question claims belongs to the question.
	URL string
	// Upgraded, unless empty, is the URL that the browser may ask for instead, because
	// the page is secure and URL is not.
	Upgraded string
	// Request says that there is a request unless the script was refused. It may be
	// announced after the script's report.
	Request bool
	// Frame says that the question shows a document in a frame.
	Frame bool
	// Controller is what the service worker that controls the page answers, as JSON.
	Controller json.RawMessage
	// Preflights, unless nil, says whether a request for a URL may be preflighted.
	Preflights func(url string) bool
}

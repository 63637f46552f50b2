package harness

import (
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/reach"
)

// Observation is the evidence on one Request, and the Verdict drawn from it.
// Printed, it is the transcript.
type Observation struct {
	_ [0]func() // keyed literals only

	Request Request
	Verdict Verdict

	// Wire says that the question was asked on the wire, because Chrome cannot have the
	// page or send the request. Then no browser decided: the Verdict is what the Fetch
	// standard draws from the answers, and Script is what a script would see.
	// https://fetch.spec.whatwg.org/#http-cors-protocol
	Wire bool

	// Reason is empty unless the Verdict is Blocked.
	Reason Reason
	// Parameter is what Chrome names with its CORS code: the refused value,
	// method or header (Network.CorsErrorStatus.failedParameter).
	Parameter string
	// Category is the name that Firefox or WebKit itself gives the cause: CORSMissingAllowOrigin2,
	// NS_ERROR_DOM_CORP_FAILED or, of WebKit, what its text says, such as "Method … is not allowed by
	// Access-Control-Allow-Methods". Reason is then the name of the same step in Chrome. Both browsers
	// tell fewer steps apart: see [Firefox] and [WebKit].
	Category string
	// BlockedReason is Network.loadingFailed.blockedReason.
	BlockedReason string
	// NetError is Network.loadingFailed.errorText, such as net::ERR_FAILED.
	NetError string

	// Before is what was observed of the questions in [Request.Before], as far as they were
	// asked, and of the link in [Request.Hint] behind them.
	Before []Observation
	// Beside is what was observed of the questions in [Request.Beside]. Where one of them
	// has no verdict, this Observation has none.
	Beside []Observation

	// Hinted is what became of the link in [Request.Hint].
	Hinted Hinted

	Script    Script
	Exchanges []Exchange
	Console   []Message
	Issues    []Issue

	// Arrivals is what the server received for this question. It is nil where
	// the server is not ours, and empty where it is ours and nothing came.
	Arrivals []Arrival

	Page Page
	// Browser is the browser that decided; the zero UserAgent where none did.
	Browser UserAgent
}

// Verdict says what the script got.
type Verdict string

// The verdicts. There is no fourth: see [InconclusiveError].
const (
	// Readable: the script got status, headers and body.
	Readable Verdict = "readable"
	// Opaque: the script got a response that it cannot look into.
	// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
	Opaque Verdict = "opaque"
	// Blocked: the browser kept the response from the script, or sent no request.
	Blocked Verdict = "blocked"
)

// Script is what the script that asked could see.
type Script struct {
	_ [0]func() // keyed literals only

	// Error is the error as the script would print it, empty where there was none.
	Error string `json:"error"`
	// Type is the response's type: basic, cors, opaque or opaqueredirect. It is
	// empty for XMLHttpRequest, which has no types.
	Type string `json:"type"`
	// Status is the response's status; 0 for an opaque response or an error.
	Status int `json:"status"`
	// StatusText is the response's status message. It is empty over HTTP/2 and HTTP/3.
	StatusText string `json:"statusText,omitempty"`
	// URL is the response's URL, after redirects.
	URL string `json:"url,omitempty"`
	// Redirected says that fetch() followed a redirect: Response.redirected.
	Redirected bool `json:"redirected,omitempty"`
	// Headers are the headers that the script can read: lower case and sorted, as
	// the script sees them.
	Headers Header `json:"headers"`
	// Body is the beginning of the text, at most 64 KiB.
	Body string `json:"body"`
	// BodySize is the size of the whole body in bytes, as far as it was read.
	BodySize int64 `json:"bodySize"`
	// Truncated says that reading stopped at the limit of one megabyte.
	Truncated bool `json:"truncated,omitempty"`
	// Dropped are the request headers that the browser refused to set.
	// https://fetch.spec.whatwg.org/#forbidden-request-header
	Dropped []string `json:"dropped,omitempty"`
	// Events are the events of an asynchronous XMLHttpRequest, in order, the first fifty.
	Events []ScriptEvent `json:"events,omitempty"`
}

// ExchangeKind says what an Exchange is for.
type ExchangeKind string

// The kinds of Exchange.
const (
	// Preflight is the OPTIONS request by which the browser asks for permission.
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch
	Preflight ExchangeKind = "preflight"
	// ActualRequest is what the script asked for.
	ActualRequest ExchangeKind = "request"
	// RedirectHop is a request that a redirect led to.
	RedirectHop ExchangeKind = "redirect"
)

// Exchange is one request on the wire with its response.
type Exchange struct {
	_ [0]func() // keyed literals only

	Kind   ExchangeKind `json:"kind"`
	Method string       `json:"method"`
	URL    string       `json:"url"`
	// Sent says that the request left the browser. A request that only a cache
	// answered, or that the browser refused to send, did not.
	Sent bool `json:"sent"`
	// Unseen says that Chrome does not report what was on the wire, as for a shared
	// worker: no preflight, no request headers, and nothing of a refused response.
	Unseen bool `json:"unseen,omitempty"`
	// Controller says that the service worker that controls the page sent it: see
	// [Request.Controller]. Such exchanges stand before the request of the page, which the
	// service worker then answered.
	Controller bool `json:"controller,omitempty"`
	// Withheld says that the request was stopped when Chrome was about to send it:
	// see [Request.DryRun]. The response is not from the server.
	Withheld       bool   `json:"withheld,omitempty"`
	RequestHeaders Header `json:"requestHeaders"`
	// Cookies are the cookies that the browser held for this URL, sent or not.
	Cookies []Cookie `json:"cookies,omitempty"`
	// NotStored are the cookies that the response set and the browser did not
	// keep.
	NotStored []Cookie `json:"notStored,omitempty"`
	// Status is 0 where no response came.
	Status          int    `json:"status"`
	ResponseHeaders Header `json:"responseHeaders"`
	// Protocol is the ALPN name, such as h2 or http/1.1; empty where unknown.
	Protocol string `json:"protocol"`
	// FromCache names what answered in place of the network: disk, memory, prefetch,
	// service-worker, or preload, the link in [Request.Hint]; empty where the network
	// answered.
	FromCache string `json:"fromCache"`
	// AddressSpace is where the server is, as Chrome sees it.
	AddressSpace AddressSpace `json:"addressSpace,omitempty"`
	// NetError is why this exchange failed below HTTP or was cut off.
	NetError string `json:"netError,omitempty"`
	// Server is what the server really answered, where an edit changed that: Status and
	// ResponseHeaders are then what Chrome was given to judge. See [Request.WhatIf]. It is
	// nil where both are the same.
	Server *Answer `json:"server,omitempty"`
}

// Cookie is a cookie of an exchange. Its value is not kept.
type Cookie struct {
	Name string `json:"name"`
	// Sent says that the request carried the cookie.
	Sent bool `json:"sent"`
	// Blocked are Chrome's reasons for not sending or not storing it, such as
	// SameSiteLax or UserPreferences.
	Blocked []string `json:"blocked,omitempty"`
}

// Message is a line of the console.
type Message struct {
	Source string `json:"source"` // javascript, network, security, ...
	Level  string `json:"level"`  // error, warning, info, verbose
	Text   string `json:"text"`
}

// Issue is an entry of DevTools' Issues panel.
type Issue struct {
	Code string `json:"code"` // CorsIssue, GenericIssue, ...
	// Detail is what the issue says, such as the CORS code.
	Detail string `json:"detail,omitempty"`
}

// Arrival is a request as a server of ours received it.
type Arrival struct {
	_ [0]func() // keyed literals only

	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// URL is absolute, with the scheme and the host that the browser asked.
	URL     string `json:"url"`
	Headers Header `json:"headers"`
	// Protocol is HTTP/1.1 or HTTP/2.0.
	Protocol string `json:"protocol"`
	// Seq counts the arrivals of a server, from 1.
	Seq int64 `json:"-"`
	// Status is the status of the server's answer. It is 0 while there is none, where
	// the server closed the connection, and where nobody knows, as behind a recorder.
	Status int `json:"-"`
}

// Page is the page that asked.
type Page struct {
	Origin        string `json:"origin"`
	SecureContext bool   `json:"secureContext"`
	// Isolated says that the page is cross-origin isolated, by
	// Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.
	Isolated     bool         `json:"crossOriginIsolated,omitempty"`
	AddressSpace AddressSpace `json:"addressSpace"`
	// LocalNetwork is the answer to the local network access prompt.
	LocalNetwork Permission `json:"localNetwork"`
	// Barred says that the page's permissions policy, or the frame that it is in, keeps
	// it from the address space of the server, whatever the user answers.
	// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
	Barred bool `json:"barred,omitempty"`
}

// UserAgent is the browser that was asked. A question on the wire has no browser: Trusts and
// Resolve then describe the HTTP client.
// https://fetch.spec.whatwg.org/#fetch
type UserAgent struct {
	Name    string   `json:"name"`    // such as "Chrome", or "HeadlessChrome" for the headless shell
	Version string   `json:"version"` // such as "156.0.8078.79"
	Flags   []string `json:"flags"`
	// Trusts names the certificates of [Browser.CA]: the browsers of users need not trust
	// them.
	Trusts []string `json:"trusts,omitempty"`
	// Resolve is [Browser.Resolve].
	Resolve []string `json:"resolve,omitempty"`
	// Endpoint is the scheme and the host of [Browser.Endpoint]; empty: the Chrome was started
	// here.
	Endpoint string `json:"endpoint,omitempty"`
}

// Brand is what people call the browser: "Firefox", "WebKit", or "Chrome" for each build of it.
func (u UserAgent) Brand() string { return brand(u.Name) }

// brand is the brand of a browser with the name; Chrome where there is none.
func brand(name string) string {
	if name == firefoxName || name == webkitName {
		return name
	}
	return chromeName
}

// IsChrome says whether the browser is a build of Chrome. A browser without a name is one.
func (u UserAgent) IsChrome() bool { return u.Brand() == chromeName }

// userAgent is a running browser.
func (b *Browser) userAgent(c engine.Browser) UserAgent {
	return UserAgent{Name: c.Name(), Version: c.Version(), Flags: c.Flags(), Trusts: reach.Names(b.CA), Resolve: slices.Clone(b.Resolve), Endpoint: b.shownEndpoint()}
}

// Chrome is the UserAgent in the form that reports use.
func (u UserAgent) Chrome() Chrome {
	if u.Name == "" {
		return Chrome{Flags: u.Flags, Trusts: u.Trusts, Resolve: u.Resolve}
	}
	return Chrome{Version: strings.TrimSuffix(u.Name+"/"+u.Version, "/"), Flags: u.Flags, Trusts: u.Trusts, Resolve: u.Resolve, Endpoint: u.Endpoint}
}

// Chrome is the browser that was asked, in the form that reports use.
type Chrome struct {
	Version string   `json:"version"` // such as "Chrome/156.0.8078.79", or "HeadlessChrome/156.0.8078.79" for the headless shell
	Flags   []string `json:"flags"`
	// Trusts, Resolve and Endpoint are those of the UserAgent.
	Trusts   []string `json:"trusts,omitempty"`
	Resolve  []string `json:"resolve,omitempty"`
	Endpoint string   `json:"endpoint,omitempty"`
}

// Named is the version, and where the Chrome is that somebody else started.
func (c Chrome) Named() string {
	if c.Endpoint == "" {
		return c.Version
	}
	return c.Version + " at " + c.Endpoint
}

// Brand is what people call the browser: see [UserAgent.Brand].
func (c Chrome) Brand() string {
	name, _, _ := strings.Cut(c.Version, "/")
	return brand(name)
}

// Build names the build, by what Chrome calls itself: "headless shell" or "full Chrome". It is
// empty where the version is, and for a browser that is no Chrome.
func (c Chrome) Build() string {
	switch name, _, _ := strings.Cut(c.Version, "/"); name {
	case "", firefoxName, webkitName:
		return ""
	case "HeadlessChrome":
		return "headless shell"
	}
	return "full Chrome"
}

// Preflights returns the preflights among the Exchanges.
func (o Observation) Preflights() []Exchange {
	var found []Exchange
	for _, e := range o.Exchanges {
		if e.Kind == Preflight {
			found = append(found, e)
		}
	}
	return found
}

// Withheld says whether the request was stopped when the browser was about to send it.
func (o Observation) Withheld() bool {
	return slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Withheld })
}

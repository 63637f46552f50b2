package oracle

import (
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// As names the decider.
type As string

// The deciders. The zero As is the standard.
const (
	Standard As = "standard"
	Chrome   As = "chrome"
	Firefox  As = "firefox"
)

// Question is a request with everything that a decision depends on. In each field but
// Request and Server, the zero value describes an ordinary page.
type Question struct {
	_ [0]func() // keyed literals only

	// Request is the request of the page: by fetch() or XMLHttpRequest, in any place
	// where the script runs. The page's Referrer-Policy and Cross-Origin-Embedder-Policy
	// are among its PageHeaders.
	Request harness.Request

	// Server answers each exchange. It must not keep the Exchange's Header.
	Server func(Exchange) Reply

	// As names the decider. Empty means the standard.
	As As
	// Without are the ids of deviations that this Chrome does not have, such as
	// D1 with --enable-features=CorsNonWildcardRequestHeadersSupport; see also [Lacking].
	Without []string

	// Cache is the CORS-preflight cache before the request; the decision changes it. Nil
	// means that nothing is cached. Use a cache for one decider only.
	// https://fetch.spec.whatwg.org/#cors-preflight-cache
	Cache *PreflightCache
	// Now is the time for the expiry of entries of Cache.
	Now time.Time
}

// Exchange is a request that the browser makes.
type Exchange struct {
	// Kind is the part of the exchange: preflight, request or redirect.
	Kind   harness.ExchangeKind
	Method string
	// URL is the URL on the wire, without fragment and user name.
	URL string
	// Header has the script's headers that are sent, and the headers of the protocol.
	// Headers that the browser adds later, such as Host and Cookie, are not here.
	Header harness.Header
	// Credentials says that the exchange may send and store cookies.
	// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
	Credentials bool
}

// Origin returns the value of the Origin header, and whether there is one.
func (e Exchange) Origin() (string, bool) { return Get(e.Header, web.NameOrigin) }

// Reply is the answer of a server to an Exchange.
type Reply struct {
	// Status is the response's status. Zero means 200.
	Status int
	// Header has the lines as on the wire. A value is a sequence of bytes in any
	// encoding.
	Header harness.Header
	// NetError says why there was no response, such as net::ERR_EMPTY_RESPONSE.
	NetError string
}

// Decision is the decision that a browser must make.
type Decision struct {
	// Verdict is empty when a Reply had a NetError.
	Verdict harness.Verdict
	// Reason is empty unless the Verdict is blocked.
	Reason harness.Reason
	// Parameter is the detail that Chrome reports with its CORS code. When Refused has
	// several header names, it is any of them.
	Parameter string
	// Anchor is the place of the deciding step in the standard.
	Anchor string
	// NetError is the failure below HTTP that prevented a verdict.
	NetError string

	// Type is the response's type: basic, cors, opaque or opaqueredirect.
	// https://fetch.spec.whatwg.org/#concept-response-type
	Type string
	// Status is the status that the script sees.
	Status int
	// Exposed are the headers that the script can read, in lower case, sorted, lines of
	// one name combined.
	// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
	Exposed harness.Header
	// TimingAllowed says that Resource Timing shows its details to the page.
	// https://fetch.spec.whatwg.org/#concept-tao-check
	TimingAllowed bool

	last harness.Header // of the last response

	// Exchanges are the exchanges in order.
	Exchanges []Exchange
	// Refused are all unsafe header names that the last preflight did not allow.
	Refused []string

	// Branches are the branches of the algorithms that were taken, each once. [Branches]
	// returns all of them.
	Branches []string
	// Deviations are the ids of the rows of [Deviations] that influenced the decision.
	// Empty means that the standard alone decided.
	Deviations []string
}

// Preflights returns the preflights among the exchanges.
func (d Decision) Preflights() []Exchange {
	var found []Exchange
	for _, e := range d.Exchanges {
		if e.Kind == harness.Preflight {
			found = append(found, e)
		}
	}
	return found
}

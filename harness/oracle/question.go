package oracle

import (
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// As says who decides.
type As string

// The deciders. The zero As is the standard.
const (
	Standard As = "standard"
	Chrome   As = "chrome"
)

// Question is a request with everything that a decision depends on. The zero
// value of each field but Request and Server is what an ordinary page has.
type Question struct {
	_ [0]func() // keyed literals only

	// Request is what the page asks: by fetch() or XMLHttpRequest, wherever the
	// script runs. The page's Referrer-Policy and Cross-Origin-Embedder-Policy are
	// among its PageHeaders.
	Request harness.Request

	// Server answers each exchange. It must not keep the Exchange's Header.
	Server func(Exchange) Reply

	// As says who decides. Empty means the standard.
	As As
	// Without are the ids of deviations that this Chrome does not have, such as
	// D1 with --enable-features=CorsNonWildcardRequestHeadersSupport.
	Without []string

	// Cache is the CORS-preflight cache before the request, and is changed by
	// it. Nil means that nothing is cached. Use one for one decider only.
	// https://fetch.spec.whatwg.org/#cors-preflight-cache
	Cache *PreflightCache
	// Now is the time by which entries of Cache expire.
	Now time.Time
}

// Exchange is a request that the browser makes.
type Exchange struct {
	// Kind is the part that it plays: preflight, request or redirect.
	Kind   harness.ExchangeKind
	Method string
	// URL is as on the wire, without fragment and user name.
	URL string
	// Header are the script's headers that are sent, and those that the protocol
	// adds. What the browser adds below it, such as Host and Cookie, is not here.
	Header harness.Header
	// Credentials says that cookies may go along and be stored.
	// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
	Credentials bool
}

// Origin is the value of the Origin header, and whether there is one.
func (e Exchange) Origin() (string, bool) { return Get(e.Header, web.NameOrigin) }

// Reply is what a server answers to an Exchange.
type Reply struct {
	// Status is the response's status. Zero means 200.
	Status int
	// Header are the lines as they stand on the wire. A value is a sequence of
	// bytes, whatever their encoding.
	Header harness.Header
	// NetError says that there was no response, and why, such as
	// net::ERR_EMPTY_RESPONSE.
	NetError string
}

// Decision is what a browser must do.
type Decision struct {
	// Verdict is empty where there is none: a Reply had a NetError.
	Verdict harness.Verdict
	// Reason is empty unless the Verdict is blocked.
	Reason harness.Reason
	// Parameter is what Chrome names with its CORS code. Of several header names in
	// Refused it names any.
	Parameter string
	// Anchor is the step of the standard that decided.
	Anchor string
	// NetError is the failure below HTTP that kept a verdict from being.
	NetError string

	// Type is the response's type: basic, cors, opaque or opaqueredirect.
	// https://fetch.spec.whatwg.org/#concept-response-type
	Type string
	// Status is what the script sees.
	Status int
	// Exposed are the headers that the script can read, in lower case, sorted,
	// lines of one name combined.
	// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
	Exposed harness.Header
	// TimingAllowed says that Resource Timing shows the details.
	// https://fetch.spec.whatwg.org/#concept-tao-check
	TimingAllowed bool

	// Exchanges are the requests that are made, in order.
	Exchanges []Exchange
	// Refused are all unsafe header names that the last preflight did not allow.
	Refused []string

	// Branches are the branches of the algorithms that were taken, each once. See
	// [Branches] for those that there are.
	Branches []string
	// Deviations are the ids of the rows of [Deviations] that had a part in the
	// decision. Empty means: it is the standard's.
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

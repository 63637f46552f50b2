package harness

import (
	"maps"
	"slices"
)

// Explanation is what a Reason means for a person.
type Explanation struct {
	// Meaning is one sentence: what happened.
	Meaning string `json:"meaning"`
	// Remedy is one sentence: what to change, and on which side. It is empty
	// where there is nothing to change.
	Remedy string `json:"remedy,omitempty"`
	// Anchor is the place in the standard that decides.
	Anchor string `json:"anchor"`
}

// Explain returns the row of the table for this reason. The bool is false for a
// reason that this build does not know; the row then says so. The function
// [Explain] adds what an Observation proves beyond its reason.
func (r Reason) Explain() (Explanation, bool) {
	if row, known := table[r]; known {
		return row, true
	}
	if row, known := table[family(r)]; known {
		return row, true
	}
	return Explanation{
		Meaning: "The browser reported " + clean(string(r)) + ", which this version of corsproof does not know.",
		Remedy:  "Look at the console lines, which are the browser's own words.",
		Anchor:  anchorProtocol,
	}, false
}

// The anchors of the table.
const (
	anchorProtocol    = "https://fetch.spec.whatwg.org/#http-cors-protocol"
	anchorCheck       = "https://fetch.spec.whatwg.org/#cors-check"
	anchorPreflight   = "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
	anchorMain        = "https://fetch.spec.whatwg.org/#main-fetch"
	anchorRedirect    = "https://fetch.spec.whatwg.org/#http-redirect-fetch"
	anchorHTTP        = "https://fetch.spec.whatwg.org/#http-fetch"
	anchorCache       = "https://fetch.spec.whatwg.org/#http-network-or-cache-fetch"
	anchorCaches      = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	anchorCredentials = "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials"
	anchorPort        = "https://fetch.spec.whatwg.org/#port-blocking"
	anchorScheme      = "https://fetch.spec.whatwg.org/#scheme-fetch"
	anchorRequest     = "https://fetch.spec.whatwg.org/#dom-request"
	anchorOpaque      = "https://fetch.spec.whatwg.org/#concept-filtered-response-opaque"
	anchorNosniff     = "https://fetch.spec.whatwg.org/#x-content-type-options-header"
	anchorCORP        = "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check"
	anchorCOEP        = "https://html.spec.whatwg.org/multipage/browsers.html#coep"
	anchorCOOP        = "https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies"
	anchorCSP         = "https://w3c.github.io/webappsec-csp/#directive-connect-src"
	anchorMixed       = "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"
	anchorSRI         = "https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist"
	anchorSignature   = "https://wicg.github.io/signature-based-sri/#profile"
	anchorORB         = "https://github.com/annevk/orb#processing-model"
	anchorLNAPrompt   = "https://wicg.github.io/local-network-access/#permission-prompt"
	anchorLNASecure   = "https://wicg.github.io/local-network-access/#secure-context-restriction"
	anchorLNATarget   = "https://wicg.github.io/local-network-access/#mixed-content-lna"
	anchorLNARequest  = "https://wicg.github.io/local-network-access/#local-network-request-section"
)

// table holds a row for every Reason. The test reads the source of cdproto, and
// fails on a code without a row.
var table = merge(responseRows, preflightRows, requestRows, blockedRows, netErrorRows)

// Reasons lists every reason that this build knows, in alphabetical order.
func Reasons() []Reason { return slices.Sorted(maps.Keys(table)) }

// merge puts the parts of the table together.
func merge(parts ...map[Reason]Explanation) map[Reason]Explanation {
	whole := map[Reason]Explanation{}
	for _, part := range parts {
		for reason, row := range part {
			whole[reason] = row
		}
	}
	return whole
}

// responseRows are the codes of the CORS check on a response.
var responseRows = map[Reason]Explanation{
	MissingAllowOriginHeader: {
		"The response has no Access-Control-Allow-Origin, so only pages of its own origin may read it.",
		"Make the server send Access-Control-Allow-Origin with the page's origin, on error responses too.",
		anchorCheck,
	},
	WildcardOriginNotAllowed: {
		"The server allows every origin with *, which a browser does not accept for a request with credentials.",
		"Make the server send the page's origin in Access-Control-Allow-Origin instead of *" + orWithoutCredentials,
		anchorCheck,
	},
	MultipleAllowOriginValues: {
		"The response has more than one value in Access-Control-Allow-Origin, where only one is allowed.",
		"Make the server, or the proxy in front of it, send exactly one origin in Access-Control-Allow-Origin.",
		anchorCheck,
	},
	InvalidAllowOriginValue: {
		"The value of Access-Control-Allow-Origin is neither an origin nor *.",
		"Make the server send the page's origin in Access-Control-Allow-Origin: scheme, host and port.",
		anchorCheck,
	},
	AllowOriginMismatch: {
		"The server allows another origin, not the page's origin.",
		"Make the server send the page's origin in Access-Control-Allow-Origin, byte for byte.",
		anchorCheck,
	},
	InvalidAllowCredentials: {
		"The request had credentials, and the response does not have Access-Control-Allow-Credentials: true.",
		"Make the server send Access-Control-Allow-Credentials: true, in lower case and once" + orWithoutCredentials,
		anchorCheck,
	},
	InvalidResponse: {
		"The response is invalid, a code that Chrome 156 never gives for a request.",
		"Look at the console lines and at the Chrome version, and report this observation to corsproof.",
		anchorHTTP,
	},
	RedirectContainsCredentials: {
		"The redirect leads to a URL with a user name or password in it, which is not allowed across origins.",
		"Make the server that redirects send a Location without user name and password.",
		anchorRedirect,
	},
}

// preflightRows are the codes of the CORS-preflight fetch.
var preflightRows = map[Reason]Explanation{
	PreflightMissingAllowOriginHeader: {
		"The preflight's response has no Access-Control-Allow-Origin, so the request was not sent.",
		"Make the server answer OPTIONS with Access-Control-Allow-Origin and the page's origin.",
		anchorPreflight,
	},
	PreflightWildcardOriginNotAllowed: {
		"The preflight's response allows every origin with *, which a browser does not accept for a request with credentials.",
		"Make the server answer OPTIONS with the page's origin in Access-Control-Allow-Origin instead of *" + orWithoutCredentials,
		anchorPreflight,
	},
	PreflightMultipleAllowOriginValues: {
		"The preflight's response has more than one value in Access-Control-Allow-Origin, where only one is allowed.",
		"Make the server, or the proxy in front of it, answer OPTIONS with exactly one origin in Access-Control-Allow-Origin.",
		anchorPreflight,
	},
	PreflightInvalidAllowOriginValue: {
		"The value of Access-Control-Allow-Origin in the preflight's response is neither an origin nor *.",
		"Make the server answer OPTIONS with the page's origin in Access-Control-Allow-Origin: scheme, host and port.",
		anchorPreflight,
	},
	PreflightAllowOriginMismatch: {
		"The preflight's response allows another origin, not the page's origin.",
		"Make the server answer OPTIONS with the page's origin in Access-Control-Allow-Origin, byte for byte.",
		anchorPreflight,
	},
	PreflightInvalidAllowCredentials: {
		"The request would have credentials, and the preflight's response does not have Access-Control-Allow-Credentials: true.",
		"Make the server answer OPTIONS with Access-Control-Allow-Credentials: true, in lower case and once" + orWithoutCredentials,
		anchorPreflight,
	},
	PreflightInvalidStatus: {
		"The preflight's response has a status outside 200 to 299, so the request was not sent.",
		"Make the server answer OPTIONS with status 204 or 200, before it looks at anything else.",
		anchorPreflight,
	},
	PreflightDisallowedRedirect: {
		"The server redirected the preflight, and a preflight is never followed.",
		"Have the page ask for the final URL, or make the server answer OPTIONS without a redirect.",
		anchorPreflight,
	},
	InvalidAllowMethodsPreflightResponse: {
		"The value of Access-Control-Allow-Methods is not a list of method names.",
		"Make the server send bare method names with commas between them in Access-Control-Allow-Methods.",
		anchorPreflight,
	},
	InvalidAllowHeadersPreflightResponse: {
		"The value of Access-Control-Allow-Headers is not a list of header names.",
		"Make the server send bare header names with commas between them in Access-Control-Allow-Headers.",
		anchorPreflight,
	},
	MethodDisallowedByPreflightResponse: {
		"The preflight's response does not allow the method.",
		"Make the server list the method in Access-Control-Allow-Methods.",
		anchorPreflight,
	},
	HeaderDisallowedByPreflightResponse: {
		"The preflight's response does not allow a header that the page sets.",
		"Make the server list the header in Access-Control-Allow-Headers.",
		anchorPreflight,
	},
	PreflightMissingAllowExternal: {
		"The preflight's response lacks Access-Control-Allow-External, a header of an old draft that Chrome 156 never asks for.",
		"Update Chrome: no server needs this header any more.",
		anchorLNARequest,
	},
	PreflightInvalidAllowExternal: {
		"The preflight's response has a bad Access-Control-Allow-External, a header of an old draft that Chrome 156 never looks at.",
		"Update Chrome: no server needs this header any more.",
		anchorLNARequest,
	},
}

// requestRows are the codes of requests that were never sent.
var requestRows = map[Reason]Explanation{
	DisallowedByMode: {
		"The page asked with mode same-origin for a URL of another origin, so nothing was sent.",
		"Have the page ask with mode cors.",
		anchorMain,
	},
	CorsDisabledScheme: {
		"The URL's scheme is not one that a page may ask across origins.",
		"Have the page ask for an http or https URL.",
		anchorMain,
	},
	NoCorsRedirectModeNotFollow: {
		"The page asked with mode no-cors and another redirect mode than follow, which browsers do not allow together.",
		"Have the page ask with redirect mode follow, or with mode cors.",
		anchorMain,
	},
	InsecureLocalNetwork: {
		"A page that is not a secure context asked for a server on the local network or on this machine, so nothing was sent.",
		"Serve the page over https, so that its user can be asked for permission.",
		anchorLNASecure,
	},
	InvalidLocalNetworkAccess: {
		"The server is in another address space than the page said it would be.",
		"Have the page name the server's real address space in targetAddressSpace, or remove that option.",
		anchorLNATarget,
	},
	LocalNetworkAccessPermissionDenied: {
		"The page may not reach the local network or this machine: permission was denied, so nothing was sent.",
		"Have the user allow local network access for this page: no header of the server can do it.",
		anchorLNAPrompt,
	},
	RequestRefused: {
		"The browser refused to make such a request, so nothing was sent.",
		"Change the request in the page: the script's error says what is not allowed.",
		anchorRequest,
	},
	ScriptAborted: {
		"The script aborted the request before it had the whole answer.",
		"Have the page wait longer, or find out what makes the server slow.",
		"https://fetch.spec.whatwg.org/#fetch-controller-abort",
	},
	ScriptTimedOut: {
		"The script's own time-out ended before it had the whole answer.",
		"Give the request more time in the page, or find out what makes the server slow.",
		"https://xhr.spec.whatwg.org/#the-timeout-attribute",
	},
	ServiceWorkerAnswer: {
		"The page's service worker answered with a response that the browser does not take for this request.",
		"Have the service worker answer with a response from a fetch in mode cors, or not call respondWith().",
		anchorHTTP,
	},
	Untold: {
		"WebKit kept the response from the script, and its text does not tell which step refused.",
		"Ask Chrome the same question, which names the step: --browser chrome, or a harness.Browser without Kind.",
		anchorMain,
	},
	HandshakeRefused: {
		"The server refused the WebSocket: it answered the handshake with a status other than 101.",
		"Make the server accept this origin: a WebSocket has no CORS, so the server itself compares the Origin header.",
		"https://websockets.spec.whatwg.org/#concept-websocket-establish",
	},
	ResponseUnusable: {
		"The browser allowed the response, and the element could not use it because of its status, its type or its content.",
		"Make the server send the file itself, with status 200 and its own Content-Type, and no error, login or index page in its place.",
		anchorElement,
	},
	RedirectRefused: {
		"The page asked with redirect mode error, and the server redirected.",
		"Have the page ask for the final URL, or with redirect mode follow.",
		anchorHTTP,
	},
	BodyNotResent: {
		"The server redirected a request whose body was a stream, and a stream cannot be sent a second time.",
		"Have the page ask for the final URL, or send a body that is not a stream; or make the server redirect with 303.",
		anchorRedirect,
	},
}

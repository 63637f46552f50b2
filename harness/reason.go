package harness

import "strings"

// Reason is why a browser blocked: Chrome's CORS code, or its blocked reason, or
// its net error, as Chrome spells them, or one of our few own reasons. The type
// is open: a code that this build does not know is kept as it is.
//
//	if seen.Reason == harness.MissingAllowOriginHeader { ... }
type Reason string

// Chrome's CORS codes (Network.CorsError). A preflight goes through the same
// check as a response, and its codes begin with Preflight.
const (
	DisallowedByMode                     Reason = "DisallowedByMode"
	InvalidResponse                      Reason = "InvalidResponse"
	WildcardOriginNotAllowed             Reason = "WildcardOriginNotAllowed"
	MissingAllowOriginHeader             Reason = "MissingAllowOriginHeader"
	MultipleAllowOriginValues            Reason = "MultipleAllowOriginValues"
	InvalidAllowOriginValue              Reason = "InvalidAllowOriginValue"
	AllowOriginMismatch                  Reason = "AllowOriginMismatch"
	InvalidAllowCredentials              Reason = "InvalidAllowCredentials"
	CorsDisabledScheme                   Reason = "CorsDisabledScheme"
	PreflightInvalidStatus               Reason = "PreflightInvalidStatus"
	PreflightDisallowedRedirect          Reason = "PreflightDisallowedRedirect"
	PreflightWildcardOriginNotAllowed    Reason = "PreflightWildcardOriginNotAllowed"
	PreflightMissingAllowOriginHeader    Reason = "PreflightMissingAllowOriginHeader"
	PreflightMultipleAllowOriginValues   Reason = "PreflightMultipleAllowOriginValues"
	PreflightInvalidAllowOriginValue     Reason = "PreflightInvalidAllowOriginValue"
	PreflightAllowOriginMismatch         Reason = "PreflightAllowOriginMismatch"
	PreflightInvalidAllowCredentials     Reason = "PreflightInvalidAllowCredentials"
	PreflightMissingAllowExternal        Reason = "PreflightMissingAllowExternal"
	PreflightInvalidAllowExternal        Reason = "PreflightInvalidAllowExternal"
	InvalidAllowMethodsPreflightResponse Reason = "InvalidAllowMethodsPreflightResponse"
	InvalidAllowHeadersPreflightResponse Reason = "InvalidAllowHeadersPreflightResponse"
	MethodDisallowedByPreflightResponse  Reason = "MethodDisallowedByPreflightResponse"
	HeaderDisallowedByPreflightResponse  Reason = "HeaderDisallowedByPreflightResponse"
	RedirectContainsCredentials          Reason = "RedirectContainsCredentials"
	InsecureLocalNetwork                 Reason = "InsecureLocalNetwork"
	InvalidLocalNetworkAccess            Reason = "InvalidLocalNetworkAccess"
	NoCorsRedirectModeNotFollow          Reason = "NoCorsRedirectModeNotFollow"
	LocalNetworkAccessPermissionDenied   Reason = "LocalNetworkAccessPermissionDenied"
)

// Chrome's blocked reasons (Network.BlockedReason).
const (
	BlockedByOther                     Reason = "other"
	BlockedByCSP                       Reason = "csp"
	BlockedByMixedContent              Reason = "mixed-content"
	BlockedByOrigin                    Reason = "origin"
	BlockedByInspector                 Reason = "inspector"
	BlockedByIntegrity                 Reason = "integrity"
	BlockedBySubresourceFilter         Reason = "subresource-filter"
	BlockedByContentType               Reason = "content-type"
	BlockedByCOEPFrame                 Reason = "coep-frame-resource-needs-coep-header"
	BlockedByCOOPSandbox               Reason = "coop-sandboxed-iframe-cannot-navigate-to-coop-page"
	BlockedByCORPNotSameOrigin         Reason = "corp-not-same-origin"
	BlockedByCORPDefaultedByCOEP       Reason = "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"
	BlockedByCORPDefaultedByDIP        Reason = "corp-not-same-origin-after-defaulted-to-same-origin-by-dip"
	BlockedByCORPDefaultedByCOEPAndDIP Reason = "corp-not-same-origin-after-defaulted-to-same-origin-by-coep-and-dip"
	BlockedByCORPNotSameSite           Reason = "corp-not-same-site"
	BlockedBySRISignature              Reason = "sri-message-signature-mismatch"
)

// Chrome's net errors that are a decision of the browser. Every other net error
// is a failure of transport and decides nothing: see [Decides].
const (
	UnsafePort                    Reason = "net::ERR_UNSAFE_PORT"
	InvalidURL                    Reason = "net::ERR_INVALID_URL"
	UnsafeRedirect                Reason = "net::ERR_UNSAFE_REDIRECT"
	InvalidRedirect               Reason = "net::ERR_INVALID_REDIRECT"
	TooManyRedirects              Reason = "net::ERR_TOO_MANY_REDIRECTS"
	DisallowedURLScheme           Reason = "net::ERR_DISALLOWED_URL_SCHEME"
	UnknownURLScheme              Reason = "net::ERR_UNKNOWN_URL_SCHEME"
	NotInCache                    Reason = "net::ERR_CACHE_MISS"
	BlockedByORB                  Reason = "net::ERR_BLOCKED_BY_ORB"
	BlockedByResponse             Reason = "net::ERR_BLOCKED_BY_RESPONSE"
	BlockedByLocalNetworkChecks   Reason = "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"
	BlockedByContentSecurityCheck Reason = "net::ERR_BLOCKED_BY_CSP"
	BlockedByClient               Reason = "net::ERR_BLOCKED_BY_CLIENT"
	BlockedByAdministrator        Reason = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
	UnexpectedProxyAuth           Reason = "net::ERR_UNEXPECTED_PROXY_AUTH"
)

// Reasons of our own, where Chrome gives no code.
const (
	// RequestRefused: fetch() or XMLHttpRequest threw before there was any
	// request: a forbidden method, credentials in the URL, PUT in no-cors mode.
	RequestRefused Reason = "request-refused"
	// ScriptAborted: the script gave the request up, as AbortAfter says.
	ScriptAborted Reason = "script-aborted"
	// ScriptTimedOut: the script's own limit was over, which TimeoutAfter says.
	ScriptTimedOut Reason = "script-timed-out"
	// RedirectRefused: the request's redirect mode was "error" and a redirect
	// came. Chrome says only net::ERR_FAILED.
	RedirectRefused Reason = "redirect-refused"
	// ServiceWorkerAnswer: the browser did not take what the page's service worker
	// answered. Chrome says only net::ERR_FAILED.
	ServiceWorkerAnswer Reason = "service-worker-answer"
	// BodyNotResent: a redirect needs the body again, and the body was a stream.
	// Chrome says only net::ERR_INVALID_ARGUMENT.
	BodyNotResent Reason = "body-not-resent"
	// HandshakeRefused: the server answered the handshake of a WebSocket with
	// another status than 101.
	HandshakeRefused Reason = "handshake-refused"
	// ResponseUnusable: the browser let the response in, and the element could not use
	// it, for its status, its type or its content.
	ResponseUnusable Reason = "response-unusable"
	// Untold: WebKit kept the response from the script, for a cause that its text does not tell
	// apart from others. See [WebKit].
	Untold Reason = "untold"
)

// netErrors are the net errors that decide.
var netErrors = map[Reason]bool{
	UnsafePort:                    true,
	InvalidURL:                    true,
	UnsafeRedirect:                true,
	InvalidRedirect:               true,
	TooManyRedirects:              true,
	DisallowedURLScheme:           true,
	UnknownURLScheme:              true,
	NotInCache:                    true,
	BlockedByORB:                  true,
	BlockedByResponse:             true,
	BlockedByLocalNetworkChecks:   true,
	BlockedByContentSecurityCheck: true,
	BlockedByClient:               true,
	BlockedByAdministrator:        true,
	UnexpectedProxyAuth:           true,
}

// Decides says whether a net error is a verdict of the browser. A refused
// connection, an unknown host, a bad certificate, an empty response and a
// time-out are not: they are missing evidence, and so is every net error that
// this build does not know.
//
// net::ERR_ALPN_NEGOTIATION_FAILED is not one either, though Chrome gives it for
// a streamed upload over HTTP/1.1: it also means that no protocol was agreed on.
func Decides(netError string) bool {
	return netErrors[family(Reason(netError))]
}

// family drops the detail after the dot of a net error:
// net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin becomes net::ERR_BLOCKED_BY_RESPONSE.
func family(r Reason) Reason {
	if !strings.HasPrefix(string(r), "net::") {
		return r
	}
	base, _, _ := strings.Cut(string(r), ".")
	return Reason(base)
}

// isLocalNetwork says whether the reason is a local network access check.
func isLocalNetwork(r Reason) bool {
	switch r {
	case InsecureLocalNetwork, InvalidLocalNetworkAccess, LocalNetworkAccessPermissionDenied, BlockedByLocalNetworkChecks:
		return true
	}
	return false
}

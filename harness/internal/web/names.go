package web

// The names of headers, as the standards write them. Compare names without regard to
// case.
const (
	// https://fetch.spec.whatwg.org/#http-requests
	NameOrigin         = "Origin"
	NameRequestMethod  = "Access-Control-Request-Method"
	NameRequestHeaders = "Access-Control-Request-Headers"

	// https://fetch.spec.whatwg.org/#http-responses
	NameAllowOrigin      = "Access-Control-Allow-Origin"
	NameAllowCredentials = "Access-Control-Allow-Credentials"
	NameAllowMethods     = "Access-Control-Allow-Methods"
	NameAllowHeaders     = "Access-Control-Allow-Headers"
	NameMaxAge           = "Access-Control-Max-Age"
	NameExposeHeaders    = "Access-Control-Expose-Headers"

	NameResourcePolicy    = "Cross-Origin-Resource-Policy" // https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
	NameEmbedderPolicy    = "Cross-Origin-Embedder-Policy" // https://html.spec.whatwg.org/multipage/browsers.html#coep
	NameTimingAllowOrigin = "Timing-Allow-Origin"          // https://w3c.github.io/resource-timing/#sec-timing-allow-origin
	NameReferrerPolicy    = "Referrer-Policy"              // https://w3c.github.io/webappsec-referrer-policy/#referrer-policy-header
	NameSecurityPolicy    = "Content-Security-Policy"      // https://w3c.github.io/webappsec-csp/#csp-header
	NameAccept            = "Accept"                       // https://www.rfc-editor.org/rfc/rfc9110#name-accept
	NameAuthorization     = "Authorization"                // https://www.rfc-editor.org/rfc/rfc9110#name-authorization
	NameCacheControl      = "Cache-Control"                // https://www.rfc-editor.org/rfc/rfc9111#name-cache-control
	NameContentType       = "Content-Type"                 // https://www.rfc-editor.org/rfc/rfc9110#name-content-type
	NameCookie            = "Cookie"                       // https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-cookie-header-field
	NameSetCookie         = "Set-Cookie"                   // https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
	NameLocation          = "Location"                     // https://www.rfc-editor.org/rfc/rfc9110#name-location
	NameVary              = "Vary"                         // https://www.rfc-editor.org/rfc/rfc9110#name-vary
)

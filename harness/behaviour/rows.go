package behaviour

// The places in the Fetch standard that the rows refer to.
const (
	fetch           = "https://fetch.spec.whatwg.org/"
	protocol        = fetch + "#http-cors-protocol"
	corsCheck       = fetch + "#cors-check"
	credentials     = fetch + "#cors-protocol-and-credentials"
	credentialsMode = fetch + "#concept-request-credentials-mode"
	requestMode     = fetch + "#concept-request-mode"
	preflight       = fetch + "#cors-preflight-fetch"
	lists           = fetch + "#extract-header-list-values"
	normalize       = fetch + "#concept-method-normalize"
	authorization   = fetch + "#cors-non-wildcard-request-header-name"
	exposed         = fetch + "#concept-filtered-response-cors"
	origin          = fetch + "#origin-header"
	maxAge          = fetch + "#http-access-control-max-age"
	cached          = fetch + "#cors-protocol-and-http-caches"
	redirects       = fetch + "#http-redirect-fetch"
)

// allow and forbid return the one side of a behaviour.
func allow(harm Harm) []Aim  { return []Aim{{Side: Allowed, Harm: harm}} }
func forbid(harm Harm) []Aim { return []Aim{{Side: Forbidden, Harm: harm}} }

// both returns two sides. The tags belong to the forbidden side alone.
func both(allowed, forbidden Harm, tags ...string) []Aim {
	return []Aim{{Side: Allowed, Harm: allowed}, {Side: Forbidden, Harm: forbidden, Tags: tags}}
}

// tags are the tags of a behaviour.
func tags(list ...string) []string { return list }

// rows is the catalogue.
var rows = []Behaviour{
	// An allowed origin, the request itself.
	{"K01", Must, "An allowed origin can read", corsCheck, tags(TagOrigin), "", ByPolicy, allow(LockedOut)},
	{"K02", Must, "An allowed origin can read with credentials", credentials, tags(TagOrigin, TagCredentials), "", ByPolicy, allow(LockedOut)},
	{"K03", Must, "No page can read with credentials where the policy has credentials: false", credentials, tags(TagOrigin, TagCredentials), "", ByPolicy, forbid(ReadsWithCredentials)},
	{"K04", Must, "Every route answers with one line of Access-Control-Allow-Origin, which has one value", corsCheck, tags(TagOrigin), "", ByEffect, allow(LockedOut)},
	{"K05", Must, "Access-Control-Allow-Origin is the Origin that was sent, byte for byte, or *", corsCheck, tags(TagOrigin), "", ByEffect, allow(LockedOut)},
	{"K06", Must, "Every origin of a list gets its own value, in any order of visits", corsCheck, tags(TagOrigin), "", ByPolicy, allow(LockedOut)},
	{"K07", Must, "Access-Control-Allow-Credentials is true, once and in lower case, or absent", corsCheck, tags(TagOrigin, TagCredentials), "", ByEffect, allow(LockedOut)},
	{"K08", Must, "A cookie is set and sent back with credentials, and not without", credentialsMode, tags(TagCredentials), "", NeedsRoute, allow(LockedOut)},
	{"K09", Must, "Exposed response headers are readable, others are not", exposed, tags(TagExpose), "", ByPolicy, both(HeaderHidden, HeadersExposed)},
	{"K10", Should, "Exposing any header works with credentials, too", exposed, tags(TagExpose), "", ByPolicy, allow(HeaderHidden)},
	{"K11", Must, "A request without Origin gets the status and body that it gets without CORS", protocol, tags(TagWire), Wire, OfLibrary, allow(ResponseChanged)},
	{"K12", Should, "CORS changes neither status nor body of a response", protocol, tags(TagError, TagWire), Wire, ByPolicy, allow(ResponseChanged)},

	// Origins that must not get in.
	{"K13", Must, "An origin that is not listed cannot read", corsCheck, tags(TagOrigin), "", ByPolicy, forbid(AnyoneReads)},
	{"K14", Must, "An origin that begins like an allowed origin cannot read", corsCheck, tags(TagOrigin, TagLookAlike), "", ByPolicy, forbid(StrangerReads)},
	{"K15", Must, "An origin that ends like an allowed origin cannot read", corsCheck, tags(TagOrigin, TagLookAlike), "", ByPolicy, forbid(StrangerReads)},
	{"K16", Must, "An origin that differs from an allowed origin in a dot cannot read", corsCheck, tags(TagOrigin, TagLookAlike), "", ByPolicy, forbid(StrangerReads)},
	{"K17", Must, "An allowed host at another port cannot read", corsCheck, tags(TagOrigin, TagLookAlike), "", ByPolicy, forbid(StrangerReads)},
	{"K18", Must, "An allowed host over another scheme cannot read", corsCheck, tags(TagOrigin, TagLookAlike), "", ByPolicy, forbid(StrangerReads)},
	{"K19", Must, "Opaque origins, which send Origin: null, can read only if the policy allows null", origin, tags(TagOrigin, TagNull), "", ByPolicy, both(LockedOut, StrangerReads)},
	{"K20", Must, "Children of a domain can read, look-alikes of them cannot", corsCheck, tags(TagOrigin), "", ByPolicy, both(LockedOut, StrangerReads, TagLookAlike)},
	{"K21", Hardening, "A malformed Origin is refused", origin, tags(TagOrigin, TagWire), Wire, ByPolicy, forbid(MalformedPasses)},
	{"K22", Hardening, "A refusal has no Access-Control-Allow-Origin with another origin, an empty value or the word false", corsCheck, tags(TagOrigin), "", ByEffect, forbid(Misled)},
	{"K23", Should, "A POST of the server's own origin, which carries Origin too, is answered behind a proxy", origin, tags(TagOrigin, TagWire), Wire, ByPolicy, allow(LockedOut)},
	{"K24", Information, "A refused request that was sent: its status, and whether the handler ran", corsCheck, tags(TagOrigin), "", OfLibrary, forbid(HandlerRuns)},

	// Any origin, and credentials.
	{"K25", Must, "Every origin can read where the policy allows any", corsCheck, tags(TagOrigin), "", ByPolicy, allow(LockedOut)},
	{"K26", Must, "No arbitrary origin can read with credentials", credentials, tags(TagOrigin, TagCredentials), "", ByPolicy, forbid(AnyoneReads)},
	{"K27", Must, "No opaque origin can read with credentials", credentials, tags(TagNull, TagCredentials), "", ByPolicy, forbid(StrangerReads)},
	{"K28", Must, "No arbitrary origin can read with credentials from a library without configuration", credentials, tags(TagOrigin, TagCredentials), "", OfLibrary, forbid(AnyoneReads)},
	{"K29", Hardening, "A first visit and a visit with a cookie get the same verdict", credentials, tags(TagOrigin, TagCredentials), "", OfLibrary, forbid(AnyoneReads)},
	{"K30", Hardening, "A pattern that matches everything is treated like *", credentials, tags(TagOrigin, TagCredentials), "", OfLibrary, forbid(AnyoneReads)},

	// The preflight.
	{"K31", Must, "An allowed method or header passes its preflight", preflight, tags(TagPreflight), "", ByPolicy, allow(LockedOut)},
	{"K32", Must, "A preflight is answered where the route has only another method", preflight, tags(TagPreflight, TagMethod), "", NeedsRoute, allow(LockedOut)},
	{"K33", Must, "A preflight is answered where the route demands a login", preflight, tags(TagPreflight, TagCredentials), "", NeedsRoute, allow(LockedOut)},
	{"K34", Must, "A preflight is never answered with a redirect", preflight, tags(TagPreflight, TagRedirect), "", NeedsRoute, allow(LockedOut)},
	{"K35", Must, "A method that is not listed never reaches the server", preflight, tags(TagPreflight, TagMethod), "", ByPolicy, forbid(MethodPasses)},
	{"K36", Must, "A request with a header that is not listed never reaches the server", preflight, tags(TagPreflight, TagHeader), "", ByPolicy, forbid(HeaderPasses)},
	{"K37", Must, "All allowed headers together pass their preflight", preflight, tags(TagPreflight, TagHeader), "", ByPolicy, allow(LockedOut)},
	{"K38", Must, "One header that is not listed blocks a request whose other headers are listed", preflight, tags(TagPreflight, TagHeader), "", ByPolicy, forbid(HeaderPasses)},
	{"K39", Should, "Access-Control-Request-Headers on two lines is read like one line", preflight, tags(TagPreflight, TagHeader, TagWire), Wire, ByPolicy, allow(LockedOut)},
	{"K40", Must, "Access-Control-Allow-Methods and Access-Control-Allow-Headers are lists of bare names", lists, tags(TagPreflight), "", ByEffect, allow(LockedOut)},
	{"K41", Must, "Allowing any method works", preflight, tags(TagPreflight, TagMethod), "", ByPolicy, allow(LockedOut)},
	{"K42", Should, "Allowing any method works with credentials, too", credentials, tags(TagPreflight, TagMethod), "", ByPolicy, allow(LockedOut)},
	{"K43", Should, "Allowing any header works with credentials, too", credentials, tags(TagPreflight, TagHeader), "", ByPolicy, allow(LockedOut)},
	{"K44", Should, "Authorization is allowed by its name", authorization, tags(TagPreflight, TagHeader), "", ByPolicy, allow(LockedOut)},
	{"K45", Should, "A method that is configured in lower case is normalised or refused", normalize, tags(TagPreflight, TagMethod), "", OfLibrary, allow(LockedOut)},
	{"K46", Information, "A page that writes patch in lower case: the result of its request", normalize, tags(TagPreflight, TagMethod), "", OfLibrary, allow(LockedOut)},
	{"K47", Must, "A request whose preflight is refused is not sent", preflight, tags(TagPreflight), "", OfLibrary, forbid(HandlerRuns)},
	{"K48", Should, "The answer to a preflight says how long it may be kept", maxAge, tags(TagPreflight, TagCache), "", ByPolicy, allow(KeptOtherwise)},
	{"K49", Should, "A preflight is kept as long as it says", maxAge, tags(TagPreflight, TagCache), Caches, ByPolicy, allow(KeptOtherwise)},
	{"K50", Should, "An OPTIONS request that is not a preflight reaches the application", preflight, tags(TagPreflight, TagMethod, TagWire), Wire, ByPolicy, allow(ResponseChanged)},
	{"K51", Hardening, "A preflight does not run the handler", preflight, tags(TagPreflight), "", NeedsRoute, forbid(HandlerRuns)},
	{"K52", Hardening, "A huge Access-Control-Request-Headers is answered, and the answer does not repeat it", preflight, tags(TagPreflight, TagHeader, TagWire), Wire, OfLibrary, forbid(Exhausted)},
	{"K53", Hardening, "Access-Control-Request-Headers is not copied raw into a response or a log", preflight, tags(TagPreflight, TagHeader, TagWire), Wire, OfLibrary, forbid(InputReflected)},
	{"K54", Information, "A preflight with a header of private network access: what the answer is", preflight, tags(TagPreflight, TagWire), Wire, OfLibrary, allow(Nobody)},

	// Caches.
	{"K55", Must, "Where Access-Control-Allow-Origin depends on Origin, every answer has Vary: Origin", cached, tags(TagCache, TagWire), Wire, ByPolicy, allow(LockedOutByCache)},
	{"K56", Must, "A response in the cache for an image does not block the fetch after it", cached, tags(TagCache), Caches, ByPolicy, allow(LockedOutByCache)},
	{"K57", Must, "A response in the cache for one origin does not block another origin", cached, tags(TagCache), Caches, ByPolicy, allow(LockedOutByCache)},
	{"K58", Should, "A response in a shared cache for one origin does not block another origin", cached, tags(TagCache), Caches, OfLibrary, allow(LockedOutByCache)},
	{"K59", Must, "The application's own Vary survives", cached, tags(TagCache, TagWire), Wire, ByEffect, allow(WrongVariant)},
	{"K60", Information, "Where Access-Control-Allow-Origin is constant: whether Vary: Origin is there", cached, tags(TagCache, TagWire), Wire, OfLibrary, allow(Nobody)},

	// Errors, redirects, layers.
	{"K61", Must, "A 404 is readable as a 404", corsCheck, tags(TagError), "", ByPolicy, allow(ErrorHidden)},
	{"K62", Should, "A 500 from an unhandled error is readable as a 500", corsCheck, tags(TagError), "", NeedsRoute, allow(ErrorHidden)},
	{"K63", Should, "The answer to a missing login is readable with its own status", corsCheck, tags(TagError), "", ByPolicy, allow(ErrorHidden)},
	{"K64", Should, "Every hop of a redirect can be read", redirects, tags(TagRedirect, TagError), "", ByPolicy, allow(LockedOut)},
	{"K65", Should, "A handler that writes its own Access-Control-Allow-Origin gives one valid value", corsCheck, tags(TagOrigin), "", NeedsRoute, allow(LockedOut)},
	{"K66", Should, "Two layers of CORS give one value, in a documented way", corsCheck, tags(TagOrigin), "", NeedsRoute, allow(LockedOut)},
	{"K67", Should, "Fonts, module scripts, crossorigin images, EventSource and sendBeacon behave as fetch() does", requestMode, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads)},

	// Mistakes in a configuration.
	{"K68", Should, "An origin with a slash or a path after it is refused or normalised", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads)},
	{"K69", Should, "An origin with an upper-case host is refused or normalised", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads)},
	{"K70", Should, "An origin without a scheme is refused or normalised", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads)},
	{"K71", Must, "A glob such as https://*.example.com allows the children that it means and no other origin", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads, TagLookAlike)},
	{"K72", Must, "An empty string, as an unset variable gives it, allows no origin", corsCheck, tags(TagOrigin), "", OfLibrary, forbid(AnyoneReads)},
	{"K73", Should, "A list of origins in one string, with commas, is refused or read as a list", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads)},
	{"K74", Should, "A pattern without anchors is refused, anchored or documented", corsCheck, tags(TagOrigin), "", OfLibrary, both(LockedOut, StrangerReads, TagLookAlike)},
}

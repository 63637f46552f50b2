package oracle

import (
	"slices"
	"strings"
)

// Deviation is a point where Chrome 156 or Firefox 153 differs from the standard.
type Deviation struct {
	// ID is stable. D1 to D25 come from the project's measurements.
	ID string
	// The subject, what the standard says, and what the browsers do. Empty means: as the
	// standard says.
	What, Standard, Chrome, Firefox string
	// Decides and DecidesFirefox say that this package uses the row for that browser: it
	// changes a verdict, a reason or an exchange.
	Decides, DecidesFirefox bool
	// Absent says why a row that does not decide is not used.
	Absent string
	// Evidence says how the difference is known.
	Evidence string
	// FullOnly says that a full Chrome alone differs; the headless shell does as the standard
	// says. See [Lacking].
	FullOnly bool
}

// The kinds of evidence.
const (
	measured = "measured on Chromium 156"
	source   = "Chromium's source, not measured"
	both     = "measured on Chromium 156; Chromium's source"
	firefox  = "measured on Firefox 153"
)

// The rows that the code uses.
const (
	wildcardCoversAuthorization = "D1"
	cacheWantsAuthorization     = "D2"
	safelistsClientHints        = "D3"
	cachesWholeResults          = "D4"
	nullIsNotCached             = "D5"
	cacheModeSkipsCache         = "D6"
	lenientMaxAge               = "D7"
	failureKeepsCache           = "D8"
	sameOriginReportsOrigin     = "D9"
	refusesUserinfo             = "D10"
	keepsOriginOfNoCORS         = "D11"
	reportsPreflightRedirect    = "D22"
	redirectNeedsLocation       = "D26"
	combinesDuplicates          = "D27"
	boundsRange                 = "D28"
	flagNeedsAllowMethods       = "D29"
	taintsOriginOfNoCORS        = "D30"
	refusesTargetFirst          = "D31"
	refusesTwoLocations         = "D32"
	schemeHasOwnReason          = "D33"
	listenerNeedsBody           = "D34"
	dropsClientHints            = "D35"
	replacesCharsetInText       = "D36"
	keepaliveRedirectsLess      = "D40"
	judgesStreamFirst           = "D41"
	readsDataItsOwnWay          = "D44"
	takesAnyPunycode            = "D45"
	decodesHostTwice            = "D46"
	workerPolicyAnywhere        = "D48"
	syncPassesWorker            = "D49"
	madeResponseIsBasic         = "D50"
	encodesHandedOn             = "D51"
	refusesUserinfoHandedOn     = "D52"
	emptiesHeadersHandedOn      = "D53"
	keepsFlagHandedOn           = "D54"
	streamTurnsCORS             = "D55"
	wantsDigitsMaxAge           = "D56"
	cacheByCredentials          = "D57"
	cacheCoversSafeMethods      = "D58"
	fileHasOwnReason            = "D59"
	cachesStarAsName            = "D60"
	repeatsRequestedNames       = "D62"
	preflightsAsPage            = "D63"
	preflightsRedirects         = "D64"
	restoresHeaders             = "D65"
	setsHeadersInTurn           = "D66"
	takesUnknownPolicy          = "D67"
	hasNoTotalLimit             = "D68"
	refusesBytesBeyondASCII     = "D69"
	refusesLooseParameters      = "D70"
	boundsRangeLater            = "D71"
	readsLocationFirst          = "D72"
	leavesEmptyLinesOut         = "D73"
	workerKeepsCharset          = "D74"
	clearsByAnswer              = "D75"
	ignoresLoosePolicies        = "D77"
	judgesGivenType             = "D78"
)

// Deviations is the table of differences. With As: Chrome, a question is decided by the
// standard and by the rows with Decides; with As: Firefox, by the rows with DecidesFirefox.
func Deviations() []Deviation { return slices.Clone(deviations) }

var deviations = []Deviation{
	{ID: wildcardCoversAuthorization, What: "Access-Control-Allow-Headers: * and Authorization",
		Standard: "* never covers Authorization", Chrome: "it does, without credentials", Firefox: "as Chrome",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: cacheWantsAuthorization, What: "the preflight cache and Authorization under *",
		Standard: "the request would have been refused", Chrome: "the cache applies the strict rule, so such a request preflights every time",
		Decides: true, Evidence: both},
	{ID: safelistsClientHints, What: "safelisted request-header names",
		Standard: "accept, accept-language, content-language, content-type, range",
		Chrome:   "also intervention, device-memory, dpr, width, viewport-width, rtt, downlink, ect and save-data",
		Decides:  true, Evidence: both},
	{ID: cachesWholeResults, What: "entries of the preflight cache",
		Standard: "one for each method and header name, merged", Chrome: "one record for origin and URL, replaced whole, dropped by a request that it does not cover; none for URLs of 1024 bytes and more",
		Decides: true, Evidence: both},
	{ID: nullIsNotCached, What: "the preflight cache and an origin that is null, by a redirect or because the page's is opaque",
		Standard: "entries are kept under null", Chrome: "after a redirect nothing is looked up or kept; for an opaque origin what is kept serves the redirects of the one request",
		Decides: true, Evidence: measured},
	{ID: cacheModeSkipsCache, What: "the preflight cache and the cache mode",
		Standard: "irrelevant", Chrome: "no-store, reload and no-cache do not look it up; no-store does not fill it", Firefox: "no-store and reload do not look it up",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: lenientMaxAge, What: "Access-Control-Max-Age that is not delta-seconds",
		Standard: "5 seconds; a number of any size is one", Chrome: "a negative number is 0, a plus sign is read, a number beyond 63 bits is 5 seconds",
		Decides: true, Evidence: measured},
	{ID: failureKeepsCache, What: "the preflight cache after a network error",
		Standard: "the entries of the URL are cleared", Chrome: "they stay",
		Decides: true, Evidence: measured},
	{ID: sameOriginReportsOrigin, What: "mode same-origin, redirected to another origin",
		Standard: "network error", Chrome: "blockedReason origin, no CORS code",
		Decides: true, Evidence: measured},
	{ID: refusesUserinfo, What: "fetch() redirected to a URL with a user name, where CORS does not forbid it",
		Standard: "followed", Chrome: "blockedReason origin; XMLHttpRequest follows",
		Decides: true, Evidence: measured},
	{ID: keepsOriginOfNoCORS, What: "Origin of a POST that is not of mode cors, where the referrer policy hides it: no-referrer, same-origin, or a downgrade to http",
		Standard: "null", Chrome: "the page's origin",
		Decides: true, Evidence: measured},
	{ID: "D12", What: "opaque response blocking", Standard: "not in Fetch", Chrome: "empties the body of an opaque response",
		Absent: "a decision has no body", Evidence: measured},
	{ID: "D13", What: "local network access", Standard: "not in Fetch", Chrome: "decided before everything else",
		Absent: "a question has no address spaces", Evidence: measured},
	{ID: "D14", What: "TLS client certificates on preflights", Standard: "none", Chrome: "may be sent",
		Absent: "below HTTP", Evidence: source},
	{ID: "D15", What: "Origin on a credentialed GET with inactive storage access", Standard: "none", Chrome: "sent",
		Absent: "a question has no storage access", Evidence: source},
	{ID: "D16", What: "user name in the URL of an XMLHttpRequest", Standard: "kept", Chrome: "stripped when cross-origin",
		Absent: "an exchange's URL is as on the wire, where there is none", Evidence: both},
	{ID: "D17", What: "revalidation by the memory cache", Standard: "only author headers count", Chrome: "adds If-None-Match and others without a preflight",
		Absent: "there is no HTTP cache here", Evidence: source},
	{ID: "D18", What: "case of Access-Control-Allow-Methods", Standard: "exact", Chrome: "exact, unless a policy of the administrator brings upper-casing back",
		Absent: "no difference by default", Evidence: both},
	{ID: "D19", What: "* with credentials for a response that is not http(s)", Standard: "refused", Chrome: "accepted",
		Absent: "only http(s) responses are checked", Evidence: source},
	{ID: "D20", What: "content-type message/ad-auction-trusted-signals-request", Standard: "unsafe", Chrome: "safelisted behind a feature",
		Absent: "the feature is off", Evidence: source},
	{ID: "D21", What: "streamed uploads over HTTP/1.1", Standard: "sent", Chrome: "net::ERR_ALPN_NEGOTIATION_FAILED after the preflight",
		Absent: "below HTTP", Evidence: measured},
	{ID: reportsPreflightRedirect, What: "a preflight that is redirected",
		Standard: "the CORS check, then the status: one network error", Chrome: "PreflightDisallowedRedirect before both, where there is a Location", Firefox: "PreflightDisallowedRedirect after the CORS check, where there is a Location and the redirect mode is follow",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: "D23", What: "Authorization and 302 POST across redirects", Standard: "dropped, rewritten", Chrome: "the same, though its expectations say FAIL",
		Absent: "no difference", Evidence: measured},
	{ID: "D24", What: "Access-Control-Expose-Headers with an empty first line", Standard: "an empty element", Chrome: "the same",
		Absent: "no difference", Evidence: measured},
	{ID: "D25", What: "mixed-content images with CORP", Standard: "load", Chrome: "fail",
		Absent: "no images here", Evidence: "Chromium's test expectations"},
	{ID: redirectNeedsLocation, What: "a redirect status without Location, or with an empty one",
		Standard: "redirect mode error fails, without looking at it; an empty Location is the same URL again", Chrome: "no redirect",
		Decides: true, Evidence: measured},
	{ID: combinesDuplicates, What: "two headers of one name given to fetch()",
		Standard: "each is judged by itself", Chrome: "they are combined before they are judged",
		Decides: true, Evidence: measured},
	{ID: boundsRange, What: "the numbers of a safelisted Range",
		Standard: "of any size", Chrome: "less than 9223372036854775807",
		Decides: true, Evidence: measured},
	{ID: flagNeedsAllowMethods, What: "upload listener or streamed body, no Access-Control-Allow-Methods",
		Standard: "the method is allowed", Chrome: "only a safelisted method is", Firefox: "as Chrome",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: taintsOriginOfNoCORS, What: "Origin of a POST that is not of mode cors, after a redirect from the page's own origin to another",
		Standard: "the page's origin", Chrome: "null",
		Decides: true, Evidence: measured},
	{ID: refusesTargetFirst, What: "a Location that is no URL, or may not be followed",
		Standard: "redirect modes error and manual do not look at it", Chrome: "what is no URL is refused in every redirect mode; mode error judges user names that CORS forbids first",
		Decides: true, Evidence: measured},
	{ID: refusesTwoLocations, What: "several Location lines",
		Standard: "network error when followed", Chrome: "equal lines are one; a response with different ones is refused below HTTP", Firefox: "as Chrome",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: schemeHasOwnReason, What: "a scheme that cannot be asked",
		Standard: "network error", Chrome: "file, from a web page, and blob by XMLHttpRequest are blockedReason other; XMLHttpRequest names no scheme, and in a worker whose script came over https it is mixed content; a redirect to another scheme goes by the kind of scheme, and is mixed content for a worker whose script came over https, except to wss",
		Decides: true, Evidence: measured},
	{ID: listenerNeedsBody, What: "an upload listener of an XMLHttpRequest that has no body",
		Standard: "sets the use-CORS-preflight flag", Chrome: "does not: there is no upload to listen to",
		Decides: true, Evidence: measured},
	{ID: dropsClientHints, What: "device-memory, downlink, dpr, ect, rtt, viewport-width and width, set by the script, on a redirect to another origin than the page's, or, in a worker or in a frame of another origin, on any redirect",
		Standard: "kept", Chrome: "removed, unless keepalive is set in a page",
		Decides: true, Evidence: measured},
	{ID: replacesCharsetInText, What: "the charset of a Content-Type that a script gives an XMLHttpRequest",
		Standard: "of a string, if it is another than UTF-8: the type is parsed and written again", Chrome: "of a string or URLSearchParams, in any case: UTF-8 is put in its place in the text", Firefox: "as the standard for a string; for URLSearchParams, if it is another than UTF-8, UTF-8 is put in its place in the text",
		Decides: true, DecidesFirefox: true, Evidence: measured + "; " + firefox},
	{ID: keepaliveRedirectsLess, What: "redirects of a fetch() with keepalive in a page", Standard: "20 are followed", Chrome: "19 are",
		Decides: true, Evidence: measured},
	{ID: judgesStreamFirst, What: "a streamed body that is redirected to a scheme other than HTTP(S)",
		Standard: "the scheme is judged first", Chrome: "the body is; and, which this package does not model, a 303 to ftp or mailto ends in net::ERR_ABORTED, and the page gives up, unsent, every later request that is preflighted",
		Decides: true, Evidence: measured},
	{ID: "D37", What: "a blank in the host of a Location", Standard: "no URL", Chrome: "%20 in the host of a URL",
		Absent: "no server has such a name", Evidence: measured},
	{ID: "D38", What: "Range on the wire", Standard: "as the script wrote it", Chrome: "written again where it is one range: bytes=00-0 becomes bytes=0-0",
		Absent: "below HTTP", Evidence: measured},
	{ID: "D42", What: "a redirect of a fetch() with keepalive that the page does not follow: mode manual, or a user name in it",
		Standard: "nothing is sent", Chrome: "the browser process may still follow it; the page gets the same result",
		Absent: "a race between Chrome's processes", Evidence: measured},
	{ID: "D39", What: "which of several header names that a preflight does not allow is named", Standard: "not told", Chrome: "the first in a hash table",
		Absent: "a decision names the first in the order of the request, and lists all in Refused", Evidence: measured},
	{ID: "D43", What: "a request that is answered 408 (Request Timeout)",
		Standard: "sent once", Chrome: "sent again, up to 5 times in all; the last answer counts",
		Absent: "how often depends on the connections that are open", Evidence: measured},
	{ID: "D47", What: "Origin of an element with the attribute crossorigin, or of a module, that asks its own origin",
		Standard: "none", Chrome: "sent",
		Absent: "a question is asked by fetch() or XMLHttpRequest", Evidence: measured},
	{ID: readsDataItsOwnWay, What: "the type of a data: URL",
		Standard: "its parameters stay in order, and a charset may be any text; a URL with two slashes has no type", Chrome: "the charset is the last one, and must be a token: else net::ERR_INVALID_URL; two slashes are left out",
		Decides: true, Evidence: measured},
	{ID: takesAnyPunycode, What: "a Location whose host is ASCII and has a label xn-- that encodes nothing valid",
		Standard: "no URL", Chrome: "followed",
		Decides: true, Evidence: measured},
	{ID: decodesHostTwice, What: "a Location whose host is percent-encoded after it was mapped to ASCII, such as %EF%BC%8541.test",
		Standard: "no URL", Chrome: "decoded again, and followed",
		Decides: true, Evidence: measured},
	{ID: syncPassesWorker, What: "a synchronous XMLHttpRequest of a page that a service worker controls",
		Standard: "the service worker answers it", Chrome: "the server is asked",
		Decides: true, Evidence: measured},
	{ID: madeResponseIsBasic, What: "a response that a service worker made itself, for a request to another origin",
		Standard: "filtered as if the server had sent it: by Access-Control-Expose-Headers, or opaque in mode no-cors", Chrome: "type basic, with all its headers",
		Decides: true, Evidence: measured},
	{ID: encodesHandedOn, What: "a header value beyond ASCII, in a response that a service worker hands on",
		Standard: "the bytes of the server, one character each", Chrome: "these characters as UTF-8, one character a byte",
		Decides: true, Evidence: measured},
	{ID: refusesUserinfoHandedOn, What: "a URL with a user name in an XMLHttpRequest that a service worker passes through",
		Standard: "asked", Chrome: "refused",
		Decides: true, Evidence: measured},
	{ID: emptiesHeadersHandedOn, What: "a request header beyond ASCII, in a request that a service worker passes through",
		Standard: "sent", Chrome: "sent without its value",
		Decides: true, Evidence: measured},
	{ID: keepsFlagHandedOn, What: "an XMLHttpRequest that listens to its upload, which a service worker passes through",
		Standard: "no preflight for that reason: a Request that is made from another one has no use-CORS-preflight flag", Chrome: "preflighted",
		Decides: true, Evidence: measured},
	{ID: streamTurnsCORS, What: "a fetch() of mode same-origin with a streamed body, for another origin",
		Standard: "refused, and nothing is sent", Chrome: "asked as with mode cors: a service worker that controls the page is asked, or the preflight is sent",
		Decides: true, Evidence: measured},
	{ID: fileHasOwnReason, What: "a file that a page of the web asks for by fetch()",
		Standard: "network error, as for every scheme that cannot be asked", Chrome: "blockedReason other",
		Decides: true, Evidence: measured, FullOnly: true},
	{ID: workerPolicyAnywhere, What: "Cross-Origin-Embedder-Policy of a worker's script that is no secure context",
		Standard: "no policy", Chrome: "the policy that the script has",
		Decides: true, Evidence: measured},
	{ID: wantsDigitsMaxAge, What: "Access-Control-Max-Age that is anything but digits, or that is given twice",
		Standard: "5 seconds", Firefox: "nothing is kept",
		DecidesFirefox: true, Evidence: firefox},
	{ID: cacheByCredentials, What: "the preflight cache and a request without credentials",
		Standard: "an entry that was made with credentials serves it", Firefox: "it does not: entries are kept apart",
		DecidesFirefox: true, Evidence: firefox},
	{ID: cacheCoversSafeMethods, What: "the preflight cache and the methods GET, HEAD and POST",
		Standard: "an entry with the method is needed, where the use-CORS-preflight flag is set", Firefox: "any preflight for the URL serves GET and POST; HEAD must be listed in Access-Control-Allow-Methods",
		DecidesFirefox: true, Evidence: firefox},
	{ID: cachesStarAsName, What: "the preflight cache and * in Access-Control-Allow-Methods and Access-Control-Allow-Headers",
		Standard: "the entry serves every method, or every header but Authorization, without credentials", Firefox: "the entry serves the method *, or the header *",
		DecidesFirefox: true, Evidence: firefox},
	{ID: "D61", What: "the headers of the response of a data: URL", Standard: "Content-Type", Firefox: "Content-Length, too",
		Absent: "a decision has no body", Evidence: firefox},
	{ID: repeatsRequestedNames, What: "Access-Control-Request-Headers of a request that has a header twice",
		Standard: "the name stands once", Firefox: "the name stands as often as the header has a value that is not safelisted, if fetch() sends it",
		DecidesFirefox: true, Evidence: firefox},
	{ID: preflightsAsPage, What: "the origin of a preflight, after redirects have made the origin of the request null",
		Standard: "null", Firefox: "the page's origin: the preflight sends it, its response must allow it, and the preflight cache knows it; the response of the page's own origin needs no permission",
		DecidesFirefox: true, Evidence: firefox},
	{ID: preflightsRedirects, What: "the preflight of a redirected request that became a GET, or lost its unsafe headers",
		Standard: "for the method and the headers that it has now", Firefox: "also if it was preflighted before; it asks for the headers that the request had at first, without what the last redirect has removed",
		DecidesFirefox: true, Evidence: firefox},
	{ID: restoresHeaders, What: "headers that a redirect has removed: Authorization on the way to another origin, Content-Type and others of a body where the request becomes a GET",
		Standard: "removed for good", Firefox: "sent again after the next redirect, unless that one removes them, too, or would remove them with the method that the request had at first",
		DecidesFirefox: true, Evidence: firefox},
	{ID: setsHeadersInTurn, What: "several headers of one name given to fetch()",
		Standard: "all values, joined", Firefox: "the last value of Authorization, Content-Type and others that can have but one, but the first Content-Type with a body that was not redirected; of other names, the values after the last empty one",
		DecidesFirefox: true, Evidence: firefox},
	{ID: takesUnknownPolicy, What: "Cross-Origin-Resource-Policy that is no policy, such as *, for a page with an embedder policy",
		Standard: "as if there were none: blocked", Firefox: "as cross-origin, unless it is empty",
		DecidesFirefox: true, Evidence: firefox},
	{ID: hasNoTotalLimit, What: "safelisted headers of more than 1024 bytes in all",
		Standard: "unsafe", Firefox: "safelisted: only the length of each header counts",
		DecidesFirefox: true, Evidence: firefox},
	{ID: refusesBytesBeyondASCII, What: "Accept and Content-Type with a byte beyond ASCII",
		Standard: "safelisted", Firefox: "unsafe",
		DecidesFirefox: true, Evidence: firefox},
	{ID: refusesLooseParameters, What: "Content-Type whose parameters have a comma, or end in a semicolon",
		Standard: "safelisted", Firefox: "unsafe",
		DecidesFirefox: true, Evidence: firefox},
	{ID: boundsRangeLater, What: "the numbers of a safelisted Range from 18446744073709551616 on",
		Standard: "of any size", Firefox: "unsafe",
		DecidesFirefox: true, Evidence: firefox},
	{ID: readsLocationFirst, What: "a redirect to follow whose Location is no URL, or has the scheme data, file, javascript, chrome or ws, or blob: of another origin than the one that redirects for fetch(), than the page's for XMLHttpRequest",
		Standard: "the CORS check of the redirect comes first", Firefox: "the Location is judged first, also of a preflight",
		DecidesFirefox: true, Evidence: firefox},
	{ID: leavesEmptyLinesOut, What: "several response lines of one name, some of them empty",
		Standard: "all values, joined", Firefox: "the values that are not empty, joined; the CORS check still counts the lines of Access-Control-Allow-Origin",
		DecidesFirefox: true, Evidence: firefox},
	{ID: workerKeepsCharset, What: "the charset of the Content-Type of an XMLHttpRequest in a worker",
		Standard: "UTF-8, also in place of another", Firefox: "utf-8, and what the script gave is sent as it is",
		DecidesFirefox: true, Evidence: firefox},
	{ID: clearsByAnswer, What: "the preflight cache after a network error, in mode cors",
		Standard: "the entries of the URL are cleared, if the request needed a preflight", Firefox: "also if it needed none, but not after a redirect that redirect mode error refuses; of a redirect to a bad port, the entries of the URL before",
		DecidesFirefox: true, Evidence: firefox},
	{ID: "D76", What: "an XMLHttpRequest that is redirected to a bad port", Standard: "network error: the event error", Firefox: "no event at all: it never ends",
		Absent: "Firefox gives no result that a decision could have", Evidence: firefox},
	{ID: ignoresLoosePolicies, What: "the referrer policies unsafe-url, origin-when-cross-origin and no-referrer-when-downgrade, and a request for another site",
		Standard: "in force", Firefox: "ignored: strict-origin-when-cross-origin is in force, and Origin is null on the way to http",
		DecidesFirefox: true, Evidence: firefox},
	{ID: judgesGivenType, What: "the Content-Type of an XMLHttpRequest whose charset is replaced, and the preflight",
		Standard: "the Content-Type that is sent is judged", Firefox: "the Content-Type that the script gave is judged",
		DecidesFirefox: true, Evidence: firefox},
}

// Lacking returns the ids of the rows that a browser does not have, for [Question.Without].
// The browser is named as in [harness.Chrome].Version: the headless shell is
// HeadlessChrome/156.0.8078.108.
func Lacking(version string) (ids []string) {
	if !strings.HasPrefix(version, "HeadlessChrome/") {
		return nil
	}
	for _, d := range deviations {
		if d.FullOnly {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// inForce returns the rows that apply to As, except the rows in without.
func inForce(as As, without []string) map[string]bool {
	rows := map[string]bool{}
	for _, d := range deviations {
		if (as == Chrome && d.Decides || as == Firefox && d.DecidesFirefox) && !slices.Contains(without, d.ID) {
			rows[d.ID] = true
		}
	}
	return rows
}

package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// ofPreflight makes the row of a refused preflight specific, and adds why the browser sent a
// preflight at all, and how the page can do without it.
func (e evidence) ofPreflight(row Explanation, remedy, meaning string, args ...any) (Explanation, bool) {
	causes, without := preflightCauses(e.Observation, e.by)
	meaning = fmt.Sprintf(meaning, args...)
	if len(causes) > 0 {
		meaning += " The browser sent the preflight because of " + joined(causes) + "."
	}
	return Explanation{Meaning: meaning, Remedy: remedy + without, Anchor: row.Anchor}, true
}

// preflightCauses are the parts of a request that need permission, as the preflight names
// them. Where a single part that the page can do without is the only cause, without says how.
// https://fetch.spec.whatwg.org/#http-fetch
func preflightCauses(o Observation, preflight Exchange) (causes []string, without string) {
	if method, _ := preflight.RequestHeaders.Get(web.NameRequestMethod); method != "" && !web.IsCORSSafelistedMethod(method) {
		causes = append(causes, "the method "+brief(method))
	}
	for _, name := range listedIn(preflight.RequestHeaders, web.NameRequestHeaders) {
		cause, avoided := headerCause(o.Request, name)
		causes, without = append(causes, cause), avoided
	}
	switch {
	case len(causes) > 1:
		return causes, ""
	case len(causes) == 0 && o.Request.Body.Kind == StreamBody:
		return []string{"the streamed body"}, ""
	case len(causes) == 0 && o.Request.Via == ViaXHRUpload:
		return []string{"the listener on the upload"}, " Or have the page not listen to its upload, which then needs no preflight."
	}
	return causes, without
}

// headerCause says why a header needs permission: its name or, for a name that is safelisted,
// its value. https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func headerCause(r Request, name string) (cause, without string) {
	of := name
	if value, set := r.Headers.Get(name); set {
		of += " (" + brief(value) + ")"
	}
	switch name {
	case "range":
		return "the value of " + of + ", which is not of the form bytes=N-M or bytes=N-", " Or have the page ask for bytes=N-M, which needs no preflight."
	case "accept", "accept-language", "content-language":
		return "the value of " + of + ", which has a byte that needs permission or is longer than 128 bytes",
			" Or have the page send a plain value of " + name + ", which needs no preflight."
	case "if-none-match", "if-modified-since":
		return "the header " + name, " Or have the page not set " + name + ": the browser's cache sends it without a preflight."
	}
	return "the header " + brief(name), ""
}

// preflightUnrouted explains an OPTIONS that no route takes.
func preflightUnrouted(e evidence, row Explanation) (Explanation, bool) {
	if !slices.Contains([]int{404, 405, 501}, e.by.Status) {
		return row, false
	}
	return e.ofPreflight(row, "Make "+e.server()+" answer OPTIONS on this path with status 204 and the Access-Control-Allow headers, ahead of its routes.",
		"%s answered the preflight with %d, as a router without a handler for OPTIONS does.", e.theServer(), e.by.Status)
}

// preflightUnauthorized explains an OPTIONS that was refused without a login. A server that
// sends Access-Control-Allow-Origin with its refusal has let the origin pass.
func preflightUnauthorized(e evidence, row Explanation) (Explanation, bool) {
	switch passes := e.allowed == "*" || e.allowed == e.origin; {
	case e.by.Status == 401, e.by.Status == 407:
		return e.ofPreflight(row, "Make "+e.server()+" answer OPTIONS before it checks who is signed in.",
			"%s answered the preflight with %d, but a preflight never carries cookies or Authorization.", e.theServer(), e.by.Status)
	case e.by.Status == 403 && passes:
		return e.ofPreflight(row, "Make "+e.server()+" answer OPTIONS with status 204 before it checks anything else.",
			"%s allows the origin, and it refused the preflight with 403: it wants a login, which a preflight never has, or it refuses OPTIONS on this path.", e.theServer())
	case e.by.Status == 403:
		return e.ofPreflight(row, "Make "+e.server()+" answer OPTIONS before it checks who is signed in, and list the page's origin if it keeps a list.",
			"%s refused the preflight with 403: it wants a login, which a preflight never has, or does not list the origin.", e.theServer())
	}
	return row, false
}

// preflightCrashed explains an OPTIONS that ended in an error.
func preflightCrashed(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status < 500 {
		return row, false
	}
	return e.ofPreflight(row, "Find the cause of the error itself: "+e.server()+" must answer OPTIONS with status 204 and the Access-Control-Allow headers.",
		"%s answered the preflight with the error %d.", e.theServer(), e.by.Status)
}

// preflightStatus names the status.
func preflightStatus(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status == 0 {
		return row, false
	}
	return e.ofPreflight(row, row.Remedy, "%s answered the preflight with %d, which is outside 200 to 299, so the request was not sent.", e.theServer(), e.by.Status)
}

// preflightBare explains a preflight that was answered with success and without the headers
// of CORS. Many libraries leave all of them out for one method or header that they refuse.
func preflightBare(e evidence, row Explanation) (Explanation, bool) {
	if !web.IsOKStatus(e.by.Status) {
		return row, false
	}
	causes, _ := preflightCauses(e.Observation, e.by)
	if len(causes) == 0 || isRedirected(e) {
		return row, false
	}
	return row.refine("Make the server list the page's origin, "+joined(causes)+". A plain GET from the same page tells whether the origin is listed.",
		"The server answered the preflight with %d and without Access-Control-Allow-Origin: it does not list the origin, or its CORS library sends no CORS headers because it refuses %s.",
		e.by.Status, alternatives(causes))
}

// isRedirected says whether a redirect led to the exchange that decided.
func isRedirected(e evidence) bool { return web.OriginOf(e.by.URL) != web.OriginOf(e.Request.URL) }

// preflightRedirected says where a preflight was redirected to, and why.
func preflightRedirected(e evidence, row Explanation) (Explanation, bool) {
	location, ok := e.by.ResponseHeaders.Get(web.NameLocation)
	if !ok {
		return row, false
	}
	kind, remedy := redirectKind(e.by.URL, location)
	if remedy == "" {
		remedy = row.Remedy
	}
	return e.ofPreflight(row, remedy, "%s redirected the preflight to %s%s, and a preflight is never followed.", e.theServer(), brief(location), kind)
}

// headerOfServer explains a response header that the page sends.
func headerOfServer(e evidence, row Explanation) (Explanation, bool) {
	if !web.IsAccessControl(e.Parameter) {
		return row, false
	}
	return row.refine("Remove "+clean(e.Parameter)+" from the page's request: only a server sends it.",
		"The page sends %s, which is a header of responses and has no effect in a request.", clean(e.Parameter))
}

// refusedHeaders are all headers that the preflight asked for and that its response does not
// allow. Chrome names one of them alone.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func refusedHeaders(e evidence) string {
	allowed := listedIn(e.by.ResponseHeaders, web.NameAllowHeaders)
	any := !e.credentials && slices.Contains(allowed, "*")
	var refused []string
	for _, name := range listedIn(e.by.RequestHeaders, web.NameRequestHeaders) {
		if !slices.Contains(allowed, name) && (!any || web.IsNonWildcardRequestHeaderName(name)) {
			refused = append(refused, clean(name))
		}
	}
	if !slices.Contains(refused, clean(e.Parameter)) {
		return clean(e.Parameter)
	}
	return joined(refused)
}

// headerWildcard explains a * that is a plain name, not a wildcard.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func headerWildcard(e evidence, row Explanation) (Explanation, bool) {
	if !e.credentials || !lists(e, web.NameAllowHeaders, "*") {
		return row, false
	}
	names := refusedHeaders(e)
	return row.refine("Make "+e.server()+" list "+names+" by name in Access-Control-Allow-Headers.",
		"With credentials the * in Access-Control-Allow-Headers is not a wildcard, so %s is not allowed.", names)
}

// headerOfTracing explains a header that a library adds. What the request itself sets
// needs no library.
func headerOfTracing(e evidence, row Explanation) (Explanation, bool) {
	name := e.Parameter
	if _, set := e.Request.Headers.Get(name); set || web.LibraryOf(name) == "" {
		return row, false
	}
	return row.refine("Make the server list "+clean(name)+" in Access-Control-Allow-Headers, or set the library up to send it to the page's own origin only.",
		"The server does not allow %s, which a library in the page adds.", clean(name))
}

// headerUnlisted says what is allowed instead.
func headerUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	names := refusedHeaders(e)
	return row.refine("Make "+e.server()+" list "+names+" in Access-Control-Allow-Headers.",
		"The page sets %s, and the preflight's response %s.", names, allows(e, web.NameAllowHeaders))
}

// methodCase explains a method in lower case, which a browser does not change
// unless it is one of six.
// https://fetch.spec.whatwg.org/#concept-method-normalize
func methodCase(e evidence, row Explanation) (Explanation, bool) {
	upper := strings.ToUpper(e.Parameter)
	if e.Parameter == upper || !lists(e, web.NameAllowMethods, upper) {
		return row, false
	}
	return row.refine("Have the page write the method as "+clean(upper)+".",
		"The page wrote the method as %s, and the server allows %s: a method is compared byte for byte.", clean(e.Parameter), clean(upper))
}

// methodWildcard explains a * that is a plain name, not a wildcard.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func methodWildcard(e evidence, row Explanation) (Explanation, bool) {
	if !e.credentials || !lists(e, web.NameAllowMethods, "*") {
		return row, false
	}
	return row.refine("Make "+e.server()+" list "+clean(e.Parameter)+" by name in Access-Control-Allow-Methods.",
		"With credentials the * in Access-Control-Allow-Methods is not a wildcard, so %s is not allowed.", clean(e.Parameter))
}

// methodUnlisted says what is allowed instead.
func methodUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Make "+e.server()+" list "+clean(e.Parameter)+" in Access-Control-Allow-Methods.",
		"The page asks with %s, and the preflight's response %s.", clean(e.Parameter), allows(e, web.NameAllowMethods))
}

// unparsable shows the value that is not a list.
func unparsable(name string) refinement {
	return func(e evidence, row Explanation) (Explanation, bool) {
		value, present := e.by.ResponseHeaders.Get(name)
		if !present {
			return row, false
		}
		return row.refine(row.Remedy, "The value of %s (%s) is not a list of bare names.", name, brief(value))
	}
}

// lists says whether a header of the deciding response lists an item, byte for byte.
func lists(e evidence, name, item string) bool {
	return slices.Contains(e.by.ResponseHeaders.Items(name), item)
}

// listedIn are the items of a header that is a list of header names, in lower case.
func listedIn(h Header, name string) []string {
	items := h.Items(name)
	for i := range items {
		items[i] = strings.ToLower(items[i])
	}
	return items
}

// joined lists words, such as "a, b and c".
func joined(words []string) string { return conjoined(words, "and") }

// alternatives lists words, such as "a, b or c".
func alternatives(words []string) string { return conjoined(words, "or") }

func conjoined(words []string, by string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + by + " " + words[last]
}

// allows says what a header of the deciding response allows.
func allows(e evidence, name string) string {
	value, present := e.by.ResponseHeaders.Get(name)
	switch {
	case !present:
		return "has no " + name
	case strings.TrimSpace(value) == "":
		return "has an empty " + name
	}
	return "allows only " + brief(value)
}

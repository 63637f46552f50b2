package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// preflightUnrouted explains an OPTIONS that no route takes.
func preflightUnrouted(e evidence, row Explanation) (Explanation, bool) {
	if !slices.Contains([]int{404, 405, 501}, e.by.Status) {
		return row, false
	}
	return row.refine("Make the server answer OPTIONS on this path with status 204 and the Access-Control-Allow headers, ahead of its routes.",
		"The server answered the preflight with %d, as a router without a handler for OPTIONS does.", e.by.Status)
}

// preflightUnauthorized explains an OPTIONS that was refused without a login.
func preflightUnauthorized(e evidence, row Explanation) (Explanation, bool) {
	switch e.by.Status {
	case 401, 407:
		return row.refine("Make the server answer OPTIONS before it checks who is signed in.",
			"The server answered the preflight with %d, but a preflight never carries cookies or Authorization.", e.by.Status)
	case 403:
		return row.refine("Make the server answer OPTIONS before it checks who is signed in, and list the page's origin if it keeps a list.",
			"The server refused the preflight with 403: it wants a login, which a preflight never has, or does not list the origin.")
	}
	return row, false
}

// preflightCrashed explains an OPTIONS that ended in an error.
func preflightCrashed(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status < 500 {
		return row, false
	}
	return row.refine("Find the cause of the error itself: the server must answer OPTIONS with status 204 and the Access-Control-Allow headers.",
		"The server answered the preflight with the error %d.", e.by.Status)
}

// preflightStatus names the status.
func preflightStatus(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status == 0 {
		return row, false
	}
	return row.refine(row.Remedy, "The server answered the preflight with %d, which is outside 200 to 299, so the request was not sent.", e.by.Status)
}

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
	return row.refine(remedy, "The server redirected the preflight to %s%s, and a preflight is never followed.", brief(location), kind)
}

// headerOfServer explains a response header that the page sends.
func headerOfServer(e evidence, row Explanation) (Explanation, bool) {
	if !web.IsAccessControl(e.Parameter) {
		return row, false
	}
	return row.refine("Remove "+clean(e.Parameter)+" from the page's request: it is for the server to send.",
		"The page sends %s, which is a header for responses and does nothing in a request.", clean(e.Parameter))
}

// headerWildcard explains a * that is a plain name, not a wildcard.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func headerWildcard(e evidence, row Explanation) (Explanation, bool) {
	if !e.credentials || !lists(e, web.NameAllowHeaders, "*") {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" by name in Access-Control-Allow-Headers.",
		"With credentials the * in Access-Control-Allow-Headers stands only for itself, so %s is not allowed.", clean(e.Parameter))
}

// headerOfTracing explains a header that a library adds. What the request itself sets
// needs no library.
func headerOfTracing(e evidence, row Explanation) (Explanation, bool) {
	name := e.Parameter
	switch _, set := e.Request.Headers.Get(name); {
	case set:
		return row, false
	case slices.Contains([]string{"sentry-trace", "baggage", "traceparent", "tracestate", "b3", "newrelic", "x-requested-with"}, name):
	case strings.HasPrefix(name, "x-b3-"), strings.HasPrefix(name, "x-datadog-"), strings.HasPrefix(name, "elastic-apm-"):
	default:
		return row, false
	}
	return row.refine("Make the server list "+clean(name)+" in Access-Control-Allow-Headers, or set the library up to send it to the page's own origin only.",
		"The server does not allow %s, which a library in the page adds by itself.", clean(name))
}

// headerUnlisted says what is allowed instead.
func headerUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" in Access-Control-Allow-Headers.",
		"The page sets %s, and the preflight's response %s.", clean(e.Parameter), allows(e, web.NameAllowHeaders))
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
	return row.refine("Make the server list "+clean(e.Parameter)+" by name in Access-Control-Allow-Methods.",
		"With credentials the * in Access-Control-Allow-Methods stands only for itself, so %s is not allowed.", clean(e.Parameter))
}

// methodUnlisted says what is allowed instead.
func methodUnlisted(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Make the server list "+clean(e.Parameter)+" in Access-Control-Allow-Methods.",
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

// lists says whether a header of the deciding response lists an item.
func lists(e evidence, name, item string) bool {
	value, _ := e.by.ResponseHeaders.Get(name)
	for listed := range strings.SplitSeq(value, ",") {
		if strings.TrimSpace(listed) == item {
			return true
		}
	}
	return false
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

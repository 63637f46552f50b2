package harness

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// originLost explains an Origin that a redirect from one origin to another has
// changed to null.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func originLost(e evidence, _ Explanation) (Explanation, bool) {
	if e.origin != "null" || e.Request.origin() == OpaqueOrigin {
		return Explanation{}, false
	}
	row := Explanation{Anchor: anchorRedirect}
	return row.refine("Have the page ask for the final URL directly, or make the first server pass the request on instead of redirecting.",
		"After a redirect between two other origins the browser asks as null, and the server allows %s.", brief(e.allowed))
}

// originLostBare is originLost where the server that the redirect led to allows nobody.
// Access-Control-Allow-Origin with the page's origin would not help: the browser compares it
// with null.
func originLostBare(e evidence, _ Explanation) (Explanation, bool) {
	if e.origin != "null" || e.Request.origin() == OpaqueOrigin || !isRedirected(e) {
		return Explanation{}, false
	}
	row := Explanation{Anchor: anchorRedirect}
	remedy := "Have the page ask for the final URL directly, or make the first server pass the request on instead of redirecting"
	if !e.credentials {
		remedy += ", or make " + e.server() + " send Access-Control-Allow-Origin: *"
	}
	return row.refine(remedy+".", "After a redirect between two other origins the browser asks as null, and %s answered %d without Access-Control-Allow-Origin. The page's own origin in that header would not help.",
		e.server(), e.by.Status)
}

// originOpaque explains the Origin null of a page whose origin is opaque.
func originOpaque(e evidence, row Explanation) (Explanation, bool) {
	if e.Request.origin() != OpaqueOrigin {
		return row, false
	}
	return row.refine("Serve the page from an http or https URL and not in a sandbox, and list that origin on the server.",
		"The page has no origin of its own and asks as null, as a sandboxed page and a file do, and the server allows %s.", brief(e.allowed))
}

// originDiffers names the part in which the allowed origin differs.
func originDiffers(e evidence, row Explanation) (Explanation, bool) {
	allowed := e.allowed
	if allowed == "" {
		allowed = e.Parameter
	}
	if allowed == "" {
		return row, false
	}
	return row.refine("Make the server send Access-Control-Allow-Origin: "+brief(e.origin)+", byte for byte, if this page may read the response.",
		"The server allows %s, the page is %s: %s.", brief(allowed), brief(e.origin), difference(allowed, e.origin))
}

// difference names the part in which an allowed value differs from an origin.
func difference(allowed, origin string) string {
	switch {
	case allowed == "null":
		return "null does not match a page that has an origin"
	case allowed == origin+"/":
		return "an origin has no slash at its end"
	case strings.HasPrefix(allowed, origin+"/"):
		return "an origin has no path"
	case strings.EqualFold(allowed, origin):
		return "an origin is in lower case"
	case strings.Contains(allowed, "*"):
		return "a * inside a name is not a wildcard"
	case !strings.Contains(allowed, "://"):
		return "the scheme is missing"
	}
	a, errA := url.Parse(allowed)
	o, errO := url.Parse(origin)
	if errA != nil || errO != nil {
		return "they are not the same"
	}
	return differentParts(a, o)
}

// differentParts compares two origins that parse.
func differentParts(a, o *url.URL) string {
	var parts []string
	if a.Scheme != o.Scheme {
		parts = append(parts, "the scheme")
	}
	if a.Hostname() != o.Hostname() {
		parts = append(parts, "the host")
	}
	if port(a) != port(o) && (a.Port() != "" || o.Port() != "") {
		parts = append(parts, "the port")
	}
	switch {
	case len(parts) == 0:
		return "an origin does not name the default port of its scheme"
	case len(parts) == 1 && a.Hostname() == "www."+o.Hostname(), len(parts) == 1 && o.Hostname() == "www."+a.Hostname():
		return "with and without www. are two hosts"
	case len(parts) == 1 && a.Hostname() != o.Hostname() && isLocalhost(a) && isLocalhost(o):
		return a.Hostname() + " and " + o.Hostname() + " are two hosts"
	case len(parts) == 1:
		return parts[0] + " differs"
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last] + " differ"
}

// port returns the port of an origin, also where its scheme implies it.
func port(u *url.URL) string { return cmp.Or(u.Port(), web.DefaultPort(u.Scheme)) }

// isLocalhost says whether a host is a name of this machine.
func isLocalhost(u *url.URL) bool {
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

// originTwice explains several lines of Access-Control-Allow-Origin.
func originTwice(e evidence, row Explanation) (Explanation, bool) {
	values := e.by.ResponseHeaders.Values(web.NameAllowOrigin)
	if len(values) < 2 {
		return row, false
	}
	return row.refine("Make only one of them add Access-Control-Allow-Origin: the server or the proxy in front of it.",
		"The response has Access-Control-Allow-Origin on %d lines (%s), so two parts of the server add it.", len(values), brief(strings.Join(values, " and ")))
}

// originList explains a list in one line of Access-Control-Allow-Origin.
func originList(e evidence, row Explanation) (Explanation, bool) {
	if !strings.ContainsAny(e.allowed, ", ") {
		return row, false
	}
	return row.refine("Make the server compare the page's origin with its list and send back that origin alone, with Vary: Origin.",
		"The server wrote a list into Access-Control-Allow-Origin (%s), which takes a single origin.", brief(e.allowed))
}

// originInvalid names what is wrong with a value that is no origin.
func originInvalid(e evidence, row Explanation) (Explanation, bool) {
	if _, present := e.by.ResponseHeaders.Get(web.NameAllowOrigin); !present {
		return row, false
	}
	value := strings.TrimSpace(e.allowed)
	switch {
	case value == "":
		return row.refine(row.Remedy, "The server sent Access-Control-Allow-Origin without a value, which an unset variable often causes.")
	case isPlaceholder(value):
		return row.refine(row.Remedy, "The server sent the word %s in Access-Control-Allow-Origin, which an unset variable often causes.", brief(value))
	case strings.ContainsAny(value, `"'`):
		return row.refine("Make the server send Access-Control-Allow-Origin without quotation marks.",
			"The value of Access-Control-Allow-Origin is in quotation marks (%s), which are part of the value for a browser.", brief(value))
	case strings.Contains(value, "*"):
		return row.refine("Make the server compare the page's origin with its pattern and send back that origin, with Vary: Origin.",
			"The server wrote a pattern into Access-Control-Allow-Origin (%s), and a browser takes only * or one origin.", brief(value))
	case !strings.Contains(value, "://"):
		return row.refine(row.Remedy, "The value of Access-Control-Allow-Origin (%s) has no scheme.", brief(value))
	}
	return row, false
}

// isPlaceholder says whether a value is a programming language's word, such as undefined.
func isPlaceholder(value string) bool {
	switch strings.ToLower(value) {
	case "undefined", "(null)", "false", "true", "none", "nil", "nan":
		return true
	}
	return false
}

// credentialsValue names what is wrong with Access-Control-Allow-Credentials.
func credentialsValue(e evidence, row Explanation) (Explanation, bool) {
	const name = web.NameAllowCredentials
	values := e.by.ResponseHeaders.Values(name)
	switch {
	case len(values) == 0:
		return row.refine("Make the server send Access-Control-Allow-Credentials: true"+orWithoutCredentials,
			"The request has credentials, and the response has no Access-Control-Allow-Credentials.")
	case len(values) > 1:
		return row.refine("Make only one of them add Access-Control-Allow-Credentials: the server or the proxy in front of it.",
			"The response has Access-Control-Allow-Credentials on %d lines, and a browser reads them as %s.", len(values), brief(strings.Join(values, ", ")))
	case strings.EqualFold(values[0], "true"):
		return row.refine("Make the server send Access-Control-Allow-Credentials: true in lower case.",
			"The server sent Access-Control-Allow-Credentials: %s, and only true in lower case counts.", brief(values[0]))
	}
	return row.refine(row.Remedy, "The server sent Access-Control-Allow-Credentials: %s, and only true counts.", brief(values[0]))
}

package policy

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// cookieAttributes lists the attributes that a cookie may have. Expires and Max-Age are
// not among them: the cookie lives as long as the run.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
var cookieAttributes = []string{"Domain", "HttpOnly", "Path", "SameSite", "Secure"}

// checkCookies finds the faults of the cookies that a run sends. A problem never quotes
// the cookie's value.
func (p Policy) checkCookies(f *faults) {
	target := oracle.ParseOrigin(p.Target)
	seen := map[string]bool{}
	for _, c := range p.Ask.Cookies {
		at := join("ask.cookies", c.Name)
		problem, meant := cookieProblem(c, target)
		if problem == "" && seen[c.Name] {
			problem = "the cookie stands twice"
		}
		seen[c.Name] = true
		f.addIf(at, "", problem, meant)
	}
}

// cookieProblem says what is wrong with a cookie.
func cookieProblem(c harness.Field, target oracle.Origin) (problem, meant string) {
	if c.Name == "" || !web.IsToken(c.Name) {
		return "not the name of a cookie: want an HTTP token", ""
	}
	value, rest, _ := web.CutSetCookie(c.Value)
	if !web.IsCookieValue(value) {
		return "its value has a character that no cookie can carry: remove spaces, commas, quotation marks and backslashes", ""
	}
	said := web.CookieAttributes(rest)
	for _, a := range said {
		if problem, meant = attributeProblem(a, target); problem != "" {
			return problem, meant
		}
	}
	return togetherProblem(c.Name, said, target)
}

// attributeProblem says what is wrong with one attribute.
func attributeProblem(a web.CookieAttribute, target oracle.Origin) (problem, meant string) {
	known := slices.ContainsFunc(cookieAttributes, a.Is)
	switch {
	case a.Is("Expires"), a.Is("Max-Age"):
		return "the browser holds the cookie during the whole run: remove Expires and Max-Age", ""
	case a.Is("Partitioned"):
		return "a partitioned cookie is only for the pages of one site, and the pages of all sites need this one: remove Partitioned", ""
	case !known:
		return "no such attribute: want " + strings.Join(cookieAttributes, ", "), source.Nearest(a.Name, cookieAttributes)
	case a.Is("SameSite") && !slices.ContainsFunc(web.SameSites, func(v string) bool { return strings.EqualFold(v, a.Value) }):
		return "want SameSite=Strict, SameSite=Lax or SameSite=None", prefixed("SameSite=", source.Nearest(a.Value, web.SameSites))
	case a.Is("Path") && !strings.HasPrefix(a.Value, "/"):
		return "want a Path that begins with a slash", ""
	case a.Is("Domain") && !target.Opaque() && !web.DomainMatches(target.Host, strings.ToLower(strings.TrimPrefix(a.Value, "."))):
		return "the target cannot set a cookie for that Domain", ""
	case (a.Is("Secure") || a.Is("HttpOnly")) && a.Given:
		return a.Name + " has no value", ""
	}
	return "", ""
}

// prefixed puts a prefix before a text that is not empty.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// togetherProblem says which attributes exclude each other: browsers drop such a cookie
// without a message.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func togetherProblem(name string, said []web.CookieAttribute, target oracle.Origin) (problem, meant string) {
	has := func(name string) bool { return web.HasCookieAttribute(said, name) }
	value := func(name string) string {
		for _, a := range slices.Backward(said) { // the last one counts
			if a.Is(name) {
				return a.Value
			}
		}
		return ""
	}
	prefix := func(p string) bool { return len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) }
	// Without SameSite, the cookie is set as SameSite=None; Secure: see [Ask].
	secure := has("Secure") || web.TakesSecureCookies(target.String()) && !has("SameSite")
	switch {
	case strings.EqualFold(value("SameSite"), "None") && !secure:
		return "browsers keep SameSite=None only with Secure", "SameSite=None; Secure"
	case (prefix("__Host-") || prefix("__Secure-")) && !secure:
		return "browsers keep a cookie of that name only with Secure", ""
	case prefix("__Host-") && (has("Domain") || has("Path") && value("Path") != "/"):
		return "browsers keep a __Host- cookie only without Domain and with Path=/", ""
	}
	return "", ""
}

// hiddenCookies returns the cookies without their values; their attributes stay.
func hiddenCookies(h harness.Header) harness.Header {
	h = slices.Clone(h)
	for i, c := range h {
		_, rest, more := web.CutSetCookie(c.Value)
		if h[i].Value = source.Mark; more {
			h[i].Value += ";" + rest
		}
	}
	return h
}

package policy

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// cookieAttributes are those that a cookie may have. Expires and Max-Age are not
// among them: the cookie is there while it is asked with.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
var cookieAttributes = []string{"Domain", "HttpOnly", "Path", "SameSite", "Secure"}

// checkCookies finds the faults of the cookies to ask with. No problem repeats what
// stands in the value, and so none is more than its attribute.
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
	value, rest, _ := strings.Cut(c.Value, ";")
	if !cookieValue(value) {
		return "its value has a character that no cookie can carry: want no blank, comma, quote or backslash in it", ""
	}
	said := attributes(rest)
	for _, a := range said {
		if problem, meant = a.problem(target); problem != "" {
			return problem, meant
		}
	}
	return togetherProblem(c.Name, said, target)
}

// cookieValue says whether a value is one by the grammar, quoted or not.
// https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1
func cookieValue(value string) bool {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if value, ok = strings.CutSuffix(inner, `"`); !ok {
			return false
		}
	}
	return !strings.ContainsFunc(value, func(c rune) bool {
		return c <= ' ' || c >= 0x7F || strings.ContainsRune("\",;\\", c)
	})
}

// attribute is an attribute of a cookie.
type attribute struct {
	name, value string
	given       bool // a value was given
}

// attributes are those behind the value of a cookie.
func attributes(rest string) []attribute {
	var list []attribute
	for part := range strings.SplitSeq(rest, ";") {
		name, value, given := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); name != "" || given {
			list = append(list, attribute{name, strings.TrimSpace(value), given})
		}
	}
	return list
}

// is compares as browsers do.
func (a attribute) is(name string) bool { return strings.EqualFold(a.name, name) }

// problem says what is wrong with an attribute by itself.
func (a attribute) problem(target oracle.Origin) (problem, meant string) {
	known := slices.ContainsFunc(cookieAttributes, a.is)
	switch {
	case a.is("Expires"), a.is("Max-Age"):
		return "the cookie is there while it is asked with: leave Expires and Max-Age out", ""
	case a.is("Partitioned"):
		return "a partitioned cookie is there for the pages of one site, and this one has to be there for all: leave Partitioned out", ""
	case !known:
		return "no such attribute: want " + strings.Join(cookieAttributes, ", "), source.Nearest(a.name, cookieAttributes)
	case a.is("SameSite") && !slices.ContainsFunc(sameSites, func(v string) bool { return strings.EqualFold(v, a.value) }):
		return "want SameSite=Strict, SameSite=Lax or SameSite=None", prefixed("SameSite=", source.Nearest(a.value, sameSites))
	case a.is("Path") && !strings.HasPrefix(a.value, "/"):
		return "want a Path that begins with a slash", ""
	case a.is("Domain") && !target.Opaque() && !within(target.Host, strings.ToLower(strings.TrimPrefix(a.value, "."))):
		return "the target cannot set a cookie for that Domain", ""
	case (a.is("Secure") || a.is("HttpOnly")) && a.given:
		return a.name + " has no value", ""
	}
	return "", ""
}

var sameSites = []string{"Strict", "Lax", "None"}

// prefixed puts something before a text, if there is any.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// within says whether a host is in a domain.
// https://www.rfc-editor.org/rfc/rfc6265#section-5.1.3
func within(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// togetherProblem says what is wrong with attributes that do not go together:
// browsers drop such a cookie without a word.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func togetherProblem(name string, said []attribute, target oracle.Origin) (problem, meant string) {
	has := func(name string) bool { return slices.ContainsFunc(said, func(a attribute) bool { return a.is(name) }) }
	value := func(name string) string {
		for _, a := range slices.Backward(said) { // the last one holds
			if a.is(name) {
				return a.value
			}
		}
		return ""
	}
	prefix := func(p string) bool { return len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) }
	// Without SameSite, the cookie is set as SameSite=None; Secure: see [Ask].
	secure := has("Secure") || target.Scheme == "https" && !has("SameSite")
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

// hiddenCookies are the cookies without their values; their attributes stay.
func hiddenCookies(h harness.Header) harness.Header {
	h = slices.Clone(h)
	for i, c := range h {
		_, rest, more := strings.Cut(c.Value, ";")
		if h[i].Value = source.Mark; more {
			h[i].Value += ";" + rest
		}
	}
	return h
}

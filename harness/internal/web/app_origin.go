package web

import (
	"regexp"
	"slices"
	"strings"
)

// otherSchemes are schemes that are not special and that no app has for its pages: their
// URLs have the origin of something else, or none.
var otherSchemes = []string{"about", "blob", "data", "filesystem", "intent", "javascript", "mailto", "sms", "tel", "urn", "view-source"}

// isAppScheme says whether a page that is no web page can have the scheme, because an app,
// or a browser for its extensions, has registered it.
func isAppScheme(scheme string) bool {
	_, special := specialPorts[scheme]
	mistyped := strings.Trim(scheme, "htps") == "" // such as htp and htps
	return isScheme(scheme) && !special && !mistyped && !slices.Contains(otherSchemes, scheme)
}

// IsAppOrigin says whether a text is the serialized origin of a page that is no web page,
// such as capacitor://localhost or chrome-extension://<id>. To the URL standard such an
// origin is opaque; the app that has registered the scheme gives its pages a tuple origin.
//
// https://url.spec.whatwg.org/#concept-url-origin
func IsAppOrigin(text string) bool {
	problem, _, app := AppOriginProblem(text)
	return app && problem == ""
}

// hostRules are the hosts of the schemes that have rules of their own.
var hostRules = map[string]struct {
	valid   *regexp.Regexp
	problem string
}{
	"chrome-extension": {regexp.MustCompile(`^[a-p]{32}$`), "the id of an extension is 32 letters from a to p"},
	"moz-extension":    {regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`), "the host is a UUID in lower case, which Firefox gives each installation"},
}

// AppOriginProblem says what is wrong with the origin of a page that is no web page, and
// what was probably meant. app is false where the text has no scheme of such a page.
func AppOriginProblem(text string) (problem, meant string, app bool) {
	scheme, after, _ := strings.Cut(text, ":")
	if !isAppScheme(Lower(scheme)) || !strings.HasPrefix(after, "/") {
		return "", "", false
	}
	if !strings.HasPrefix(after, "//") {
		return "an origin has two slashes after its scheme", Lower(scheme) + ":/" + after, true
	}
	u, err := ParseURL(text, nil)
	origin := Origin{u.Scheme, u.Host, u.Port}
	switch {
	case strings.Contains(after, "*"):
		return "an origin is not a pattern: it is compared byte for byte", "", true
	case err != nil:
		return "not an origin: " + err.Error(), "", true
	case u.Host == "":
		return "it names no host", "", true
	case hostRules[u.Scheme].valid != nil && !hostRules[u.Scheme].valid.MatchString(u.Host):
		return hostRules[u.Scheme].problem, "", true
	case u.Path != "/" || u.Query != "" || u.Fragment != "" || strings.HasSuffix(after, "/"):
		return "an origin has no path", origin.String(), true
	case origin.String() != text:
		return "browsers write this origin " + origin.String(), origin.String(), true
	}
	return "", "", true
}

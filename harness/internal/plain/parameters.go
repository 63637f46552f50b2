package plain

import (
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Hidden stands in for a secret.
const Hidden = "(hidden)"

// ampersand is & as JSON and HTML may have it.
var ampersand = []string{`\u0026`, "&amp;", "&"}

// maxNested is how many URLs may be in the value of each other. A value that has more is
// hidden.
const maxNested = 3

// hideParameters hides the values of secret parameters in the queries and the fragments
// of URLs. What begins like a stand-in stays.
func hideParameters(text string, nested int) string {
	if !strings.ContainsAny(text, "?#") {
		return text
	}
	var b strings.Builder
	for {
		at := strings.IndexAny(text, "?#")
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at+1])
		text = hideQuery(&b, text[at+1:], nested)
	}
}

// hideQuery writes the parameters that a text begins with, and returns the text after
// them.
func hideQuery(b *strings.Builder, text string, nested int) string {
	for {
		end := endOfParameter(text)
		b.WriteString(hideParameter(text[:end], nested))
		text = text[end:]
		separator := ""
		for _, s := range append(ampersand, ";") {
			if strings.HasPrefix(text, s) {
				separator = s
				break
			}
		}
		if separator == "" {
			return text
		}
		b.WriteString(separator)
		text = text[len(separator):]
	}
}

// endOfParameter returns where the next parameter begins, or the URL ends.
func endOfParameter(text string) int {
	if end := strings.IndexAny(text, "&;#\\\"'<>` \t\r\n"); end >= 0 { // a question mark may be in a value
		return end
	}
	return len(text)
}

// hideParameter hides the value of one parameter.
func hideParameter(parameter string, nested int) string {
	name, value, named := strings.Cut(parameter, "=")
	switch {
	case !named && web.LooksSecret(parameter):
		return Hidden
	case !named, value == "", strings.HasPrefix(value, "(hidden"), strings.HasPrefix(value, "${"):
		return parameter
	case web.IsSecretParameter(name), web.LooksSecret(value), hasSecret(value, nested+1):
		return name + "=" + Hidden
	}
	return parameter
}

// hasSecret says whether a value is a URL that has a secret in it.
func hasSecret(value string, nested int) bool {
	decoded, err := url.QueryUnescape(value)
	switch {
	case err != nil || !strings.ContainsAny(decoded, "@?#"):
		return false
	case nested > maxNested:
		return true
	}
	return hideParameters(hideUserinfo(decoded), nested) != decoded
}

package oracle

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// MIMEType is a MIME type record.
//
// https://mimesniff.spec.whatwg.org/#mime-type-representation
type MIMEType struct {
	Type, Subtype string
	// Parameters are in order, names in lower case, each name once.
	Parameters harness.Header
}

// Essence is the type without its parameters.
//
// https://mimesniff.spec.whatwg.org/#mime-type-essence
func (m MIMEType) Essence() string { return m.Type + "/" + m.Subtype }

// ParseMIMEType parses a MIME type. A malformed parameter is left out; only a malformed
// type or subtype is an error.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func ParseMIMEType(input string) (MIMEType, bool) {
	input = strings.Trim(input, web.Whitespace)
	essence, rest, more := strings.Cut(input, ";")
	kind, subtype, ok := strings.Cut(essence, "/")
	subtype = strings.TrimRight(subtype, web.Whitespace)
	if !ok || !web.IsToken(kind) || !web.IsToken(subtype) {
		return MIMEType{}, false
	}
	m := MIMEType{Type: web.Lower(kind), Subtype: web.Lower(subtype)}
	for more {
		var name, value string
		name, value, rest, more = parameter(strings.TrimLeft(rest, web.Whitespace))
		if web.IsToken(name) && isQuotable(value) && len(m.Parameters.Values(name)) == 0 {
			m.Parameters = append(m.Parameters, harness.Field{Name: name, Value: value})
		}
	}
	return m, true
}

// parameter takes the first parameter of s. more says that a semicolon came after it. The
// caller leaves out a parameter whose name is not a token.
func parameter(s string) (name, value, rest string, more bool) {
	end := strings.IndexAny(s, ";=")
	if end < 0 {
		return "", "", "", false
	}
	name, rest = web.Lower(s[:end]), s[end+1:]
	if s[end] == ';' {
		return "", "", rest, true
	}
	if strings.HasPrefix(rest, `"`) {
		value, rest = quotedString(rest[1:])
		_, rest, more = strings.Cut(rest, ";")
		return name, value, rest, more
	}
	value, rest, more = strings.Cut(rest, ";")
	value = strings.TrimRight(value, web.Whitespace)
	if value == "" {
		name = ""
	}
	return name, value, rest, more
}

// quotedString takes an HTTP quoted string after its opening quote.
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// isQuotable says whether every byte is an HTTP quoted-string token code point.
// https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point
func isQuotable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && (c < 0x20 || c == 0x7F) {
			return false
		}
	}
	return true
}

// String serializes the MIME type.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m MIMEType) String() string {
	var b strings.Builder
	b.WriteString(m.Essence())
	for _, p := range m.Parameters {
		b.WriteString(";" + p.Name + "=")
		if web.IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value) + `"`)
	}
	return b.String()
}

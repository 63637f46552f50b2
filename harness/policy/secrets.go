package policy

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Secrets returns the texts that must not reach output or reports: the values of
// environment variables, the values of secret headers, whole and in parts, and the values
// of cookies. The longest come first, so that they can be replaced in this order.
func (p Policy) Secrets() []string {
	secrets := slices.Clone(p.values)
	for _, f := range p.Ask.Headers {
		if secretHeader(f) {
			secrets = append(secrets, secretParts(f)...)
		}
	}
	for _, c := range p.Ask.Cookies {
		value, _, _ := web.CutSetCookie(c.Value)
		secrets = append(secrets, c.Value, value)
	}
	secrets = slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
	slices.SortFunc(secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return slices.Compact(secrets)
}

// secretParts returns the value of a secret header, its credentials without their scheme,
// and the values of cookies.
func secretParts(f harness.Field) []string {
	list := []string{f.Value}
	if _, credentials, ok := strings.Cut(f.Value, " "); ok {
		list = append(list, strings.TrimSpace(credentials))
	}
	if strings.EqualFold(f.Name, web.NameCookie) {
		for _, value := range web.CookiePairs(f.Value) {
			list = append(list, strings.TrimSpace(value))
		}
	}
	return list
}

// Redacted returns a copy that may be written to a report: without the values of secret
// headers, of cookies, and of secret parameters of paths. Values of variables stay: see
// [Policy.Secrets].
func (p Policy) Redacted() Policy {
	p.Resources = slices.Clone(p.Resources)
	for i := range p.Resources {
		p.Resources[i].Path = plain.HideSecrets(p.Resources[i].Path)
	}
	p.Ask.Headers, p.Ask.Cookies = redacted(p.Ask.Headers), hiddenCookies(p.Ask.Cookies)
	return p
}

// MarshalJSON writes the policy in the form of a policy file, redacted.
func (p Policy) MarshalJSON() ([]byte, error) {
	type plain Policy
	return json.Marshal(plain(p.Redacted()))
}

// MarshalJSON writes the step without the values of secret headers. The secret parameters
// of its URL stay, for a Redactor to tell apart.
func (s Step) MarshalJSON() ([]byte, error) {
	type plain Step
	s.Request.Headers = redacted(s.Request.Headers)
	return json.Marshal(plain(s))
}

// MarshalJSON writes headers and cookies as mappings, without secrets, and the time limit
// as text.
func (a Ask) MarshalJSON() ([]byte, error) {
	type plain Ask
	document := struct {
		Headers   map[string]string `json:"headers,omitempty"`
		Cookies   map[string]string `json:"cookies,omitempty"`
		TimeLimit string            `json:"timeLimit,omitempty"`
		plain
	}{plain: plain(a), Headers: mapped(redacted(a.Headers)), Cookies: mapped(hiddenCookies(a.Cookies))}
	if a.TimeLimit != 0 {
		document.TimeLimit = a.TimeLimit.String()
	}
	return json.Marshal(document)
}

// mapped returns the fields by name. It is nil where there are none.
func mapped(h harness.Header) map[string]string {
	var fields map[string]string
	for _, f := range h {
		if fields == nil {
			fields = map[string]string{}
		}
		fields[f.Name] = f.Value
	}
	return fields
}

// redacted hides the same values as a report of the harness, by the same rule.
func redacted(h harness.Header) harness.Header {
	if len(h) == 0 { // as in most of the probes of a large policy
		return h
	}
	return harness.Observation{Request: harness.Request{Headers: h}}.Redacted().Request.Headers
}

// secretHeader says whether a report would hide the value.
func secretHeader(f harness.Field) bool { return redacted(harness.Header{f})[0] != f }

// secretName says whether a header or key of that name holds a secret.
func secretName(name string) bool {
	return web.IsSecretHeader(name)
}

// pair matches a name with a value after it.
var pair = regexp.MustCompile(`([\w-]+)["']?\s*[:=]`)

// secretText returns where in a text a secret may begin, or -1.
func secretText(text string) int {
	for _, at := range pair.FindAllStringSubmatchIndex(text, -1) {
		if name := text[at[2]:at[3]]; secretName(name) && !slices.Contains(everyKey(), name) {
			return at[1]
		}
	}
	return -1
}

// shown returns a value that a fault may quote, or nothing.
func shown(value string) string {
	if source.HasUserinfo(value) || secretText(value) >= 0 || plain.HideSecrets(value) != value {
		return ""
	}
	return value
}

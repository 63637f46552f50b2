package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/source"
)

// Redactor replaces secrets in a text. The zero Redactor hides the secrets of URLs alone.
// It may be used from many goroutines.
type Redactor struct{ replacer *strings.Replacer }

// leastSecret is the smallest number of characters in a secret. A shorter value stays: it
// cannot be meant as a secret, and a report in which each 1 or dev is replaced would be
// unreadable.
const leastSecret = 4

// Redactor returns a Redactor for the secrets of the policy: see [Policy.Secrets].
func (p Policy) Redactor() Redactor {
	var list []standIn
	add := func(secret, with string) {
		if utf8.RuneCountInString(secret) >= leastSecret {
			for _, form := range forms(secret) {
				list = append(list, standIn{form, with})
			}
		}
	}
	for _, value := range p.values {
		if name := p.names[value]; name != "" {
			add(value, "${"+name+"}")
		}
	}
	for _, secret := range p.Secrets() {
		add(secret, source.Mark) // the variable of the same value comes first
	}
	for _, s := range p.parameterStandIns() {
		for _, form := range forms(s.secret) {
			list = append(list, standIn{form, s.with})
		}
	}
	if len(list) == 0 {
		return Redactor{}
	}
	// Of secrets that begin at the same place, a Replacer takes the first in its list.
	slices.SortStableFunc(list, func(a, b standIn) int { return cmp.Compare(len(b.secret), len(a.secret)) })
	var pairs []string
	for _, s := range list {
		pairs = append(pairs, s.secret, s.with)
	}
	return Redactor{strings.NewReplacer(pairs...)}
}

// Redact replaces the value of a variable by ${NAME}, and every other secret by (hidden),
// also where it is encoded for a URL or a JSON text. Values of less than four characters
// stay, except in secret parameters of URLs.
func (r Redactor) Redact(text string) string {
	if r.replacer != nil {
		text = r.replacer.Replace(text)
	}
	return plain.HideSecrets(text)
}

// standIn is a secret and what is written in its place.
type standIn struct{ secret, with string }

// parameterStandIns stand in for the secret parameters of the policy's paths. Parameters
// of one name with different values get different ones: the probes of two paths that
// differ in a secret alone stay apart in a report.
func (p Policy) parameterStandIns() []standIn {
	var list []standIn
	seen, values := map[string]bool{}, map[string]int{} // parameters, and values by name
	for _, resource := range p.Resources {
		_, query, _ := strings.Cut(resource.Path, "?")
		for parameter := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
			name, value, named := strings.Cut(parameter, "=")
			if seen[parameter] || p.names[value] != "" || plain.HideSecrets("?"+parameter) == "?"+parameter {
				continue
			}
			seen[parameter] = true
			values[name]++
			with := source.Mark
			if n := values[name]; n > 1 {
				with = fmt.Sprintf("(hidden %d)", n)
			}
			if named {
				with = name + "=" + with
			}
			list = append(list, standIn{parameter, with})
		}
	}
	return list
}

// forms are the ways to write a text, each once.
func forms(text string) []string {
	list := []string{text, url.QueryEscape(text), url.PathEscape(text), percentEncoded(text, "\"#<>'"), percentEncoded(text, "\"#<>?^`{}")}
	if quoted, err := json.Marshal(text); err == nil {
		list = append(list, string(quoted[1:len(quoted)-1]))
	}
	for _, form := range list { // browsers write names of headers, and hosts, in lower case
		list = append(list, strings.ToLower(form))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// percentEncoded writes a text as browsers do in a URL: it encodes only non-ASCII
// characters and the characters of a set. The sets are the query set and the path set.
// https://url.spec.whatwg.org/#query-percent-encode-set
// https://url.spec.whatwg.org/#path-percent-encode-set
func percentEncoded(text, set string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(set, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

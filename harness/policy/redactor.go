package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// Redactor replaces secrets in a text. The zero Redactor changes nothing. It may be used
// from many goroutines.
type Redactor struct{ replacer *strings.Replacer }

// leastSecret is the smallest number of characters in a secret. A shorter value stays: it
// cannot be meant as a secret, and a report in which each 1 or dev is replaced would be
// unreadable.
const leastSecret = 4

// Redactor returns a Redactor for the secrets of the policy: see [Policy.Secrets].
func (p Policy) Redactor() Redactor {
	type standIn struct{ secret, with string }
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
// stay.
func (r Redactor) Redact(text string) string {
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
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

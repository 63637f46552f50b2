package verify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
)

// The limits on the evidence of one observation. A target may send megabytes of headers.
const (
	maxValue     = 512 // bytes of a header's value
	maxExchanges = 24
	maxLines     = 40 // header lines of a message, and console lines
	maxText      = 2048
	maxAll       = 16 << 10 // bytes of all texts of the target
)

// matters lists the beginnings of header names that decide about origins, or that explain
// a decision.
var matters = []string{
	"access-control-", "origin", "cookie", "set-cookie", "authorization", "sec-fetch-site", "vary", "location", "cross-origin-", "timing-allow-origin",
	"cache-control", "age", "retry-after", "www-authenticate", "content-type", "x-content-type-options", "content-security-policy",
}

// trimmed returns an observation as a report keeps it: only the headers that matter, long
// values cut, no bodies, and of the browser the name, unless it is Chrome: the report has the rest once. A text is redacted before it is cut: half of a secret would not
// be recognized as a secret.
func trimmed(o harness.Observation, redact func(string) string) harness.Observation {
	t := &trimmer{maxAll, redact}
	asked := o.Browser
	o.Browser = harness.UserAgent{}
	if !asked.IsChrome() {
		o.Browser.Name = asked.Brand()
	}
	o.Arrivals = nil
	o.Script.Body = ""
	o.Script.Error = t.text(o.Script.Error, maxValue)
	o.Script.URL = t.text(o.Script.URL, maxValue)
	o.Parameter = t.text(o.Parameter, maxValue)
	keep := func(name string) bool {
		return mattersTo(name) || len(o.Request.Headers.Values(name)) > 0
	}
	o.Exchanges = slices.Clone(o.Exchanges[:min(len(o.Exchanges), maxExchanges)])
	for i := range o.Exchanges {
		e := &o.Exchanges[i]
		e.URL = t.text(e.URL, maxValue)
		e.RequestHeaders, e.ResponseHeaders = t.header(e.RequestHeaders, keep), t.header(e.ResponseHeaders, keep)
		e.Cookies, e.NotStored = t.cookies(e.Cookies), t.cookies(e.NotStored)
	}
	o.Script.Headers = t.header(o.Script.Headers, func(string) bool { return true })
	o.Console = slices.Clone(o.Console[:min(len(o.Console), maxLines)])
	for i := range o.Console {
		o.Console[i].Text = t.text(o.Console[i].Text, maxText)
	}
	o.Issues = slices.Clone(o.Issues[:min(len(o.Issues), maxLines)])
	for i := range o.Issues {
		o.Issues[i].Detail = t.text(o.Issues[i].Detail, maxValue)
	}
	return o
}

func mattersTo(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(matters, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// trimmer cuts the texts of one observation.
type trimmer struct {
	left   int // bytes left
	redact func(string) string
}

// text cuts a text.
func (t *trimmer) text(text string, most int) string {
	text = cutRedacted(text, min(most, max(0, t.left)), t.redact)
	t.left -= len(text)
	return text
}

// header keeps some headers and cuts their values. A nil Header stays nil.
func (t *trimmer) header(h harness.Header, keep func(name string) bool) harness.Header {
	if h == nil {
		return nil
	}
	kept := harness.Header{}
	for _, f := range h {
		if keep(f.Name) && len(kept) < maxLines && t.left > 0 {
			kept = append(kept, harness.Field{Name: t.text(f.Name, maxValue), Value: t.text(f.Value, maxValue)})
		}
	}
	return kept
}

// cookies keeps some cookies and cuts their names.
func (t *trimmer) cookies(list []harness.Cookie) []harness.Cookie {
	list = slices.Clone(list[:min(len(list), maxLines)])
	for i := range list {
		if t.left <= 0 {
			return list[:i]
		}
		list[i].Name = t.text(list[i].Name, maxValue)
	}
	return list
}

// cutRedacted redacts a text that is too long, then cuts it.
func cutRedacted(text string, most int, redact func(string) string) string {
	if len(text) > most {
		text = redact(text)
	}
	return cutText(text, most)
}

// cutText cuts a text to a number of bytes, and marks the cut.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > max(0, most-utf8.UTFMax) && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes)", text[:end], len(text))
}

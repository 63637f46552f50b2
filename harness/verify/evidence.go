package verify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
)

// What a report keeps of one observation. A target may send megabytes of headers.
const (
	maxValue     = 512 // bytes of a header's value
	maxExchanges = 24
	maxLines     = 40 // of header lines of a message, and of console lines
	maxText      = 2048
)

// matters are beginnings of the names of headers that a decision about origins looks
// at, or that tell why it came so.
var matters = []string{
	"access-control-", "origin", "cookie", "set-cookie", "authorization", "sec-fetch-site", "vary", "location", "cross-origin-", "timing-allow-origin",
	"cache-control", "age", "retry-after", "www-authenticate", "content-type", "x-content-type-options", "content-security-policy",
}

// trimmed is an observation with what a report keeps: the headers that matter, cut
// where they are long, and no bodies.
func trimmed(o harness.Observation) harness.Observation {
	o.Chrome = harness.Chrome{}
	o.Arrivals = nil
	o.Script.Body = ""
	o.Script.Error = short(o.Script.Error)
	o.Script.URL = short(o.Script.URL)
	o.Parameter = short(o.Parameter)
	o.Script.Headers = cut(o.Script.Headers, func(string) bool { return true })
	keep := func(name string) bool {
		return mattersTo(name) || len(o.Request.Headers.Values(name)) > 0
	}
	o.Exchanges = slices.Clone(o.Exchanges[:min(len(o.Exchanges), maxExchanges)])
	for i := range o.Exchanges {
		e := &o.Exchanges[i]
		e.URL = short(e.URL)
		e.RequestHeaders, e.ResponseHeaders = cut(e.RequestHeaders, keep), cut(e.ResponseHeaders, keep)
	}
	o.Console = slices.Clone(o.Console[:min(len(o.Console), maxLines)])
	for i := range o.Console {
		o.Console[i].Text = cutText(o.Console[i].Text, maxText)
	}
	return o
}

func mattersTo(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(matters, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// cut keeps some headers, their values cut. A nil Header stays nil.
func cut(h harness.Header, keep func(name string) bool) harness.Header {
	if h == nil {
		return nil
	}
	kept := harness.Header{}
	for _, f := range h {
		if keep(f.Name) && len(kept) < maxLines {
			kept = append(kept, harness.Field{Name: short(f.Name), Value: short(f.Value)})
		}
	}
	return kept
}

// short is a text that fits on a page.
func short(text string) string { return cutText(text, maxValue) }

// cutText cuts a text to a number of bytes, and says so.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes)", text[:end], len(text))
}

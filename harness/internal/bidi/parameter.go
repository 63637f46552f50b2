package bidi

import (
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// parameter is the method, or the header, that the answer to a preflight does not allow. The preflight
// has one method; of its headers the line names one. It is empty where nothing tells.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (r *record) parameter(category string, preflight *request) string {
	switch category {
	case "CORSMethodNotFound":
		return valueOf(preflight.RequestHeaders, web.NameRequestMethod)
	case "CORSMissingAllowHeaderFromPreflight2":
		for name := range strings.SplitSeq(valueOf(preflight.RequestHeaders, web.NameRequestHeaders), ",") {
			if name = strings.TrimSpace(name); r.named(category, name) {
				return name
			}
		}
	}
	return ""
}

// named says whether a line with the category names a header, in quotes: the words around it are in the
// language of the browser.
func (r *record) named(category, header string) bool {
	for _, n := range r.notes {
		if n.Category != category || header == "" {
			continue
		}
		parts := strings.Split(strings.ToLower(n.Text), strings.ToLower(header))
		for i := range len(parts) - 1 {
			if quotes(last(parts[i])) && quotes(first(parts[i+1])) {
				return true
			}
		}
	}
	return false
}

// quotes says whether a character may be a quotation mark, or the space that some languages have beside it.
func quotes(c rune) bool { return c > '~' || c == '"' || c == '\'' }

// first and last are the outer characters of a text; a space where it is empty.
func first(text string) rune {
	for _, c := range text {
		return c
	}
	return ' '
}

func last(text string) (c rune) {
	c = ' '
	for _, c = range text {
	}
	return c
}

// valueOf is the value of a header, empty where there is none.
func valueOf(lines []engine.Header, name string) string {
	for _, h := range lines {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

package bidi

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

// note is a line of the browser's own console, with its category.
type note struct {
	Category string `json:"category"`
	Text     string `json:"text"`
	Source   string `json:"source"` // the URL that it is about, or the page
}

// longestLine is how many UTF-16 code units of a line Firefox keeps.
const longestLine = 1000

// shownURL is how many bytes of a long URL every line shows: the words before it are shorter than
// the rest.
const shownURL = longestLine / 2

// shown is the part of a URL that every line about it shows.
func shown(url string) string { return url[:min(len(url), shownURL)] }

// turnOf tells questions apart that can be in flight at once: a line shows the beginning of a URL, and
// a policy of the page may upgrade its scheme.
func turnOf(target string) string {
	if rest, ok := strings.CutPrefix(target, "https:"); ok {
		target = "http:" + rest
	}
	return shown(target)
}

// about says whether the line is about a URL: the URL stands in the text, and no longer one does; or
// the text is cut off within the URL.
func (n note) about(url string) bool {
	if url == "" {
		return false
	}
	if n.Source == url {
		return true
	}
	url = withoutUser(url)
	text, _, _ := strings.Cut(withoutUser(n.Text), "(Reason: ") // which may repeat what a server sent
	for rest := text; ; {
		_, after, found := strings.Cut(rest, url)
		if !found {
			return n.cutOffIn(url)
		}
		if endsURL(after) {
			return true
		}
		rest = after
	}
}

// cutOffIn says whether the line is so long that Firefox cut it off, and what is left ends with the
// beginning of the URL.
func (n note) cutOffIn(url string) bool {
	if len(url) <= shownURL || len(utf16.Encode([]rune(n.Text))) < longestLine {
		return false
	}
	_, after, found := strings.Cut(withoutUser(n.Text), shown(url))
	return found && strings.HasPrefix(url[shownURL:], after)
}

// endsURL says whether a URL ends where the text goes on so. A fragment may follow: a request has
// none.
func endsURL(rest string) bool {
	if strings.HasPrefix(rest, "#") {
		return true
	}
	rest = strings.TrimPrefix(rest, ".")
	return rest == "" || strings.ContainsRune(" \n)”’»\"'“,…", []rune(rest)[0])
}

// userNames are the user names and passwords of URLs.
var userNames = regexp.MustCompile(`(://)[^/?#@\s]*@`)

// withoutUser is a text without the user names of its URLs: Firefox writes some signs of them in its
// own way.
func withoutUser(text string) string { return userNames.ReplaceAllString(text, "$1") }

// sameURL says whether a request is for the URL of a question. Firefox leaves spaces of a data: URL out.
func sameURL(requested, target string) bool {
	if strings.HasPrefix(target, "data:") {
		requested, target = strings.ReplaceAll(requested, " ", ""), strings.ReplaceAll(target, " ", "")
	}
	return requested == target || withoutUser(requested) == withoutUser(target)
}

package snippet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Need is what the pages of some origins need from a server. It has to have an origin; the
// zero value of each other field allows nothing.
type Need struct {
	_ [0]func() // keyed literals only

	// Origins are the origins whose pages may read, as browsers write them, such as
	// "https://app.example.com". https://fetch.spec.whatwg.org/#http-access-control-allow-origin
	Origins []string
	// Credentials lets the pages send cookies and HTTP authentication.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-credentials
	Credentials bool
	// Methods are the methods that the pages use, in upper case. Pages always may use GET, HEAD
	// and POST. https://fetch.spec.whatwg.org/#cors-safelisted-method
	Methods []string
	// RequestHeaders are the names of the headers that the pages set.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-headers
	RequestHeaders []string
	// ExposeHeaders are the names of the response headers that the pages read, besides the
	// safelisted. https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
	ExposeHeaders []string
	// MaxAge is the number of seconds for which browsers may keep the answer to a preflight. 0
	// leaves that to the software and the browser.
	// https://fetch.spec.whatwg.org/#http-access-control-max-age
	MaxAge int
}

// longestMaxAge is a day: no browser keeps the answer to a preflight for longer.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
const longestMaxAge = 86400

// check says what no text can be written for, all faults at once.
func (n Need) check() error {
	var faults []error
	if len(n.Origins) == 0 {
		faults = append(faults, errors.New("no origin: name the origins of the pages that may read"))
	}
	for _, origin := range n.Origins {
		if !isOrigin(origin) {
			faults = append(faults, fmt.Errorf("origin %q: want an origin as browsers write it, such as https://app.example.com", origin))
		}
	}
	for _, list := range []struct {
		what  string
		names []string
	}{{"method", n.Methods}, {"request header", n.RequestHeaders}, {"response header", n.ExposeHeaders}} {
		for _, name := range list.names {
			if !isPlain(name) {
				faults = append(faults, fmt.Errorf("%s %q: want a name of letters, digits, hyphens, underscores and dots", list.what, name))
			}
		}
	}
	if n.MaxAge < 0 || n.MaxAge > longestMaxAge {
		faults = append(faults, fmt.Errorf("max age %d: want 0 to %d seconds", n.MaxAge, longestMaxAge))
	}
	return errors.Join(faults...)
}

// isOrigin says whether a text is the origin of a page, without a character that a quoted text
// of a configuration could end with. The origins of apps, such as capacitor://localhost, are
// origins, too. https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func isOrigin(text string) bool {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.:/_[]") != "" {
		return false
	}
	o := web.ParseOrigin(text)
	return !o.Opaque() && o.String() == text
}

// isPlain says whether a name stands for itself between quotes, in each language.
func isPlain(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r > 0x7f || !web.IsAlphanumeric(byte(r)) && !strings.ContainsRune("-_.", r)
	})
}

// complete is a Need as the texts are filled in with: no list has a name twice, and there is a
// method, because no software has to be told of an empty list then.
func (n Need) complete() Need {
	n.Origins = once(n.Origins, strings.Compare)
	n.Methods = once(n.Methods, strings.Compare)
	n.RequestHeaders = once(n.RequestHeaders, compareNames)
	n.ExposeHeaders = once(n.ExposeHeaders, compareNames)
	if len(n.Methods) == 0 {
		n.Methods = []string{"GET", "HEAD", "POST"}
	}
	return n
}

// compareNames compares names of headers.
// https://fetch.spec.whatwg.org/#header-name
func compareNames(a, b string) int { return strings.Compare(web.Lower(a), web.Lower(b)) }

// once returns the names in their order, each once.
func once(names []string, compare func(a, b string) int) []string {
	var list []string
	for _, name := range names {
		if !slices.ContainsFunc(list, func(had string) bool { return compare(had, name) == 0 }) {
			list = append(list, name)
		}
	}
	return list
}

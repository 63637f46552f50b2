package harness

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// SetCookie is a cookie as a server sets it. The browser holds it before the first
// question, like the browser of a signed-in user.
//
//	harness.SetCookie{URL: "https://api.acme.com", Line: "sid=" + token + "; Secure; SameSite=None"}
type SetCookie struct {
	_ [0]func()

	// URL is the URL of the response that would have set the cookie.
	URL string
	// Line is the value of a Set-Cookie header, with the attributes that the real
	// server gives: they decide which requests carry the cookie. A lifetime has no
	// effect: the cookie lasts as long as the browser.
	// https://www.rfc-editor.org/rfc/rfc6265#section-4.1
	Line string
}

// heldCookies reads all cookies, and finds all faults at once. No fault contains a
// cookie's value.
func heldCookies(list []SetCookie) ([]engine.SetCookie, error) {
	var held []engine.SetCookie
	var faults []error
	for _, c := range list {
		cookie, err := c.parse()
		if err != nil {
			faults = append(faults, &FaultError{"Cookies", web.SetCookieName(c.Line), err.Error()})
			continue
		}
		held = append(held, cookie)
	}
	return held, errors.Join(faults...)
}

var (
	errCookieLine = errors.New("want name=value; attribute; ..., as in a Set-Cookie header")
	errCookieURL  = errors.New("want the http or https URL that it is for")
)

// parse reads the line.
func (c SetCookie) parse() (engine.SetCookie, error) {
	cookie, err := parseSetCookie(c.Line)
	if err != nil {
		return engine.SetCookie{}, err
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return engine.SetCookie{}, errCookieURL
	}
	return engine.SetCookie{Cookie: *cookie, URL: c.URL}, nil
}

// parseSetCookie reads a Set-Cookie header as browsers do, which take more values than
// [http.ParseSetCookie]. The error does not contain the value.
func parseSetCookie(line string) (*http.Cookie, error) {
	if cookie, err := http.ParseSetCookie(line); err == nil {
		return cookie, nil
	}
	pair, attributes, more := web.CutSetCookie(line)
	name, value, named := strings.Cut(pair, "=")
	if value = strings.Trim(value, " \t"); !named || !web.IsHeldCookieValue(value) {
		return nil, errCookieLine
	}
	stand := name + "=0"
	if more {
		stand += ";" + attributes
	}
	cookie, err := http.ParseSetCookie(stand)
	if err != nil {
		return nil, errCookieLine
	}
	cookie.Value = value
	return cookie, nil
}

package paste

import (
	"strings"

	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// held are the cookies that the browser held, and whether the request was sent with any. A
// cookie without attributes in the paste gets those with which an answer had set it, or else
// the attributes with which the browser sends it as it was sent.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field-
func (s *sight) held() (list []harness.SetCookie, sent bool) {
	attributes := "; Path=/"
	if web.TakesSecureCookies(web.OriginOf(s.request.URL)) {
		attributes += "; Secure; SameSite=None"
	}
	var assumed, known []string
	dropped := 0
	for _, c := range s.sent() {
		line, url := c.line, s.request.URL
		before, set := s.setBefore(c.name)
		switch {
		case c.name == "" || !web.IsHeldCookieValue(c.value):
			dropped++
			continue
		case slices.Contains(s.renewed, c.name):
			sent = true
			continue
		case line == "" && set:
			_, rest, _ := web.CutSetCookie(before.line)
			line, url = c.name+"="+c.value+";"+rest, before.url
			known = append(known, plain.Clean(c.name))
		case line == "":
			line = c.name + "=" + c.value + attributes
			assumed = append(assumed, plain.Clean(c.name))
		}
		sent = true
		list = append(list, harness.SetCookie{URL: url, Line: line})
	}
	s.say(assumed, attributes, dropped)
	return append(list, s.notSent(known)...), sent
}

// say says what was made of the cookies.
func (s *sight) say(assumed []string, attributes string, dropped int) {
	if len(assumed) > 0 {
		s.note("the browser holds the cookies %s, with the attributes %q, which are assumed: give the real attributes with --cookie", strings.Join(assumed, ", "), strings.TrimPrefix(attributes, "; "))
	}
	if dropped > 0 {
		s.note("left out: %d of the cookies, without a name or with a value that no browser holds", dropped)
	}
}

// sent are the cookies of the request.
func (s *sight) sent() []cookie {
	if len(s.cookies) > 0 {
		return s.cookies
	}
	var list []cookie
	if header := s.value(web.NameCookie); header != "" {
		for name, value := range web.CookiePairs(header) {
			list = append(list, cookie{name: name, value: value})
		}
	}
	return list
}

// setBefore is the cookie of a name that an answer had set.
func (s *sight) setBefore(name string) (stored, bool) {
	at := slices.IndexFunc(s.stored, func(c stored) bool { return c.name == name })
	if at < 0 {
		return stored{}, false
	}
	return s.stored[at], true
}

// notSent are the cookies that answers had set and that the request was not sent with: the
// browser holds them, and decides again. known are the names of those that it was sent with.
func (s *sight) notSent(known []string) []harness.SetCookie {
	var list []harness.SetCookie
	var names []string
	sent := s.sent()
	for _, c := range s.stored {
		if slices.ContainsFunc(sent, func(other cookie) bool { return other.name == c.name }) {
			continue
		}
		names = append(names, plain.Clean(c.name))
		list = append(list, harness.SetCookie{URL: c.url, Line: c.line})
	}
	if len(known) > 0 {
		s.note("the browser holds the cookies %s, with the attributes of the Set-Cookie header that the HAR has", strings.Join(known, ", "))
	}
	if len(names) > 0 {
		s.note("the HAR has the cookies %s, which an answer had set and which were not sent: the browser holds them, with their attributes", strings.Join(names, ", "))
	}
	if len(s.renewed) > 0 {
		s.note("the server sets the cookies %s again, in an answer to a request that is asked before", strings.Join(s.renewed, ", "))
	}
	return list
}

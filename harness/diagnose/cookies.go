package diagnose

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// cookies are the causes of "logged in, but 401": what the browser did with each cookie.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-model
var cookies = []Cause{{
	ID:     "cookie-of-one-site",
	Not:    "that the cookie that was held back is at fault: where it is sent, the server refuses as well",
	Silent: []harness.Verdict{harness.Readable},
	fits:   func(c *patient) bool { return unauthorized(c) && c.heldBack("SameSite") != nil },
	judge:  func(c *patient) judgement { return c.signsIn(ofAnySite) },
	cause: func(c *patient) string {
		return "The browser holds the cookie " + c.heldBack("SameSite").Name + " and did not send it, because the page is of another site than the server. The server answered as to a client that is not signed in."
	},
	layer:   fixed(Login, func(c *patient) []string { return append(c.cookieLines("SameSite"), c.signedInShows(ofAnySite)...) }),
	remedy:  func(c *patient) string { return remedyOf(c.heldBack("SameSite")) },
	trial:   changing(func(r *harness.Request) { r.Credentials = harness.Include }),
	by:      ofAnySite.asker,
	untried: "the cookie came with an answer, and its attributes cannot be edited.",
	helps:   signedIn,
}, {
	ID:     "third-party-cookie",
	Not:    "that the browser's setting is at fault: where third-party cookies are allowed, the server refuses as well",
	Silent: []harness.Verdict{harness.Readable},
	fits: func(c *patient) bool {
		return unauthorized(c) && (c.heldBack("UserPreferences") != nil || c.heldBack("ThirdParty") != nil)
	},
	judge: func(c *patient) judgement { return c.signsIn(allowingThirdParties) },
	cause: func(c *patient) string {
		return "The browser holds the cookie " + c.thirdParty().Name + " and did not send it, because it is set to block third-party cookies. The server answered as to a client that is not signed in."
	},
	layer: fixed(Setting, func(c *patient) []string {
		return append(c.cookieLines("UserPreferences", "ThirdParty"), c.signedInShows(allowingThirdParties)...)
	}),
	remedy:  func(c *patient) string { return remedyOf(c.thirdParty()) },
	trial:   changing(func(r *harness.Request) { r.Credentials = harness.Include }),
	by:      allowingThirdParties.asker,
	untried: "there is no second browser to allow third-party cookies in.",
	helps:   signedIn,
}, {
	ID:     "cookie-held-back",
	Silent: []harness.Verdict{harness.Readable},
	fits: func(c *patient) bool {
		return unauthorized(c) && c.heldBack("") != nil && c.heldBack("SameSite") == nil && c.thirdParty() == nil
	},
	judge: func(*patient) judgement { return open },
	cause: func(c *patient) string {
		return "The browser holds the cookie " + c.heldBack("").Name + " and did not send it."
	},
	layer:   fixed(Login, func(c *patient) []string { return c.cookieLines("") }),
	remedy:  func(c *patient) string { return remedyOf(c.heldBack("")) },
	untried: "the attribute that the browser names decides, and there is no telling its new value.",
}, {
	ID:     "no-credentials",
	Silent: []harness.Verdict{harness.Readable},
	Not:    "that the page asks without credentials: with them, the server gives the same status",
	fits:   func(c *patient) bool { return unauthorized(c) && c.d.Seen.Request.Credentials != harness.Include },
	judge: func(c *patient) judgement {
		if o := c.included(); o != nil && sendsCookie(*o) && deciding(*o).Status < 400 {
			return proved
		}
		return excluded
	},
	cause: func(c *patient) string {
		return "The page asks without credentials, so the browser sent no cookie: the server answered as to a client that is not signed in."
	},
	layer: fixed(Page, func(c *patient) []string {
		return []string{"with credentials, the browser sends the cookie, and the server gives another status: " + answered(deciding(c.included().Redacted()))}
	}),
	remedy: func(c *patient) string {
		text := `Have the page ask with credentials: credentials: "include" in fetch(), withCredentials in XMLHttpRequest.`
		if blocked(c.included()) {
			text += " " + harness.Explain(*c.included()).Remedy
		}
		return text
	},
	trial: func(c *patient) harness.Request {
		r := c.d.Seen.Request
		r.Credentials = harness.Include
		if blocked(c.included()) {
			r.Before, r.Cache = nil, ""
			r.WhatIf = allowing(harness.EditResponse, *c.included(), deciding(*c.included()))
		}
		return r
	},
	helps: signedIn,
}, {
	ID:     "cookie-not-stored",
	Silent: []harness.Verdict{harness.Readable},
	fits:   func(c *patient) bool { return c.notStored() != nil },
	judge:  shown,
	cause: func(c *patient) string {
		cause, _ := c.notStored().Refused()
		return "The browser did not store the cookie " + c.notStored().Name + " that the server set: " + cause + ". Later requests go without it."
	},
	layer: fixed(Login, func(c *patient) []string {
		return []string{"Chrome's reason for the cookie " + c.notStored().Name + ": " + strings.Join(c.notStored().Blocked, ", ")}
	}),
	remedy:  func(c *patient) string { return remedyOf(c.notStored()) },
	untried: "Set-Cookie is no header that the browser takes from an edit. Change the attribute, and ask again.",
}}

// unauthorized says whether the page can read a refusal of the server that speaks of a login,
// of another origin than its own.
func unauthorized(c *patient) bool {
	_, token := c.d.Seen.Request.Headers.Get(web.NameAuthorization)
	return (c.by.Status == 401 || c.by.Status == 403) && !token && crossOrigin(c.d.Seen) && !sendsCookie(c.d.Seen)
}

// elsewhere is a browser, or a profile, in which the cookie is sent.
type elsewhere struct {
	name  string // of the experiment
	asker func(*patient) (Asker, func() error)
}

// The browsers and profiles in which a cookie is sent that was held back.
var (
	ofAnySite            = elsewhere{"the same with the cookie as SameSite=None; Secure", (*patient).withLaxCookies}
	allowingThirdParties = elsewhere{"the same with credentials in a browser that allows third-party cookies", (*patient).withThirdParties}
)

// signsIn judges whether the server no longer refuses where the cookie is sent.
func (c *patient) signsIn(where elsewhere) judgement {
	c.atOnce(planned{where.name, func() (attempt, []string) {
		asker, end := where.asker(c)
		if asker == nil {
			return attempt{Experiment: Experiment{Error: "there is no other browser to ask in"}}, nil
		}
		r := c.d.Seen.Request
		r.Credentials = harness.Include
		seen, err := asker.Fetch(c.ctx, r)
		if err = errors.Join(err, end()); err != nil {
			return attempt{Experiment: Experiment{Seen: seen, Error: err.Error()}}, nil
		}
		return attempt{Experiment: Experiment{Seen: seen}}, nil
	}})
	switch o := c.result(where.name); {
	case o == nil, !sendsCookie(*o):
		return open
	case deciding(*o).Status < 400:
		return proved
	}
	return excluded
}

// signedInShows tells that the server no longer refuses where the cookie is sent.
func (c *patient) signedInShows(where elsewhere) []string {
	if o := c.result(where.name); o != nil && sendsCookie(*o) {
		return []string{fmt.Sprintf("where the cookie is sent, the server answers %d in place of %d", deciding(*o).Status, c.by.Status)}
	}
	return nil
}

// sendsCookie says whether the request that was answered carried a cookie.
func sendsCookie(o harness.Observation) bool {
	return slices.ContainsFunc(deciding(o).Cookies, func(k harness.Cookie) bool { return k.Sent })
}

// signedIn says whether a trial carried the cookie, and the server no longer refuses.
func signedIn(_ *patient, o harness.Observation) bool {
	return sendsCookie(o) && deciding(o).Status < 400 && o.Verdict == harness.Readable
}

// included asks with credentials.
func (c *patient) included() *harness.Observation {
	r := c.d.Seen.Request
	r.Credentials = harness.Include
	if r.Validate() != nil {
		return nil // this initiator cannot
	}
	return c.make(withCredentials, r)
}

// heldCookies are the cookies for the URL that the browser holds, as it names them for a
// request with credentials.
func (c *patient) heldCookies() []harness.Cookie {
	if c.d.Seen.Request.Credentials == harness.Include {
		return c.by.Cookies
	}
	if o := c.included(); o != nil {
		return deciding(*o).Cookies
	}
	return nil
}

// heldBack is the first cookie that was held back for a reason, nil where there is none, and
// where another cookie was sent. A cookie for another URL is no news.
func (c *patient) heldBack(reason string) *harness.Cookie {
	var found *harness.Cookie
	for _, k := range c.heldCookies() {
		if k.Sent {
			return nil
		}
		elsewhere := slices.ContainsFunc(k.Blocked, func(r string) bool {
			return slices.Contains([]string{"NotOnPath", "DomainMismatch", "PortMismatch", "SchemeMismatch"}, r)
		})
		if !elsewhere && found == nil && slices.ContainsFunc(k.Blocked, func(r string) bool { return strings.Contains(r, reason) }) {
			found = &k
		}
	}
	return found
}

// thirdParty is the cookie that was held back as one of a third party.
func (c *patient) thirdParty() *harness.Cookie {
	if k := c.heldBack("UserPreferences"); k != nil {
		return k
	}
	return c.heldBack("ThirdParty")
}

// cookieLines are what Chrome says of the cookie that was held back.
func (c *patient) cookieLines(reasons ...string) []string {
	for _, reason := range reasons {
		if k := c.heldBack(reason); k != nil {
			cause, _ := k.Refused()
			return []string{"the cookie " + k.Name + " was held back: " + cause, "Chrome's reason: " + strings.Join(k.Blocked, ", ")}
		}
	}
	return nil
}

// notStored is the first cookie that an answer set and that the browser refused: of this
// question, where it asks with credentials, and of the questions before it.
func (c *patient) notStored() *harness.Cookie {
	for _, o := range append(slices.Clone(c.d.Seen.Before), c.d.Seen) {
		if o.Request.Credentials != harness.Include {
			continue
		}
		for _, e := range o.Exchanges {
			if i := slices.IndexFunc(e.NotStored, func(k harness.Cookie) bool { return !dispensable(e, k) }); i >= 0 {
				return &e.NotStored[i]
			}
		}
	}
	return nil
}

// dispensable says whether a page misses nothing without a cookie that was not stored: the
// answer deletes the cookie, or it sets the same value under a second name for browsers that
// want SameSite=None.
func dispensable(e harness.Exchange, refused harness.Cookie) bool {
	value, seen := "", false
	for _, line := range e.ResponseHeaders.Values(web.NameSetCookie) {
		if pair, attributes, _ := web.CutSetCookie(line); web.SetCookieName(pair) == refused.Name {
			if deletes(attributes) {
				return true
			}
			_, value, seen = strings.Cut(pair, "=")
		}
	}
	return seen && slices.ContainsFunc(e.ResponseHeaders.Values(web.NameSetCookie), func(line string) bool {
		pair, _, _ := web.CutSetCookie(line)
		_, other, _ := strings.Cut(pair, "=")
		return other == value && !slices.ContainsFunc(e.NotStored, func(k harness.Cookie) bool { return k.Name == web.SetCookieName(pair) })
	})
}

// deletes says whether the attributes of a cookie delete it.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func deletes(attributes string) bool {
	gone := false
	for _, a := range web.CookieAttributes(attributes) {
		switch {
		case a.Is("Max-Age"):
			return a.Value == "0" || strings.HasPrefix(a.Value, "-")
		case a.Is("Expires"):
			at, err := http.ParseTime(strings.ReplaceAll(a.Value, "-", " "))
			gone = err == nil && at.Before(time.Now())
		}
	}
	return gone
}

// remedyOf is what to do about a cookie.
func remedyOf(k *harness.Cookie) string {
	_, remedy := k.Refused()
	return remedy
}

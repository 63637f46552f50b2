package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// allow is the trial that lets the page read the answer that was blocked.
func allow(c *patient) harness.Request {
	on := harness.EditResponse
	if ofPreflight(c.d.Seen.Reason) {
		on = harness.EditPreflight
	}
	return c.edited(allowing(on, c.d.Seen, c.by))
}

// bare says whether the answer is no error, and lacks Access-Control-Allow-Origin for a
// request that needed no preflight.
func bare(c *patient) bool {
	return answeredOnce(c) && c.by.Status < 400 && !web.IsRedirectStatus(c.by.Status) && len(c.d.Seen.Preflights()) == 0
}

// answers are the causes that show in an answer that is no error.
var answers = []Cause{{
	ID:       "no-header-anywhere",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	Not:      "that the server knows no CORS at all: it names another origin",
	fits:     func(c *patient) bool { return bare(c) && !maybeForNull(c) },
	judge: func(c *patient) judgement {
		c.likeCurl(c.fromOthers()...)
		if len(c.others()) > 0 {
			return excluded
		}
		if absent, stranger := c.nobody(); blocked(absent) && blocked(stranger) && !readable(c.result(atRoot)) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return fmt.Sprintf("The answer (%d) has no Access-Control-Allow-Origin for this page.", c.by.Status)
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return slices.Concat([]string{"this URL has no Access-Control-Allow-Origin"},
			c.shows(nowhere, harness.Blocked, "an address that is not there is blocked, too: it is not this URL alone"),
			c.shows(nowhere, harness.Readable, "an address that is not there is readable for the page"), keepsList(c), c.curlWorks())
	}),
	remedy: func(c *patient) string {
		if c.d.Seen.Page.Origin == harness.OpaqueOrigin {
			return serveThePage
		}
		return c.explain().Remedy
	},
	trial: allow,
}, {
	ID:       "another-origin-listed",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	fits: func(c *patient) bool {
		return bare(c) && len(c.others()) > 0 && !slices.Contains(c.others(), strangersOrigin)
	},
	judge: shown,
	cause: func(c *patient) string {
		return "The server lists " + strings.Join(c.others(), " and ") + ", and not the page's origin, " + originOf(c.d.Seen, c.by) + "."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		var told []string
		for _, origin := range c.others() {
			told = append(told, "asked with Origin: "+origin+", the server sends Access-Control-Allow-Origin: "+origin)
		}
		return append(told, "asked with Origin: "+strangersOrigin+", the server does not send that origin back: it keeps a list")
	}),
	remedy: func(c *patient) string {
		return "Add " + originOf(c.d.Seen, c.by) + " to the list of origins on the server, byte for byte."
	},
	trial: allow,
}, {
	ID:       "only-this-path",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	fits:     func(c *patient) bool { return bare(c) && c.elsewhereReadable() },
	judge:    shown,
	cause: func(c *patient) string {
		return fmt.Sprintf("The server allows this page at other addresses, and this answer (%d) has no Access-Control-Allow-Origin.", c.by.Status)
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return slices.Concat([]string{"this URL has no Access-Control-Allow-Origin"}, c.elsewhereShows(), c.curlWorks())
	}),
	remedy: func(c *patient) string {
		return "Make the part of the server that answers this path send Access-Control-Allow-Origin: " + originOf(c.d.Seen, c.by) + ", too. Look for a route that the CORS middleware does not cover, and in nginx for a location with an add_header of its own: nginx then ignores the lines outside it."
	},
	trial: allow,
}, {
	ID:       "two-parts-of-the-server",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	fits:     func(c *patient) bool { return answeredOnce(c) && c.by.Status < 400 && len(c.d.Seen.Preflights()) > 0 },
	judge:    shown,
	cause: func(c *patient) string {
		return "The answer to the preflight allows the page and the answer itself does not: two parts of the server give them."
	},
	layer: fixed(Framework, func(c *patient) []string {
		return []string{"OPTIONS has Access-Control-Allow-Origin, " + c.by.Method + " has none"}
	}),
	trial: allow,
}, {
	ID: "header-twice",
	Symptoms: []harness.Reason{harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues,
		harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials},
	fits:  func(c *patient) bool { return len(c.by.ResponseHeaders.Values(singular(c))) > 1 },
	judge: shown,
	cause: func(c *patient) string {
		return singular(c) + " stands in the answer more than once (" + strings.Join(c.shown.ResponseHeaders.Values(singular(c)), " and ") + "), and one value is allowed: usually the server and the gateway in front of it both add the header."
	},
	layer: func(c *patient) (Layer, []string) {
		several := []string{singular(c) + " stands on several lines"}
		if gateway := gateways(c.shown); len(gateway) > 0 {
			return Gateway, append(several, gateway...)
		}
		return Middleware, append(several, "no header of the answer shows a gateway")
	},
	trial: allow,
}, {
	ID: "wrong-value",
	Symptoms: []harness.Reason{harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues, harness.InvalidAllowOriginValue,
		harness.PreflightInvalidAllowOriginValue, harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch},
	Not: "that the server sends one and the same value to every page",
	fits: func(c *patient) bool {
		return answeredOnce(c) && len(c.by.ResponseHeaders.Values(web.NameAllowOrigin)) < 2
	},
	judge: func(c *patient) judgement {
		if invalid(c.d.Seen.Reason) {
			return proved // no page has such an origin
		}
		if ofPreflight(c.d.Seen.Reason) {
			c.preflightAsStranger()
			if e := c.raw(rawStranger); e != nil && lines(*e) == lines(c.by) {
				return proved
			}
			return open
		}
		_, other := c.nobody()
		if other != nil && lines(deciding(*other)) == lines(c.by) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		value := lines(c.shown)
		if strings.TrimSpace(value) == "" {
			return "The server sends Access-Control-Allow-Origin without a value."
		}
		if ofSeveral(c.d.Seen.Reason) {
			return "The server sends Access-Control-Allow-Origin: " + value + ", which is a list, and only one origin is allowed there."
		}
		return "The server sends Access-Control-Allow-Origin: " + value + ", which is not the page's origin, " + originOf(c.d.Seen, c.by) + "."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return append(clauses(meaning(c)), c.sameForAll()...)
	}),
	trial: allow,
}, {
	ID: "credentials",
	Symptoms: []harness.Reason{harness.WildcardOriginNotAllowed, harness.PreflightWildcardOriginNotAllowed,
		harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials},
	Not:  "that credentials alone are at fault: without them, the page is blocked too",
	fits: always,
	judge: func(c *patient) judgement {
		switch bare := c.uncredentialed(); {
		case readable(bare):
			return proved
		case blocked(bare):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The page asks with credentials, and the server does not allow them: that needs the page's own origin in place of *, and Access-Control-Allow-Credentials: true."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return append(clauses(meaning(c)), c.shows(noCredentials, harness.Readable, "without credentials, the same question passes")...)
	}),
	remedy: func(c *patient) string {
		wildcard := c.d.Seen.Reason == harness.WildcardOriginNotAllowed || c.d.Seen.Reason == harness.PreflightWildcardOriginNotAllowed
		if allowed, _ := c.by.ResponseHeaders.Get(web.NameAllowCredentials); wildcard && allowed != "true" { // the next check fails, too
			return c.explain().Remedy + " With credentials, the server must send Access-Control-Allow-Credentials: true, too."
		}
		return c.explain().Remedy
	},
	trial: allow,
}, {
	ID: "credentials-and-more",
	Symptoms: []harness.Reason{harness.WildcardOriginNotAllowed, harness.PreflightWildcardOriginNotAllowed,
		harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials},
	fits:  func(c *patient) bool { return blocked(c.result(noCredentials)) },
	judge: shown,
	cause: func(c *patient) string {
		return "The server does not allow the page to ask with credentials, and it blocks the same question without credentials, too."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return append(clauses(meaning(c)), "without credentials, the same question is "+outcome(*c.result(noCredentials)))
	}),
	trial: allow,
}}

// singular is the header with one value that the reason is about.
// https://fetch.spec.whatwg.org/#http-responses
func singular(c *patient) string {
	switch c.d.Seen.Reason {
	case harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials:
		return web.NameAllowCredentials
	}
	return web.NameAllowOrigin
}

// keepsList tells that the server looks at the Origin, and so may have a list.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func keepsList(c *patient) []string {
	if c.by.ResponseHeaders.VariesByOrigin() {
		return []string{"the answer has Vary: Origin, as a server sends it that compares Origin with a list"}
	}
	return nil
}

// invalid says whether a value is no origin at all, or several.
func invalid(r harness.Reason) bool {
	return ofSeveral(r) || r == harness.InvalidAllowOriginValue || r == harness.PreflightInvalidAllowOriginValue
}

// ofSeveral says whether the reason is that the header has several values.
func ofSeveral(r harness.Reason) bool {
	return r == harness.MultipleAllowOriginValues || r == harness.PreflightMultipleAllowOriginValues
}

// sameForAll says that a page of another origin gets the same value, where it did.
func (c *patient) sameForAll() []string {
	other := c.result(asStranger)
	if ofPreflight(c.d.Seen.Reason) {
		other = c.result(rawStranger)
	}
	if other != nil && len(other.Exchanges) > 0 && lines(other.Exchanges[len(other.Exchanges)-1]) == lines(c.by) {
		return []string{"a page of another origin gets the same value"}
	}
	return nil
}

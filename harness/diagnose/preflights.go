package diagnose

import (
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// pass is the trial in which the preflight passes.
func pass(c *patient) harness.Request { return c.edited(passing(c.d.Seen, c.by)) }

// optionsAlone judges whether only OPTIONS is at fault: a plain GET by the same page is
// readable.
func optionsAlone(c *patient) judgement {
	if readable(c.plain()) {
		return proved
	}
	return open
}

// plainShows is what a plain GET by the same page tells.
func (c *patient) plainShows() []string {
	return append(c.shows(asSimple, harness.Readable, "a plain GET by the same page is readable"),
		c.shows(asSimple, harness.Blocked, "a plain GET by the same page is blocked, too")...)
}

// preflights are the causes that lie in the answer to OPTIONS.
var preflights = []Cause{{
	ID:       "options-refused",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader, harness.PreflightInvalidStatus},
	Not:      "that OPTIONS alone is refused",
	fits:     func(c *patient) bool { return !web.IsOKStatus(c.by.Status) && c.by.Status != 0 && !lost(c) },
	judge:    optionsAlone,
	cause: func(c *patient) string {
		switch status := c.by.Status; {
		case status == 401, status == 403, status == 407:
			return fmt.Sprintf("The server checks who is signed in before it answers OPTIONS (%d), and a preflight never carries a login.", status)
		case status == 404, status == 405, status == 501:
			return fmt.Sprintf("The server has no answer for OPTIONS at this path (%d).", status)
		}
		return fmt.Sprintf("The server answered OPTIONS with %d, and a preflight needs a status from 200 to 299.", c.by.Status)
	},
	layer: func(c *patient) (Layer, []string) {
		layer, evidence := statusLayer(c)
		return layer, slices.Concat(evidence, c.plainShows())
	},
	trial: pass,
}, {
	ID:       "library-leaves-headers-out",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader},
	Not:      "that the CORS library leaves its headers out for a method or header alone: a plain GET by the same page is blocked, too",
	fits:     func(c *patient) bool { return web.IsOKStatus(c.by.Status) && !lost(c) },
	judge: func(c *patient) judgement {
		switch plain := c.plain(); {
		case readable(plain):
			return proved
		case blocked(plain):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The server allows this page, and its CORS library leaves all headers out of the preflight, because it refuses a method or header that the page uses" + asked(c) + "."
	},
	layer:  fixed(Middleware, (*patient).plainShows),
	remedy: func(c *patient) string { return "List in the CORS middleware what the page uses" + asked(c) + "." },
	trial:  pass,
}, {
	ID:       "origin-not-listed",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader},
	Not:      "that the server does not allow this page at all",
	fits:     func(c *patient) bool { return web.IsOKStatus(c.by.Status) && !lost(c) },
	judge: func(c *patient) judgement {
		if blocked(c.plain()) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return "The server does not allow this page: neither the preflight nor a plain GET gets Access-Control-Allow-Origin."
	},
	layer: fixed(Middleware, (*patient).plainShows),
	remedy: func(c *patient) string {
		return "Make the server list " + originOf(c.d.Seen, c.by) + ", and what the page uses" + asked(c) + "."
	},
	trial: pass,
}}

// asked is what the preflight asked for, in brackets.
func asked(c *patient) string {
	method, _ := c.by.RequestHeaders.Get(web.NameRequestMethod)
	if names, _ := c.by.RequestHeaders.Get(web.NameRequestHeaders); names != "" {
		method += ", " + names
	}
	if method == "" {
		return ""
	}
	return " (" + method + ")"
}

// lists are the causes that lie in the lists of a preflight's answer.
var lists = []Cause{{
	ID: "not-listed",
	Symptoms: []harness.Reason{harness.MethodDisallowedByPreflightResponse, harness.HeaderDisallowedByPreflightResponse,
		harness.InvalidAllowMethodsPreflightResponse, harness.InvalidAllowHeadersPreflightResponse},
	Not:  "that the list of methods or headers alone is at fault",
	fits: always,
	judge: func(c *patient) judgement {
		if readable(c.without()) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		name := web.NameAllowHeaders
		switch c.d.Seen.Reason {
		case harness.MethodDisallowedByPreflightResponse, harness.InvalidAllowMethodsPreflightResponse:
			name = web.NameAllowMethods
		}
		value, _ := c.by.ResponseHeaders.Get(name)
		if c.d.Seen.Parameter == "" {
			return fmt.Sprintf("The value of %s (%s) is not a list of names.", name, value)
		}
		return fmt.Sprintf("The answer to the preflight does not list %s in %s (%s).", c.d.Seen.Parameter, name, value)
	},
	layer: func(c *patient) (Layer, []string) {
		if web.IsAccessControl(c.d.Seen.Parameter) {
			return Page, []string{"the page sends " + c.d.Seen.Parameter + ", which is a header for responses"}
		}
		return Middleware, slices.Concat([]string{"the preflight asks for it and the answer does not list it"},
			c.shows(withoutThat, harness.Readable, "without it, the preflight passes"), gateways(c.shown))
	},
	trial: func(c *patient) harness.Request {
		if web.IsAccessControl(c.d.Seen.Parameter) {
			r := c.d.Seen.Request
			r.Headers = nil
			for _, f := range c.d.Seen.Request.Headers {
				if !web.IsAccessControl(f.Name) {
					r.Headers = append(r.Headers, f)
				}
			}
			return r
		}
		return c.edited(naming(c.by))
	},
}}

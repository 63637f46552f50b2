package diagnose

import (
	"fmt"
	"slices"

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

// answers are the causes that show in the answer itself.
var answers = []Cause{{
	ID:       "shared-cache",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader, harness.AllowOriginMismatch},
	Not:      "that a shared cache gives the answer to another site: without the cache, the page is blocked too",
	fits:     func(c *patient) bool { return len(caches(c.by)) > 0 && !lost(c) },
	judge: func(c *patient) judgement {
		switch fresh := c.uncached(); {
		case readable(fresh):
			return proved
		case blocked(fresh):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "A cache between browser and server gives this page the answer that it had stored for a request of another origin, or of none."
	},
	layer: func(c *patient) (Layer, []string) {
		return Cache, append(caches(c.shown), c.shows(ownQuery, harness.Readable, "with a query that no cache has, the same question is readable")...)
	},
	remedy: func(c *patient) string {
		return "Make the server send Vary: Origin with every response of this URL, have the cache keep the origins apart, and clear the cache."
	},
	trial: allow,
}, {
	ID:       "errors-only",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	Not:      "that only errors lack the header: an answer with success lacks it, too",
	fits:     func(c *patient) bool { return c.by.Status >= 400 && !lost(c) },
	judge: func(c *patient) judgement {
		if len(c.d.Seen.Preflights()) > 0 { // it passed, so that the server allows the page
			return proved
		}
		if absent := c.absent(); readable(absent) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return fmt.Sprintf("The server answered %d, and the error has no Access-Control-Allow-Origin, so that the page cannot see it.", c.by.Status)
	},
	layer: func(c *patient) (Layer, []string) {
		layer, evidence := statusLayer(c)
		if len(c.d.Seen.Preflights()) > 0 {
			return layer, append(evidence, "the preflight of the same question passed")
		}
		return layer, append(evidence, c.shows(nowhere, harness.Readable, "an address that is not there is readable for the page")...)
	},
	trial: allow,
}, {
	ID:       "no-header-anywhere",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	Not:      "that the server knows no CORS at all",
	fits:     func(c *patient) bool { return c.by.Status < 400 && len(c.d.Seen.Preflights()) == 0 && !lost(c) },
	judge: func(c *patient) judgement {
		if blocked(c.absent()) && blocked(c.stranger()) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return fmt.Sprintf("The answer (%d) has no Access-Control-Allow-Origin for this page.", c.by.Status)
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return slices.Concat([]string{"this URL has no Access-Control-Allow-Origin"},
			c.shows(nowhere, harness.Blocked, "an address that is not there is blocked, too: no CORS middleware runs for this page"),
			c.shows(nowhere, harness.Readable, "an address that is not there is readable for the page"))
	}),
	trial: allow,
}, {
	ID:       "two-parts-of-the-server",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	fits:     func(c *patient) bool { return c.by.Status < 400 && len(c.d.Seen.Preflights()) > 0 && !lost(c) },
	judge:    shown,
	cause: func(c *patient) string {
		return "The answer to the preflight allows the page and the answer itself does not: two parts of the server give them."
	},
	layer: fixed(Framework, func(c *patient) []string {
		return []string{"OPTIONS has Access-Control-Allow-Origin, " + c.by.Method + " has none"}
	}),
	trial: allow,
}, {
	ID:       "header-twice",
	Symptoms: []harness.Reason{harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues},
	Not:      "that two parts of the server add the header: it stands on one line",
	fits:     func(c *patient) bool { return len(c.by.ResponseHeaders.Values(web.NameAllowOrigin)) > 1 },
	judge:    shown,
	cause: func(c *patient) string {
		return "Two parts of the server add Access-Control-Allow-Origin (" + lines(c) + "), and one value is allowed."
	},
	layer: fixed(Gateway, func(*patient) []string { return []string{"Access-Control-Allow-Origin stands on several lines"} }),
	trial: allow,
}, {
	ID: "wrong-value",
	Symptoms: []harness.Reason{harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues, harness.InvalidAllowOriginValue,
		harness.PreflightInvalidAllowOriginValue, harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch},
	Not:  "that the server sends one and the same value to every page",
	fits: func(c *patient) bool { return !lost(c) && len(c.by.ResponseHeaders.Values(web.NameAllowOrigin)) < 2 },
	judge: func(c *patient) judgement {
		if other := c.stranger(); other != nil {
			if was, _ := deciding(*other).ResponseHeaders.Get(web.NameAllowOrigin); was == lines(c) {
				return proved
			}
		}
		return open
	},
	cause: func(c *patient) string {
		return "The server sends Access-Control-Allow-Origin: " + lines(c) + ", which is not the page's origin, " + originOf(c.d.Seen, c.by) + "."
	},
	layer: fixed(Middleware, func(c *patient) []string { return []string{"the value is " + lines(c)} }),
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
		return c.shows(noCredentials, harness.Readable, "without credentials, the same question passes")
	}),
	trial: allow,
}}

// result is an experiment that was made; nil otherwise.
func (c *patient) result(name string) *harness.Observation {
	if e := c.made[name]; e != nil && e.Error == "" {
		return &e.Seen
	}
	return nil
}

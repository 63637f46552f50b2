package diagnose

import (
	"cmp"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// redirects are the causes that a redirect brings.
var redirects = []Cause{{
	ID:       "null-after-redirect",
	Symptoms: []harness.Reason{harness.AllowOriginMismatch, harness.MissingAllowOriginHeader, harness.PreflightAllowOriginMismatch, harness.PreflightMissingAllowOriginHeader},
	Not:      "that the redirect alone is at fault: asked directly, the last URL is blocked too",
	fits:     lost,
	judge: func(c *patient) judgement {
		switch direct := c.arrived(); {
		case readable(direct):
			return proved
		case blocked(direct):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "A redirect leads from one origin to another, so that the browser asks the second server as null, which that server does not allow."
	},
	layer: fixed(Page, func(*patient) []string { return []string{"the request after the redirect has Origin: null"} }),
	remedy: func(c *patient) string {
		return "Have the page ask for " + c.shown.URL + " directly, or make the first server pass the request on instead of redirecting."
	},
	trial: (*patient).direct,
}, {
	ID:       "null-after-redirect-and-closed",
	Symptoms: []harness.Reason{harness.AllowOriginMismatch, harness.MissingAllowOriginHeader},
	Not:      "that the server behind the redirect allows nobody",
	fits:     func(c *patient) bool { return lost(c) && c.d.Seen.Request.Credentials != harness.Include },
	judge: func(c *patient) judgement {
		switch direct := c.arrived(); {
		case blocked(direct):
			return proved
		case readable(direct):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "A redirect leads to a server that does not allow this page, whether it is asked directly or as null after the redirect."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return c.shows(finalURL, harness.Blocked, "asked directly, "+c.shown.URL+" is blocked, too")
	}),
	remedy: func(c *patient) string {
		return "Have the page ask for " + harness.Observation{Request: c.final()}.Redacted().Request.URL + " directly, and make that server send Access-Control-Allow-Origin: " + c.d.Seen.Page.Origin + "."
	},
	trial: func(c *patient) harness.Request {
		r := c.final()
		r.WhatIf = []harness.Edit{{On: harness.EditResponse, Name: web.NameAllowOrigin, Value: c.d.Seen.Page.Origin}}
		return r
	},
}, {
	ID:       "preflight-redirected",
	Symptoms: []harness.Reason{harness.PreflightDisallowedRedirect},
	fits:     always,
	judge:    shown,
	cause: func(c *patient) string {
		return "The server answers OPTIONS with a redirect to " + location(c) + ", and a browser never follows the redirect of a preflight."
	},
	layer: func(c *patient) (Layer, []string) {
		return ofRedirect(c), append([]string{"OPTIONS has Location: " + location(c)}, gateways(c.shown)...)
	},
	trial: pass,
}, {
	ID:       "redirect-without-header",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	fits:     func(c *patient) bool { return web.IsRedirectStatus(c.by.Status) && !lost(c) },
	judge:    shown,
	cause:    meaning,
	layer: func(c *patient) (Layer, []string) {
		return ofRedirect(c), append([]string{"the redirect leads to " + location(c)}, gateways(c.shown)...)
	},
	trial: func(c *patient) harness.Request {
		if ofRedirect(c) != Login {
			return redirected(c.d.Seen.Request, c.target())
		}
		return c.edited(append(allowing(harness.EditResponse, c.d.Seen, c.by), harness.Edit{On: harness.EditResponse, Status: 401}))
	},
}, {
	ID:       "redirect-with-login",
	Symptoms: []harness.Reason{harness.RedirectContainsCredentials, harness.BlockedByOrigin},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer: fixed(Framework, func(c *patient) []string {
		return append([]string{"the redirect leads to " + location(c)}, reason(c)...)
	}),
	untried: "where a redirect leads cannot be edited. Change it, and ask again.",
}, {
	ID:       "redirect-broken",
	Symptoms: []harness.Reason{harness.InvalidRedirect, harness.UnsafeRedirect, harness.TooManyRedirects},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Framework, reason),
	untried:  "where a redirect leads cannot be edited. Change it, and ask again.",
}}

// final is the question for the last URL of all redirects: the URL that a redirect led to may
// redirect, too.
func (c *patient) final() harness.Request {
	r := c.direct()
	if seen := c.arrived(); seen != nil {
		r.URL = cmp.Or(deciding(*seen).URL, r.URL)
	}
	return r
}

// location is where the answer that decided redirects to, without secrets.
func location(c *patient) string {
	value, _ := c.shown.ResponseHeaders.Get(web.NameLocation)
	return value
}

// target is the URL that the answer that decided redirects to.
func (c *patient) target() string {
	value, _ := c.by.ResponseHeaders.Get(web.NameLocation)
	from, err := web.ParseURL(c.by.URL, nil)
	if err != nil {
		return value
	}
	to, err := web.ParseURL(value, &from)
	if err != nil {
		return value
	}
	return to.String()
}

// ofRedirect is the layer of a redirect: the login, where it looks like one.
func ofRedirect(c *patient) Layer {
	if text := c.explain(); strings.Contains(text.Meaning, "looks like a login") || strings.Contains(text.Remedy, "without a login") {
		return Login
	}
	return Framework
}

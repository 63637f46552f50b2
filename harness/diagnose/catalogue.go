package diagnose

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// judgement is what the experiments say of a cause.
type judgement int

const (
	open judgement = iota // they do not decide
	proved
	excluded
)

// Cause is a row of the catalogue.
type Cause struct {
	_ [0]func() // keyed literals only

	ID string
	// Symptoms are the reasons that Chrome gives.
	Symptoms []harness.Reason
	// Not says, for a reader, that the cause was ruled out.
	Not string

	// fits says whether the first answer fits.
	fits func(*patient) bool
	// judge makes the experiments.
	judge func(*patient) judgement
	// cause is one sentence.
	cause func(*patient) string
	// layer is at fault, with what tells.
	layer func(*patient) (Layer, []string)
	// remedy, unless nil, is more exact than the remedy that harness.Explain gives.
	remedy func(*patient) string
	// trial is the question as the remedy would make it.
	trial func(*patient) harness.Request
}

// catalogue are all causes. The first that is proved is taken, so the more particular ones
// stand first.
var catalogue = slices.Concat(redirects, answers, preflights, lists)

// Causes lists the catalogue.
func Causes() []Cause { return slices.Clone(catalogue) }

// ofPreflight says whether a reason is about the answer to a preflight. All such codes of
// Chrome have the word in their names.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func ofPreflight(r harness.Reason) bool { return strings.Contains(string(r), "Preflight") }

// always fits every answer with the symptom.
func always(*patient) bool { return true }

// shown says that the answer itself is the proof.
func shown(*patient) judgement { return proved }

// lines are the lines of Access-Control-Allow-Origin, in words.
func lines(c *patient) string {
	return strings.Join(c.by.ResponseHeaders.Values(web.NameAllowOrigin), " and ")
}

// lost says whether a redirect changed the Origin to null.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func lost(c *patient) bool {
	return originOf(c.d.Seen, c.by) == harness.OpaqueOrigin && c.d.Seen.Page.Origin != harness.OpaqueOrigin
}

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
		return "Have the page ask for " + c.shown.URL + " directly, and make that server send Access-Control-Allow-Origin: " + c.d.Seen.Page.Origin + "."
	},
	trial: func(c *patient) harness.Request {
		r := c.direct()
		r.WhatIf = []harness.Edit{{On: harness.EditResponse, Name: web.NameAllowOrigin, Value: c.d.Seen.Page.Origin}}
		return r
	},
}, {
	ID:       "preflight-redirected",
	Symptoms: []harness.Reason{harness.PreflightDisallowedRedirect},
	fits:     always,
	judge:    shown,
	cause: func(c *patient) string {
		location, _ := c.shown.ResponseHeaders.Get(web.NameLocation)
		return "The server answers OPTIONS with a redirect to " + location + ", and a browser never follows the redirect of a preflight."
	},
	layer: func(c *patient) (Layer, []string) {
		location, _ := c.shown.ResponseHeaders.Get(web.NameLocation)
		layer := Framework
		if strings.Contains(harness.Explain(c.d.Seen).Meaning, "looks like a login") {
			layer = Login
		}
		return layer, append([]string{"OPTIONS has Location: " + location}, gateways(c.shown)...)
	},
	trial: func(c *patient) harness.Request { return c.edited(passing(c.d.Seen, c.by)) },
}}

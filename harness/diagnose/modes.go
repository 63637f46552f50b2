package diagnose

import (
	"github.com/corsproof/corsproof/harness"
)

// asCORS is the question in mode cors.
// https://fetch.spec.whatwg.org/#concept-request-mode
func asCORS(r *harness.Request) { r.Mode = harness.CORS }

// pageModes are the causes that lie in how the page asks.
var pageModes = []Cause{{
	ID:       "mode-same-origin",
	Symptoms: []harness.Reason{harness.DisallowedByMode},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer: fixed(Page, func(c *patient) []string {
		return append(reason(c), "no request left the browser", "in mode cors, the same question is "+included(c))
	}),
	remedy: func(c *patient) string {
		return "Have the page ask in mode cors, which is what fetch() does without the option mode." + further(c)
	},
	trial: corsTrial,
}, {
	// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
	ID:     "mode-no-cors",
	Silent: []harness.Verdict{harness.Opaque},
	fits: func(c *patient) bool {
		r := c.d.Seen.Request
		return r.Mode == harness.NoCORS && r.Via.Fetches() && crossOrigin(c.d.Seen) && r.Moment == ""
	},
	judge: shown,
	cause: func(c *patient) string {
		return "The page asks in mode no-cors: the browser hides status, headers and body from the script. That mode hides the error and gives no data."
	},
	layer: fixed(Page, func(c *patient) []string {
		return []string{"the script got a response of type opaque, with status 0", "in mode cors, the same question is " + included(c)}
	}),
	remedy: func(c *patient) string {
		return "Have the page ask in mode cors, which is what fetch() does without the option mode." + further(c)
	},
	trial: corsTrial,
	helps: func(_ *patient, o harness.Observation) bool { return o.Verdict == harness.Readable },
}, {
	// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
	ID:     "redirect-manual",
	Silent: []harness.Verdict{harness.Opaque},
	fits:   func(c *patient) bool { return c.d.Seen.Script.Type == "opaqueredirect" },
	judge:  shown,
	cause: func(c *patient) string {
		return "The server redirects, and the page asks with redirect mode manual: the browser hides the redirect from the script."
	},
	layer: fixed(Page, func(c *patient) []string {
		return []string{"the script got a response of type opaqueredirect, with status 0"}
	}),
	remedy: func(c *patient) string { return "Have the page ask with redirect mode follow, or for the final URL." },
	trial:  changing(func(r *harness.Request) { r.Redirect = "" }),
	helps:  func(_ *patient, o harness.Observation) bool { return o.Verdict == harness.Readable },
},
	{
		// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
		ID:       "redirect-mode",
		Symptoms: []harness.Reason{harness.RedirectRefused, harness.NoCorsRedirectModeNotFollow},
		fits:     always,
		judge:    shown,
		cause:    meaning,
		layer:    fixed(Page, func(c *patient) []string { return append(reason(c), "the answer redirects to "+location(c)) }),
		trial:    changing(func(r *harness.Request) { r.Redirect = "" }),
	},
	direct("cache-mode", Page, changing(func(r *harness.Request) { r.Cache = "" }), harness.NotInCache),
	direct("script-gave-up", Page, changing(func(r *harness.Request) { r.AbortAfter, r.TimeoutAfter = 0, 0 }), harness.ScriptAborted, harness.ScriptTimedOut),
	direct("service-worker", Page, changing(func(r *harness.Request) { r.Controller = harness.Controller{} }), harness.ServiceWorkerAnswer),
	{
		// https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-origin-clean
		ID:     "canvas-tainted",
		Silent: []harness.Verdict{harness.Opaque},
		fits: func(c *patient) bool {
			switch c.d.Seen.Request.Via {
			case harness.ViaCanvas, harness.ViaImageBitmap, harness.ViaWebGL:
				return crossOrigin(c.d.Seen)
			}
			return false
		},
		judge: shown,
		cause: meaning,
		layer: fixed(Page, func(c *patient) []string {
			return []string{"the image has no attribute crossorigin", "with the attribute, the same question is " + included(c)}
		}),
		remedy: func(c *patient) string { return `Put crossorigin="anonymous" on the image.` + further(c) },
		trial:  corsTrial,
		helps:  func(_ *patient, o harness.Observation) bool { return o.Verdict == harness.Readable },
	}, {
		// https://w3c.github.io/webappsec-subresource-integrity/#is-response-eligible
		ID:       "integrity-without-cors",
		Symptoms: []harness.Reason{harness.BlockedByIntegrity},
		fits: func(c *patient) bool {
			return c.d.Seen.Request.EffectiveMode() == harness.NoCORS && crossOrigin(c.d.Seen)
		},
		judge: shown,
		cause: meaning,
		layer: fixed(Page, func(c *patient) []string {
			return []string{"the element has no attribute crossorigin", "with the attribute, the same question is " + included(c)}
		}),
		remedy: func(c *patient) string { return `Put crossorigin="anonymous" on the element.` + further(c) },
		trial:  corsTrial,
	},
	direct("integrity", Page, changing(func(r *harness.Request) { r.Integrity = "" }), harness.BlockedByIntegrity, harness.BlockedBySRISignature),
}

// inCORS asks in mode cors.
func (c *patient) inCORS() *harness.Observation {
	r := c.d.Seen.Request
	asCORS(&r)
	return c.make(asIncluded, r)
}

// included is what comes out in mode cors, in words.
func included(c *patient) string {
	if o := c.inCORS(); o != nil {
		return outcome(*o)
	}
	return "without a verdict"
}

// further is what has to change on the server, where mode cors alone does not help.
func further(c *patient) string {
	if o := c.inCORS(); blocked(o) {
		return " " + harness.Explain(*o).Remedy
	}
	return ""
}

// corsTrial is the question in mode cors and, where the server does not allow that, with the
// answers as it would have to make them.
func corsTrial(c *patient) harness.Request {
	r := c.d.Seen.Request
	asCORS(&r)
	o := c.inCORS()
	if !blocked(o) {
		return r
	}
	by := deciding(*o)
	if ofPreflight(o.Reason) {
		r.WhatIf = passing(*o, by)
	}
	for _, e := range allowing(harness.EditResponse, *o, by) {
		r.WhatIf = append(r.WhatIf, e)
	}
	if !r.Via.Fetches() && r.Validate() != nil {
		r.Via, r.Where = "", ""
		c.d.Notes = append(c.d.Notes, "The remedy was tried with fetch() in mode cors, because only the answers to fetch() and XMLHttpRequest can be edited. The CORS check of an element with crossorigin is the same.")
	}
	r.Cache = ""
	return r
}

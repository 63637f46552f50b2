package diagnose

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const varyRemedy = "Make the server send Vary: Origin with every response of this URL, also where the request has no Origin"

// browserCaches are the causes that lie in the cache of the browser.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
var browserCaches = []Cause{{
	ID:       "browser-cache",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader, harness.AllowOriginMismatch},
	Not:      "that the browser's cache is at fault: past it, the page is blocked too",
	fits:     func(c *patient) bool { return !asked(c.d.Seen) },
	judge: func(c *patient) judgement {
		switch fresh := c.make(pastTheCache, c.pastTheCache()); {
		case readable(fresh):
			return proved
		case blocked(fresh):
			c.by, c.shown = deciding(*fresh), deciding(fresh.Redacted()) // the server's own answer
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The browser took an answer from its cache, where it was stored for another request of the same URL, and did not ask the server."
	},
	layer: func(c *patient) (Layer, []string) {
		return Setting, append([]string{"no request left the browser"}, c.shows(pastTheCache, harness.Readable, "past the browser's cache, the same question is readable")...)
	},
	remedy: func(*patient) string { return varyRemedy + ", so that browsers store an answer for each origin." },
	trial:  (*patient).pastTheCache,
}, {
	ID:     "browser-cache-later",
	Silent: []harness.Verdict{harness.Readable},
	fits: func(c *patient) bool {
		return c.client != nil && c.d.Seen.Request.EffectiveVia() == harness.ViaFetch && crossOrigin(c.d.Seen) && lines(c.by) == originOf(c.d.Seen, c.by) && storable(c.by) && !c.by.ResponseHeaders.VariesByOrigin()
	},
	judge: func(c *patient) judgement {
		c.likeCurl()
		bare := c.raw(rawAsCurl)
		if bare == nil || bare.ResponseHeaders.VariesByOrigin() || len(bare.ResponseHeaders.Values(web.NameAllowOrigin)) > 0 {
			return excluded
		}
		if blocked(c.make(afterAnImage, c.afterAnImage())) {
			return proved
		}
		return excluded
	},
	cause: func(c *patient) string {
		return "The browser may store the answer to a request without Origin, such as an image, and give it to this page, which is then blocked: the server sends Access-Control-Allow-Origin only where the request has an Origin, and no Vary: Origin."
	},
	layer: func(c *patient) (Layer, []string) {
		return Setting, []string{"asked now, the page can read the response", "after a request without Origin, and with the browser's cache on, the same question is blocked: this is why it fails at random, and never while DevTools disables the cache"}
	},
	remedy: func(*patient) string { return varyRemedy + ", so that browsers store an answer for each origin." },
	trial:  (*patient).pastTheCache,
}}

// caches are the causes that lie in a cache between browser and server.
var caches = []Cause{{
	ID:       "shared-cache",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader, harness.AllowOriginMismatch},
	Not:      "that a shared cache gives the answer to another site: without the cache, the page is blocked too",
	fits:     func(c *patient) bool { return len(cached(c.by)) > 0 && answeredOnce(c) },
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
		return Cache, append(cached(c.shown), c.shows(ownQuery, harness.Readable, "with a query that no cache has, the same question is readable")...)
	},
	remedy: func(c *patient) string {
		return "Make the server send Vary: Origin with every response of this URL, have the cache keep the origins apart, and clear the cache."
	},
	trial: allow,
}}

// asked says whether a request left the browser.
func asked(o harness.Observation) bool {
	for _, e := range o.Exchanges {
		if e.Sent && e.FromCache == "" {
			return true
		}
	}
	return false
}

// crossOrigin says whether the question leaves the page's origin.
func crossOrigin(o harness.Observation) bool {
	return web.OriginOf(o.Request.URL) != o.Page.Origin
}

// storable says whether a browser may store an answer and use it without asking.
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func storable(e harness.Exchange) bool {
	_, modified := e.ResponseHeaders.Get("Last-Modified")
	_, expires := e.ResponseHeaders.Get("Expires")
	control := e.ResponseHeaders.Items("Cache-Control")
	fresh := modified || expires
	for _, directive := range control {
		switch name, value := splitDirective(directive); name {
		case "no-store", "no-cache":
			return false
		case "max-age":
			fresh = value != "0"
		}
	}
	return fresh && e.Status == 200 && e.Method == "GET"
}

// splitDirective splits a directive of Cache-Control.
func splitDirective(text string) (name, value string) {
	name, value, _ = strings.Cut(text, "=")
	return strings.ToLower(strings.TrimSpace(name)), strings.Trim(value, ` "`)
}

// pastTheCache is the question with the browser's cache left out.
func (c *patient) pastTheCache() harness.Request {
	r := c.d.Seen.Request
	r.Before, r.Cache = nil, harness.CacheNoStore // what the browser has stored stays as it is
	if !r.Via.Fetches() {
		r.Via, r.Where, r.Mode = "", "", r.EffectiveMode()
	}
	return r
}

// afterAnImage is the question with the browser's cache on, behind a request without Origin,
// as an image makes it.
func (c *patient) afterAnImage() harness.Request {
	r := c.d.Seen.Request
	r.Cache = harness.CacheDefault
	r.Before = []harness.Request{{From: r.From, PagePath: r.PagePath, URL: r.URL, Mode: harness.NoCORS, Cache: harness.CacheReload}}
	return r
}

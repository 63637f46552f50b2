package diagnose

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// pass is the trial in which the preflight passes.
func pass(c *patient) harness.Request { return c.edited(passing(c.d.Seen, c.by)) }

// plainShows is what a plain GET by the same page tells.
func (c *patient) plainShows() []string {
	return append(c.shows(asSimple, harness.Readable, "a plain GET by the same page is readable"),
		c.shows(asSimple, harness.Blocked, "a plain GET by the same page is blocked, too")...)
}

// loginFirst says whether the preflight passes with the Authorization that a browser never
// sends with it. https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func (c *patient) loginFirst() bool {
	signed := c.raw(rawSigned)
	return signed != nil && web.IsOKStatus(signed.Status)
}

// missingPath says whether a plain GET gets 404 as OPTIONS did: the path may be wrong for any
// method.
func (c *patient) missingPath() bool {
	plain := c.plain()
	return plain != nil && c.by.Status == http.StatusNotFound && deciding(*plain).Status == http.StatusNotFound
}

// failed says whether an experiment was answered with an error, which may lack the headers
// because it is an error.
func failed(o *harness.Observation) bool { return o != nil && deciding(*o).Status >= 400 }

// bareSuccess says whether a preflight was answered with success, and lacks
// Access-Control-Allow-Origin.
func bareSuccess(c *patient) bool { return web.IsOKStatus(c.by.Status) && !lost(c) }

// preflights are the causes that lie in the answer to OPTIONS.
var preflights = []Cause{{
	ID:       "options-refused",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader, harness.PreflightInvalidStatus},
	Not:      "that OPTIONS alone is refused",
	fits:     func(c *patient) bool { return !web.IsOKStatus(c.by.Status) && c.by.Status != 0 },
	judge: func(c *patient) judgement {
		c.preflightRawly()
		if readable(c.plain()) && !c.missingPath() || c.loginFirst() || c.by.Status == 401 || c.by.Status == 407 { // such a status asks for a login itself
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		switch status := c.by.Status; {
		case c.loginFirst():
			return fmt.Sprintf("The server checks who is signed in before it answers OPTIONS (%d), and a preflight never carries a login.", status)
		case status == 401, status == 407:
			return fmt.Sprintf("The server wants a login before it answers OPTIONS (%d), and a preflight never carries a login.", status)
		case status == 403:
			return "The server refuses OPTIONS with 403, so the request itself is never sent."
		case status == 404, status == 405, status == 501:
			return fmt.Sprintf("The server has no answer for OPTIONS at this path (%d).", status)
		}
		return fmt.Sprintf("The server answered OPTIONS with %d, and a preflight needs a status from 200 to 299.", c.by.Status)
	},
	layer: func(c *patient) (Layer, []string) {
		layer, evidence := statusLayer(c, rawPreflight)
		if c.loginFirst() {
			layer = Login
			evidence = append(evidence, "with the page's Authorization and without a browser, the same OPTIONS is answered with success")
		}
		if c.missingPath() {
			evidence = append(evidence, "a plain GET gets 404, too: the path may be wrong")
		}
		return layer, slices.Concat(evidence, c.plainShows())
	},
	remedy: func(c *patient) string {
		if c.loginFirst() {
			return "Make the server answer OPTIONS before it checks who is signed in."
		}
		return c.explain().Remedy
	},
	trial: pass,
}, {
	ID:       "library-leaves-headers-out",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader},
	Not:      "that the CORS library leaves its headers out because of a method or header: a request that needs none of them gets no Access-Control-Allow-Origin either",
	fits:     bareSuccess,
	judge: func(c *patient) judgement {
		switch plain := c.plain(); {
		case readable(plain):
			c.eachPart()
			switch allowed, answered := c.mild(); {
			case allowed || len(c.guilty()) > 0:
				return proved
			case answered:
				return excluded
			}
		case blocked(plain) && !failed(plain):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The server allows this page, and its CORS library leaves all headers out of the preflight, because it refuses a method or header that the page uses" + c.refusedParts() + "."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		told := c.plainShows()
		for _, part := range c.guilty() {
			told = append(told, "without "+part+", the preflight passes")
		}
		return told
	}),
	remedy: func(c *patient) string {
		return "List in the CORS middleware what it refuses" + c.refusedParts() + "."
	},
	trial: pass,
}, {
	ID:       "options-without-headers",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader},
	fits: func(c *patient) bool {
		allowed, answered := c.mild()
		return bareSuccess(c) && readable(c.plain()) && answered && !allowed
	},
	judge: shown,
	cause: func(c *patient) string {
		return fmt.Sprintf("The server answers OPTIONS with success (%d) and without Access-Control-Allow-Origin, also where the preflight asks for %s alone. Its answer to GET has the header.", c.by.Status, strings.Join(c.mildMethods(), ", "))
	},
	layer: fixed(Framework, func(c *patient) []string {
		told := append(c.plainShows(), "a preflight for each of the methods "+strings.Join(c.mildMethods(), ", ")+" without further headers gets no Access-Control-Allow-Origin either")
		if allow, present := c.shown.ResponseHeaders.Get("Allow"); present {
			told = append(told, "the answer has Allow: "+allow+", as a router answers OPTIONS that no handler takes")
		}
		return told
	}),
	remedy: func(c *patient) string {
		return "Put the CORS middleware in front of the routes, so that it answers OPTIONS, and list in it what the page uses" + wanted(c) + "."
	},
	trial: pass,
}, {
	ID:       "origin-not-listed",
	Symptoms: []harness.Reason{harness.PreflightMissingAllowOriginHeader},
	Not:      "that the server does not allow this page at all",
	fits:     bareSuccess,
	judge: func(c *patient) judgement {
		if plain := c.plain(); blocked(plain) && !failed(plain) {
			c.others()
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return "The server does not allow this page: neither the preflight nor a plain GET gets Access-Control-Allow-Origin."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		told := c.plainShows()
		for _, origin := range c.others() {
			told = append(told, "asked with Origin: "+origin+", the server sends that origin back")
		}
		return told
	}),
	remedy: func(c *patient) string {
		return "Make the server list the origin " + originOf(c.d.Seen, c.by) + ", and the method and headers of the page" + wanted(c) + "."
	},
	trial: pass,
}}

// mildMethods are methods that a server with CORS is likely to list, and the method of the page.
func (c *patient) mildMethods() []string {
	own, _ := c.by.RequestHeaders.Get(web.NameRequestMethod)
	return slices.Compact([]string{http.MethodGet, http.MethodPost, cmp.Or(own, http.MethodPost)})
}

// mild sends preflights without a browser, each for a method alone, and says whether one of the
// answers allows an origin, and whether all were answered.
func (c *patient) mild() (allowed, answered bool) {
	var plans []planned
	name := func(method string) string { return rawPreflight + ", for " + method + " and no header" }
	for _, method := range c.mildMethods() {
		plans = append(plans, c.wired(name(method), http.MethodOptions, harness.Header{{Name: web.NameOrigin, Value: originOf(c.d.Seen, c.by)}, {Name: web.NameRequestMethod, Value: method}}))
	}
	c.rawly(plans...)
	answered = true
	for _, method := range c.mildMethods() {
		e := c.raw(name(method))
		answered = answered && e != nil
		allowed = allowed || e != nil && lines(*e) != ""
	}
	return allowed, answered
}

// wanted is what the preflight asked for, in brackets.
func wanted(c *patient) string {
	method, _ := c.by.RequestHeaders.Get(web.NameRequestMethod)
	if names, _ := c.by.RequestHeaders.Get(web.NameRequestHeaders); names != "" {
		method += ", " + names
	}
	if method == "" {
		return ""
	}
	return " (" + method + ")"
}

// mostParts bounds the experiments on the parts of one request.
const mostParts = 12

// eachPart asks without each part of the request that needs permission, all at the same time,
// to find the one that the server refuses. Nothing but preflights leaves the browser.
func (c *patient) eachPart() {
	r := c.d.Seen.Request
	r.DryRun = true
	var plans []planned
	if !web.IsCORSSafelistedMethod(web.NormalizeMethod(r.Method)) && r.Method != "" {
		other := r
		other.Method, other.Body = http.MethodGet, harness.Body{}
		plans = append(plans, c.browser(withoutMethod, other))
	}
	names := c.by.RequestHeaders.Items(web.NameRequestHeaders)
	for _, name := range names[:min(len(names), mostParts)] {
		plans = append(plans, c.browser(withoutHeader+name, dropping(r, name)))
	}
	if len(plans) > 1 { // a single part is known without an experiment
		c.atOnce(plans...)
	}
}

// guilty are the parts of the request without which the preflight passes.
func (c *patient) guilty() (parts []string) {
	if o := c.result(withoutMethod); readable(o) && len(o.Preflights()) > 0 {
		parts = append(parts, "the method "+c.d.Seen.Request.Method)
	}
	for _, name := range c.by.RequestHeaders.Items(web.NameRequestHeaders) {
		if o := c.result(withoutHeader + name); readable(o) && len(o.Preflights()) > 0 {
			parts = append(parts, "the header "+name)
		}
	}
	return parts
}

// refusedParts are the guilty parts or, where none is alone at fault, all that the preflight
// asked for; in brackets.
func (c *patient) refusedParts() string {
	if parts := c.guilty(); len(parts) > 0 {
		return " (" + strings.Join(parts, ", ") + ")"
	}
	return wanted(c)
}

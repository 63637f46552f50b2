package diagnose

import (
	"fmt"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// elements are the causes that lie in a response that an element, or a page with an embedder
// policy, may not use.
var elements = []Cause{{
	// https://fetch.spec.whatwg.org/#orb-algorithm
	ID:       "error-page-for-element",
	Symptoms: []harness.Reason{harness.BlockedByORB, harness.ResponseUnusable, harness.BlockedByContentType},
	fits:     func(c *patient) bool { return c.by.Status >= 400 },
	judge:    shown,
	cause:    meaning,
	layer: func(c *patient) (Layer, []string) {
		c.likeCurl()
		layer, evidence := statusLayer(c, rawAsPage)
		return layer, append(evidence, typeOf(c))
	},
	untried: "an edit changes headers and status, and not the content that the element needs.",
}, {
	ID:       "another-page-for-element",
	Symptoms: []harness.Reason{harness.BlockedByORB, harness.ResponseUnusable, harness.BlockedByContentType},
	fits:     func(c *patient) bool { return c.by.Status != 0 && c.by.Status < 400 && isHTML(c.by) },
	judge:    shown,
	cause:    meaning,
	layer: fixed(Framework, func(c *patient) []string {
		return []string{typeOf(c), "a server sends a page of HTML so for a file that it does not have, or for a login"}
	}),
	remedy: func(c *patient) string {
		return "Make the server send the file itself at this URL, and not a page of HTML in its place: look for a wrong path, for a rule that sends the index page for every path, and for a login."
	},
	untried: "an edit changes headers and status, and not the content that the element needs.",
}, {
	ID:       "wrong-type",
	Symptoms: []harness.Reason{harness.BlockedByORB, harness.ResponseUnusable, harness.BlockedByContentType},
	fits:     func(c *patient) bool { return c.by.Status != 0 && c.by.Status < 400 && !isHTML(c.by) },
	judge:    func(*patient) judgement { return open },
	cause:    meaning,
	layer:    fixed(Framework, func(c *patient) []string { return append(reason(c), typeOf(c)) }),
	untried:  "only the answers to fetch() can be edited, and only the element judges the type.",
}, {
	// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
	ID:       "resource-policy",
	Symptoms: []harness.Reason{harness.BlockedByCORPNotSameOrigin, harness.BlockedByCORPNotSameSite, harness.BlockedByResponse},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer: fixed(Middleware, func(c *patient) []string {
		value, present := c.shown.ResponseHeaders.Get(nameCORP)
		if !present {
			return reason(c)
		}
		return []string{"the answer has " + nameCORP + ": " + value + ", as a middleware for security headers, such as helmet, sends it"}
	}),
	remedy: embeddable,
	trial:  corsTrial,
}, {
	// https://html.spec.whatwg.org/multipage/browsers.html#coep
	ID: "embedder-policy",
	Symptoms: []harness.Reason{harness.BlockedByCORPDefaultedByCOEP, harness.BlockedByCORPDefaultedByDIP, harness.BlockedByCORPDefaultedByCOEPAndDIP,
		harness.BlockedByCOEPFrame, harness.BlockedByCOOPSandbox},
	fits:  always,
	judge: shown,
	cause: meaning,
	layer: fixed(Page, func(c *patient) []string {
		r := c.d.Seen.Request
		r.PageHeaders = withoutIsolation(r.PageHeaders)
		told := reason(c)
		if o := c.make(withoutEmbedder, r); o != nil {
			told = append(told, "on a page without the policy, the same question is "+outcome(*o))
		}
		return told
	}),
	remedy: embeddable,
	trial:  corsTrial,
}}

// nameCORP is the header of the resource policy, and withoutEmbedder an experiment.
const (
	nameCORP        = "Cross-Origin-Resource-Policy"
	withoutEmbedder = "the same on a page without its embedder policy"
)

// withoutIsolation are the headers of a page without the policies that isolate it.
func withoutIsolation(h harness.Header) harness.Header {
	return without(without(h, "Cross-Origin-Embedder-Policy"), "Document-Isolation-Policy")
}

// embeddable is the remedy for what a page may not embed. Chrome judges the resource policy
// before an answer can be edited, so the trial asks in mode cors, where the policy does not matter.
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func embeddable(c *patient) string {
	first := "Have the page ask in mode cors."
	if !c.d.Seen.Request.Via.Fetches() {
		first = `Put crossorigin="anonymous" on the element.`
	}
	return first + further(c) + " Or make the server send " + nameCORP + ": cross-origin, which cannot be tried here: Chrome judges that header before an answer can be edited."
}

// typeOf is what the server sent for an element.
func typeOf(c *patient) string {
	kind, present := c.shown.ResponseHeaders.Get(web.NameContentType)
	if !present {
		return fmt.Sprintf("the answer is %d without a Content-Type", c.by.Status)
	}
	return fmt.Sprintf("the answer is %d with Content-Type: %s", c.by.Status, kind)
}

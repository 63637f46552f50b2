package diagnose

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// page are the causes that lie in what the page is: its origin, its policies, the URL that it
// asks for.
var page = []Cause{{
	// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
	ID:       "page-without-origin",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader, harness.PreflightMissingAllowOriginHeader, harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch},
	Not:      "that the page's lack of an origin is at fault: a page with an origin gets no Access-Control-Allow-Origin either",
	fits: func(c *patient) bool {
		return c.d.Seen.Page.Origin == harness.OpaqueOrigin && web.OriginOf(c.by.URL) == web.OriginOf(c.d.Seen.Request.URL)
	},
	judge: func(c *patient) judgement {
		if lines(c.by) != "" {
			return proved // the server names an origin
		}
		if len(c.others()) > 0 {
			return proved
		}
		if e := c.raw(rawOrigin + strangersOrigin); e != nil && lines(*e) == "" && !maybeForNull(c) {
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The page has no origin of its own and asks as null, as a file, a sandboxed frame and a data: URL do, and the server does not allow null."
	},
	layer: fixed(Page, func(c *patient) []string {
		told := []string{"the request has Origin: null"}
		if value := lines(c.shown); value != "" {
			return append(told, "the server sends Access-Control-Allow-Origin: "+value)
		}
		for _, origin := range c.others() {
			told = append(told, "asked with Origin: "+origin+", the server sends that origin back")
		}
		return append(told, keepsList(c)...)
	}),
	remedy: func(c *patient) string {
		return serveThePage
	},
	trial: func(c *patient) harness.Request {
		r := c.edited(nil)
		r.From, r.OpaqueScheme, r.Within, r.AddressSpace = strangersOrigin, "", "", ""
		for _, e := range everything(c.d.Seen, c.by) {
			if e.Name == web.NameAllowOrigin {
				e.Value = r.From
			}
			r.WhatIf = append(r.WhatIf, e)
		}
		return r
	},
}, {
	ID:     "scheme-missing",
	Silent: []harness.Verdict{harness.Readable},
	fits:   func(c *patient) bool { return c.hostInPath() != "" && (c.by.Status >= 400 || isHTML(c.by)) },
	judge: func(c *patient) judgement {
		if c.make(withScheme, c.schemed()) != nil {
			return proved
		}
		return excluded
	},
	cause: func(c *patient) string {
		return "The page asked its own server: the URL in the page has no scheme, so the browser took " + c.hostInPath() + " for a path."
	},
	layer: fixed(Page, func(c *patient) []string {
		return []string{"the path begins with the name of a host", "a server answers at " + web.OriginOf(c.schemed().URL) + ": " + outcome(*c.result(withScheme))}
	}),
	remedy: func(c *patient) string {
		return "Write the scheme in the page's URL: " + web.OriginOf(c.schemed().URL) + "/..."
	},
	trial: func(c *patient) harness.Request { return c.schemed() },
	helps: func(_ *patient, o harness.Observation) bool { return usable(o) || asked(o) },
}, {
	// https://w3c.github.io/webappsec-csp/#connect-src
	ID:       "content-security-policy",
	Symptoms: []harness.Reason{harness.BlockedByCSP, harness.BlockedByContentSecurityCheck},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Page, reason),
	trial: changing(func(r *harness.Request) {
		r.PageHeaders, r.WorkerHeaders = without(r.PageHeaders, "Content-Security-Policy"), without(r.WorkerHeaders, "Content-Security-Policy")
	}),
	helps: func(_ *patient, o harness.Observation) bool { return usable(o) || asked(o) },
}, {
	// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
	ID:       "mixed-content",
	Symptoms: []harness.Reason{harness.BlockedByMixedContent},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Page, reason),
	trial: changing(func(r *harness.Request) {
		r.URL = strings.Replace(strings.Replace(r.URL, "http://", "https://", 1), "ws://", "wss://", 1)
	}),
	helps: func(_ *patient, o harness.Observation) bool { return usable(o) || asked(o) },
}, {
	ID:       "login-in-url",
	Symptoms: []harness.Reason{harness.RequestRefused},
	fits: func(c *patient) bool {
		u, err := web.ParseURL(c.d.Seen.Request.URL, nil)
		return err == nil && u.Userinfo != ""
	},
	judge: shown,
	cause: meaning,
	layer: fixed(Page, func(*patient) []string { return []string{"the URL has a user name or a password"} }),
	trial: changing(func(r *harness.Request) {
		if u, err := web.ParseURL(r.URL, nil); err == nil {
			u.Userinfo = ""
			r.URL = u.String()
		}
	}),
	helps: func(_ *patient, o harness.Observation) bool { return usable(o) || asked(o) },
}, {
	// https://html.spec.whatwg.org/multipage/workers.html#dom-worker
	ID:       "worker-elsewhere",
	Symptoms: []harness.Reason{harness.RequestRefused},
	fits:     func(c *patient) bool { return c.d.Seen.Request.Via == harness.ViaWorkerScript },
	judge:    shown,
	cause:    meaning,
	layer: fixed(Page, func(*patient) []string {
		return []string{"the script is of another origin than the page", "no request left the browser"}
	}),
	remedy: func(c *patient) string { return c.explain().Remedy },
	trial:  changing(func(r *harness.Request) { r.Via, r.Where = harness.ViaImportScripts, harness.WhereWorker }),
}, {
	// https://fetch.spec.whatwg.org/#forbidden-method
	ID:       "request-not-possible",
	Symptoms: []harness.Reason{harness.RequestRefused, harness.InvalidURL, harness.DisallowedURLScheme, harness.UnknownURLScheme, harness.CorsDisabledScheme, harness.BodyNotResent},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Page, reason),
	untried:  "what the page wants instead is not known.",
},
	// https://fetch.spec.whatwg.org/#port-blocking
	func() Cause {
		c := direct("port-blocked", Network, nil, harness.UnsafePort)
		c.untried = "the server's other port is not known."
		return c
	}(),
}

// serveThePage is the remedy for a page without an origin of its own.
const serveThePage = "Serve the page from an http or https URL and not in a sandbox, and list that origin on the server. To allow null instead would let every site in."

// maybeForNull says whether a page with an origin may be allowed where the page without one is
// not: the server looks at the origin, and the origins on its list are not known.
func maybeForNull(c *patient) bool {
	return c.d.Seen.Page.Origin == harness.OpaqueOrigin && c.by.ResponseHeaders.VariesByOrigin()
}

// hostInPath is the name of a host at the beginning of the path, where the page asked its own
// origin.
func (c *patient) hostInPath() string {
	if crossOrigin(c.d.Seen) {
		return ""
	}
	u, err := web.ParseURL(c.d.Seen.Request.URL, nil)
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	host, _, _ := strings.Cut(first, ":")
	if host == "localhost" || web.IsAddress(host) || strings.Contains(host, ".") && web.RegistrableDomain(host) != "" && !web.IsPublicSuffix(host) && !isFile(host) {
		return first
	}
	return ""
}

// isFile says whether a name with a dot looks like a file and not like a host.
func isFile(name string) bool {
	for _, end := range []string{".html", ".htm", ".json", ".js", ".mjs", ".css", ".php", ".txt", ".xml", ".png", ".jpg", ".svg", ".ico", ".aspx", ".map", ".wasm", ".pdf", ".csv", ".zip"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// schemed asks whether a server answers at the host that the page seems to mean. The host is a
// guess, so it gets nothing of the question: no header, no login, no path.
func (c *patient) schemed() harness.Request {
	r := simple(c.d.Seen.Request)
	r.Credentials, r.Before, r.Beside = "", nil, nil
	scheme := "https://"
	if host := c.hostInPath(); strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "127.") {
		scheme = "http://"
	}
	r.URL = scheme + c.hostInPath() + "/"
	return r
}

// isHTML says whether an answer is a page.
func isHTML(e harness.Exchange) bool {
	kind, _ := e.ResponseHeaders.Get(web.NameContentType)
	return strings.HasPrefix(strings.ToLower(kind), "text/html")
}

// without are headers without one of them.
func without(h harness.Header, name string) harness.Header {
	var kept harness.Header
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	return kept
}

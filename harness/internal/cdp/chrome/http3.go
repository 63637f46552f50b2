package chrome

import (
	"slices"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/reach"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// evidence is a Record in the terms of package engine. Of a response that the page must not
// have, Chrome tells only that it came by HTTP/2 or HTTP/3. A host that is forced to HTTP/3 is
// asked by nothing else, unless there is a proxy: then the protocol is not known. Of every
// other response, Chrome tells the protocol itself.
func (c *Chrome) evidence(r trace.Record) engine.Evidence {
	e := r.Evidence()
	for i := range e.Requests {
		if r.Requests[i].Response == nil && e.Requests[i].Protocol == "h2" && c.byHTTP3(e.Requests[i].URL) {
			e.Requests[i].Protocol = ""
			if c.direct(e.Requests[i].URL) {
				e.Requests[i].Protocol = "h3"
			}
		}
	}
	return e
}

// byHTTP3 says whether a URL is asked for by HTTP/3 alone.
func (c *Chrome) byHTTP3(url string) bool {
	authority, secure := authorityOf(url)
	return secure && slices.Contains(c.options.HTTP3, authority)
}

// direct says whether it is certain that no proxy is asked for a URL: Chrome was started
// without proxies, or with an address for the host.
func (c *Chrome) direct(url string) bool {
	authority, _ := authorityOf(url)
	return slices.Contains(c.flags, "--no-proxy-server") ||
		slices.ContainsFunc(c.options.Addresses, func(a reach.Address) bool { return a.Authority() == authority })
}

// authorityOf is the host of a URL with its port, and whether the scheme is https.
func authorityOf(url string) (authority string, secure bool) {
	u, err := web.ParseURL(url, nil)
	if err != nil || u.Scheme != "https" {
		return "", false
	}
	if u.Port == "" {
		u.Port = "443"
	}
	return u.Authority(), true
}

package harness

import "github.com/corsproof/corsproof/harness/internal/web"

// HTTPLogin is a question for [Request.Before] that gives the browser a name and a password
// for a server that asks for them by HTTP Basic or Digest, as if its user had: a page of
// the server's own origin asks for the URL with them. The browser then sends them with each
// request there that carries credentials, and never with a preflight.
//
//	harness.Request{From: app, URL: url, Credentials: harness.Include,
//		Before: []harness.Request{harness.HTTPLogin(url, "ann", password)}}
//
// Without a login, a question goes on as if the user had given none: the page gets the 401,
// if it may read it. A visible Chrome shows its login prompt, and the question waits.
// https://fetch.spec.whatwg.org/#authentication-entry
func HTTPLogin(url, user, password string) Request {
	return Request{From: web.OriginOf(url), URL: url, Via: ViaXHR, XHR: XHR{User: user, Password: password}}
}

// mayWantLogin says whether the browser may ask its user for a name and a password: it does
// so for requests that carry credentials. In doubt it says yes.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (r Request) mayWantLogin() bool {
	if !r.Via.bearsStack() {
		return r.Via != ViaBeacon && r.Via != ViaPing && !r.Via.reports() && r.Via != ViaWebSocket
	}
	switch r.Credentials {
	case Include:
		return true
	case Omit:
		return false
	}
	return web.OriginOf(r.URL) == r.origin()
}

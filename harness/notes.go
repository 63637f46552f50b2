package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Notes are remarks on an Observation: what the evidence shows beside the verdict, and advice
// where nothing is wrong. [Explain] says what has to change.
func Notes(o Observation) []string {
	switch {
	case o.Verdict == Opaque && o.Request.AcceptsOpaque():
		return nonEmpty(explainOpaqueRow(o).Remedy)
	case o.Verdict != Readable || o.Withheld():
		return nonEmpty(pastedNote(o))
	}
	e := gather(o)
	if staysHome(o) || isData(o.Request.URL) {
		return nil
	}
	return nonEmpty(unexposedNote(e), authorizationNote(o), cookieNote(e), loginNote(e), othersNote(e), pastedNote(o))
}

// nonEmpty are the texts that are not empty.
func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// unexposedNote names headers that the server sent and the script cannot read.
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func unexposedNote(e evidence) string {
	names := unexposed(e)
	if len(names) == 0 {
		return ""
	}
	them := "it"
	if len(names) > 1 {
		them = "them"
	}
	text := fmt.Sprintf("The server also sent %s, which the script cannot read: list %s in Access-Control-Expose-Headers, if the page needs %s.", joined(names), them, them)
	exposed := listedIn(e.by.ResponseHeaders, web.NameExposeHeaders)
	switch onPreflight := slices.ContainsFunc(e.Preflights(), func(p Exchange) bool { return len(listedIn(p.ResponseHeaders, web.NameExposeHeaders)) > 0 }); {
	case e.credentials && slices.Contains(exposed, "*"):
		text += " With credentials, * in that list is not a wildcard."
	case onPreflight && len(exposed) == 0:
		text += " The list in the answer to the preflight does not count: each answer needs its own."
	}
	return text
}

// unexposed are the headers of the response that the script could not read and that are of
// use to a page, some names at most.
func unexposed(e evidence) []string {
	if !e.Request.EffectiveVia().bearsStack() || e.Request.EffectiveMode() != CORS || e.by.Kind == Preflight {
		return nil
	}
	const most = 5
	var names []string
	for _, f := range e.by.ResponseHeaders {
		name := strings.ToLower(f.Name)
		switch {
		case ofTransport(name), web.IsForbiddenResponseHeaderName(name), web.IsAccessControl(name), web.IsCORSSafelistedResponseHeaderName(name):
		case len(e.Script.Headers.Values(name)) > 0, slices.Contains(names, clean(name)):
		default:
			names = append(names, clean(name))
		}
	}
	if len(names) > most {
		return append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return names
}

// ofTransport says whether a response header is for browsers, caches and proxies, so that
// hardly any page reads it.
func ofTransport(name string) bool {
	for _, prefix := range []string{"sec-", "cf-", "x-amz-", "x-amzn-", "x-cache", "x-served-", "x-vercel-", "x-envoy-", "x-b3-", "cross-origin-", "content-security-policy"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains(transportHeaders, name)
}

var transportHeaders = []string{
	"accept-ranges", "age", "allow", "alt-svc", "cache-status", "cdn-cache-control", "clear-site-data", "connection", "content-encoding", "date",
	"document-policy", "expect-ct", "keep-alive", "nel", "origin-agent-cluster", "permissions-policy", "proxy-connection", "referrer-policy", "report-to",
	"reporting-endpoints", "server", "server-timing", "sourcemap", "strict-transport-security", "surrogate-control", "timing-allow-origin", "trailer",
	"transfer-encoding", "upgrade", "vary", "via", "x-content-type-options", "x-dns-prefetch-control", "x-download-options", "x-frame-options",
	"x-permitted-cross-domain-policies", "x-powered-by", "x-runtime", "x-timer", "x-xss-protection",
}

// authorizationNote tells that a redirect to another origin has lost Authorization.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func authorizationNote(o Observation) string {
	if _, set := o.Request.Headers.Get(web.NameAuthorization); !set {
		return ""
	}
	for _, e := range o.Exchanges {
		if _, kept := e.RequestHeaders.Get(web.NameAuthorization); e.Kind == RedirectHop && e.Sent && !kept {
			return "The browser took Authorization off the request at the redirect to " + brief(web.OriginOf(e.URL)) + ", another origin: have the page ask there directly."
		}
	}
	return ""
}

// cookieNote tells of a cookie that was held back beside another one that went along.
func cookieNote(e evidence) string {
	c := heldBackCookie(e.by)
	if !e.credentials || c == nil || len(sentCookies(e.by)) == 0 {
		return ""
	}
	return "The cookie " + brief(c.Name) + " was " + heldBack(*c) + "."
}

// loginNote tells what an answer is worth that a server gives to a client without a login.
func loginNote(e evidence) string {
	if e.by.Status != 401 && e.by.Status != 403 || e.signedIn() {
		return ""
	}
	with := "To see what a signed-in client gets, give the browser the cookie or the request the header of a login."
	if !e.credentials {
		return with + " A browser sends cookies only with credentials."
	}
	return with
}

// editedOrigin says whether Access-Control-Allow-Origin is an edit, which says nothing of the server.
func editedOrigin(e Exchange) bool {
	return slices.ContainsFunc(e.ResponseHeaders, func(f Field) bool { return strings.EqualFold(f.Name, web.NameAllowOrigin) && e.added(f) })
}

// othersNote tells what a readable response says of other origins.
func othersNote(e evidence) string {
	switch {
	case e.by.Status >= 400 || e.by.Controller || e.Request.From == "" || editedOrigin(e.by):
		return ""
	case e.allowed == "*":
		return "If not every site may read this, make the server send only listed origins in Access-Control-Allow-Origin."
	case e.allowed != "" && e.allowed != "null":
		return "A server that sends back every origin gives the same answer: also ask from an origin that it should refuse."
	}
	return ""
}

// pastedNote tells that a header may come from DevTools and not from the page: DevTools adds
// it while its cache is disabled, and "Copy as cURL" has it together with forbidden headers.
func pastedNote(o Observation) string {
	if len(o.Script.Dropped) == 0 {
		return ""
	}
	for _, name := range []string{web.NameCacheControl, "Pragma"} {
		if value, set := o.Request.Headers.Get(name); set && strings.EqualFold(value, "no-cache") {
			return name + ": no-cache is in the request together with headers that no page can set. DevTools copies a request so while its cache is disabled. Remove it if the page does not set it, because it can cause a preflight."
		}
	}
	return ""
}

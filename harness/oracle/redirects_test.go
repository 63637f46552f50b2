package oracle

import (
	"fmt"

	"github.com/corsproof/corsproof/harness"
)

// to is a redirect to a URL.
func to(location string, lines ...string) Reply {
	return reply(302, append(lines, "Location: "+location)...)
}

// from is a request for a URL.
func from(url string, r harness.Request) harness.Request {
	r.URL = url
	return r
}

// loop is a chain of n redirects on the page's own origin.
func loop(n int) map[string]Reply {
	hops := map[string]Reply{}
	for i := range n {
		hops[fmt.Sprintf("%s/%d", pageO, i)] = to(fmt.Sprintf("/%d", i+1))
	}
	hops[fmt.Sprintf("%s/%d", pageO, n)] = reply(200)
	return hops
}

var (
	authorized = set("Authorization: t")
	allowAll   = reply(204, "ACAO: *", "ACAM: *", "ACAH: *, authorization")
	ownPage    = pageO + "/"
)

// The cases 60 to 73 of the list.
var redirections = []row{
	{name: "60", request: from(ownPage, put), hops: map[string]Reply{ownPage: to(siteR + "/")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "PUT OPTIONS PUT"},
	{name: "60 GET", request: from(ownPage, harness.Request{}), hops: map[string]Reply{ownPage: to(siteR + "/")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET GET"},
	{name: "60 the same other", hops: map[string]Reply{siteR + "/": to("/2", "ACAO: https://app.test")}, actual: reply(200, "ACAO: https://app.test"), want: "readable cors 200"},
	{name: "61", hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: *")}, actual: reply(200, "ACAO: null"), want: "readable cors 200"},
	{name: "61 origin", hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: *")}, actual: reply(200, "ACAO: https://app.test"), want: "AllowOriginMismatch(https://app.test)"},
	{name: "62", hops: map[string]Reply{siteR + "/": to(ownPage, "ACAO: *")}, actual: reply(200), want: "MissingAllowOriginHeader", sent: "GET GET"},
	{name: "62 *", hops: map[string]Reply{siteR + "/": to(ownPage, "ACAO: *")}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "62 preflight", request: set("X-A: 1"), hops: map[string]Reply{siteR + "/": to(ownPage, "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET OPTIONS GET"},
	{name: "a Location with a label that is no Punycode", hops: map[string]Reply{siteR + "/": to("https://xn--a.test/", "ACAO: *")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET GET", standard: "net::ERR_INVALID_REDIRECT"},
	{name: "a Location whose host is mapped to a percent sign", hops: map[string]Reply{siteR + "/": to("https://%EF%BC%8541.test:81/x", "ACAO: *"), "https://a.test:81/x": reply(200, "ACAO: *")}, want: "readable cors 200", standard: "net::ERR_INVALID_REDIRECT"},
	{name: "a Location with such a label beside one that is not ASCII", hops: map[string]Reply{siteR + "/": to("https://xn--a.%C3%BC.test/", "ACAO: *")}, want: "net::ERR_INVALID_REDIRECT"},
	{name: "a client hint in a worker", request: harness.Request{From: pageO, URL: ownPage, Via: harness.ViaWorker, Headers: headers("DPR: 1")}, hops: map[string]Reply{ownPage: to("/2")}, actual: reply(200), want: "readable basic 200"},
	{name: "a worker that is redirected to ftp", request: harness.Request{Via: harness.ViaWorker}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "mixed-content", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a worker in mode same-origin that is redirected to ftp", request: from(ownPage, harness.Request{Via: harness.ViaWorker, Mode: harness.SameOriginOnly}), hops: map[string]Reply{ownPage: to("ftp://api.test/")}, want: "origin", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a worker that is redirected to wss", request: harness.Request{Via: harness.ViaWorker}, hops: map[string]Reply{siteR + "/": to("wss://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a shared worker that is redirected to ftp", request: harness.Request{Via: harness.ViaSharedWorker}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a service worker that is redirected to ftp", request: harness.Request{Via: harness.ViaServiceWorker}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "mixed-content", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a worker from http that is redirected to ftp", request: harness.Request{From: "http://app.test", Via: harness.ViaWorker}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "a worker of an opaque origin that is redirected to ftp", request: harness.Request{From: harness.OpaqueOrigin, Via: harness.ViaWorker}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "63", hops: map[string]Reply{siteR + "/": to(other + "/")}, want: "MissingAllowOriginHeader", sent: "GET"},
	{name: "64", request: withCookies, hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: https://app.test", "ACAC: true")}, actual: reply(200, "ACAO: *", "ACAC: true"), want: "WildcardOriginNotAllowed"},
	{name: "64 null", request: withCookies, hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: https://app.test", "ACAC: true")}, actual: reply(200, "ACAO: null", "ACAC: true"), want: "readable cors 200"},
	{name: "65 O to R", request: from(ownPage, harness.Request{}), hops: map[string]Reply{ownPage: to("https://u:p@api.test/")}, want: "RedirectContainsCredentials", sent: "GET"},
	{name: "65 R to R", hops: map[string]Reply{siteR + "/": to("https://u@api.test/2", "ACAO: *")}, want: "RedirectContainsCredentials"},
	{name: "65 R to O", hops: map[string]Reply{siteR + "/": to("https://:p@app.test/", "ACAO: *")}, want: "RedirectContainsCredentials"},
	{name: "65 O to O", request: from(ownPage, harness.Request{}), hops: map[string]Reply{ownPage: to("https://u@app.test/2")}, actual: reply(200), want: "origin", standard: "readable basic 200"},
	{name: "65 O to O by xhr", request: from(ownPage, harness.Request{Via: harness.ViaXHR}), hops: map[string]Reply{ownPage: to("https://u@app.test/2")}, actual: reply(200), want: "readable basic 200"},
	{name: "65 no-cors", request: harness.Request{Mode: harness.NoCORS}, hops: map[string]Reply{siteR + "/": to("https://u@cdn.test/")}, actual: reply(200), want: "origin", standard: "opaque opaque"},
	{name: "66", request: set("X-A: 1"), hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET OPTIONS GET"},
	{name: "66 refused", request: set("X-A: 1"), hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: *"), "OPTIONS " + other + "/": reply(204)}, preflight: allowAll, want: "PreflightMissingAllowOriginHeader", sent: "OPTIONS GET OPTIONS"},
	{name: "67", request: from(ownPage, postJSON), hops: map[string]Reply{ownPage: reply(307, "Location: "+siteR+"/")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST OPTIONS POST"},
	{name: "67 302", request: from(ownPage, postJSON), hops: map[string]Reply{ownPage: to(siteR + "/")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST GET"},
	{name: "68 303", request: put, hops: map[string]Reply{siteR + "/": reply(303, "ACAO: *", "Location: /2")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS PUT GET"},
	{name: "68 302", request: put, hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS PUT OPTIONS PUT"},
	{name: "68 HEAD 303", request: harness.Request{Method: "HEAD"}, hops: map[string]Reply{siteR + "/": reply(303, "ACAO: *", "Location: /2")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "HEAD HEAD"},
	{name: "69 O to R", request: from(ownPage, authorized), hops: map[string]Reply{ownPage: to(siteR + "/")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET GET"},
	{name: "69 R to R2", request: authorized, hops: map[string]Reply{siteR + "/": to(other+"/", "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET GET"},
	{name: "69 R to R", request: authorized, hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET OPTIONS GET"},
	{name: "70", hops: map[string]Reply{siteR + "/": to("data:,x", "ACAO: *")}, want: "net::ERR_UNSAFE_REDIRECT"},
	{name: "70 ftp from R", hops: map[string]Reply{siteR + "/": to("ftp://api.test/", "ACAO: *")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "70 ftp from O", request: from(ownPage, harness.Request{}), hops: map[string]Reply{ownPage: to("ftp://api.test/")}, want: "CorsDisabledScheme", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "70 ftp no-cors", request: harness.Request{Mode: harness.NoCORS}, hops: map[string]Reply{siteR + "/": to("ftp://api.test/")}, want: "net::ERR_UNKNOWN_URL_SCHEME", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "70 ftp same-origin", request: from(ownPage, harness.Request{Mode: harness.SameOriginOnly}), hops: map[string]Reply{ownPage: to("ftp://api.test/")}, want: "origin", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "70 20", request: from(pageO+"/0", harness.Request{}), hops: loop(20), want: "readable basic 200"},
	{name: "70 21", request: from(pageO+"/0", harness.Request{}), hops: loop(21), want: "net::ERR_TOO_MANY_REDIRECTS"},
	{name: "70 20 with keepalive", request: from(pageO+"/0", harness.Request{Via: harness.ViaKeepalive}), hops: loop(20), want: "net::ERR_TOO_MANY_REDIRECTS", standard: "readable basic 200"},
	{name: "70 20 with keepalive in a worker", request: from(pageO+"/0", harness.Request{Where: harness.WhereWorker, Keepalive: true}), hops: loop(20), want: "readable basic 200"},
	{name: "70 19 with keepalive", request: from(pageO+"/0", harness.Request{Via: harness.ViaKeepalive}), hops: loop(19), want: "readable basic 200"},
	{name: "71", request: harness.Request{Redirect: harness.RedirectManual}, actual: to("/2", "ACAO: *"), want: "opaque opaqueredirect", sent: "GET"},
	{name: "71 without", request: harness.Request{Redirect: harness.RedirectManual}, actual: to("/2"), want: "MissingAllowOriginHeader"},
	{name: "71 error", request: harness.Request{Redirect: harness.RedirectError}, actual: to("/2", "ACAO: *"), want: "redirect-refused"},
	{name: "71 error, user name", request: harness.Request{Redirect: harness.RedirectError}, actual: to("https://u@api.test/2", "ACAO: *"), want: "RedirectContainsCredentials", standard: "redirect-refused"},
	{name: "71 error, mode same-origin", request: from(ownPage, harness.Request{Redirect: harness.RedirectError, Mode: harness.SameOriginOnly}), actual: to(siteR + "/"), want: "redirect-refused"},
	{name: "71 manual to data", request: harness.Request{Redirect: harness.RedirectManual}, actual: to("data:,x", "ACAO: *"), want: "opaque opaqueredirect"},
	{name: "71 manual to no URL", request: harness.Request{Redirect: harness.RedirectManual}, actual: to("http://[", "ACAO: *"), want: "net::ERR_INVALID_REDIRECT", standard: "opaque opaqueredirect"},
	{name: "71 error without Location", request: harness.Request{Redirect: harness.RedirectError}, actual: reply(302, "ACAO: *"), want: "readable cors 302", standard: "redirect-refused"},
	{name: "71 manual without Location", request: harness.Request{Redirect: harness.RedirectManual}, actual: reply(302, "ACAO: *"), want: "opaque opaqueredirect"},
	{name: "71 error without Location", request: harness.Request{Redirect: harness.RedirectError}, actual: reply(302, "ACAO: *"), want: "readable cors 302", standard: "redirect-refused"},
	{name: "41 redirected", request: set("ECT: 5g"), hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET GET", standard: "readable cors 200"},
	{name: "72", request: harness.Request{Mode: harness.SameOriginOnly}, want: "DisallowedByMode"},
	{name: "72 by redirect", request: from(ownPage, harness.Request{Mode: harness.SameOriginOnly}), actual: to(siteR + "/"), want: "origin", sent: "GET", standard: "DisallowedByMode"},
	{name: "72 manual", request: harness.Request{Mode: harness.NoCORS, Redirect: harness.RedirectManual}, want: "NoCorsRedirectModeNotFollow"},
	{name: "72 error", request: harness.Request{Mode: harness.NoCORS, Redirect: harness.RedirectError}, want: "NoCorsRedirectModeNotFollow"},
	{name: "72 PUT", request: harness.Request{Mode: harness.NoCORS, Method: "PUT"}, want: "request-refused"},
	{name: "73", request: harness.Request{From: "null"}, actual: reply(200, "ACAO: null"), want: "readable cors 200"},
	{name: "73 *", request: harness.Request{From: "null"}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "73 origin", request: harness.Request{From: "null"}, actual: reply(200, "ACAO: https://app.test"), want: "AllowOriginMismatch(https://app.test)"},
	{name: "73 own", request: harness.Request{From: "null", URL: ownPage}, actual: reply(200), want: "MissingAllowOriginHeader"},
	{name: "redirect without Location", actual: reply(302, "ACAO: *"), want: "readable cors 302"},
	{name: "redirect to an empty Location", actual: reply(302, "ACAO: *", "Location: "), want: "readable cors 302", standard: "net::ERR_TOO_MANY_REDIRECTS"},
	{name: "redirect to no URL", actual: to("http://[", "ACAO: *"), want: "net::ERR_INVALID_REDIRECT"},
	{name: "redirect with two Locations", actual: to("/2", "Location: /3", "ACAO: *"), want: "no verdict: net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION", standard: "net::ERR_INVALID_REDIRECT"},
	{name: "redirect with two equal Locations", hops: map[string]Reply{siteR + "/": to("/2", "Location: /2", "ACAO: *")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", standard: "net::ERR_INVALID_REDIRECT"},
	{name: "redirect a stream", request: harness.Request{Method: "POST", Body: harness.Stream("x")}, preflight: allowAll, actual: reply(307, "ACAO: *", "Location: /2"), want: "body-not-resent"},
	{name: "redirect a stream to data", request: harness.Request{Method: "POST", Body: harness.Stream("x")}, preflight: allowAll, actual: reply(307, "ACAO: *", "Location: data:,x"), want: "body-not-resent", standard: "net::ERR_UNSAFE_REDIRECT"},
	{name: "redirect a stream by 303", request: harness.Request{Method: "POST", Body: harness.Stream("x")}, preflight: allowAll, hops: map[string]Reply{siteR + "/": reply(303, "ACAO: *", "Location: /2")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS POST OPTIONS GET"},
	{name: "no-cors there and back", request: harness.Request{Mode: harness.NoCORS}, hops: map[string]Reply{siteR + "/": to(ownPage)}, actual: reply(200), want: "opaque opaque"},
}

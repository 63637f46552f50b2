package oracle

import "github.com/corsproof/corsproof/harness"

var noCORS = harness.Request{Mode: harness.NoCORS}

// Requests that a browser refuses to make, and other schemes.
var requests = []row{
	{name: "forbidden method", request: harness.Request{Method: "trace"}, want: "request-refused"},
	{name: "no token", request: harness.Request{Method: "P T"}, want: "request-refused"},
	{name: "no URL", request: harness.Request{URL: "http://["}, want: "request-refused"},
	{name: "no referrer", request: harness.Request{Referrer: "https://["}, want: "request-refused"},
	{name: "a relative referrer", request: harness.Request{Referrer: "/a"}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "a relative referrer at about:srcdoc", request: harness.Request{Referrer: "/a", Document: harness.SrcdocDocument}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "a relative referrer at a blob: URL", request: harness.Request{Referrer: "/a", Document: harness.BlobDocument}, want: "request-refused"},
	{name: "a relative referrer at a data: URL", request: harness.Request{Referrer: "/a", From: harness.DataPage}, want: "request-refused"},
	{name: "a relative referrer in a worker from a blob: URL", request: harness.Request{Referrer: "/a", Where: harness.WhereWorker, WorkerScript: harness.BlobScript}, want: "request-refused"},
	{name: "a relative referrer in a worker from a data: URL", request: harness.Request{Referrer: "/a", Where: harness.WhereSharedWorker, WorkerScript: harness.DataScript}, want: "request-refused"},
	{name: "a relative referrer in a worker of a blob: page", request: harness.Request{Referrer: "/a", Where: harness.WhereWorker, Document: harness.BlobDocument}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "the page of an app", request: harness.Request{From: "capacitor://localhost"}, actual: reply(200, "ACAO: capacitor://localhost"), want: "readable cors 200"},
	{name: "the page of another app", request: harness.Request{From: "ionic://localhost"}, actual: reply(200, "ACAO: capacitor://localhost"), want: "AllowOriginMismatch(capacitor://localhost)"},
	{name: "the page of an app is at no server", request: harness.Request{From: "capacitor://localhost", Mode: harness.SameOriginOnly}, want: "DisallowedByMode"},
	{name: "stream with keepalive", request: harness.Request{Method: "POST", Keepalive: true, Body: harness.Stream("x")}, want: "request-refused"},
	{name: "user name", request: harness.Request{URL: "https://u:p@api.test/"}, want: "request-refused"},
	{name: "user name by xhr", request: harness.Request{URL: "https://u:p@api.test/", Via: harness.ViaXHR}, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "body of GET", request: harness.Request{Body: harness.Text("x")}, want: "request-refused"},
	{name: "body of GET by xhr", request: harness.Request{Body: harness.Text("x"), Via: harness.ViaXHR}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "stream in no-cors", request: harness.Request{Method: "POST", Mode: harness.NoCORS, Body: harness.Stream("x")}, want: "request-refused"},
	{name: "stream in same-origin", request: harness.Request{Method: "POST", Mode: harness.SameOriginOnly, Body: harness.Stream("x")}, preflight: allowAll, actual: reply(200, "ACAO: *"), want: "readable cors 200", standard: "DisallowedByMode"},
	{name: "stream in same-origin to a service worker", request: harness.Request{Method: "POST", Mode: harness.SameOriginOnly, Body: harness.Stream("x"), Controller: harness.Controller{Answer: harness.AnswersWithError}}, want: "service-worker-answer", standard: "DisallowedByMode"},
	{name: "header name", request: set("X A: 1"), want: "request-refused"},
	{name: "header value", request: set("X-A: a\x00b"), want: "request-refused"},
	{name: "header value beyond a byte", request: set("X-A: €"), want: "request-refused"},
	{name: "only-if-cached", request: harness.Request{Cache: harness.CacheOnlyIfCached}, want: "request-refused"},
	{name: "only-if-cached same-origin", request: harness.Request{URL: ownPage, Cache: harness.CacheOnlyIfCached, Mode: harness.SameOriginOnly}, want: "net::ERR_CACHE_MISS"},
	{name: "bad port", request: harness.Request{URL: "https://api.test:22/"}, want: "net::ERR_UNSAFE_PORT"},
	{name: "100 ftp", request: harness.Request{URL: "ftp://api.test/"}, want: "CorsDisabledScheme(ftp)"},
	{name: "100 blob", request: harness.Request{URL: "blob:https://api.test/1"}, want: "CorsDisabledScheme(blob)"},
	{name: "100 mailto by xhr in a worker", request: harness.Request{URL: "mailto:a@b.test", Via: harness.ViaXHR, Where: harness.WhereWorker}, want: "mixed-content", standard: "CorsDisabledScheme(mailto)"},
	{name: "100 mailto by xhr in a worker from http", request: harness.Request{From: "http://app.test", URL: "mailto:a@b.test", Via: harness.ViaXHR, Where: harness.WhereWorker}, want: "CorsDisabledScheme", standard: "CorsDisabledScheme(mailto)"},
	{name: "100 mailto by xhr in a shared worker", request: harness.Request{URL: "mailto:a@b.test", Via: harness.ViaXHR, Where: harness.WhereSharedWorker}, want: "CorsDisabledScheme", standard: "CorsDisabledScheme(mailto)"},
	{name: "100 ftp by xhr", request: harness.Request{URL: "ftp://api.test/", Via: harness.ViaXHR}, want: "CorsDisabledScheme", standard: "CorsDisabledScheme(ftp)"},
	{name: "100 file", request: harness.Request{URL: "file:///etc/hosts"}, want: "other", standard: "CorsDisabledScheme(file)"},
	{name: "100 blob by xhr", request: harness.Request{URL: "blob:https://api.test/1", Via: harness.ViaXHR}, want: "other", standard: "CorsDisabledScheme(blob)"},
	{name: "100 blob of its own origin that there is not", request: harness.Request{URL: "blob:" + pageO + "/1"}, want: "no verdict: net::ERR_FILE_NOT_FOUND"},
	{name: "100 blob without an origin by xhr", request: harness.Request{URL: "blob:x", Via: harness.ViaXHRSync}, want: "other", standard: "CorsDisabledScheme(blob)"},
	{name: "data", request: harness.Request{URL: "data:,x"}, want: "readable basic 200", sent: ""},
	{name: "data without a comma", request: harness.Request{URL: "data:notAdataUrl.com"}, want: "net::ERR_INVALID_URL"},
	{name: "data, not base64", request: harness.Request{URL: "data:;base64,!", Via: harness.ViaXHR}, want: "net::ERR_INVALID_URL"},
	{name: "data, a charset that is no token", request: harness.Request{URL: `data:text/plain;charset="a b",c`}, want: "net::ERR_INVALID_URL", standard: "readable basic 200"},
}

// The rules for opaque responses, among them case 87.
var policies = []row{
	{name: "87", request: noCORS, actual: reply(200, "CORP: same-origin"), want: "corp-not-same-origin"},
	{name: "87 same-site", request: noCORS, actual: reply(200, "CORP: same-site"), want: "corp-not-same-site"},
	{name: "87 cross-origin", request: noCORS, actual: reply(200, "CORP: cross-origin"), want: "opaque opaque"},
	{name: "87 case", request: noCORS, actual: reply(200, "CORP: Same-Origin"), want: "opaque opaque"},
	{name: "87 cors", actual: reply(200, "CORP: same-origin", "ACAO: *"), want: "readable cors 200"},
	{name: "87 the same site", request: from(portS+"/", noCORS), actual: reply(200, "CORP: same-site"), want: "opaque opaque"},
	{name: "87 back home", request: noCORS, hops: map[string]Reply{siteR + "/": to(ownPage)}, actual: reply(200, "CORP: same-origin"), want: "opaque opaque"},
	{name: "87 by a redirect", request: noCORS, hops: map[string]Reply{siteR + "/": to(other+"/", "CORP: same-origin")}, want: "corp-not-same-origin", sent: "GET"},
	{name: "89", request: harness.Request{Mode: harness.NoCORS, PageHeaders: headers("COEP: require-corp; report-to=x")}, actual: reply(200), want: "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"},
	{name: "89 on http", request: embedding("http://app.test", "", "COEP: require-corp"), actual: reply(200), want: "opaque opaque"},
	{name: "89 on this machine", request: embedding("http://localhost:3000", "", "COEP: require-corp"), actual: reply(200), want: "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"},
	{name: "89 in a secure page", request: embedding(pageO, "https://top.test", "COEP: require-corp"), actual: reply(200), want: "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"},
	{name: "89 in a page on http", request: embedding(pageO, "http://top.test", "COEP: require-corp"), actual: reply(200), want: "opaque opaque"},
	{name: "89 a worker on http", request: harness.Request{From: "http://app.test", Via: harness.ViaWorker, Mode: harness.NoCORS, WorkerHeaders: headers("COEP: require-corp")}, actual: reply(200), want: "corp-not-same-origin-after-defaulted-to-same-origin-by-coep", standard: "opaque opaque"},
	{name: "89 a worker of an opaque origin on http", request: harness.Request{From: harness.OpaqueOrigin, OpaqueScheme: "http", Via: harness.ViaWorker, Mode: harness.NoCORS, PageHeaders: headers("COEP: require-corp")}, actual: reply(200), want: "opaque opaque"},
	{name: "89 sandboxed", request: embedding(harness.OpaqueOrigin, "", "COEP: require-corp"), actual: reply(200), want: "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"},
	{name: "89 sandboxed in a page on http", request: embedding(harness.OpaqueOrigin, "http://top.test", "COEP: require-corp"), actual: reply(200), want: "opaque opaque"},
	{name: "89 no item", request: embedding(pageO, "", "COEP: require-corp;"), actual: reply(200), want: "opaque opaque"},
	{name: "89 twice", request: embedding(pageO, "", "COEP: require-corp", "COEP: require-corp"), actual: reply(200), want: "opaque opaque"},
	{name: "90 on http", request: embedding("http://app.test", "", "COEP: credentialless"), actual: reply(200), want: "opaque opaque"},
	{name: "90", request: harness.Request{Mode: harness.NoCORS, PageHeaders: headers("COEP: credentialless")}, actual: reply(200), want: "opaque opaque"},
	{name: "90 include", request: harness.Request{Mode: harness.NoCORS, Credentials: harness.Include, PageHeaders: headers("COEP: credentialless")}, actual: reply(200), want: "opaque opaque"},
}

// embedding is a request in mode no-cors of a page, in another page or none.
func embedding(from, within string, lines ...string) harness.Request {
	return harness.Request{From: from, Within: within, Mode: harness.NoCORS, PageHeaders: headers(lines...)}
}

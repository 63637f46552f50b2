package differential

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// longPath makes a URL too long for Chrome's preflight cache.
var longPath = strings.Repeat("long-", 200)

// drawRequest draws the request.
func (d *drawing) drawRequest(t theme) {
	d.request = harness.Request{From: d.page.from, Within: d.page.within, Document: d.page.document, PageHeaders: d.page.headers, URL: "{0}"}
	r := &d.request
	if t == embedded {
		d.drawElement()
		return
	}
	r.Via = weighted(d.Rand, initiators)
	if r.From == harness.OpaqueOrigin && r.EffectiveWhere() != harness.WhereWindow {
		r.Via = "" // a worker has an origin
	}
	d.drawEnvironment(t)
	xhr := !r.Via.Fetches()
	r.Method = d.method(t)
	if d.chance(30) || t == preflighted && d.chance(50) {
		d.drawHeaders()
	}
	r.Credentials = one(d.Rand, "", "", harness.SameOrigin, harness.Include, harness.Include)
	if !xhr {
		d.drawOptions(t)
	}
	d.drawBody(t)
	switch {
	case t == refused:
		d.refuse(xhr)
	case t == schemes && r.Body.Kind != harness.StreamBody:
		if r.URL = one(d.Rand, dataURLs...); strings.HasPrefix(r.URL, "blob:") {
			r.Method, r.Body = "", harness.Body{} // Chrome tells nothing of another method
		}
	}
}

// drawEnvironment draws what a worker asks by and where its script comes from, and whether
// keepalive is an initiator or an option.
func (d *drawing) drawEnvironment(t theme) {
	r := &d.request
	if r.Via == harness.ViaKeepalive && d.chance(50) {
		r.Via, r.Keepalive = "", true
	}
	if r.EffectiveWhere() == harness.WhereWindow {
		d.drawController(t)
		return
	}
	if d.chance(50) {
		r.Where = r.EffectiveWhere()
		r.Via = one(d.Rand, "", harness.ViaFetch, harness.ViaXHR, harness.ViaXHRUpload, harness.ViaKeepalive)
	}
	if len(r.PageHeaders) == 0 && d.chance(20) {
		r.WorkerScript = one(d.Rand, harness.BlobScript, harness.DataScript)
		return
	}
	r.PageHeaders, r.WorkerHeaders = nil, r.PageHeaders // it has the policies of its script
}

// drawController draws the service worker that controls the page. An insecure page has none,
// and the policies of the page are not the policies of the service worker.
func (d *drawing) drawController(t theme) {
	r := &d.request
	if r.From == harness.OpaqueOrigin || !strings.HasPrefix(r.From, "https:") || r.Within != "" || r.Document != "" || len(r.PageHeaders) > 0 || !d.chance(9) && !((t == redirected || t == noCORS) && d.chance(15)) {
		return
	}
	c := harness.Controller{Answer: one(d.Rand, harness.PassesThrough, harness.PassesThrough, harness.Ignores, harness.AnswersItself, harness.AnswersWithError,
		harness.AnswersWithFetch, harness.AnswersWithFetch, harness.AnswersFromCache)}
	switch c.Answer {
	case harness.AnswersItself:
		c.Status = one(d.Rand, 0, 201, 404, 302)
		c.Headers = one(d.Rand, nil, lines("X-A", "1"), lines("X-A", "1", "Access-Control-Expose-Headers", "x-a"))
		c.Body = one(d.Rand, "", "a")
	case harness.AnswersWithFetch, harness.AnswersFromCache:
		switch {
		case r.Via.Fetches() && t == redirected && d.chance(70):
			r.Redirect = one(d.Rand, harness.RedirectManual, harness.RedirectError)
		case t == noCORS && d.chance(70): // as fetch() asks without options
		case r.Via.Fetches() && d.chance(30): // the URL that the page asks is nobody's
			r.URL, c.URL, r.Mode = r.From+"/asked", r.URL, one(d.Rand, "", harness.SameOriginOnly, harness.SameOriginOnly)
		default:
			c.Mode = one(d.Rand, "", harness.NoCORS, harness.SameOriginOnly)
			c.Credentials = one(d.Rand, "", harness.Include, harness.Omit)
			c.Redirect = one(d.Rand, "", harness.RedirectManual, harness.RedirectManual, harness.RedirectError)
		}
	}
	r.Controller = c
}

var initiators = []weight[harness.Via]{
	{64, ""}, {6, harness.ViaKeepalive}, {16, harness.ViaXHR}, {8, harness.ViaXHRUpload}, {4, harness.ViaWorker}, {2, harness.ViaSharedWorker},
}

// method draws a method. The empty string means the browser's default.
func (d *drawing) method(t theme) string {
	safe := one(d.Rand, "", "", "GET", "HEAD", "POST", "POST", "get", "Post")
	switch {
	case (t == preflighted || t == cached) && d.chance(70):
		return weighted(d.Rand, methods)
	case t == noCORS && d.chance(90), d.chance(75):
		return safe
	}
	return weighted(d.Rand, methods)
}

var methods = []weight[string]{
	{30, "PUT"}, {15, "DELETE"}, {12, "PATCH"}, {10, "patch"}, {8, "put"}, {8, "OPTIONS"}, {5, "CHICKEN"}, {4, "*"}, {4, "QUERY"}, {4, "POST"},
}

// drawOptions draws the options that only fetch() has.
func (d *drawing) drawOptions(t theme) {
	r := &d.request
	switch {
	case r.Controller.URL != "": // which drew it
	case t == noCORS:
		r.Mode = harness.NoCORS
	case t == sameOrigin && d.chance(60):
		r.Mode = harness.SameOriginOnly
	default:
		r.Mode = one(d.Rand, "", "", harness.CORS)
	}
	if d.chance(10) {
		r.Credentials = harness.Omit
	}
	if r.Redirect == "" && (t == redirected && d.chance(30) || d.chance(5)) {
		r.Redirect = one(d.Rand, harness.RedirectFollow, harness.RedirectError, harness.RedirectManual)
	}
	if d.chance(12) || t == cached && d.chance(20) {
		r.Cache = one(d.Rand, harness.CacheDefault, harness.CacheNoStore, harness.CacheReload, harness.CacheNoCache, harness.CacheForceCache)
	}
	if relative := r.Document == harness.BlobDocument || r.WorkerScript != ""; d.chance(4) || relative && d.chance(20) {
		r.Referrer = one(d.Rand, "/elsewhere", "about:client", "https://other.test/", "https://[")
	}
	if d.chance(4) {
		r.Priority = one(d.Rand, harness.PriorityAuto, harness.PriorityHigh, harness.PriorityLow)
	}
	if d.chance(10) || t == noCORS && d.chance(40) {
		r.ReferrerPolicy = one(d.Rand, harness.NoReferrer, harness.NoReferrerWhenDowngrade, harness.SameOriginReferrer, harness.OriginReferrer,
			harness.StrictOrigin, harness.OriginWhenCrossOrigin, harness.StrictOriginWhenCrossOrigin, harness.UnsafeURL)
	}
}

// drawBody draws a body where the method has one.
func (d *drawing) drawBody(t theme) {
	r := &d.request
	switch strings.ToUpper(r.Method) {
	case "", "GET", "HEAD":
		return
	}
	if r.Via == "" && ((t == preflighted || t == redirected) && d.chance(6) || t == sameOrigin && d.chance(40)) {
		r.Body = harness.Stream("a")
		return
	}
	switch weighted(d.Rand, bodies) {
	case harness.TextBody:
		r.Body = harness.Text("a")
	case harness.JSONBody:
		if t != noCORS {
			r.Body = harness.JSON(`{"a":1}`)
		}
	case harness.FormBody:
		r.Body = harness.Form(lines("a", "1")...)
	case harness.MultipartBody:
		r.Body = harness.Multipart(lines("a", "1")...)
	case harness.BytesBody:
		r.Body = harness.Bytes([]byte("a"))
	}
}

var bodies = []weight[harness.BodyKind]{
	{40, ""}, {15, harness.TextBody}, {15, harness.JSONBody}, {10, harness.FormBody}, {10, harness.MultipartBody}, {10, harness.BytesBody},
}

// drawHeaders draws up to three headers, duplicates among them.
func (d *drawing) drawHeaders() {
	for range 1 + d.IntN(3) {
		name := weighted(d.Rand, headerNames)
		value := one(d.Rand, headerValues[strings.ToLower(name)]...)
		if d.chance(8) {
			value = " " + value + "\t"
		}
		d.request.Headers = append(d.request.Headers, harness.Field{Name: name, Value: value})
		d.unsafe = append(d.unsafe, strings.ToLower(name))
	}
	if d.chance(3) { // more than 1024 bytes, each header safelisted alone
		for _, name := range []string{"Accept", "Accept-Language", "Content-Language", "Content-Type", "DPR", "Device-Memory", "Width", "Viewport-Width", "RTT"} {
			d.request.Headers = append(d.request.Headers, harness.Field{Name: name, Value: longest(name)})
			d.unsafe = append(d.unsafe, strings.ToLower(name))
		}
	}
}

// longest is a safelisted value of 128 bytes.
func longest(name string) string {
	switch name {
	case "Content-Type":
		return "text/plain;a=" + strings.Repeat("a", 115)
	case "DPR", "Device-Memory", "Width", "Viewport-Width", "RTT":
		return strings.Repeat("1", 128)
	}
	return strings.Repeat("a", 128)
}

var headerNames = []weight[string]{
	{18, "X-A"}, {8, "x-b"}, {5, "X-Custom-Header"}, {12, "Authorization"}, {12, "Content-Type"}, {8, "Accept"}, {6, "Accept-Language"},
	{5, "Content-Language"}, {8, "Range"}, {2, "DPR"}, {2, "Device-Memory"}, {2, "Downlink"}, {2, "ECT"}, {2, "RTT"}, {2, "Save-Data"}, {2, "Width"},
	{2, "Viewport-Width"}, {1, "Intervention"}, {1, "Cookie"}, {1, "DNT"}, {1, "Proxy-A"}, {1, "Sec-A"}, {2, "X-HTTP-Method"}, {1, "X-Method-Override"},
	{1, "Access-Control-Request-Private-Network"}, {1, "Content-Encoding"}, {1, "Origin"}, {1, "Access-Control-Allow-Origin"},
}

// plain are values of headers that no rule looks at.
var plain = []string{"1", "", "a b", "é", strings.Repeat("a", 129)}

// headerValues are values at the edges of the safelist, by name.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
var headerValues = map[string][]string{
	"x-a": plain, "x-b": plain, "x-custom-header": plain, "cookie": {"a=b"}, "dnt": {"1"}, "proxy-a": {"1"}, "sec-a": {"1"},
	"authorization": {"Basic YTpi", "Bearer x", ""},
	"content-type": {
		"text/plain", "TEXT/PLAIN", "text/plain;charset=utf-8", "text/plain; charset=iso-8859-1", "text/plain;charset=utf-8;x=y", "text/plain,text/plain",
		"text/plain;a=(b)", `text/plain;a="b"`, "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/html", "text", "",
		"text/plain;", "text/ plain", "text/plain ;a", "text/plain;\u0080", longest("Content-Type"), longest("Content-Type") + "a",
	},
	"accept":           {"*/*", "", "text/html;q=0.5", "a\tb", `"`, "(a)", "a\x7f", "a@b", "é", longest("Accept"), longest("Accept") + "a"},
	"accept-language":  {"en;q=0.5, *", "", "@", "en_US", "a\tb", "é", longest("Accept-Language"), longest("Accept-Language") + "a"},
	"content-language": {"de", "", "de, en", "(de)", "de/at", longest("Content-Language") + "a"},
	"range": {
		"bytes=0-", "bytes=0-99", "bytes=-5", "bytes=0-1,2-3", "bytes= 0-1", "bytes=5-4", "BYTES=0-1", "bytes=00-0", "bytes", "bytes=", "bytes=-", "bytes=a-",
		"bytes=9223372036854775807-", "bytes=9223372036854775808-", "bytes=0-9223372036854775808", "bytes=0-18446744073709551616", "chars=0-",
	},
	"dpr": {"2.0", "2", "2.", ".5", "a", ""}, "device-memory": {"8", "0.5", "8.0.1"}, "downlink": {"10", "1.5", "x"}, "ect": {"4g", "4G", "5g"},
	"rtt": {"100", "-1", "1.5"}, "save-data": {"on", "ON", "off"}, "width": {"100", "1e3"}, "viewport-width": {"100", " "}, "intervention": {"x", `"`},
	"x-http-method": {"TRACE", "GET", "a, trace", `"TRACE"`, ""}, "x-method-override": {"track", "PUT"},
	"access-control-request-private-network": {"true"}, "content-encoding": {"gzip"}, "origin": {"https://evil.test"}, "access-control-allow-origin": {"*"},
}

// dataURLs are data: URLs at the edges of their processor.
// https://fetch.spec.whatwg.org/#data-url-processor
var dataURLs = []string{
	"data:,a", "data:,", "data:text/html,a", "data:Text/HTML;x=Y,a", "data:foo,a", "data:;x=y,a", "data:text/plain;charset=utf-8,a", "data:text/plain;charset=x;y=z,a",
	"data:text/html;charset=\"a\",a", "data:text/html;charset=a/b,a", "data:text/html;charset=,a", "data: text/html ;a=b ,c", "data:;base64,YQ", "data:; BASE64 ,YQ==",
	"data:text/plain;base64;x,!", "data:;base64,%59%51", "data:;base64,Y", "data:;base64,!", "data:;base64,YQ=", "data:notAdataUrl.com", "data:", "data:text/html#,a",
	"data:text/html?,a", "data:é/b,a", "data:text/html;=,a", "data:text/html;;a=b,c", "data://text/html,a", "data:image/png,a", "blob:https://api.test/a", "blob:https://app.test/a", "blob:https://app.test/b", "blob:https://app.test/c",
}

// refuse makes the request one that fetch() or the browser itself refuses.
func (d *drawing) refuse(xhr bool) {
	r := &d.request
	if xhr { // Chrome gives no code where it asks for ftp:
		r.URL = one(d.Rand, "mailto:a@b.test", "file:///a", "{0@}", "https://api.test:25/", "data:,a", "blob:https://api.test/a", "blob:a")
		if strings.HasPrefix(r.URL, "blob:") {
			r.Method, r.Body = "", harness.Body{}
		}
		return
	}
	switch d.IntN(9) {
	case 0:
		r.URL = one(d.Rand, "{0@}", "https://user@api.test/", "https://:secret@api.test/")
	case 1:
		r.Method = one(d.Rand, "TRACE", "track", "Connect")
	case 2:
		r.Mode, r.Method = harness.NoCORS, one(d.Rand, "PUT", "patch", "OPTIONS")
	case 3:
		r.Method, r.Body = one(d.Rand, "GET", "HEAD", ""), harness.Text("a")
	case 4:
		r.Cache = harness.CacheOnlyIfCached
		r.Mode = one(d.Rand, "", harness.SameOriginOnly)
	case 5:
		r.Mode, r.Redirect = harness.NoCORS, one(d.Rand, harness.RedirectManual, harness.RedirectError)
	case 6:
		r.URL = one(d.Rand, "ftp://api.test/", "file:///a", "data:,a", "blob:https://api.test/a", "mailto:a@b.test", "https://api.test:25/")
	case 7:
		r.Headers = append(r.Headers, harness.Field{Name: "X-A", Value: one(d.Rand, "a\x00", "a\nb", "\u0100")})
	default:
		r.Mode = harness.SameOriginOnly
	}
}

// earlier draws a variant of the request: same page, same URL.
func (d *drawing) earlier() harness.Request {
	r := d.request
	if d.chance(40) {
		r.Method = weighted(d.Rand, methods)
	}
	if d.chance(30) {
		r.Credentials = one(d.Rand, "", harness.Include)
	}
	switch {
	case d.chance(25):
		r.Headers = nil
	case d.chance(25):
		r.Headers = append(r.Headers[:len(r.Headers):len(r.Headers)], harness.Field{Name: "X-B", Value: "1"})
	}
	if d.chance(20) && r.Via.Fetches() && r.EffectiveWhere() == harness.WhereWindow {
		r.Cache = one(d.Rand, "", harness.CacheNoStore, harness.CacheReload)
	}
	return r
}

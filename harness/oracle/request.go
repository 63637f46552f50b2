package oracle

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const anchorRequest = "https://fetch.spec.whatwg.org/#dom-request"

var (
	requestURL          = branch("request: URL refused")
	requestReferrer     = branch("request: referrer refused")
	requestMethod       = branch("request: method refused")
	requestNoCORSMethod = branch("request: method refused in mode no-cors")
	requestBody         = branch("request: body refused")
	requestHeader       = branch("request: header refused")
	requestCacheMode    = branch("request: only-if-cached refused")
	requestDropped      = branch("request: header dropped")
	requestCombined     = branch("request: headers of one name combined")
	requestContentType  = branch("request: Content-Type of the body")
	requestCharset      = branch("request: charset of the script replaced")
)

// make turns the question into a request, as fetch() and XMLHttpRequest do. A failure is
// an exception: there is no request.
//
// https://fetch.spec.whatwg.org/#dom-request
// https://xhr.spec.whatwg.org/#the-open()-method
func (r *run) make() *failure {
	q := r.q.Request
	if q.WorkerScript != harness.DataScript { // whose origin is opaque
		r.origin = ParseOrigin(q.From)
	}
	r.mode, r.credentials, r.redirect = or(q.Mode, harness.CORS), or(q.Credentials, harness.SameOrigin), or(q.Redirect, harness.RedirectFollow)
	r.xhr = slices.Contains([]harness.Via{harness.ViaXHR, harness.ViaXHRSync, harness.ViaXHRUpload}, q.Via)
	r.streamed = q.Body.Kind == harness.StreamBody
	r.tainting = typeBasic

	refused := func(taken string) *failure {
		r.take(taken)
		return &failure{reason: harness.RequestRefused, anchor: anchorRequest}
	}
	url, err := ParseURL(q.URL, nil)
	if err != nil || url.Userinfo != "" && !r.xhr {
		return refused(requestURL)
	}
	if q.Referrer != "" {
		if _, err := ParseURL(q.Referrer, baseURL(q)); err != nil {
			return refused(requestReferrer)
		}
	}
	r.urls = []URL{url}
	r.method = NormalizeMethod(or(q.Method, "GET"))
	r.body = q.Body.Kind != ""
	bodiless := r.method == "GET" || r.method == "HEAD"
	switch {
	case !web.IsToken(r.method) || ForbiddenMethod(r.method):
		return refused(requestMethod)
	case r.mode == harness.NoCORS && !CORSSafelistedMethod(r.method):
		return refused(requestNoCORSMethod)
	case q.Cache == harness.CacheOnlyIfCached && r.mode != harness.SameOriginOnly:
		return refused(requestCacheMode)
	case bodiless && r.body && !r.xhr, r.streamed && (r.mode == harness.NoCORS || q.KeptAlive()):
		// A stream with keepalive: https://fetch.spec.whatwg.org/#concept-bodyinit-extract
		return refused(requestBody)
	case bodiless:
		r.body = false // XMLHttpRequest ignores it
	}
	listened := q.Via == harness.ViaXHRUpload && (r.body || !r.deviates(listenerNeedsBody))
	r.usePreflight = listened || r.streamed
	if !r.setHeaders() {
		return refused(requestHeader)
	}
	if r.streamed && r.mode == harness.SameOriginOnly && r.deviates(streamTurnsCORS) {
		r.mode = harness.CORS
	}
	r.given = r.header
	return nil
}

// baseURL is the URL that a script's relative URLs begin with, nil where there is none:
// a blob: or data: URL cannot have another path.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#document-base-url
func baseURL(q harness.Request) *URL {
	switch {
	case isWorker(q) && (q.WorkerScript != "" || ParseOrigin(q.From).Opaque()),
		!isWorker(q) && (q.Document == harness.BlobDocument || q.Document == "" && q.From == harness.DataPage):
		return nil
	}
	base, _ := ParseURL(q.From+"/", nil)
	return &base
}

// or returns the value, or its default when it is empty.
func or[T ~string](value, otherwise T) T {
	if value == "" {
		return otherwise
	}
	return value
}

// setHeaders fills the header list, or fails for an invalid header.
func (r *run) setHeaders() bool {
	given := r.q.Request.Headers
	if r.q.Request.Body.Kind == harness.JSONBody && len(given.Values(web.NameContentType)) == 0 {
		given = append(given[:len(given):len(given)], harness.Field{Name: web.NameContentType, Value: "application/json"})
	}
	for _, f := range given {
		value, ok := web.IsomorphicEncode(f.Value)
		// https://fetch.spec.whatwg.org/#concept-header-value-normalize
		value = strings.Trim(value, web.Whitespace)
		if !ok || !web.IsToken(f.Name) || !web.IsHeaderValue(value) {
			return false
		}
		before := len(r.header)
		if r.header = appendHeader(r.deviates, r.header, harness.Field{Name: f.Name, Value: value}, r.mode == harness.NoCORS); len(r.header) == before {
			r.take(requestDropped)
		}
	}
	r.combineHeaders()
	r.extractBody()
	// Accept is set before any check, and counts among the safelisted headers.
	// https://fetch.spec.whatwg.org/#fetching
	if len(r.header.Values(web.NameAccept)) == 0 {
		r.header = append(r.header, harness.Field{Name: web.NameAccept, Value: "*/*"})
	}
	return true
}

// combineHeaders joins headers of one name. By the standard, XMLHttpRequest joins them
// and fetch() keeps them apart; Chrome joins them for both.
// https://xhr.spec.whatwg.org/#the-setrequestheader()-method
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (r *run) combineHeaders() {
	combined := combine(r.header)
	if len(combined) == len(r.header) || !r.xhr && !r.deviates(combinesDuplicates) {
		return
	}
	r.take(requestCombined)
	r.header = combined
}

// multipartType has a boundary of the length that Chrome uses.
const multipartType = "multipart/form-data; boundary=----WebKitFormBoundary0123456789abcdef"

// contentType returns the Content-Type of a body.
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
func contentType(kind harness.BodyKind) string {
	switch kind {
	case harness.TextBody, harness.JSONBody:
		return "text/plain;charset=UTF-8"
	case harness.FormBody:
		return "application/x-www-form-urlencoded;charset=UTF-8"
	case harness.MultipartBody:
		return multipartType
	}
	return ""
}

// extractBody adds the Content-Type of the body if the script set none.
func (r *run) extractBody() {
	kind := contentType(r.q.Request.Body.Kind)
	if !r.body || kind == "" {
		return
	}
	given, ok := Get(r.header, web.NameContentType)
	if !ok {
		if lower := strings.Replace(kind, "UTF-8", "utf-8", 1); lower != kind && r.xhr && r.inWorker() && r.deviates(workerKeepsCharset) {
			kind = lower
		}
		r.take(requestContentType)
		r.header = append(r.header, harness.Field{Name: web.NameContentType, Value: kind})
		return
	}
	if r.xhr {
		r.replaceCharset(given)
	}
}

// charsetParameter finds the charset parameter of a Content-Type, and its value.
var charsetParameter = regexp.MustCompile(`(?i)([\x00-\x20;]charset[\x00-\x20]*=[\x00-\x20"']*)[^\x00-\x20"';]*`)

// replaceCharset corrects the charset of a string that XMLHttpRequest sends, which is
// always UTF-8. Chrome replaces it in the text, also in a Content-Type that is otherwise
// invalid, and also for a URLSearchParams.
func (r *run) replaceCharset(given string) {
	value := given
	switch r.q.Request.Body.Kind {
	case harness.TextBody, harness.JSONBody:
		value = withUTF8(given)
	case harness.FormBody:
	default:
		return
	}
	if text := r.charsetInText(given, value); text != value && r.deviates(replacesCharsetInText) {
		value = text
	}
	if value != given && r.inWorker() && r.deviates(workerKeepsCharset) {
		value = given
	}
	if value == given {
		return
	}
	r.take(requestCharset)
	r.typeGiven = given
	for i, f := range r.header {
		if web.Lower(f.Name) == "content-type" {
			r.header[i].Value = value
		}
	}
}

// charsetInText returns the Content-Type with UTF-8 put in its text. Firefox does so for a
// URLSearchParams alone, whose Content-Type is valid and has another charset.
func (r *run) charsetInText(given, standard string) string {
	text := charsetParameter.ReplaceAllString(given, "${1}UTF-8")
	switch {
	case r.q.As != Firefox:
		return text
	case r.q.Request.Body.Kind != harness.FormBody || withUTF8(given) == given:
		return standard
	}
	return strings.Replace(text, `"UTF-8"`, "UTF-8", 1)
}

// withUTF8 returns a Content-Type whose charset, if it has one, is UTF-8.
// https://xhr.spec.whatwg.org/#the-send()-method
func withUTF8(given string) string {
	mime, ok := ParseMIMEType(given)
	charset, has := mime.Parameters.Get("charset")
	if !ok || !has || web.Lower(charset) == "utf-8" {
		return given
	}
	for i, p := range mime.Parameters {
		if p.Name == "charset" {
			mime.Parameters[i].Value = "UTF-8"
		}
	}
	return mime.String()
}

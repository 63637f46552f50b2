package oracle

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// a returns the letter a n times.
func a(n int) string { return strings.Repeat("a", n) }

// refuses is a preflight that passes the CORS check and allows nothing: so the outcome
// shows whether there was a preflight, and which header was the first.
var refuses = reply(204, "ACAO: *")

// header128 are nine safelisted headers in Chrome, four by the standard, each of 128
// bytes.
var header128 = set(
	"Accept: "+a(128), "Accept-Language: "+a(128), "Content-Language: "+a(128), "Content-Type: text/plain;"+a(117),
	"DPR: "+strings.Repeat("1", 128), "Device-Memory: "+strings.Repeat("1", 128), "Width: "+strings.Repeat("1", 128),
	"Viewport-Width: "+strings.Repeat("1", 128), "RTT: "+strings.Repeat("1", 128))

// The cases 26 to 45 of the list.
var grammar = []row{
	{name: "26", actual: reply(200, "ACAO: *  \t"), want: "readable cors 200"},
	{name: "26 VT", actual: reply(200, "ACAO: *\v"), want: "InvalidAllowOriginValue(*\v)"},
	{name: "27", actual: reply(200, "ACAO: "), want: "InvalidAllowOriginValue"},
	{name: "27 two", actual: reply(200, "ACAO: ", "ACAO: *"), want: "MultipleAllowOriginValues(, *)"},
	{name: "27 a blank", actual: reply(200, "ACAO: https://app.test https://b.test"), want: "MultipleAllowOriginValues(https://app.test https://b.test)"},
	{name: "28", actual: reply(200, "ACAO: HTTPS://APP.TEST"), want: "AllowOriginMismatch(HTTPS://APP.TEST)"},
	{name: "28 scheme", actual: reply(200, "ACAO: http://app.test"), want: "AllowOriginMismatch(http://app.test)"},
	{name: "28 port", actual: reply(200, "ACAO: https://app.test:443"), want: "AllowOriginMismatch(https://app.test:443)"},
	{name: "28 null", actual: reply(200, "ACAO: null"), want: "AllowOriginMismatch(null)"},
	{name: "28 *:port", actual: reply(200, "ACAO: http://*:7101"), want: "AllowOriginMismatch(http://*:7101)"},
	{name: "28 not UTF-8", actual: reply(200, "ACAO: http://\xe9.test"), want: "InvalidAllowOriginValue"},
	{name: "29", request: withCookies, actual: reply(200, "ACAO: https://app.test", "ACAC: True"), want: "InvalidAllowCredentials(True)"},
	{name: "29 two", request: withCookies, actual: reply(200, "ACAO: https://app.test", "ACAC: true", "ACAC: true"), want: "InvalidAllowCredentials(true, true)"},
	{name: "29 blanks", request: withCookies, actual: reply(200, "ACAO: https://app.test", "ACAC:  true "), want: "readable cors 200"},
	{name: "30", request: putCookies, preflight: reply(204, "ACAO: *", "ACAC: true"), want: "PreflightWildcardOriginNotAllowed"},
	{name: "30 no ACAC", request: putCookies, preflight: reply(204, "ACAO: https://app.test"), want: "PreflightInvalidAllowCredentials"},
	{name: "31 twice", request: put, preflight: reply(204, "ACAO: *", "ACAO: *"), want: "PreflightMultipleAllowOriginValues(*, *)"},
	{name: "31 foo", request: put, preflight: reply(204, "ACAO: foo"), want: "PreflightInvalidAllowOriginValue(foo)"},
	{name: "31 other", request: put, preflight: reply(204, "ACAO: https://b.test"), want: "PreflightAllowOriginMismatch(https://b.test)"},
	{name: "32", request: put, preflight: reply(204, "ACAO: *", "ACAM: PUT POST"), want: "InvalidAllowMethodsPreflightResponse"},
	{name: "32 quotes", request: put, preflight: reply(204, "ACAO: *", `ACAM: "PUT"`), want: "InvalidAllowMethodsPreflightResponse"},
	{name: "32 empty items", request: put, preflight: reply(204, "ACAO: *", "ACAM: , ,PUT,,"), actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "32 two lines", request: put, preflight: reply(204, "ACAO: *", "ACAM: GET", "ACAM: PUT"), actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "32 both malformed", request: put, preflight: reply(204, "ACAO: *", "ACAM: a b", "ACAH: a b"), want: "InvalidAllowMethodsPreflightResponse"},
	{name: "33", request: set("X-A: 1"), preflight: reply(204, "ACAO: *", "ACAH: x-a, b@d"), want: "InvalidAllowHeadersPreflightResponse"},
	{name: "33 case", request: harness.Request{Headers: headers("X-A: 1", "authorization: t"), Credentials: harness.Include}, preflight: reply(204, "ACAO: https://app.test", "ACAC: true", "ACAH: X-a, AUTHORIZATION"), actual: reply(200, "ACAO: https://app.test", "ACAC: true"), want: "readable cors 200"},
	{name: "34", request: harness.Request{Method: "put"}, preflight: reply(204, "ACAO: *", "ACAM: put"), want: "MethodDisallowedByPreflightResponse(PUT)"},
	{name: "35", request: harness.Request{Method: "patch"}, preflight: reply(204, "ACAO: *", "ACAM: PATCH"), want: "MethodDisallowedByPreflightResponse(patch)"},
	{name: "35 patch", request: harness.Request{Method: "patch"}, preflight: reply(204, "ACAO: *", "ACAM: patch"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS patch"},
	{name: "36", request: set("X-Z: 1", "X-B: 1", "X-A: 1"), preflight: reply(204, "ACAO: *", "ACAH: x-b"), want: "HeaderDisallowedByPreflightResponse(x-z)"},
	{name: "36 method first", request: harness.Request{Method: "PUT", Headers: headers("X-A: 1")}, preflight: refuses, want: "MethodDisallowedByPreflightResponse(PUT)"},
	{name: "37 128", request: set("Accept: " + a(128)), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "37 129", request: set("Accept: " + a(129)), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(accept)"},
	{name: "37 quote", request: set(`Accept: "`), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(accept)"},
	{name: "37 language", request: set("Accept-Language: @"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(accept-language)"},
	{name: "37 languages", request: set("Accept-Language: en;q=0.5, *"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "37 characters are bytes", request: set("Accept: " + strings.Repeat("é", 128)), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "38", request: set("Content-Type: TEXT/PLAIN"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "38 parameters", request: set("Content-Type: text/plain;charset=utf-8;x=y"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "38 list", request: set("Content-Type: text/plain,text/plain"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(content-type)"},
	{name: "38 bytes", request: set("Content-Type: text/plain;a=(b)"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(content-type)"},
	{name: "39", request: header128, preflight: refuses, want: "HeaderDisallowedByPreflightResponse(accept)", standard: "HeaderDisallowedByPreflightResponse(dpr)"},
	{name: "40", request: set("Range: bytes=0-"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "40 suffix", request: set("Range: bytes=-5"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(range)"},
	{name: "40 two", request: set("Range: bytes=0-1,2-3"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(range)"},
	{name: "40 blank", request: set("Range: bytes= 0-1"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(range)"},
	{name: "40 case", request: set("Range: Bytes=0-1"), preflight: refuses, actual: reply(200, "ACAO: *"), want: "HeaderDisallowedByPreflightResponse(range)"},
	{name: "40 greatest", request: set("Range: bytes=0-9223372036854775806"), preflight: refuses, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "40 too great", request: set("Range: bytes=0-9223372036854775807"), preflight: refuses, actual: reply(200, "ACAO: *"), want: "HeaderDisallowedByPreflightResponse(range)", standard: "readable cors 200"},
	{name: "40 great number", request: set("Range: bytes=99999999999999999999-"), preflight: refuses, actual: reply(200, "ACAO: *"), want: "HeaderDisallowedByPreflightResponse(range)", standard: "readable cors 200"},
	{name: "41", request: set("Save-Data: on", "DPR: 2.0", "RTT: 100", "Intervention: x"), preflight: refuses, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET", standard: "HeaderDisallowedByPreflightResponse(save-data)"},
	{name: "42", request: set("DNT: 1", "Cookie: a=b", "X-HTTP-Method: TRACE"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "42 GET", request: set("X-HTTP-Method: GET"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(x-http-method)"},
	{name: "42 network", request: set("Access-Control-Request-Private-Network: true"), preflight: refuses, want: "HeaderDisallowedByPreflightResponse(access-control-request-private-network)"},
	{name: "43 FormData", request: withBody(harness.Multipart()), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST"},
	{name: "43 URLSearchParams", request: withBody(harness.Form()), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST"},
	{name: "43 string", request: withBody(harness.Text("x")), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST"},
	{name: "43 bytes", request: withBody(harness.Bytes(nil)), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST"},
	{name: "44", request: harness.Request{Method: "POST", Via: harness.ViaXHRUpload, Body: harness.Text("x")}, preflight: refuses, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS POST"},
	{name: "43 charset", request: harness.Request{Method: "POST", Via: harness.ViaXHR, Body: harness.Form(), Headers: headers("Content-Type: text/plain;charset=x")}, preflight: refuses, actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "44 without a body", request: harness.Request{Via: harness.ViaXHRUpload}, preflight: reply(200), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET", standard: "PreflightMissingAllowOriginHeader"},
	{name: "44 PUT", request: harness.Request{Method: "PUT", Via: harness.ViaXHRUpload, Body: harness.Text("x")}, preflight: refuses, actual: reply(200, "ACAO: *"), want: "MethodDisallowedByPreflightResponse(PUT)", standard: "readable cors 200"},
	{name: "44 stream", request: harness.Request{Method: "POST", Body: harness.Stream("x")}, preflight: refuses, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS POST"},
	{name: "45", request: set("Authorization: t"), preflight: reply(204, "ACAO: *", "ACAH: *"), actual: reply(200, "ACAO: *"), want: "readable cors 200", standard: "HeaderDisallowedByPreflightResponse(authorization)"},
	{name: "45 flag", request: set("Authorization: t"), question: Question{Without: []string{"D1"}}, preflight: reply(204, "ACAO: *", "ACAH: *"), want: "HeaderDisallowedByPreflightResponse(authorization)"},
	{name: "two of one name", request: set("Accept: "+a(100), "Accept: "+a(100)), preflight: refuses, actual: reply(200, "ACAO: *"), want: "HeaderDisallowedByPreflightResponse(accept)", standard: "readable cors 200"},
	{name: "two of one name by xhr", request: harness.Request{Via: harness.ViaXHR, Headers: headers("Accept: "+a(100), "Accept: "+a(100))}, preflight: refuses, want: "HeaderDisallowedByPreflightResponse(accept)"},
	{name: "the charset of xhr", request: harness.Request{Method: "POST", Via: harness.ViaXHR, Body: harness.Text("x"), Headers: headers("Content-Type: text/plain;charset=latin1")}, actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "POST"},
}

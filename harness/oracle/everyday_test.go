package oracle

import "github.com/corsproof/corsproof/harness"

var (
	withCookies = harness.Request{Credentials: harness.Include}
	put         = harness.Request{Method: "PUT"}
	putCookies  = harness.Request{Method: "PUT", Credentials: harness.Include}
	postJSON    = harness.Request{Method: "POST", Body: harness.JSON("{}")}
)

// set is a GET with headers.
func set(lines ...string) harness.Request { return harness.Request{Headers: headers(lines...)} }

// withBody is a POST.
func withBody(b harness.Body) harness.Request { return harness.Request{Method: "POST", Body: b} }

// The cases 1 to 25 of the list.
var everyday = []row{
	{name: "1", actual: reply(200), want: "MissingAllowOriginHeader", sent: "GET"},
	{name: "1 xhr", request: harness.Request{Via: harness.ViaXHR}, actual: reply(200), want: "MissingAllowOriginHeader", sent: "GET"},
	{name: "2", actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "GET"},
	{name: "3", actual: reply(200, "ACAO: https://app.test"), want: "readable cors 200"},
	{name: "4", actual: reply(200, "ACAO: https://evil.test"), want: "AllowOriginMismatch(https://evil.test)"},
	{name: "4 slash", actual: reply(200, "ACAO: https://app.test/"), want: "AllowOriginMismatch(https://app.test/)"},
	{name: "5", request: withCookies, actual: reply(200, "ACAO: *", "ACAC: true"), want: "WildcardOriginNotAllowed"},
	{name: "6", request: withCookies, actual: reply(200, "ACAO: https://app.test"), want: "InvalidAllowCredentials"},
	{name: "7", request: withCookies, actual: reply(200, "ACAO: https://app.test", "ACAC: true"), want: "readable cors 200"},
	{name: "8", request: postJSON, preflight: reply(204, "ACAO: *"), want: "HeaderDisallowedByPreflightResponse(content-type)", sent: "OPTIONS"},
	{name: "9", request: postJSON, preflight: reply(204, "ACAO: https://app.test", "ACAH: content-type"), actual: reply(200, "ACAO: https://app.test"), want: "readable cors 200", sent: "OPTIONS POST"},
	{name: "10", request: put, preflight: reply(404), want: "PreflightMissingAllowOriginHeader", sent: "OPTIONS"},
	{name: "11", request: put, preflight: reply(404, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "11 401", request: put, preflight: reply(401, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "11 405", request: put, preflight: reply(405, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "11 304", request: put, preflight: reply(304, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "11 299", request: put, preflight: reply(299, "ACAO: *", "ACAM: PUT"), actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "11 300", request: put, preflight: reply(300, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "11 199", request: put, preflight: reply(199, "ACAO: *", "ACAM: PUT"), want: "PreflightInvalidStatus"},
	{name: "12", request: put, preflight: reply(204, "ACAO: *", "ACAM: POST, DELETE"), want: "MethodDisallowedByPreflightResponse(PUT)", sent: "OPTIONS"},
	{name: "13", request: put, preflight: reply(204, "ACAO: *", "ACAM: PUT"), actual: reply(200, "ACAO: https://app.test"), want: "readable cors 200", sent: "OPTIONS PUT"},
	{name: "14", request: set("Authorization: t"), preflight: reply(204, "ACAO: *", "ACAH: authorization"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET"},
	{name: "15", request: set("X-A: 1"), preflight: reply(204, "ACAO: *", "ACAH: *"), actual: reply(200, "ACAO: *"), want: "readable cors 200", sent: "OPTIONS GET"},
	{name: "16", request: harness.Request{Headers: headers("X-A: 1"), Credentials: harness.Include}, preflight: reply(204, "ACAO: https://app.test", "ACAC: true", "ACAH: *"), want: "HeaderDisallowedByPreflightResponse(x-a)"},
	{name: "17", request: putCookies, preflight: reply(204, "ACAO: https://app.test", "ACAC: true", "ACAM: *"), want: "MethodDisallowedByPreflightResponse(PUT)"},
	{name: "17 without credentials", request: put, preflight: reply(204, "ACAO: *", "ACAM: *"), actual: reply(200, "ACAO: *"), want: "readable cors 200"},
	{name: "18 two lines", actual: reply(200, "ACAO: https://app.test", "ACAO: *"), want: "MultipleAllowOriginValues(https://app.test, *)"},
	{name: "18 one line", actual: reply(200, "ACAO: https://app.test, http://b"), want: "MultipleAllowOriginValues(https://app.test, http://b)"},
	{name: "19", request: put, preflight: reply(301, "ACAO: *", "ACAM: PUT", "Location: /two"), want: "PreflightDisallowedRedirect", sent: "OPTIONS", standard: "PreflightInvalidStatus"},
	{name: "19 without CORS", request: put, preflight: reply(302, "Location: /two"), want: "PreflightDisallowedRedirect", standard: "PreflightMissingAllowOriginHeader"},
	{name: "19 without Location", request: put, preflight: reply(302, "ACAO: *"), want: "PreflightInvalidStatus"},
	{name: "19 to no URL", request: put, preflight: reply(302, "ACAO: *", "Location: http://["), want: "net::ERR_INVALID_REDIRECT", standard: "PreflightInvalidStatus"},
	{name: "19 two Locations", request: put, preflight: reply(302, "ACAO: *", "Location: /a", "Location: /b"), want: "no verdict: net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION", standard: "PreflightInvalidStatus"},
	{name: "20", actual: reply(500, "ACAO: *"), want: "readable cors 500"},
	{name: "20 without", actual: reply(500), want: "MissingAllowOriginHeader"},
	{name: "21", request: put, preflight: reply(204, "ACAO: *", "ACAM: PUT"), actual: reply(200), want: "MissingAllowOriginHeader", sent: "OPTIONS PUT"},
	{name: "22", actual: reply(200, "ACAO: *.example.com"), want: "InvalidAllowOriginValue(*.example.com)"},
	{name: "22 no scheme", actual: reply(200, "ACAO: example.com"), want: "InvalidAllowOriginValue(example.com)"},
	{name: "22 a host for a scheme", actual: reply(200, "ACAO: localhost:7101"), want: "AllowOriginMismatch(localhost:7101)"},
	{name: "24", request: put, preflight: Reply{NetError: "net::ERR_EMPTY_RESPONSE"}, want: "no verdict: net::ERR_EMPTY_RESPONSE", sent: "OPTIONS"},
	{name: "24 the request", actual: Reply{NetError: "net::ERR_EMPTY_RESPONSE"}, want: "no verdict: net::ERR_EMPTY_RESPONSE", sent: "GET"},
	{name: "25", request: harness.Request{Mode: harness.NoCORS}, actual: reply(200), want: "opaque opaque", sent: "GET"},
	{name: "same origin", request: harness.Request{URL: pageO + "/x", Method: "PUT", Headers: headers("X-A: 1")}, actual: reply(200), want: "readable basic 200", sent: "PUT"},
	{name: "same origin by its default port", request: harness.Request{URL: pageO + ":443/x"}, actual: reply(200), want: "readable basic 200", sent: "GET"},
	{name: "another port", request: harness.Request{URL: portS + "/x"}, actual: reply(200), want: "MissingAllowOriginHeader"},
	{name: "another scheme", request: harness.Request{URL: "http://app.test/x"}, actual: reply(200), want: "MissingAllowOriginHeader"},
}

// The header lists of the cases 23, 46 and 47 are in TestExposedHeaders.
var exposure = []row{
	{name: "23", actual: reply(200, "ACAO: *", "X-One: 1"), want: "readable cors 200"},
	{name: "23 listed", actual: reply(200, "ACAO: *", "X-One: 1", "ACEH: X-One"), want: "readable cors 200"},
	{name: "46", actual: reply(200, "ACAO: *", "X-One: 1", "ACEH: *"), want: "readable cors 200"},
	{name: "46 include", request: withCookies, actual: reply(200, "ACAO: https://app.test", "ACAC: true", "ACEH: *"), want: "readable cors 200"},
	{name: "47", actual: reply(200, "ACAO: *", "ACEH: X-One, no no"), want: "readable cors 200"},
}

package explain

import "github.com/corsproof/corsproof/harness"

// ofOrigin is an example of a CORS check that fails by a reason and then passes.
func ofOrigin(request harness.Request, reason harness.Reason, before, after []string) Example {
	return Example{Request: request, Before: blocked(reason, ok(before...)), After: readable(ok(after...))}
}

// ofPreflight is the same of the CORS check on a preflight.
func ofPreflight(request harness.Request, reason harness.Reason, before, after []string) Example {
	methods := "Access-Control-Allow-Methods: PUT"
	return Example{
		Request: request,
		Before:  blocked(reason, permit(append(before, methods)...)),
		After:   readable(permit(append(after, methods)...), ok(after...)),
	}
}

// lines are lines of headers.
func lines(list ...string) []string { return list }

// withCreds are the lines that a request with credentials wants.
var withCreds = lines(allowApp, allowCreds, varyOrigin)

// put is a request with a preflight.
func put() harness.Request { return with("PUT") }

// reasonExamples are the codes of the CORS check and of the CORS-preflight fetch.
var reasonExamples = map[string]Example{
	string(harness.MissingAllowOriginHeader):  ofOrigin(get(app), harness.MissingAllowOriginHeader, nil, lines(allowApp, varyOrigin)),
	string(harness.WildcardOriginNotAllowed):  ofOrigin(include(app), harness.WildcardOriginNotAllowed, lines(allowAny, allowCreds), withCreds),
	string(harness.MultipleAllowOriginValues): ofOrigin(get(app), harness.MultipleAllowOriginValues, lines(allowApp, allowAny), lines(allowApp, varyOrigin)),
	string(harness.InvalidAllowOriginValue):   ofOrigin(get(app), harness.InvalidAllowOriginValue, lines("Access-Control-Allow-Origin: app.example.com"), lines(allowApp, varyOrigin)),
	string(harness.AllowOriginMismatch):       ofOrigin(get(app), harness.AllowOriginMismatch, lines(allowShop), lines(allowApp, varyOrigin)),
	string(harness.InvalidAllowCredentials):   ofOrigin(include(app), harness.InvalidAllowCredentials, lines(allowApp, "Access-Control-Allow-Credentials: True"), withCreds),

	string(harness.PreflightMissingAllowOriginHeader):  ofPreflight(put(), harness.PreflightMissingAllowOriginHeader, nil, lines(allowApp, varyOrigin)),
	string(harness.PreflightWildcardOriginNotAllowed):  ofPreflight(credentialed(put()), harness.PreflightWildcardOriginNotAllowed, lines(allowAny, allowCreds), withCreds),
	string(harness.PreflightMultipleAllowOriginValues): ofPreflight(put(), harness.PreflightMultipleAllowOriginValues, lines(allowApp, allowAny), lines(allowApp, varyOrigin)),
	string(harness.PreflightInvalidAllowOriginValue):   ofPreflight(put(), harness.PreflightInvalidAllowOriginValue, lines("Access-Control-Allow-Origin: app.example.com"), lines(allowApp, varyOrigin)),
	string(harness.PreflightAllowOriginMismatch):       ofPreflight(put(), harness.PreflightAllowOriginMismatch, lines(allowShop), lines(allowApp, varyOrigin)),
	string(harness.PreflightInvalidAllowCredentials):   ofPreflight(credentialed(put()), harness.PreflightInvalidAllowCredentials, lines(allowApp), withCreds),

	string(harness.PreflightInvalidStatus): {
		Request: put(),
		Before:  blocked(harness.PreflightInvalidStatus, to(harness.Preflight, 405, allowApp, "Access-Control-Allow-Methods: PUT")),
		After:   readable(permit(allowApp, "Access-Control-Allow-Methods: PUT"), ok(allowApp)),
	},
	string(harness.PreflightDisallowedRedirect): {
		Request: put(),
		Before:  blocked(harness.PreflightDisallowedRedirect, to(harness.Preflight, 301, "Location: /v1/me/", allowApp)),
		After:   readable(permit(allowApp, "Access-Control-Allow-Methods: PUT"), ok(allowApp)),
	},
	string(harness.InvalidAllowMethodsPreflightResponse): {
		Request: put(),
		Before:  blocked(harness.InvalidAllowMethodsPreflightResponse, permit(allowApp, `Access-Control-Allow-Methods: ["GET", "PUT"]`)),
		After:   readable(permit(allowApp, "Access-Control-Allow-Methods: GET, PUT"), ok(allowApp)),
	},
	string(harness.InvalidAllowHeadersPreflightResponse): {
		Request: with("", "X-Token"),
		Before:  blocked(harness.InvalidAllowHeadersPreflightResponse, permit(allowApp, `Access-Control-Allow-Headers: ["X-Token"]`)),
		After:   readable(permit(allowApp, "Access-Control-Allow-Headers: X-Token"), ok(allowApp)),
	},
	string(harness.MethodDisallowedByPreflightResponse): {
		Request: put(),
		Before:  blocked(harness.MethodDisallowedByPreflightResponse, permit(allowApp, "Access-Control-Allow-Methods: GET, POST")),
		After:   readable(permit(allowApp, "Access-Control-Allow-Methods: GET, POST, PUT"), ok(allowApp)),
	},
	string(harness.HeaderDisallowedByPreflightResponse): {
		Request: with("", "X-Token"),
		Before:  blocked(harness.HeaderDisallowedByPreflightResponse, permit(allowApp, "Access-Control-Allow-Headers: Content-Type")),
		After:   readable(permit(allowApp, "Access-Control-Allow-Headers: Content-Type, X-Token"), ok(allowApp)),
	},
}

// embed is a request of mode no-cors, as an image makes it.
func embed(from, url string, pageHeaders ...string) harness.Request {
	return harness.Request{From: from, URL: url, Mode: harness.NoCORS, PageHeaders: to("", 0, pageHeaders...).Headers}
}

// redirectExamples are the reasons that a redirect or another header of a response gives.
var redirectExamples = map[string]Example{
	string(harness.RedirectContainsCredentials): {
		Request: get(app),
		Before:  blocked(harness.RedirectContainsCredentials, to(harness.ActualRequest, 302, allowApp, "Location: https://user:password@api.example.com/v2/me")),
		After:   readable(to(harness.ActualRequest, 302, allowApp, "Location: https://api.example.com/v2/me"), to(harness.RedirectHop, 200, allowApp)),
	},
	string(harness.BlockedByOrigin): {
		Request: embed(app, app+"/logo.png"),
		Note:    "The redirect stays with the page's own origin, where the standard follows it and Chrome does not.",
		Before:  blocked(harness.BlockedByOrigin, to(harness.ActualRequest, 302, "Location: https://user:password@app.example.com/new.png")),
		After:   readable(to(harness.ActualRequest, 302, "Location: https://app.example.com/new.png"), to(harness.RedirectHop, 200)),
	},
	string(harness.UnsafeRedirect): {
		Request: get(app),
		Before:  blocked(harness.UnsafeRedirect, to(harness.ActualRequest, 302, allowApp, "Location: file:///v2/me")),
		After:   readable(to(harness.ActualRequest, 302, allowApp, "Location: https://api.example.com/v2/me"), to(harness.RedirectHop, 200, allowApp)),
	},
	string(harness.UnknownURLScheme): {
		Request: embed(app, api),
		Before:  blocked(harness.UnknownURLScheme, to(harness.ActualRequest, 302, "Location: app://v2/me")),
		After:   opaque(to(harness.ActualRequest, 302, "Location: https://api.example.com/v2/me"), to(harness.RedirectHop, 200)),
	},
	string(harness.CorsDisabledScheme): {
		Request: get(app),
		Before:  blocked(harness.CorsDisabledScheme, to(harness.ActualRequest, 302, allowApp, "Location: app://v2/me")),
		After:   readable(to(harness.ActualRequest, 302, allowApp, "Location: https://api.example.com/v2/me"), to(harness.RedirectHop, 200, allowApp)),
	},
	string(harness.InvalidRedirect): {
		Request: get(app),
		Before:  blocked(harness.InvalidRedirect, to(harness.ActualRequest, 302, allowApp, "Location: https://")),
		After:   readable(to(harness.ActualRequest, 302, allowApp, "Location: https://api.example.com/v2/me"), to(harness.RedirectHop, 200, allowApp)),
	},
	string(harness.RedirectRefused): {
		Request: harness.Request{From: app, URL: api, Redirect: harness.ErrorRedirect},
		Before:  blocked(harness.RedirectRefused, to(harness.ActualRequest, 302, allowApp, "Location: /v2/me")),
		After:   readable(ok(allowApp)),
	},
	string(harness.BodyNotResent): {
		Request: harness.Request{From: app, URL: api, Method: "POST", Body: harness.Stream("1")},
		Before:  blocked(harness.BodyNotResent, permit(allowApp, "Access-Control-Allow-Methods: POST"), to(harness.ActualRequest, 307, allowApp, "Location: /v2/me")),
		After:   readable(permit(allowApp, "Access-Control-Allow-Methods: POST"), ok(allowApp)),
	},
	string(harness.BlockedByCORPNotSameOrigin): {
		Request: embed(app, api),
		Before:  blocked(harness.BlockedByCORPNotSameOrigin, ok("Cross-Origin-Resource-Policy: same-origin")),
		After:   opaque(ok("Cross-Origin-Resource-Policy: cross-origin")),
	},
	string(harness.BlockedByCORPNotSameSite): {
		Request: embed(evil, api),
		Before:  blocked(harness.BlockedByCORPNotSameSite, ok("Cross-Origin-Resource-Policy: same-site")),
		After:   opaque(ok("Cross-Origin-Resource-Policy: cross-origin")),
	},
	string(harness.BlockedByCORPDefaultedByCOEP): {
		Request: embed(app, api, "Cross-Origin-Embedder-Policy: require-corp"),
		Before:  blocked(harness.BlockedByCORPDefaultedByCOEP, ok()),
		After:   opaque(ok("Cross-Origin-Resource-Policy: cross-origin")),
	},
}

package explain

import "github.com/corsproof/corsproof/harness"

// reasonExamples are examples of the codes of the CORS check and of the CORS-preflight
// fetch.
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

	string(harness.PreflightInvalidStatus):      refusedPreflight(405, harness.PreflightInvalidStatus),
	string(harness.PreflightDisallowedRedirect): refusedPreflight(301, harness.PreflightDisallowedRedirect, "Location: /v1/me/"),
	string(harness.InvalidAllowMethodsPreflightResponse): asked(put(), harness.InvalidAllowMethodsPreflightResponse,
		lines(allowApp), listsMethods+`["GET", "PUT"]`, listsMethods+"GET, PUT"),
	string(harness.InvalidAllowHeadersPreflightResponse): asked(with("", "X-Token"), harness.InvalidAllowHeadersPreflightResponse,
		lines(allowApp), listsHeaders+`["X-Token"]`, listsHeaders+"X-Token"),
	string(harness.MethodDisallowedByPreflightResponse): asked(put(), harness.MethodDisallowedByPreflightResponse,
		lines(allowApp), listsMethods+"GET, POST", listsMethods+"GET, POST, PUT"),
	string(harness.HeaderDisallowedByPreflightResponse): asked(with("", "X-Token"), harness.HeaderDisallowedByPreflightResponse,
		lines(allowApp), listsHeaders+"Content-Type", listsHeaders+"Content-Type, X-Token"),
}

// embed is a no-cors request, like the request of an image.
func embed(from, url string, pageHeaders ...string) harness.Request {
	return harness.Request{From: from, URL: url, Mode: harness.NoCORS, PageHeaders: to("", 0, pageHeaders...).Headers}
}

// redirectExamples are examples of reasons that a redirect or another response header
// causes.
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
		Request: harness.Request{From: app, URL: api, Redirect: harness.RedirectError},
		Before:  blocked(harness.RedirectRefused, to(harness.ActualRequest, 302, allowApp, "Location: /v2/me")),
		After:   readable(ok(allowApp)),
	},
	string(harness.BodyNotResent): {
		Request: harness.Request{From: app, URL: api, Method: "POST", Body: harness.Stream("1")},
		Before:  blocked(harness.BodyNotResent, permit(allowApp, listsMethods+"POST"), to(harness.ActualRequest, 307, allowApp, "Location: /v2/me")),
		After:   readable(permit(allowApp, listsMethods+"POST"), ok(allowApp)),
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

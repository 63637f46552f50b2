package explain

import "github.com/corsproof/corsproof/harness"

// shut is an example of a page that can read before, and cannot read after the remedy.
func shut(request harness.Request, reason harness.Reason, before, after []string) Example {
	return Example{Request: request, Before: readable(ok(before...)), After: blocked(reason, ok(after...))}
}

// alike is an example of a server that sends back an origin which looks like an allowed
// one.
func alike(from string) Example {
	return shut(get(from), harness.MissingAllowOriginHeader, lines("Access-Control-Allow-Origin: "+from, varyOrigin), lines(varyOrigin))
}

// reflected is an example of a server that sends back any origin, with credentials.
func reflected(note string) Example {
	e := shut(include(evil), harness.WildcardOriginNotAllowed, lines(allowEvil, allowCreds, varyOrigin), lines(allowAny))
	e.Note = note
	return e
}

// typed is an example of a wrong value of Access-Control-Allow-Origin in a configuration.
func typed(value string, reason harness.Reason) Example {
	return ofOrigin(get(app), reason, lines("Access-Control-Allow-Origin: "+value), lines(allowApp, varyOrigin))
}

// failed is an example of an error response without CORS headers, and then with them.
func failed(status int) Example {
	return Example{
		Request: get(app),
		Before:  blocked(harness.MissingAllowOriginHeader, to(harness.ActualRequest, status)),
		After:   readable(to(harness.ActualRequest, status, allowApp, varyOrigin)),
	}
}

// keptFor is an example of a response that a cache holds from an earlier question.
func keptFor(note string, reason harness.Reason, before ...string) Example {
	return Example{
		Request: get(app), Note: note,
		Before: blocked(reason, kept(before...)),
		After:  readable(kept(append(before, varyOrigin)...), ok("Cache-Control: max-age=600", allowApp, varyOrigin)),
	}
}

// behaviourExamples are the examples of behaviours without a preflight.
var behaviourExamples = map[string]Example{
	"K01": ofOrigin(get(app), harness.MissingAllowOriginHeader, nil, lines(allowApp, varyOrigin)),
	"K02": ofOrigin(include(app), harness.InvalidAllowCredentials, lines(allowApp), withCreds),
	"K03": shut(include(app), harness.InvalidAllowCredentials, withCreds, lines(allowApp, varyOrigin)),
	"K04": ofOrigin(get(app), harness.MultipleAllowOriginValues, lines(allowApp, allowApp), lines(allowApp, varyOrigin)),
	"K05": typed(app+":443", harness.AllowOriginMismatch),
	"K06": ofOrigin(get(shop), harness.AllowOriginMismatch, lines(allowApp), lines(allowShop, varyOrigin)),
	"K07": ofOrigin(include(app), harness.InvalidAllowCredentials, lines(allowApp, allowCreds, allowCreds), withCreds),
	"K09": {
		Request: get(app),
		Before:  sees([]string{"content-type"}, ok(allowApp, "Content-Type: text/plain", "X-Total: 7")),
		After:   sees([]string{"content-type", "x-total"}, ok(allowApp, "Access-Control-Expose-Headers: X-Total", "Content-Type: text/plain", "X-Total: 7")),
	},
	"K10": {
		Request: include(app),
		Before:  sees([]string{"content-type"}, ok(allowApp, allowCreds, "Access-Control-Expose-Headers: *", "Content-Type: text/plain", "X-Total: 7")),
		After:   sees([]string{"content-type", "x-total"}, ok(allowApp, allowCreds, "Access-Control-Expose-Headers: X-Total", "Content-Type: text/plain", "X-Total: 7")),
	},
	"K13": alike(evil),
	"K14": alike("https://app.example.com.evil.test"),
	"K15": alike("https://evilapp.example.com"),
	"K16": alike("https://appxexample.com"),
	"K17": alike("https://app.example.com:8443"),
	"K18": alike("http://app.example.com"),
	"K19": shut(get(harness.OpaqueOrigin), harness.MissingAllowOriginHeader, lines(allowNull), lines(varyOrigin)),
	"K20": alike("https://child.example.com.evil.test"),
	"K22": {
		Request: get(evil),
		Before:  blocked(harness.AllowOriginMismatch, ok(allowApp)),
		After:   blocked(harness.MissingAllowOriginHeader, ok(varyOrigin)),
	},
	"K25": ofOrigin(get("https://any.test"), harness.AllowOriginMismatch, lines(allowApp), lines(allowAny)),
	"K26": reflected(""),
	"K27": shut(include(harness.OpaqueOrigin), harness.WildcardOriginNotAllowed, lines(allowNull, allowCreds), lines(allowAny)),
	"K28": reflected("The library has no configuration."),
	"K30": reflected("The configuration has a pattern that matches every origin, such as https://*."),

	"K55": keptFor("A shared cache or the browser's cache has the answer to a request without Origin.", harness.MissingAllowOriginHeader),
	"K56": keptFor("The browser's cache has the answer to an image's request, without Origin.", harness.MissingAllowOriginHeader),
	"K57": keptFor("The browser's cache has the answer to a page at "+shop+", which is of the same site.", harness.AllowOriginMismatch, allowShop),
	"K58": keptFor("A shared cache has the answer to a page at "+shop+".", harness.AllowOriginMismatch, allowShop),

	"K61": failed(404),
	"K62": failed(500),
	"K63": failed(401),
	"K64": {
		Request: get(app),
		Before:  blocked(harness.MissingAllowOriginHeader, to(harness.ActualRequest, 308, "Location: /v1/me/")),
		After:   readable(to(harness.ActualRequest, 308, allowApp, "Location: /v1/me/"), to(harness.RedirectHop, 200, allowApp)),
	},
	"K65": ofOrigin(get(app), harness.MultipleAllowOriginValues, lines(allowApp, allowAny), lines(allowApp, varyOrigin)),
	"K66": ofOrigin(get(app), harness.MultipleAllowOriginValues, lines(allowApp, allowApp), lines(allowApp, varyOrigin)),
	"K67": ofOrigin(get(app), harness.MissingAllowOriginHeader, nil, lines(allowAny)),

	"K68": typed(app+"/", harness.AllowOriginMismatch),
	"K69": typed("https://App.Example.com", harness.AllowOriginMismatch),
	"K70": typed("app.example.com", harness.InvalidAllowOriginValue),
	"K71": typed("https://*.example.com", harness.AllowOriginMismatch),
	"K72": alike(evil),
	"K73": typed(app+","+shop, harness.MultipleAllowOriginValues),
	"K74": alike("https://app.example.com.evil.test"),
}

// unlisted is an example of a preflight that permits an unlisted method or header, and
// then refuses it.
func unlisted(request harness.Request, reason harness.Reason, before, after string) Example {
	return Example{
		Request: request,
		Before:  readable(permit(allowApp, before), ok(allowApp)),
		After:   blocked(reason, permit(allowApp, after)),
	}
}

// askedAgain is an example of a page that asks twice, a minute apart.
func askedAgain(before ...string) Example {
	methods := lines(allowApp, listsMethods+"PUT")
	first, second := permit(append(methods, before...)...), permit(append(methods, "Access-Control-Max-Age: 600")...)
	return Example{
		Request: put(), AgainAfter: 60,
		Before: readable(first, ok(allowApp), first, ok(allowApp)),
		After:  readable(second, ok(allowApp), ok(allowApp)),
	}
}

// preflightedExamples are the examples of behaviours with a preflight.
var preflightedExamples = map[string]Example{
	"K31": asked(put(), harness.MethodDisallowedByPreflightResponse, lines(allowApp), listsMethods+"GET", listsMethods+"GET, PUT"),
	"K32": refusedPreflight(405, harness.PreflightInvalidStatus, "Allow: PUT"),
	"K33": refusedPreflight(401, harness.PreflightInvalidStatus, "WWW-Authenticate: Bearer"),
	"K34": refusedPreflight(308, harness.PreflightDisallowedRedirect, "Location: /v1/me/"),
	"K35": unlisted(with("DELETE"), harness.MethodDisallowedByPreflightResponse, listsMethods+"GET, PUT, DELETE", listsMethods+"GET, PUT"),
	"K36": unlisted(with("", "X-Unlisted"), harness.HeaderDisallowedByPreflightResponse, listsHeaders+"X-Unlisted", listsHeaders+"Content-Type"),
	"K37": asked(with("", "X-Token", "X-Trace"), harness.HeaderDisallowedByPreflightResponse, lines(allowApp), listsHeaders+"X-Token", listsHeaders+"X-Token, X-Trace"),
	"K38": unlisted(with("", "X-Token", "X-Unlisted"), harness.HeaderDisallowedByPreflightResponse, listsHeaders+"X-Token, X-Unlisted", listsHeaders+"X-Token"),
	"K40": asked(put(), harness.InvalidAllowMethodsPreflightResponse, lines(allowApp), listsMethods+`["GET", "PUT"]`, listsMethods+"GET, PUT"),
	"K41": asked(with("DELETE"), harness.MethodDisallowedByPreflightResponse, lines(allowApp), listsMethods+"GET, POST", listsMethods+"*"),
	"K42": asked(credentialed(with("DELETE")), harness.MethodDisallowedByPreflightResponse, withCreds, listsMethods+"*", listsMethods+"GET, POST, PUT, DELETE"),
	"K43": asked(credentialed(with("", "X-Token")), harness.HeaderDisallowedByPreflightResponse, withCreds, listsHeaders+"*", listsHeaders+"X-Token"),
	"K44": strict(asked(with("", "Authorization"), harness.HeaderDisallowedByPreflightResponse, lines(allowApp), listsHeaders+"*", listsHeaders+"*, Authorization")),
	"K45": asked(put(), harness.MethodDisallowedByPreflightResponse, lines(allowApp), listsMethods+"put", listsMethods+"PUT"),
	"K46": asked(with("patch"), harness.MethodDisallowedByPreflightResponse, lines(allowApp), listsMethods+"PATCH", listsMethods+"PATCH, patch"),
	"K48": askedAgain(),
	"K49": askedAgain("Access-Control-Max-Age: 600s"),
	"K50": asked(with("OPTIONS"), harness.MethodDisallowedByPreflightResponse, lines(allowApp), listsMethods+"GET", listsMethods+"GET, OPTIONS"),
}

// strict marks an example that the standard decides.
func strict(e Example) Example {
	e.Strict = true
	e.Note = "This is the verdict of the standard. Chrome 156 lets * allow Authorization when there are no credentials."
	return e
}

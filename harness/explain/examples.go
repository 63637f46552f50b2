package explain

import (
	"maps"

	"github.com/corsproof/corsproof/harness"
)

// The origins and the URL of the examples.
const (
	app  = "https://app.example.com"
	shop = "https://shop.example.com"
	evil = "https://unlisted.evil.test" // nobody owns .test: https://www.rfc-editor.org/rfc/rfc6761#section-6.2
	api  = "https://api.example.com/v1/me"
)

// Header lines that many examples have.
const (
	allowApp   = "Access-Control-Allow-Origin: " + app
	allowEvil  = "Access-Control-Allow-Origin: " + evil
	allowShop  = "Access-Control-Allow-Origin: " + shop
	allowNull  = "Access-Control-Allow-Origin: null"
	allowAny   = "Access-Control-Allow-Origin: *"
	allowCreds = "Access-Control-Allow-Credentials: true"
	varyOrigin = "Vary: Origin"

	listsMethods = "Access-Control-Allow-Methods: "
	listsHeaders = "Access-Control-Allow-Headers: "
)

// examples are the examples by id and by reason.
var examples = together(reasonExamples, redirectExamples, behaviourExamples, preflightedExamples)

// together joins the parts of the table.
func together(parts ...map[string]Example) map[string]Example {
	whole := map[string]Example{}
	for _, part := range parts {
		maps.Copy(whole, part)
	}
	return whole
}

// get is a GET of a page.
func get(from string) harness.Request { return harness.Request{From: from, URL: api} }

// include is a GET of a page, with credentials.
func include(from string) harness.Request {
	return harness.Request{From: from, URL: api, Credentials: harness.Include}
}

// with is a request of the allowed page, with a method and with headers.
func with(method string, names ...string) harness.Request {
	r := harness.Request{From: app, URL: api, Method: method}
	for _, name := range names {
		r.Headers = append(r.Headers, harness.Field{Name: name, Value: "1"})
	}
	return r
}

// credentialed is the same request, with credentials.
func credentialed(r harness.Request) harness.Request {
	r.Credentials = harness.Include
	return r
}

// to is a response with lines of headers.
func to(kind harness.ExchangeKind, status int, lines ...string) Response {
	return Response{To: kind, Status: status, Headers: harness.Lines(lines...)}
}

// permit, ok and kept are the usual responses: to a preflight, to the request, and from a cache.
func permit(lines ...string) Response { return to(harness.Preflight, 204, lines...) }
func ok(lines ...string) Response     { return to(harness.ActualRequest, 200, lines...) }
func kept(lines ...string) Response {
	r := ok(append([]string{"Cache-Control: max-age=600"}, lines...)...)
	r.Kept = true
	return r
}

// readable, opaque and blocked return outcomes.
func readable(responses ...Response) Outcome {
	return Outcome{Verdict: harness.Readable, Responses: responses}
}
func opaque(responses ...Response) Outcome {
	return Outcome{Verdict: harness.Opaque, Responses: responses}
}
func blocked(reason harness.Reason, responses ...Response) Outcome {
	return Outcome{Verdict: harness.Blocked, Reason: reason, Responses: responses}
}

// sees is a readable outcome with headers that the script can read.
func sees(names []string, responses ...Response) Outcome {
	o := readable(responses...)
	o.Sees = names
	return o
}

// ofOrigin is an example of a CORS check that fails for a reason and then passes.
func ofOrigin(request harness.Request, reason harness.Reason, before, after []string) Example {
	return Example{Request: request, Before: blocked(reason, ok(before...)), After: readable(ok(after...))}
}

// ofPreflight is an example of a preflight whose CORS check fails for a reason and then
// passes.
func ofPreflight(request harness.Request, reason harness.Reason, before, after []string) Example {
	methods := listsMethods + "PUT"
	return Example{
		Request: request,
		Before:  blocked(reason, permit(append(before, methods)...)),
		After:   readable(permit(append(after, methods)...), ok(after...)),
	}
}

// lines are lines of headers.
func lines(list ...string) []string { return list }

// withCreds are the header lines that a request with credentials needs.
var withCreds = lines(allowApp, allowCreds, varyOrigin)

// put is a request with a preflight.
func put() harness.Request { return with("PUT") }

// asked is an example of a preflight that refuses a method or a header and then permits it.
func asked(request harness.Request, reason harness.Reason, origin []string, before, after string) Example {
	return Example{
		Request: request,
		Before:  blocked(reason, permit(append(origin, before)...)),
		After:   readable(permit(append(origin, after)...), ok(origin...)),
	}
}

// refusedPreflight is an example of a preflight with a status that gives no permission.
func refusedPreflight(status int, reason harness.Reason, more ...string) Example {
	return Example{
		Request: put(),
		Before:  blocked(reason, to(harness.Preflight, status, append(more, allowApp)...)),
		After:   readable(permit(allowApp, listsMethods+"PUT"), ok(allowApp)),
	}
}

package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// observe returns the Observation of a question, as Chrome would make it. The server lets
// in every origin on /me, compares only the end of the origin on /orders, and has no
// route for OPTIONS on /upload.
func observe(r harness.Request) harness.Observation {
	o := observation{Request: r, Verdict: harness.Readable}
	method := cmp.Or(r.Method, "GET")
	origin := r.From
	switch {
	case r.From == harness.DataPage:
		origin = "null"
	case r.From == "":
		origin, _ = r.Headers.Get("Origin")
	}
	sent := harness.Header{{Name: "Origin", Value: origin}}
	allow := answer(r, origin)
	if preflighted(r, method) {
		e := harness.Exchange{Kind: harness.Preflight, Method: "OPTIONS", URL: r.URL, Sent: true, Status: 204, Protocol: "h2",
			RequestHeaders:  append(slices.Clone(sent), harness.Field{Name: "Access-Control-Request-Method", Value: method}),
			ResponseHeaders: append(slices.Clone(allow), harness.Field{Name: "Access-Control-Allow-Methods", Value: "GET, PUT"}, harness.Field{Name: "Access-Control-Allow-Headers", Value: "authorization, content-type"}),
		}
		if strings.HasSuffix(r.URL, "/upload") {
			e.Status, e.ResponseHeaders = 405, allow
		}
		o.Exchanges = append(o.Exchanges, e)
		names, _ := r.Headers.Get("X-Corsproof-Unlisted")
		switch {
		case e.Status == 405:
			o.block(harness.PreflightInvalidStatus, "")
		case len(allow) == 0:
			o.block(harness.PreflightMissingAllowOriginHeader, "")
		case method != "GET" && method != "PUT":
			o.block(harness.MethodDisallowedByPreflightResponse, method)
		case names != "":
			o.block(harness.HeaderDisallowedByPreflightResponse, "x-corsproof-unlisted")
		}
	}
	e := harness.Exchange{Kind: harness.ActualRequest, Method: method, URL: r.URL, Sent: true, Status: 200, Protocol: "h2", RequestHeaders: sent, ResponseHeaders: allow}
	if r.Credentials == harness.Include {
		e.Cookies = []harness.Cookie{{Name: "sid", Sent: true}}
	}
	switch {
	case o.Verdict == harness.Blocked:
		e.Sent, e.Status, e.RequestHeaders, e.ResponseHeaders, e.Cookies = false, 0, nil, nil, nil
	case r.DryRun:
		e.Sent, e.Withheld, e.Status, e.RequestHeaders, e.ResponseHeaders = false, true, 0, nil, nil
	case strings.HasSuffix(r.URL, "corsproof-not-there"):
		e.Status, e.ResponseHeaders = 404, harness.Header{{Name: "Content-Type", Value: "text/html"}}
		o.block(harness.MissingAllowOriginHeader, "")
	case strings.HasSuffix(r.URL, "/"):
		e.Status, e.ResponseHeaders = 302, append(slices.Clone(allow), harness.Field{Name: "Location", Value: "https://login.acme.com/start?to=/v1"})
		o.Exchanges = append(o.Exchanges, e)
		e = harness.Exchange{Kind: harness.RedirectHop, Method: "GET", URL: "https://login.acme.com/start?to=/v1", Sent: true, Status: 200, Protocol: "h2",
			RequestHeaders: harness.Header{{Name: "Origin", Value: "null"}}, ResponseHeaders: harness.Header{{Name: "Content-Type", Value: "text/html"}}}
		o.block(harness.MissingAllowOriginHeader, "")
	case r.Mode == harness.NoCORS:
		o.Verdict, o.Script = harness.Opaque, harness.Script{Type: "opaque"}
	case len(allow) == 0:
		o.block(harness.MissingAllowOriginHeader, "")
	}
	o.Exchanges = append(o.Exchanges, e)
	if o.Verdict == harness.Readable && !r.DryRun {
		o.Script = harness.Script{Type: "cors", Status: e.Status, BodySize: 118, Headers: harness.Header{{Name: "content-type", Value: "application/json"}, {Name: "x-total", Value: "7"}}}
	}
	o.Page = harness.Page{Origin: origin, SecureContext: true, AddressSpace: harness.SpacePublic, LocalNetwork: harness.PermissionGranted}
	return harness.Observation(o)
}

// observation is an Observation under construction.
type observation harness.Observation

// block records that Chrome refuses the response.
func (o *observation) block(reason harness.Reason, parameter string) {
	o.Verdict, o.Reason, o.Parameter, o.NetError = harness.Blocked, reason, parameter, "net::ERR_FAILED"
	o.Script = harness.Script{Error: "TypeError: Failed to fetch"}
	o.Console = []harness.Message{
		{Source: "javascript", Level: "error", Text: "Access to fetch at '" + o.Request.URL + "' from origin '" + o.Request.From + "' has been blocked by CORS policy: " + string(reason)},
		{Source: "network", Level: "error", Text: "Failed to load resource: net::ERR_FAILED"},
	}
	o.Issues = []harness.Issue{{Code: "CorsIssue", Detail: string(reason)}}
}

// preflighted says whether the browser sends a preflight first.
func preflighted(r harness.Request, method string) bool {
	if r.From == "" {
		return false
	}
	if !slices.Contains([]string{"GET", "HEAD", "POST"}, method) {
		return true
	}
	return len(r.Headers) > 0
}

// answer returns the headers of the server's responses to an origin.
func answer(r harness.Request, origin string) harness.Header {
	listed := slices.Contains([]string{"https://app.acme.com", "https://admin.acme.com", "https://partner.example"}, origin)
	switch {
	case strings.HasSuffix(r.URL, "/me"):
	case strings.HasSuffix(r.URL, "/orders") && strings.HasSuffix(origin, "acme.com"):
	case !listed:
		return nil
	}
	return harness.Header{{Name: "Access-Control-Allow-Origin", Value: origin}, {Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Expose-Headers", Value: "X-Total"}, {Name: "Vary", Value: "Origin"}}
}

package policy

import (
	"fmt"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// noCredentials is why a page that may read may not send with credentials.
const noCredentials = "the policy wants no credentials"

// withThem are the credentials modes where the policy wants no credentials: without
// them a page may send.
var withThem = []harness.Credentials{harness.Include}

// modes are the credentials modes to ask strangers with.
func (x *raiser) modes() []harness.Credentials {
	if says(x.Credentials, true) {
		return []harness.Credentials{"", harness.Include}
	}
	return []harness.Credentials{""}
}

// raiseSends wants the preflight to refuse what a page must not send. A server that
// reads its list where it answers a GET and lets every preflight pass is open to any
// page that sends PUT: what the page may read comes too late. Nothing but preflights is
// sent, whatever the policy says of unsafe methods.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (x *raiser) raiseSends(id, from, page, why string, modes []harness.Credentials) {
	var steps []Step
	for _, r := range x.changes {
		for _, mode := range modes {
			r.From, r.Credentials = from, mode
			steps = append(steps, held(r))
		}
	}
	method := steps[0].Request.Method
	x.add(behaviour.Forbidden, id, parts{from: from, method: method}, fmt.Sprintf("%s %s from %s is refused by the preflight: %s", method, x.Path, page, why), steps...)
}

// held is a step that the preflight has to refuse, and of which nothing else is sent.
func held(r harness.Request) Step {
	r.DryRun = true
	s := blocked(r)
	s.PreflightOnly = true
	return s
}

// changing are requests that may change something and have a preflight: the first such
// method of the policy with the headers of the policy, and alone. A server may answer
// for one of them only. Where the policy has no such method, a few usual requests stand
// for all.
func (x *raiser) changing() []harness.Request {
	all := x.allowedHeaders()
	for _, method := range x.Methods {
		if x.Methods.Any() || web.IsSafeMethod(method) {
			continue
		}
		alone, with := harness.Request{URL: x.url, Method: method}, x.request("", method, all...)
		switch {
		case preflighted(alone) && len(with.Headers) > 0:
			return []harness.Request{with, alone}
		case preflighted(with):
			return []harness.Request{with}
		}
	}
	list := []harness.Request{
		x.request("", "DELETE", all...),
		{URL: x.url, Method: "PUT"},
		{URL: x.url, Method: "POST", Headers: harness.Header{field(web.NameContentType)}},
	}
	if get := x.request("", "", all...); preflighted(get) {
		list = append(list, get)
	}
	return list
}

// allowedHeaders are the request headers that the policy allows, each with a value.
func (x *raiser) allowedHeaders() harness.Header {
	if x.RequestHeaders.Any() {
		return harness.Header{field(anyHeader)}
	}
	var all harness.Header
	for _, name := range x.RequestHeaders {
		all = append(all, field(name))
	}
	return all
}

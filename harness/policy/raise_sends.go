package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// noCredentials is why a page that may read may not send with credentials.
const noCredentials = "the policy has credentials: false"

// withThem are the credentials modes where the policy has credentials: false: without
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
//
// A method may have a list of its own. The origin that stands for all asks for every method;
// the others, which a careless comparison lets in, ask for the first.
func (x *raiser) raiseSends(id, from, page, why string, modes []harness.Credentials) {
	changes := x.changes
	if id != "K13" && !slices.Equal(x.asking[:min(1, len(x.asking))], []string{from}) {
		changes = changes[:1]
	}
	var steps []Step
	var methods []string
	for _, of := range changes {
		for _, r := range of {
			for _, mode := range modes {
				r.From, r.Credentials = from, mode
				steps = append(steps, held(r))
			}
		}
		methods = append(methods, of[0].Method)
	}
	x.add(behaviour.Forbidden, id, parts{from: from, method: methods[0]}, fmt.Sprintf("%s %s from %s is refused by the preflight: %s", strings.Join(methods, ", "), x.Path, page, why), steps...).tag(behaviour.TagPreflight)
}

// held is a step that the preflight has to refuse, and of which nothing else is sent.
func held(r harness.Request) Step {
	r.DryRun = true
	s := blocked(r)
	s.PreflightOnly = true
	return s
}

// changing are requests that may change something and have a preflight: each such method
// of the policy with the headers of the policy, and alone. A server may answer for one of
// them only. Where the policy has no such method, a few usual requests stand for all.
func (x *raiser) changing() [][]harness.Request {
	var changes [][]harness.Request
	all := x.allowedHeaders()
	for _, method := range x.Methods {
		if x.Methods.Any() || web.IsSafeMethod(method) {
			continue
		}
		alone, with := harness.Request{URL: x.url, Method: method}, x.request("", method, all...)
		switch {
		case preflighted(alone) && len(with.Headers) > 0:
			changes = append(changes, []harness.Request{with, alone})
		case preflighted(with):
			changes = append(changes, []harness.Request{with})
		}
	}
	if changes != nil {
		return changes
	}
	list := []harness.Request{
		x.request("", "DELETE", all...),
		{URL: x.url, Method: "PUT"},
		{URL: x.url, Method: "POST", Headers: harness.Header{field(web.NameContentType)}},
	}
	if get := x.request("", "", all...); preflighted(get) {
		list = append(list, get)
	}
	return [][]harness.Request{list}
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

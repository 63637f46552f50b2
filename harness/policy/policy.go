package policy

import (
	"time"

	"github.com/corsproof/corsproof/harness"
)

// Policy is the intent: who may read what of a target, with what.
//
//	policy.Policy{
//		Target: "https://api.acme.com",
//		Rules: policy.Rules{
//			Origins:     policy.Origins{List: []string{"https://app.acme.com"}},
//			Credentials: new(true),
//			Methods:     policy.Names{"GET", "PUT"},
//		},
//		Resources: []policy.Resource{{Path: "/v1/me"}},
//	}
//
// A Policy is data, and its zero fields are absent: what is absent is not judged.
type Policy struct {
	_ [0]func() // keyed literals only, and room for new fields

	// Target is the origin of the server that is asked, such as
	// "https://api.acme.com". Paths belong to Resources.
	Target string `json:"target"`

	// Rules hold for every resource that does not say otherwise.
	Rules

	// Resources are the paths to ask, in this order. Without any, it is "/".
	Resources []Resource `json:"resources,omitempty"`

	// Ask says how to ask.
	Ask Ask `json:"ask,omitzero"`

	// values are what variables of the environment were replaced by, and names the
	// variables by these.
	values []string
	names  map[string]string
}

// Rules say who may read a resource, with what. The zero value of a field means
// that it is absent: inherited by a resource, and not judged where nobody says
// anything. An empty list is not absent: it allows nothing.
type Rules struct {
	// Origins are those whose pages may read.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
	Origins Origins `json:"origins,omitzero"`

	// AllowNull lets opaque origins in, whose pages send Origin: null: sandboxed
	// frames, data: documents, files.
	// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
	AllowNull *bool `json:"allowNull,omitempty"`

	// Credentials says whether cookies, client certificates and HTTP
	// authentication may go along.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-credentials
	Credentials *bool `json:"credentials,omitempty"`

	// Methods are those that a page may use, in upper case. GET, HEAD and POST
	// need no leave, so leaving them out forbids nothing.
	// https://fetch.spec.whatwg.org/#cors-safelisted-method
	Methods Names `json:"methods,omitzero"`

	// RequestHeaders are the names that a page may set.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-headers
	RequestHeaders Names `json:"requestHeaders,omitzero"`

	// ExposeHeaders are the names that a page may read, besides the safelisted.
	// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
	ExposeHeaders Names `json:"exposeHeaders,omitzero"`

	// MaxAge is for how many seconds the answer to a preflight may be kept.
	// https://fetch.spec.whatwg.org/#http-access-control-max-age
	MaxAge *int `json:"maxAge,omitempty"`
}

// Resource is a path of the target with rules of its own.
type Resource struct {
	// Path begins with a slash. It may have a query.
	Path string `json:"path"`
	Rules
}

// Ask says how to ask. None of it is judged.
type Ask struct {
	// Headers are set by the script in every question.
	Headers harness.Header `json:"headers,omitempty"`

	// Cookies are those that the browser holds for the target, as that of a
	// signed-in client does: a page cannot set them itself. A value may have
	// attributes behind it, as in Set-Cookie: "abc; SameSite=Lax; Path=/v1". Without
	// SameSite, a target of https or on this machine has its cookie with SameSite=None and Secure, so
	// that a page of another site has it sent along, where third-party cookies are.
	// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
	Cookies harness.Header `json:"cookies,omitempty"`

	// Unsafe says what becomes of methods that may change something. Empty means
	// PreflightUnsafe.
	Unsafe Unsafe `json:"unsafe,omitempty"`

	// Rate bounds how many questions begin in a time. Zero means no bound.
	Rate Rate `json:"rate,omitzero"`

	// Concurrency bounds how many questions are in flight. Zero means that the
	// caller chooses.
	Concurrency int `json:"concurrency,omitempty"`

	// TimeLimit bounds one question. Zero means that of the Browser.
	TimeLimit time.Duration `json:"timeLimit,omitempty"`
}

// Names is a list of methods or of header names. Nil is absent, an empty list
// allows none, and Names{Wildcard} allows any.
type Names []string

// Wildcard alone in a Names stands for any: what a policy file calls any.
const Wildcard = "*"

// Any says whether any name is allowed.
func (n Names) Any() bool { return len(n) == 1 && n[0] == Wildcard }

// Resolved returns the resources with what they inherit: every field that a
// resource leaves out is that of the policy. Without resources it is the path "/".
func (p Policy) Resolved() []Resource {
	if len(p.Resources) == 0 {
		return []Resource{{Path: "/", Rules: p.Rules}}
	}
	resolved := make([]Resource, len(p.Resources))
	for i, r := range p.Resources {
		resolved[i] = Resource{Path: r.Path, Rules: r.over(p.Rules)}
	}
	return resolved
}

// over fills what is absent from the rules above.
func (r Rules) over(above Rules) Rules {
	if !r.Origins.given() {
		r.Origins = above.Origins
	}
	if r.AllowNull == nil {
		r.AllowNull = above.AllowNull
	}
	if r.Credentials == nil {
		r.Credentials = above.Credentials
	}
	if r.Methods == nil {
		r.Methods = above.Methods
	}
	if r.RequestHeaders == nil {
		r.RequestHeaders = above.RequestHeaders
	}
	if r.ExposeHeaders == nil {
		r.ExposeHeaders = above.ExposeHeaders
	}
	if r.MaxAge == nil {
		r.MaxAge = above.MaxAge
	}
	return r
}

// says tells whether an optional field is there with that value.
func says(field *bool, value bool) bool { return field != nil && *field == value }

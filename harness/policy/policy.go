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
// A Policy is data, and its zero fields are absent: an absent field is not judged.
type Policy struct {
	_ [0]func() // keyed literals only, and room for new fields

	// Target is the origin of the server that is asked, such as
	// "https://api.acme.com". Paths belong to Resources.
	Target string `json:"target"`

	// Rules hold for every resource that has no rules of its own.
	Rules

	// Resources are the paths to ask, in this order. Without any, it is "/".
	Resources []Resource `json:"resources,omitempty"`

	// Ask says how to ask.
	Ask Ask `json:"ask,omitzero"`

	// values are the values of the environment variables in the policy, and names maps
	// each value to its variable.
	values []string
	names  map[string]string

	lines map[string]int // of the resources in the file
}

// Rules describe who may read a resource, with what. A field with the zero value is
// absent: a resource inherits it, and a field that the policy lacks too is not judged,
// except Errors and Redirects. An empty list is not absent: it allows nothing.
type Rules struct {
	// Origins are the origins whose pages may read.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
	Origins Origins `json:"origins,omitzero"`

	// AllowNull lets opaque origins in, whose pages send Origin: null: sandboxed
	// frames, data: documents, files.
	// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
	AllowNull *bool `json:"allowNull,omitempty"`

	// Credentials says whether a page may send cookies, client certificates and HTTP
	// authentication.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-credentials
	Credentials *bool `json:"credentials,omitempty"`

	// Methods are the methods that a page may use, in upper case. GET, HEAD and POST need
	// no permission, so a list without them does not forbid them.
	// https://fetch.spec.whatwg.org/#cors-safelisted-method
	Methods Names `json:"methods,omitzero"`

	// RequestHeaders are the names of the headers that a page may set.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-headers
	RequestHeaders Names `json:"requestHeaders,omitzero"`

	// ExposeHeaders are the names of the headers that a page may read, besides the
	// safelisted.
	// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
	ExposeHeaders Names `json:"exposeHeaders,omitzero"`

	// MaxAge is the number of seconds for which a browser may keep the answer to a
	// preflight.
	// https://fetch.spec.whatwg.org/#http-access-control-max-age
	MaxAge *int `json:"maxAge,omitempty"`

	// Errors false says that answers with an error status are not judged: the 404 for a
	// path below the resource, and the 401 without Authorization. Absent means true.
	// https://fetch.spec.whatwg.org/#http-cors-protocol
	Errors *bool `json:"errors,omitempty"`

	// Redirects false says that the redirect from the path to the same path with a slash
	// at its end, or without it, is not judged. Absent means true.
	// https://fetch.spec.whatwg.org/#http-redirect-fetch
	Redirects *bool `json:"redirects,omitempty"`
}

// Resource is a path of the target with rules of its own.
type Resource struct {
	// Path begins with a slash. It may have a query.
	Path string `json:"path"`
	Rules
}

// Ask says how to ask. Its fields are not judged.
type Ask struct {
	// Headers are set by the script in every question.
	Headers harness.Header `json:"headers,omitempty"`

	// Cookies are the cookies that the browser holds for the target, like the cookie of a
	// signed-in client: a page cannot set them itself. A value may have attributes after
	// it, as in Set-Cookie: "abc; SameSite=Lax; Path=/v1". Without SameSite, a cookie of
	// a target that is https or on this machine is set with SameSite=None and Secure, so
	// that the browser sends it from a page of another site, if the browser has
	// third-party cookies.
	// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
	Cookies harness.Header `json:"cookies,omitempty"`

	// CA are files with certificates that the browser trusts in addition to its own list:
	// see [harness.Browser]. [Read] takes a file name as relative to the policy.
	CA []string `json:"ca,omitempty"`

	// Resolve says where hosts lead, each as HOST:PORT:ADDRESS: see [harness.Browser].
	Resolve []string `json:"resolve,omitempty"`

	// Unsafe says how to ask with methods that may change something. Empty means
	// PreflightUnsafe.
	Unsafe Unsafe `json:"unsafe,omitempty"`

	// Rate bounds the number of questions that begin in a time. Zero means no bound.
	Rate Rate `json:"rate,omitzero"`

	// Concurrency bounds the number of questions in flight. Zero means that the caller
	// chooses.
	Concurrency int `json:"concurrency,omitempty"`

	// TimeLimit bounds one question. Zero means the Timeout of the Browser.
	TimeLimit time.Duration `json:"timeLimit,omitempty"`
}

// Names is a list of methods or of header names. Nil is absent, an empty list
// allows none, and Names{Wildcard} allows any.
type Names []string

// Wildcard alone in a Names means any: the word any in a policy file.
const Wildcard = "*"

// Any says whether any name is allowed.
func (n Names) Any() bool { return len(n) == 1 && n[0] == Wildcard }

// Resolved returns the resources with their inherited fields: a resource takes each
// absent field from the policy. Without resources it is the path "/".
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

// over fills absent fields from the policy's rules.
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
	if r.Errors == nil {
		r.Errors = above.Errors
	}
	if r.Redirects == nil {
		r.Redirects = above.Redirects
	}
	return r
}

// says reports whether an optional field is set to that value.
func says(field *bool, value bool) bool { return field != nil && *field == value }

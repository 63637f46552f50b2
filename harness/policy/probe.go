package policy

import (
	"cmp"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// Probe is one question with the wanted answer, or a few questions that belong together.
type Probe struct {
	_ [0]func()

	// ID is the id of the behaviour, such as K13: a row of [behaviour.All].
	ID string `json:"id"`
	// Level says how much the behaviour matters.
	Level behaviour.Level `json:"level"`
	// Side says what the policy intends.
	Side behaviour.Side `json:"side"`
	// Resource is the path, as the policy has it.
	Resource string `json:"resource"`
	// Key distinguishes the probes of one ID in a policy: resource, origin, method,
	// header. It is the same in every run of one policy. Key and Title contain an origin
	// that came from a variable: see [Policy.Secrets].
	Key string `json:"key"`
	// Title says in one line what is wanted.
	Title string `json:"title"`
	// Tags select probes: see [behaviour.Tags].
	Tags []string `json:"tags"`
	// Header is the name of the one request or response header that the probe is about.
	// It is empty for all other probes.
	Header string `json:"header,omitempty"`
	// Line is the line of the resource in the policy's file, from 1. It is zero for a
	// policy that was not read from a file.
	Line int `json:"line,omitempty"`

	// Steps are asked in this order, each after the answer to the step before. All must
	// have the wanted outcome.
	Steps []Step `json:"steps"`

	// Caches says that the steps need one profile of their own, with the browser's caches
	// on: the cached answer of one step decides the next.
	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	Caches bool `json:"caches,omitempty"`

	// Wire says that no browser can send the steps, so that they are sent unchanged: From
	// is empty, and Headers have the lines of Origin. The verdict is the decision of a
	// browser on the response, if it had sent that origin.
	// https://fetch.spec.whatwg.org/#cors-check
	Wire bool `json:"wire,omitempty"`

	// Together, unless empty, is what the answers to all steps have to have in common.
	Together Together `json:"together,omitempty"`

	// Judge, unless nil, judges the answers to all steps together, which are at least one
	// each, in place of Together. It is for probes of other packages: no policy raises one.
	Judge func(seen []harness.Observation) Judgement `json:"-"`

	// Unsafe says that a method of the steps may change something.
	// https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
	Unsafe bool `json:"unsafe,omitempty"`
}

// Judgement is what [Probe.Judge] finds.
type Judgement struct {
	_ [0]func()

	// Broken says that the answers are not what they should be.
	Broken bool
	// Missing says that evidence is missing, so that there is no verdict.
	Missing bool
	// Why says what is wrong. Where nothing is broken, it is a remark, or empty.
	Why string
	// Step is the number of the step that decided, from 0.
	Step int
}

// Step is one question with the wanted answer.
type Step struct {
	_ [0]func()

	Request harness.Request `json:"request"`

	// Want is the verdict. It is never empty.
	Want harness.Verdict `json:"want"`

	// Prepares says that the step only prepares the next: Want is the usual verdict, and
	// is not judged.
	Prepares bool `json:"prepares,omitempty"`

	// Wire says that this step is sent without the browser, whatever Probe.Wire says.
	Wire bool `json:"wire,omitempty"`

	// Statuses are the wanted statuses of the response, one of them. Nil is not judged.
	Statuses []int `json:"statuses,omitempty"`

	// PreflightOnly says that the preflight alone must decide: it passes where Want is
	// readable, and is refused where Want is blocked, so that the server never gets the
	// request itself. Nothing else needs to be sent. Where Preflights is 0, it is enough
	// that the browser would have sent the request without a preflight.
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch
	PreflightOnly bool `json:"preflightOnly,omitempty"`

	// OnlyRedirect says that nothing but a redirect is judged: where the answer is
	// none, another probe judges it.
	// https://fetch.spec.whatwg.org/#http-redirect-fetch
	OnlyRedirect bool `json:"onlyRedirect,omitempty"`

	// Preflights is the wanted number of preflights. Nil is not judged.
	// https://fetch.spec.whatwg.org/#concept-cache
	Preflights *int `json:"preflights,omitempty"`

	// Revalidates says that the request is conditional on what earlier steps were
	// answered, as that of a cache. https://www.rfc-editor.org/rfc/rfc9110#section-13.1
	Revalidates bool `json:"revalidates,omitempty"`

	// MaxAge is the wanted Access-Control-Max-Age of the preflight's response, in
	// seconds. Nil is not judged.
	// https://fetch.spec.whatwg.org/#http-access-control-max-age
	MaxAge *int `json:"maxAge,omitempty"`

	// Exposed are the response headers that the script must be able to read, where the
	// server sends them; [Wildcard] alone means every header that it sends.
	// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
	Exposed Names `json:"exposed,omitzero"`

	// OnlyCarried says that Exposed is judged of headers that the response has: another
	// method's response may be the one that has them.
	OnlyCarried bool `json:"onlyCarried,omitempty"`

	// OnlyExposed says that the script must not read any other header, except the
	// safelisted.
	// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
	OnlyExposed bool `json:"onlyExposed,omitempty"`
}

// keyOf writes a key from its parts; empty parts are left out.
func keyOf(resource, from, method, header, other string) string {
	key := cmp.Or(resource, "/")
	for _, part := range [][2]string{{"from", from}, {"method", method}, {"header", header}, {"", other}} {
		switch {
		case part[1] == "":
		case part[0] == "":
			key += " " + part[1]
		default:
			key += " " + part[0] + "=" + part[1]
		}
	}
	return key
}

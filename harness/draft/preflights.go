package draft

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// The methods and headers that are asked about, whatever the target lists.
var (
	usualMethods = []string{"PUT", "PATCH", "DELETE"}
	usualHeaders = []string{web.NameAuthorization, web.NameContentType, "X-Requested-With"}
)

// mostAsked bounds the methods, and the headers, that are asked about: a server may list any
// number.
const mostAsked = 50

// rareMethod is a method that a server lets pass which lets any method pass.
// https://www.rfc-editor.org/rfc/rfc4918#section-9.1
const rareMethod = "PROPFIND"

// preflights finds which methods and headers the page may use, and for how long an answer may
// be kept. Nothing but preflights is sent.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (a *asking) preflights() error {
	if a.draft.Policy.Origins.None {
		return nil
	}
	var answers answers
	passes := func(method string, names ...string) (bool, error) {
		r := harness.Request{Method: method, DryRun: true}
		for _, name := range names {
			r.Headers = append(r.Headers, harness.Field{Name: name, Value: valueOf(name)})
		}
		seen, err := a.ask(r)
		answers.add(seen)
		return err == nil && seen.Verdict != harness.Blocked, err
	}
	if err := a.methods(passes, &answers); err != nil {
		return err
	}
	if err := a.requestHeaders(passes, &answers); err != nil {
		return err
	}
	a.maxAge(answers)
	return nil
}

// valueOf is a value for a header with which it needs permission.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func valueOf(name string) string {
	if strings.EqualFold(name, web.NameContentType) {
		return "application/json"
	}
	return "corsproof"
}

// methods finds the methods that pass.
func (a *asking) methods(passes func(string, ...string) (bool, error), answers *answers) error {
	rare, err := passes(rareMethod)
	if err != nil {
		return err
	}
	if rare {
		a.draft.Policy.Methods = policy.Names{policy.Wildcard}
		a.why("methods", "The preflight allows %s, which almost no server needs, so it allows any method: %s.", rareMethod, answers.quoted(web.NameAllowMethods))
		return nil
	}
	found := policy.Names{"GET"}
	asked, next := []string{}, slices.Clone(usualMethods)
	for len(next) > 0 && len(asked) < mostAsked {
		method := next[0]
		ok, err := passes(method)
		if err != nil {
			return err
		}
		if ok {
			found = append(found, method)
		}
		asked = append(asked, method)
		next = slices.DeleteFunc(append(next[1:], answers.named(web.NameAllowMethods)...), func(m string) bool {
			return slices.Contains(asked, m) || !askable(m)
		})
	}
	a.draft.Policy.Methods = found
	a.why("methods", "Of %s, the preflights of these methods pass: %s. GET, HEAD and POST need no permission.", strings.Join(asked, ", "), answers.quoted(web.NameAllowMethods))
	return nil
}

// askable says whether a preflight can ask for the method, and a policy can list it. OPTIONS
// is left out: what answers preflights often answers it.
func askable(method string) bool {
	return method != "OPTIONS" && strings.ToUpper(method) == method && !web.IsForbiddenMethod(method) && !web.IsCORSSafelistedMethod(method) && method != policy.Wildcard
}

// requestHeaders finds the request headers that pass.
func (a *asking) requestHeaders(passes func(string, ...string) (bool, error), answers *answers) error {
	unlisted, err := passes("", policy.UnlistedHeader)
	if err != nil {
		return err
	}
	authorization, err := passes("", web.NameAuthorization)
	switch {
	case err != nil:
		return err
	case unlisted && authorization:
		a.draft.Policy.RequestHeaders = policy.Names{policy.Wildcard}
		a.why("requestHeaders", "The preflight allows %s, so it allows any header: %s.", policy.UnlistedHeader, answers.quoted(web.NameAllowHeaders))
		return nil
	case unlisted:
		a.why("requestHeaders", "The preflight allows any header except Authorization, and a policy cannot express this: request headers are not judged. List the headers that your pages set: requestHeaders: [Content-Type]")
		return nil
	}
	found := policy.Names{}
	var asked []string
	for _, name := range slices.Concat(answers.named(web.NameAllowHeaders), usualHeaders) {
		if len(asked) == mostAsked || containsFold(asked, name) || web.IsForbiddenRequestHeader(name, "") || name == policy.Wildcard {
			continue
		}
		asked = append(asked, name)
		ok, err := passes("", name)
		if err != nil {
			return err
		}
		if ok {
			found = append(found, name)
		}
	}
	a.draft.Policy.RequestHeaders = found
	a.why("requestHeaders", "Of %s, the preflights of these headers pass: %s.", strings.Join(asked, ", "), answers.quoted(web.NameAllowHeaders))
	return nil
}

// maxAge finds for how long the answer to a preflight may be kept.
func (a *asking) maxAge(answers answers) {
	for _, e := range answers {
		if number, ok := seconds(e); ok {
			a.draft.Policy.MaxAge = &number
			a.why("maxAge", "%s.", quoted(e, web.NameMaxAge))
			return
		}
	}
	a.why("maxAge", "No preflight was answered with a number in Access-Control-Max-Age, so maxAge is not judged. To have it judged: maxAge: 600")
}

// answers are the responses to preflights.
type answers []harness.Exchange

// add adds the preflights of a question.
func (a *answers) add(seen harness.Observation) {
	for _, e := range seen.Exchanges {
		if e.Kind == harness.Preflight && e.Status != 0 {
			*a = append(*a, e)
		}
	}
}

// named are the names that a header of the answers lists, each once.
func (a answers) named(header string) []string {
	var names []string
	for _, e := range a {
		for _, name := range list(e, header) {
			if !containsFold(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// quoted quotes a header of the first answer that has it.
func (a answers) quoted(header string) string {
	for _, e := range a {
		if len(e.ResponseHeaders.Values(header)) > 0 {
			return quoted(e, header)
		}
	}
	return "no preflight was answered with " + header
}

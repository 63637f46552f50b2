package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// explain says what a broken probe means and what to change, from what the policy wants and
// what was seen instead. Where a page is blocked that the policy allows, the browser's reason
// says both.
func (h harmed) explain() harness.Explanation {
	e := harness.Explain(h.seen)
	if said, ok := meanings[h.Together]; h.Wire && ok {
		return said
	}
	if h.seen.Verdict == harness.Blocked && h.step.Want != harness.Blocked {
		if h.Caches && len(h.Steps) > 1 {
			return keptForAnother
		}
		return e
	}
	if remedy, ok := remedies[h.harm]; ok && (h.step.Statuses != nil || h.harm != behaviour.LockedOut && h.harm != behaviour.ErrorHidden) {
		e.Meaning, e.Remedy = remedy(h)
	}
	return e
}

// remedies say what it means that a page gets more, or less, than the policy says, and what
// to change, by the harm.
var remedies = map[behaviour.Harm]func(harmed) (meaning, remedy string){
	behaviour.AnyoneReads:          harmed.remedyOrigin,
	behaviour.StrangerReads:        harmed.remedyOrigin,
	behaviour.ReadsWithCredentials: harmed.remedyCredentials,
	behaviour.MethodPasses:         harmed.remedyMethod,
	behaviour.HeaderPasses:         harmed.remedyHeader,
	behaviour.HeadersExposed:       harmed.remedyExposed,
	behaviour.HeaderHidden:         harmed.remedyHidden,
	behaviour.KeptOtherwise:        harmed.remedyKept,
	behaviour.ErrorHidden:          harmed.remedyStatus,
	behaviour.LockedOut:            harmed.remedyStatus,
}

// patterns say how a comparison of origins errs, and how it is put right, by the behaviour
// that shows the error.
var patterns = map[string][2]string{
	"K14": {"The server allows an origin that only begins like an allowed one: its comparison is open at the end.",
		"Make the server compare the whole value of Origin with its list. A regular expression needs $ at its end."},
	"K15": {"The server allows an origin that only ends like an allowed one: its comparison is open at the beginning.",
		"Make the server compare the whole value of Origin with its list. A regular expression needs ^https:// and the host at its beginning."},
	"K16": {"The server allows an origin that differs from an allowed one in a dot: in its regular expression a dot stands for any character.",
		`Write each dot of a host as \. in the regular expression, or make the server compare Origin with a list.`},
	"K17": {"The server allows an allowed host at another port: it does not compare the port.",
		"Make the server compare the whole value of Origin with its list, with the port."},
	"K18": {"The server allows an allowed host over another scheme: it does not compare the scheme.",
		"Make the server compare the whole value of Origin with its list, with the scheme."},
	"K20": {"The server allows an origin that looks like a child of an allowed domain, but is not a child.",
		"Make the server compare the scheme, the port, and the end of the host including the dot before the domain."},
}

// remedyOrigin: a page reads, or sends, that must not.
// https://fetch.spec.whatwg.org/#cors-check
func (h harmed) remedyOrigin() (meaning, remedy string) {
	switch allowed := h.allowedOrigin(); {
	case allowed == "*":
		meaning = "The server allows every origin with *, and the policy does not."
		remedy = fmt.Sprintf("Make the server send Access-Control-Allow-Origin for %s only with an origin of the policy, or write origins: any into the policy.", pathOf(h.step.Request.URL))
	case h.origin() == harness.OpaqueOrigin:
		meaning = "The server allows the origin null, which every site can get with a sandboxed frame."
		remedy = "Make the server never send null in Access-Control-Allow-Origin."
	case patterns[h.ID] != [2]string{}:
		return patterns[h.ID][0], patterns[h.ID][1]
	case h.harm == behaviour.AnyoneReads && h.step.Request.Credentials == harness.Include:
		meaning = "The server sends back the origin that asks and allows credentials, so it treats every site like one of its own."
		remedy = "Make the server send Access-Control-Allow-Credentials only with an origin of a list, and send * without it to all others."
	default:
		meaning = "The server sends back an origin that the policy does not list."
		remedy = "Make the server compare the whole value of Origin with a list, and send no Access-Control-Allow-Origin to an origin that is not in the list."
	}
	return meaning, remedy
}

// allowedOrigin is the Access-Control-Allow-Origin of the last answer that has one.
func (h harmed) allowedOrigin() string {
	for _, e := range slices.Backward(h.seen.Exchanges) {
		if value, present := e.ResponseHeaders.Get(web.NameAllowOrigin); present && !e.Withheld {
			return value
		}
	}
	return ""
}

// remedyCredentials: an allowed page asks with credentials, which the policy excludes.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func (h harmed) remedyCredentials() (meaning, remedy string) {
	return "The server sends Access-Control-Allow-Credentials: true, and the policy says credentials: false.",
		fmt.Sprintf("Make the server send no Access-Control-Allow-Credentials for %s, or write credentials: true into the policy.", pathOf(h.step.Request.URL))
}

// remedyMethod: a method passes that the policy does not list.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (h harmed) remedyMethod() (meaning, remedy string) {
	method := h.step.Request.Method
	return fmt.Sprintf("The answer to the preflight lets %s pass (%s), and the policy does not list it.", method, h.permission(web.NameAllowMethods)),
		fmt.Sprintf("Take %s out of Access-Control-Allow-Methods for %s, or add it to methods in the policy.", method, pathOf(h.step.Request.URL))
}

// remedyHeader: a request header passes that the policy does not list. A server that repeats
// what a page asks for lets every header pass.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (h harmed) remedyHeader() (meaning, remedy string) {
	names := h.headers()
	said := h.permission(web.NameAllowHeaders)
	for _, p := range h.seen.Preflights() {
		asked, _ := p.RequestHeaders.Get(web.NameRequestHeaders)
		if allowed, _ := p.ResponseHeaders.Get(web.NameAllowHeaders); asked != "" && strings.EqualFold(asked, strings.ReplaceAll(allowed, " ", "")) {
			return "The answer to the preflight repeats the headers that the page asks for, so every header passes.",
				fmt.Sprintf("Make the server send a list of its own in Access-Control-Allow-Headers for %s.", pathOf(h.step.Request.URL))
		}
	}
	return fmt.Sprintf("The answer to the preflight lets a request with %s pass (%s), and the policy does not list all of these headers.", names, said),
		fmt.Sprintf("Make the server list only the policy's headers in Access-Control-Allow-Headers for %s, or add the header to requestHeaders in the policy.", pathOf(h.step.Request.URL))
}

// permission is a header line of the answer to the preflight.
func (h harmed) permission(name string) string {
	for _, p := range h.seen.Preflights() {
		if value, present := p.ResponseHeaders.Get(name); present {
			return name + ": " + value
		}
	}
	return "without " + name
}

// remedyExposed: a page reads response headers that the policy does not expose.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func (h harmed) remedyExposed() (meaning, remedy string) {
	path, names := pathOf(h.step.Request.URL), h.exposed()
	if e, ok := lastResponse(h.seen); ok && slices.Contains(e.ResponseHeaders.Items(web.NameExposeHeaders), "*") {
		return "The server exposes every response header with *, and the policy lists which ones to expose.",
			fmt.Sprintf("Make the server list the policy's headers in Access-Control-Expose-Headers for %s in place of *, or write exposeHeaders: any into the policy.", path)
	}
	return fmt.Sprintf("The server lists %s in Access-Control-Expose-Headers, and the policy does not.", names),
		fmt.Sprintf("Take %s out of Access-Control-Expose-Headers for %s, or add the names to exposeHeaders in the policy.", names, path)
}

// remedyHidden: a page reads a response and not a header of it.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func (h harmed) remedyHidden() (meaning, remedy string) {
	if h.step.Exposed.Any() {
		return "The response has headers that the script cannot read, and the policy exposes all of them.",
			fmt.Sprintf("Make the server list each of them in Access-Control-Expose-Headers with its answer to %s. With credentials, * in that list is not a wildcard.", h.what())
	}
	names := strings.Join(h.step.Exposed, ", ")
	return fmt.Sprintf("The policy exposes %s, and the script cannot read it.", names),
		fmt.Sprintf("Make the server list %s in Access-Control-Expose-Headers with its answer to %s. The list in the answer to a preflight does not count.", names, h.what())
}

// remedyKept: the browser keeps a permission for a shorter or longer time than the policy says.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func (h harmed) remedyKept() (meaning, remedy string) {
	said := h.permission(web.NameMaxAge)
	if h.step.MaxAge != nil {
		return fmt.Sprintf("The answer to the preflight comes %s, and the policy says maxAge: %d.", withOr(said), *h.step.MaxAge),
			fmt.Sprintf("Make the server answer the preflight with Access-Control-Max-Age: %d, or correct maxAge in the policy.", *h.step.MaxAge)
	}
	return fmt.Sprintf("The answer to the preflight comes %s, and the browser did not keep it as the policy says.", withOr(said)),
		"Make the server answer the preflight with the Access-Control-Max-Age of the policy."
}

// withOr puts with before a header line, unless the line is missing.
func withOr(said string) string {
	if strings.HasPrefix(said, "without ") {
		return said
	}
	return "with " + said
}

// remedyStatus: a page can read the answer, and its status is wrong, so CORS is not the cause.
func (h harmed) remedyStatus() (meaning, remedy string) {
	status := h.seen.Script.Status
	return fmt.Sprintf("CORS is in order: the script can read the answer. Its status is %d, and the probe wants %s.", status, oneOf(h.step.Statuses)),
		fmt.Sprintf("Find out why the server answers %s with %d.", h.what(), status)
}

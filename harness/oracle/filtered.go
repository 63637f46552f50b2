package oracle

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// The types of a response.
// https://fetch.spec.whatwg.org/#concept-response-type
const (
	typeBasic          = "basic"
	typeCORS           = "cors"
	typeOpaque         = "opaque"
	typeOpaqueRedirect = "opaqueredirect"
)

var (
	exposeNothing   = branch("exposure: safelisted names only")
	exposeNames     = branch("exposure: names")
	exposeAll       = branch("exposure: *")
	exposeLiteral   = branch("exposure: * with credentials")
	exposeMalformed = branch("exposure: malformed")
	exposeBasic     = branch("exposure: all of a basic response")
	exposeOpaque    = branch("exposure: nothing of an opaque response")
)

// CORSExposedHeaders returns the headers of a response of type cors that a script
// can read: in lower case, sorted, lines of one name combined.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func CORSExposedHeaders(credentials harness.Credentials, response harness.Header) harness.Header {
	exposed, _ := corsExposed(credentials, response)
	return exposed
}

func corsExposed(credentials harness.Credentials, response harness.Header) (harness.Header, string) {
	names, err := ExtractHeaderListValues(response, web.NameExposeHeaders)
	star := slices.Contains(names, "*")
	for i, name := range names {
		names[i] = web.Lower(name)
	}
	readable := func(name string) bool {
		return web.IsCORSSafelistedResponseHeaderName(name) || slices.Contains(names, name)
	}
	switch {
	case err != nil:
		return sortAndCombine(response, readable), exposeMalformed
	case star && credentials != harness.Include:
		return sortAndCombine(response, func(string) bool { return true }), exposeAll
	case star:
		return sortAndCombine(response, readable), exposeLiteral
	case len(names) > 0:
		return sortAndCombine(response, readable), exposeNames
	}
	return sortAndCombine(response, readable), exposeNothing
}

// sortAndCombine keeps the readable headers.
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func sortAndCombine(list harness.Header, readable func(name string) bool) harness.Header {
	sorted := harness.Header{}
	for _, f := range combine(list) {
		name := web.Lower(f.Name)
		if readable(name) && !web.IsForbiddenResponseHeaderName(name) {
			sorted = append(sorted, harness.Field{Name: name, Value: f.Value})
		}
	}
	slices.SortFunc(sorted, func(a, b harness.Field) int { return strings.Compare(a.Name, b.Name) })
	return sorted
}

// filter sets what the script sees of a response.
// https://fetch.spec.whatwg.org/#concept-filtered-response
func (r *run) filter(kind string, reply Reply) {
	r.Type = kind
	reply.Header = r.withoutEmptyOrigins(reply.Header)
	switch kind {
	case typeOpaque, typeOpaqueRedirect:
		r.Verdict = harness.Opaque
		r.take(exposeOpaque)
		return
	case typeCORS:
		var taken string
		r.Exposed, taken = corsExposed(r.credentials, reply.Header)
		r.take(taken)
	default:
		r.Exposed = sortAndCombine(reply.Header, func(string) bool { return true })
		r.take(exposeBasic)
	}
	r.Verdict, r.Status = harness.Readable, reply.Status
}

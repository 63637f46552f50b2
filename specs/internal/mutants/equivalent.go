package mutants

// Equivalent are the mutants that no client can notice, by their keys, each with the reason.
var Equivalent = map[string]string{
	"cors.go add: Set => Add (3)":                                "nothing sets Access-Control-Max-Age before: no handler and no layer within answers a preflight",
	"cors.go set: Set => Add":                                    "two lines of a list are one list: https://fetch.spec.whatwg.org/#extract-header-list-values",
	"cors.go set: len(names) > 0 => true":                        emptyList,
	"cors.go set: len(names) > 0 => len(names) >= 0":             emptyList,
	"cors.go asked: len(list) > longest => len(list) >= longest": "the limit is a round number: no list has to have exactly that length",
	`origins.go matchersOf: origin != "" => true`:                emptyOrigin,
	`origins.go matchersOf: "" => "x"`:                           emptyOrigin,
	`origins.go matchersOf: "^(?:" => "(?:"`:                     "an origin has one scheme, at its beginning, and the expressions of the policies have it too",
}

// Reasons of several mutants.
const (
	emptyList   = "a list without names is the same as no list: https://fetch.spec.whatwg.org/#extract-header-list-values"
	emptyOrigin = "a request without Origin gets an empty Access-Control-Allow-Origin, which nobody reads: https://fetch.spec.whatwg.org/#cors-check"
)

// Package behaviour is the catalogue of the behaviours that judge a server's CORS: one
// row for each id, K01 to K74. An id means one behaviour in every report, both for the
// probes of a policy and for the tests of a library.
//
//	b, ok := behaviour.Of("K56")
//	fmt.Println(b.Level, b.Sentence, b.Anchor)
//
// The package is data and imports nothing of the module: policies, severities, reports
// and `corsproof explain` use it.
package behaviour

import "slices"

// Behaviour is a row of the catalogue.
type Behaviour struct {
	// ID is K and two digits.
	ID string `json:"id"`
	// Level says how much the behaviour matters.
	Level Level `json:"level"`
	// Sentence says what the behaviour requires, without a full stop.
	Sentence string `json:"sentence"`
	// Anchor is the deciding place in the Fetch standard.
	Anchor string `json:"anchor"`
	// Tags are the tags of every probe of this behaviour.
	Tags []string `json:"tags"`
	// Needs says what a probe needs beyond a page that asks.
	Needs Needs `json:"needs,omitempty"`
	// Judged says whether a policy can judge the behaviour, and if not, why.
	Judged Judged `json:"judged"`
	// Sides are the intents that a probe of this behaviour can have.
	Sides []Aim `json:"sides"`
}

// Aim is one side of a behaviour.
type Aim struct {
	Side Side `json:"side"`
	// Harm says whom a break harms.
	Harm Harm `json:"harm"`
	// Tags are tags of this side alone.
	Tags []string `json:"tags,omitempty"`
}

// Level says how much a behaviour matters.
type Level string

// The levels.
const (
	Must        Level = "M" // the standard makes it fail, or security depends on it
	Should      Level = "S" // it works, but people are hurt
	Hardening   Level = "H"
	Information Level = "I"
)

// Levels lists the levels, the most important first.
func Levels() []Level { return []Level{Must, Should, Hardening, Information} }

// Name returns the level as a word. It is empty for a level that this build does not
// know.
func (l Level) Name() string {
	switch l {
	case Must:
		return "must"
	case Should:
		return "should"
	case Hardening:
		return "hardening"
	case Information:
		return "info"
	}
	return ""
}

// Side is what a policy intends with a probe.
type Side string

// The sides.
const (
	Allowed   Side = "allowed"
	Forbidden Side = "forbidden"
)

// Needs says what a probe needs beyond a page that asks.
type Needs string

// The needs. Most behaviours need nothing more than a page.
const (
	// Wire: no browser sends such a request, so it is sent without a browser.
	Wire Needs = "wire"
	// Caches: the browser's caches are on, in a profile of their own.
	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	Caches Needs = "caches"
)

// Judged says whether a policy can judge a behaviour, and if not, why not.
type Judged string

// The values of Judged.
const (
	// ByPolicy: a policy raises probes of the behaviour.
	ByPolicy Judged = "policy"
	// NeedsRoute: the behaviour needs a special route, and a policy knows no routes.
	NeedsRoute Judged = "needs-route"
	// ByEffect: the behaviour is about a header. A policy judges the effect of the header
	// in a browser, by other behaviours.
	ByEffect Judged = "by-effect"
	// OfLibrary: the behaviour is about a library and its options.
	OfLibrary Judged = "library"
)

// The tags of probes.
const (
	TagOrigin      = "origin"
	TagLookAlike   = "look-alike"
	TagNull        = "null"
	TagCredentials = "credentials"
	TagPreflight   = "preflight"
	TagMethod      = "method"
	TagHeader      = "header"
	TagExpose      = "expose"
	TagCache       = "cache"
	TagError       = "error"
	TagRedirect    = "redirect"
	TagWire        = "wire"
)

// Tags lists every tag.
func Tags() []string {
	return []string{
		TagOrigin, TagLookAlike, TagNull, TagCredentials, TagPreflight, TagMethod,
		TagHeader, TagExpose, TagCache, TagError, TagRedirect, TagWire,
	}
}

// All returns the whole catalogue, in the order of the ids.
func All() []Behaviour { return slices.Clone(rows) }

// Of returns the row of an id. The bool is false where there is none.
func Of(id string) (Behaviour, bool) {
	for i := range rows { // by index, to copy no row: a policy calls this for each of its probes
		if rows[i].ID == id {
			return rows[i], true
		}
	}
	return Behaviour{}, false
}

// IDs lists the ids of the behaviours that a policy can judge, in order.
func IDs() []string {
	var ids []string
	for _, b := range rows {
		if b.Judged == ByPolicy {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// On returns one side of the behaviour. The bool is false if the behaviour does not have
// that side.
func (b Behaviour) On(side Side) (Aim, bool) {
	i := slices.IndexFunc(b.Sides, func(a Aim) bool { return a.Side == side })
	if i < 0 {
		return Aim{}, false
	}
	return b.Sides[i], true
}

// TagsOn returns the tags of a probe on one side.
func (b Behaviour) TagsOn(side Side) []string {
	aim, _ := b.On(side)
	return slices.Concat(b.Tags, aim.Tags)
}

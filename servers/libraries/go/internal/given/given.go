// Package given turns the fields of a policy into what the options of a library in Go
// take: lists, numbers, and functions that judge an origin.
package given

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Null is the origin of an opaque origin.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
const Null = "null"

// List returns the origins of a list, with "null" where the policy lets in opaque origins.
func List(o contract.Origins) []string {
	list := slices.Clone(o.Values)
	if o.AllowNull {
		list = append(list, Null)
	}
	return list
}

// Wildcards returns the children of the origins as most libraries write them:
// https://*.example.test.
func Wildcards(o contract.Origins) []string {
	list := slices.Clone(o.Values)
	for i, origin := range list {
		list[i] = strings.Replace(origin, "://", "://*.", 1)
	}
	return list
}

// Layers is how often a program mounts the library.
func Layers(p contract.Policy) int {
	if p.Layers == contract.BothLayers {
		return 2
	}
	return 1
}

// Seconds returns the seconds of maxAge. Many libraries keep 0 for "not set", and write
// the 0 of a policy as zero.
func Seconds(maxAge *int, zero int) int {
	switch {
	case maxAge == nil:
		return 0
	case *maxAge == 0:
		return zero
	default:
		return *maxAge
	}
}

// True says whether a field is there and true.
func True(field *bool) bool { return field != nil && *field }

// Missing is a list of the fields that a library has no option for.
type Missing []string

// Names returns the names of a field. A library that takes only single names misses the
// field where the policy asks for any name.
func (m *Missing) Names(field string, names contract.Names) []string {
	if names.Any() {
		*m = append(*m, field)
		return nil
	}
	return names
}

package draft

import (
	"maps"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// HeaderNames are names of headers, each as it was first written, by their lower case.
type HeaderNames map[string]string

// Add adds a name. What is no HTTP token is left out.
func (h HeaderNames) Add(name string) {
	if key := web.Lower(name); h[key] == "" && web.IsToken(name) {
		h[key] = name
	}
}

// addSome adds a name, but no more than a server is asked about.
func (h HeaderNames) addSome(name string) {
	if len(h) < mostAsked {
		h.Add(name)
	}
}

// Sorted are the names in order.
func (h HeaderNames) Sorted() policy.Names {
	list := policy.Names{}
	for _, key := range slices.Sorted(maps.Keys(h)) {
		list = append(list, h[key])
	}
	return list
}

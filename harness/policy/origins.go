package policy

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/oracle"
)

// Origins are the origins whose pages may read. At most one field is set; the
// zero Origins is absent.
//
//	policy.Origins{Any: true}
//	policy.Origins{List: []string{"https://app.acme.com"}}
type Origins struct {
	_ [0]func()

	// Any is every origin that is not opaque: see Rules.AllowNull.
	Any bool
	// None is no origin; an empty List is the same.
	None bool
	// List are the origins as browsers write them: a server compares them byte
	// for byte. https://fetch.spec.whatwg.org/#cors-check
	List []string
	// Subdomains are origins such as "https://acme.com" whose children may read, with the
	// same scheme and port. The origin itself and grandchildren are not judged: list them
	// where it matters.
	Subdomains []string
}

// given says whether the policy names origins.
func (o Origins) given() bool { return o.Any || o.None || o.List != nil || o.Subdomains != nil }

// nobody says whether no origin may read.
func (o Origins) nobody() bool {
	return o.given() && !o.Any && len(o.List) == 0 && len(o.Subdomains) == 0
}

// mayAllow says whether the policy allows the origin, or does not judge it.
func (o Origins) mayAllow(origin string) bool {
	return o.Any || slices.Contains(o.List, origin) || slices.ContainsFunc(o.Subdomains, func(base string) bool {
		return origin == base || under(oracle.ParseOrigin(origin), oracle.ParseOrigin(base))
	})
}

// under says whether an origin is a descendant of another.
func under(child, base oracle.Origin) bool {
	return child.Scheme == base.Scheme && child.Port == base.Port && strings.HasSuffix(child.Host, "."+base.Host)
}

// MarshalJSON writes the value as in a policy file: any, none, a list, or subdomains.
func (o Origins) MarshalJSON() ([]byte, error) {
	switch {
	case o.Any:
		return []byte(`"any"`), nil
	case o.Subdomains != nil:
		return json.Marshal(map[string][]string{"subdomains": o.Subdomains})
	case o.List != nil:
		return json.Marshal(o.List)
	case o.None:
		return []byte(`"none"`), nil
	}
	return []byte("null"), nil
}

// MarshalJSON writes any, or the list.
func (n Names) MarshalJSON() ([]byte, error) {
	if n.Any() {
		return []byte(`"any"`), nil
	}
	return json.Marshal([]string(n))
}

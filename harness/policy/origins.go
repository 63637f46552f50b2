package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/oracle"
)

// Origins are the origins whose pages may read. Any and None stand alone; List and
// Subdomains may stand together. The zero Origins is absent.
//
//	policy.Origins{Any: true}
//	policy.Origins{List: []string{"https://app.acme.com"}}
//	policy.Origins{List: []string{"https://partner.example"}, Subdomains: []string{"https://acme.com"}}
//
// In a policy file one list holds both: its items are origins, patterns such as
// https://*.acme.com, and mappings such as {subdomains: [https://acme.com]}. The last two
// mean the same, and are read into Subdomains.
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

	// written says where each member stands in a policy file: first the members of List, then
	// the members of Subdomains. It is nil where the file has the two fields apart.
	written []member
}

// member is the place of one origin in a policy file, below origins.
type member struct {
	at   string
	star bool // written as https://*.acme.com
}

// inList is the place of an origin of List, below origins.
func (o Origins) inList(i int) member {
	if o.written != nil {
		return o.written[i]
	}
	return member{at: fmt.Sprintf("[%d]", i)}
}

// inSubdomains is the place of an origin of Subdomains, below origins.
func (o Origins) inSubdomains(i int) member {
	if o.written != nil {
		return o.written[len(o.List)+i]
	}
	return member{at: fmt.Sprintf(".subdomains[%d]", i)}
}

// firstLabel is how a pattern begins after its scheme.
const firstLabel = "://*."

// cutStar returns the origin whose children a pattern such as https://*.acme.com means.
// The pattern is a way to write subdomains, and never matched as a text.
func cutStar(pattern string) (base string, ok bool) {
	scheme, host, ok := strings.Cut(pattern, firstLabel)
	base = scheme + "://" + host
	return base, ok && !strings.Contains(base, "*")
}

// Pattern writes the subdomains of an origin as a policy file may have them in a list:
// https://*.acme.com for https://acme.com.
func Pattern(base string) string { return strings.Replace(base, "://", firstLabel, 1) }

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

// MarshalJSON writes the value as in a policy file: any, none, a list, or subdomains. A list
// with both has the subdomains at its end.
func (o Origins) MarshalJSON() ([]byte, error) {
	switch {
	case o.Any:
		return []byte(`"any"`), nil
	case o.Subdomains != nil && o.List != nil:
		var list []any
		for _, origin := range o.List {
			list = append(list, origin)
		}
		return json.Marshal(append(list, map[string][]string{"subdomains": o.Subdomains}))
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

package policy

import (
	"encoding/json"
	"fmt"

	"github.com/corsproof/corsproof/harness/oracle"
)

// maxProbes bounds the probes of a policy: a million takes a few gigabytes, and hours.
const maxProbes = 1_000_000

// checkCount wants no more probes than can be asked, before they are raised. It counts
// them by the rules of resources: most resources share theirs.
func (p Policy) checkCount() error {
	if n := p.count(); n > maxProbes {
		var f faults
		f.add("resources", "", fmt.Sprintf("the policy raises %d probes, more than the limit of %d: give fewer resources or origins, or split it into several policies", n, maxProbes), "")
		return f.error()
	}
	return nil
}

// count is how many probes the policy raises.
func (p Policy) count() int {
	total := 0
	known := map[string]int{}
	var last Resource
	var lastKey string
	for i, r := range p.Resolved() {
		shape := Resource{Path: shapeOf(r.Path), Rules: r.Rules}
		if i == 0 || !sameRules(shape, last) {
			key, err := json.Marshal(shape)
			if err != nil {
				continue // it is plain data
			}
			last, lastKey = shape, string(key)
		}
		n, seen := known[lastKey]
		if !seen {
			n = p.countOf(r)
			known[lastKey] = n
		}
		total += n
	}
	return total
}

// shapeOf is a path that has as many probes.
func shapeOf(path string) string {
	if pathOf(path) == "/" {
		return "/"
	}
	return "/path"
}

// sameRules says whether two resources share all lists, as those that inherit them do.
func sameRules(a, b Resource) bool {
	return a.Path == b.Path && a.AllowNull == b.AllowNull && a.Credentials == b.Credentials && a.MaxAge == b.MaxAge &&
		a.Errors == b.Errors && a.Redirects == b.Redirects &&
		a.Origins.Any == b.Origins.Any && a.Origins.None == b.Origins.None &&
		shared(a.Origins.List, b.Origins.List) && shared(a.Origins.Subdomains, b.Origins.Subdomains) &&
		shared(a.Methods, b.Methods) && shared(a.RequestHeaders, b.RequestHeaders) && shared(a.ExposeHeaders, b.ExposeHeaders)
}

// shared says whether two lists are one.
func shared[L ~[]string](a, b L) bool {
	return len(a) == len(b) && (len(a) == 0 && (a == nil) == (b == nil) || len(a) > 0 && &a[0] == &b[0])
}

// countOf is how many probes one resource has.
func (p Policy) countOf(r Resource) int {
	var probes []Probe
	x := p.raiserOf(r, oracle.ParseOrigin(p.Target), map[string][]stranger{}, &probes)
	x.raise()
	return len(probes)
}

package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// intent is one resource with its inherited fields.
type intent struct {
	faults   *faults
	target   oracle.Origin
	own, all Rules
	at       string // the resource with a dot, or empty
}

// checkIntent finds combinations that cannot be meant.
func (p Policy) checkIntent(f *faults) {
	target := oracle.ParseOrigin(p.Target)
	resolved := p.Resolved()
	for i, r := range resolved {
		in := intent{f, target, p.Rules, r.Rules, ""}
		if len(p.Resources) > 0 {
			in.own, in.at = p.Resources[i].Rules, fmt.Sprintf("resources[%d].", i)
		}
		in.checkOrigins()
		in.checkNull()
	}
	p.checkAskedHeaders(f, resolved)
}

// where returns the first field that the resource itself has, or else the first field of
// the policy.
func (in intent) where(fields ...string) string {
	has := map[string]bool{
		"origins": in.own.Origins.given(), "allowNull": in.own.AllowNull != nil, "credentials": in.own.Credentials != nil,
	}
	for _, field := range fields {
		if has[field] {
			return in.at + field
		}
	}
	return fields[0]
}

func (in intent) checkOrigins() {
	switch origins := in.all.Origins; {
	case !origins.given():
		at := "origins"
		if in.at != "" {
			at = in.at + at
		}
		in.faults.add(at, "", "missing: give the origins of the pages that may read: any, none, a list or subdomains", "")
	case origins.Any && says(in.all.Credentials, true):
		in.faults.add(in.where("origins", "credentials"), "",
			"any origin with credentials: every site could read what the signed-in user can, and browsers refuse * with credentials", "credentials: false, or a list of origins")
	case !in.target.Opaque():
		if i := slices.Index(origins.List, in.target.String()); i >= 0 {
			in.faults.add(in.where("origins")+origins.inList(i).at, origins.List[i],
				"the target's own origin: it may always read, and no browser asks for permission", "")
		}
	}
}

func (in intent) checkNull() {
	origins := in.all.Origins
	switch null := in.all.AllowNull; {
	case says(null, true) && says(in.all.Credentials, true):
		in.faults.add(in.where("allowNull", "credentials"), "",
			"null with credentials: every site can make a page whose origin is null, in a sandboxed frame", "allowNull: false, or credentials: false")
	case says(null, false) && origins.Any:
		in.faults.add(in.where("allowNull", "origins"), "",
			"any origin except null excludes no site: every site can also ask as null. Remove allowNull, or list the origins", "")
	case says(null, true) && origins.nobody():
		in.faults.add(in.where("allowNull", "origins"), "", "origins: none excludes every page, and allowNull: true allows null: remove one of the two", "")
	}
}

// checkAskedHeaders checks that each header of ask is allowed somewhere: elsewhere it is
// left out.
func (p Policy) checkAskedHeaders(f *faults, resolved []Resource) {
	for _, h := range p.Ask.Headers {
		if web.IsForbiddenRequestHeader(h.Name, h.Value) || slices.ContainsFunc(resolved, func(r Resource) bool { return r.takes(h) }) {
			continue
		}
		f.add(join("ask.headers", h.Name), "", "requestHeaders allow no header, so every preflight would be refused", "requestHeaders: ["+h.Name+"]")
	}
}

// takes says whether a page may set the header, or the policy does not judge it.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r Rules) takes(h harness.Field) bool {
	return r.RequestHeaders == nil || r.RequestHeaders.Any() || oracle.CORSSafelistedRequestHeader(h.Name, h.Value) ||
		slices.ContainsFunc(r.RequestHeaders, func(name string) bool { return strings.EqualFold(name, h.Name) })
}

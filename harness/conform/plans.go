package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/policy"
)

// plan says what to ask of a library that was started with a policy.
type plan struct {
	// meant is what the policy means, where that is not what it says.
	meant *contract.Policy
	// ids are the behaviours whose probes are raised as package verify raises them.
	ids []string
	// as, unless empty, is the behaviour that all these probes are about: the one that
	// names a mistake in a configuration.
	as string
	// sends says that strangers also try methods that change something.
	sends bool
	// more are the probes of this package.
	more []func(questions) []policy.Probe
	// alone are probes that are asked while nothing else is.
	alone []func(questions) []policy.Probe
}

// strangers are the behaviours of origins that a policy excludes.
var strangers = []string{"K13", "K14", "K15", "K16", "K17", "K18", "K19"}

// ids joins lists of ids.
func ids(list string, more ...[]string) []string {
	return slices.Concat(append([][]string{strings.Fields(list)}, more...)...)
}

// plans has a plan for each of the Policies.
var plans = map[string]plan{
	"list-creds": {
		ids: ids("K01 K02 K06 K09 K12 K21 K23 K31 K35 K36 K37 K38 K39 K48 K49 K55 K56 K57", strangers), sends: true,
		more: []func(questions) []policy.Probe{
			questions.originProbes, questions.unchangedProbes, questions.cookieProbes, questions.preflightProbes,
			questions.repeatedProbes, questions.errorProbes, questions.elementProbes, questions.sharedProbes,
		},
		alone: []func(questions) []policy.Probe{questions.handlerProbes},
	},
	"single":           {ids: ids("K01 K03 K09 K31 K35 K36 K55 K56", strangers), more: []func(questions) []policy.Probe{questions.originProbes}},
	"single-creds":     {ids: ids("K02 K31 K48 K49 K55", strangers), more: []func(questions) []policy.Probe{questions.originProbes}},
	"none":             {ids: ids("K13 K19")},
	"any":              {ids: ids("K25 K26 K27 K31 K35 K36 K55 K56 K57"), more: []func(questions) []policy.Probe{questions.constantProbes}},
	"any-creds":        {meant: anyWithout(), ids: ids("K26 K27"), more: []func(questions) []policy.Probe{questions.cookieRefusal}},
	"subdomains-creds": {ids: ids("K02 K13 K17 K18 K19 K20 K31 K55 K57")},
	"regex-creds":      {meant: childrenOf(), ids: ids("K02 K13 K17 K18 K19 K20 K31 K55 K57")},
	"star-lists":       {ids: ids("K09 K31 K41"), more: []func(questions) []policy.Probe{questions.anyNameProbes, questions.repeatedProbes}},
	"star-lists-creds": {ids: ids("K10 K42 K43 K44"), more: []func(questions) []policy.Probe{questions.repeatedProbes}},
	"null-allowed":     {ids: ids("K01 K13 K19")},
	"both-layers":      {more: []func(questions) []policy.Probe{questions.layerProbes}},
	"unconfigured":     {meant: anyWithout(), ids: ids("K26 K27"), as: "K28"},

	"slash":      {meant: listOf(app), ids: ids("K02", strangers), as: "K68"},
	"upper-case": {meant: listOf(app), ids: ids("K02", strangers), as: "K69"},
	"no-scheme":  {meant: listOf(app), ids: ids("K02", strangers), as: "K70"},
	"glob":       {meant: childrenOf(), ids: ids("K02 K20", strangers), as: "K71"},
	"star-creds": {meant: anyWithout(), ids: ids("K26 K27")},
	"everything": {meant: anyWithout(), ids: ids("K26 K27"), as: "K30"},
	"empty":      {meant: nobody(), ids: ids("K13 K19"), as: "K72"},
	"comma":      {meant: listOf(app, other), ids: ids("K02", strangers), as: "K73"},
	"unanchored": {meant: listOf(app), ids: ids("K02", strangers), as: "K74"},
	"lower-case": {meant: methodsOf("GET", "PUT", "PATCH"), ids: ids("K31"), as: "K45"},
}

// The policies that are meant.
func anyWithout() *contract.Policy {
	return &contract.Policy{Origins: contract.Origins{Mode: contract.AnyOrigin}, Credentials: new(false)}
}

func childrenOf() *contract.Policy {
	return &contract.Policy{Origins: contract.Origins{Mode: contract.Subdomains, Values: []string{"https://example.test"}}, Credentials: new(true), Methods: contract.Names{"GET", "PUT"}}
}

func listOf(origins ...string) *contract.Policy {
	return &contract.Policy{Origins: contract.Origins{Mode: contract.List, Values: origins}, Credentials: new(true)}
}

func nobody() *contract.Policy {
	return &contract.Policy{Origins: contract.Origins{Mode: contract.NoOrigin}, Credentials: new(true)}
}

func methodsOf(methods ...string) *contract.Policy {
	return &contract.Policy{Origins: contract.Origins{Mode: contract.List, Values: []string{app}}, Credentials: new(false), Methods: methods}
}

// asked are the probes of one policy.
type asked struct {
	// policy is the policy file that raises them.
	policy policy.Policy
	probes []policy.Probe
	// alone are asked one after the other, after the others.
	alone []policy.Probe
}

// askedOf returns what to ask of a library that answers at a host, and has no option for
// some fields.
func askedOf(p contract.Policy, host string, unsupported []string) (asked, error) {
	plan, ok := plans[p.Name]
	if !ok {
		return asked{}, fmt.Errorf("no plan for the policy %s", p.Name)
	}
	p = without(p, unsupported)
	meant := p
	if plan.meant != nil {
		meant = without(*plan.meant, unsupported)
	}
	a := asked{policy: fileOf(meant, host)}
	for _, path := range resources() {
		a.policy.Resources = []policy.Resource{{Path: path.path}}
		raised, err := a.policy.Probes()
		if err != nil {
			return a, fmt.Errorf("policy %s: %w", p.Name, err)
		}
		for _, probe := range raised {
			if slices.Contains(plan.ids, probe.ID) && path.raises(probe.ID) && (plan.sends || !sends(probe)) {
				a.probes = append(a.probes, plan.labelled(probe))
			}
		}
	}
	q := questionsOf(p, a.policy.Target)
	q.unsupported = unsupported
	a.probes = append(a.probes, q.raise(plan.more)...)
	a.alone = q.raise(plan.alone)
	return a, nil
}

// Pages is how many pages a browser should keep open: all from which a library is asked, so
// that they are there for the next one. With fewer, each page is closed before its turn
// comes again.
const Pages = 96

// needs is the field of the policy without which a probe of this package has no evidence:
// a library that has no option for it is not asked. The probes that package verify raises
// need no row: an absent field raises none.
var needs = map[string]string{
	"K08": "credentials",
	"K33": "requestHeaders", "K37": "requestHeaders", "K39": "requestHeaders", "K44": "requestHeaders",
	"K66": "layers",
}

// raise returns the probes that the library has the options for.
func (q questions) raise(makers []func(questions) []policy.Probe) []policy.Probe {
	var list []policy.Probe
	for _, probes := range makers {
		list = append(list, probes(q)...)
	}
	return slices.DeleteFunc(list, func(p policy.Probe) bool { return slices.Contains(q.unsupported, needs[p.ID]) })
}

// labelled gives a probe the behaviour that it is about here.
func (p plan) labelled(probe policy.Probe) policy.Probe {
	if p.as == "" {
		return probe
	}
	b, _ := behaviour.Of(p.as)
	probe.Key = probe.ID + " " + probe.Key
	probe.ID, probe.Level, probe.Tags = b.ID, b.Level, b.TagsOn(probe.Side)
	return probe
}

// sends says whether a probe is about a stranger that sends a method that changes
// something.
func sends(p policy.Probe) bool {
	return p.Side == behaviour.Forbidden && p.Unsafe && slices.Contains(ids("K20 K26 K27", strangers), p.ID)
}

// resource is a route and the behaviours that are raised for it: the others, where only is
// empty.
type resource struct {
	path string
	only []string
}

// resources are the routes of probes that package verify raises. Browsers keep an image
// for a page that asks without CORS, and do not keep a JSON object.
// https://fetch.spec.whatwg.org/#orb-algorithm
func resources() []resource {
	image, _ := fixtures.FS.ReadFile("media/image.png") // it is embedded
	return []resource{
		{"/ok", nil},
		{"/cache", []string{"K55", "K57"}},
		{echo("image/png", image), []string{"K56"}},
	}
}

// raises says whether a behaviour is asked at this route.
func (r resource) raises(id string) bool {
	if r.only == nil {
		return !slices.Contains([]string{"K55", "K56", "K57"}, id)
	}
	return slices.Contains(r.only, id)
}

// fileOf is the policy file that means the same.
func fileOf(p contract.Policy, host string) policy.Policy {
	file := policy.Policy{Target: "https://" + host, Ask: policy.Ask{Unsafe: policy.SendUnsafe}}
	file.Credentials, file.MaxAge = p.Credentials, p.MaxAge
	file.Methods, file.RequestHeaders, file.ExposeHeaders = policy.Names(p.Methods), policy.Names(p.RequestHeaders), policy.Names(p.ExposeHeaders)
	switch o := p.Origins; o.Mode {
	case contract.NoOrigin:
		file.Origins.None = true
	case contract.AnyOrigin:
		file.Origins.Any = true
	case contract.Subdomains:
		file.Origins.Subdomains = o.Values
	default:
		file.Origins.List = o.Values
	}
	if p.Origins.AllowNull {
		file.AllowNull = new(true)
	}
	return file
}

// without removes the fields that the library has no option for.
func without(p contract.Policy, unsupported []string) contract.Policy {
	for _, field := range unsupported {
		switch field {
		case "credentials":
			p.Credentials = nil
		case "methods":
			p.Methods = nil
		case "requestHeaders":
			p.RequestHeaders = nil
		case "exposeHeaders":
			p.ExposeHeaders = nil
		case "maxAge":
			p.MaxAge = nil
		case "origins.allowNull":
			p.Origins.AllowNull = false
		}
	}
	return p
}

// sharedProbes ask through a shared cache in front of the library.
func (q questions) sharedProbes() []policy.Probe {
	cached := q
	cached.base = strings.Replace(q.base, "https://", "https://"+CachedHost(""), 1)
	return q.cacheProbes(cached)
}

// cookieRefusal is the cookie probe of a policy whose pages may not read with credentials.
func (q questions) cookieRefusal() []policy.Probe {
	return slices.DeleteFunc(q.cookieProbes(), func(p policy.Probe) bool { return p.ID == "K08" })
}

// Cookies are the cookies that the browser has to hold for the libraries, as a client that
// is logged in holds them: one that goes with requests of the same site alone, and one that
// goes with all.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute-2
func Cookies() []harness.SetCookie {
	return []harness.SetCookie{
		{URL: "https://" + Domain + "/", Line: "lax=1; Domain=" + Domain + "; Secure; SameSite=Lax"},
		{URL: "https://" + Domain + "/", Line: "everywhere=1; Domain=" + Domain + "; Secure; SameSite=None"},
	}
}

// Domain is the domain of the libraries' hosts, and of some pages.
const Domain = "example.test"

package policy

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/cputime"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// line writes a probe as a list of probes shows it.
func line(p Probe) string { return fmt.Sprintf("%s %s %-9s %s", p.ID, p.Level, p.Side, p.Title) }

func TestProbesOfTheExample(t *testing.T) {
	p, err := Parse("example.yaml", []byte(example), token)
	if err != nil {
		t.Fatal(err)
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, probe := range probes {
		got = append(got, line(probe))
	}
	want := `K01 M allowed   GET /v1/me from https://app.acme.com is readable
K02 M allowed   GET /v1/me from https://app.acme.com is readable with credentials
K09 M allowed   GET /v1/me from https://app.acme.com: the response header X-Total is readable
K09 M forbidden GET /v1/me from https://app.acme.com: response headers that are not exposed are not readable
K09 M allowed   PUT /v1/me from https://app.acme.com: the response headers that are exposed are readable
K09 M forbidden PUT /v1/me from https://app.acme.com: response headers that are not exposed are not readable
K31 M allowed   PUT /v1/me from https://app.acme.com passes
K31 M allowed   GET /v1/me from https://app.acme.com with the header Authorization passes
K31 M allowed   GET /v1/me from https://app.acme.com with the header Content-Type passes
K37 M allowed   GET /v1/me from https://app.acme.com with all 2 headers together passes
K48 S allowed   the preflight of /v1/me from https://app.acme.com may be kept for 600 seconds
K49 S allowed   /v1/me is asked for permission once within 600 seconds, from https://app.acme.com
K61 M allowed   GET /v1/me/corsproof-not-there (a missing path) from https://app.acme.com is readable
K63 S allowed   GET /v1/me from https://app.acme.com without Authorization: the refusal is readable
K64 S allowed   GET /v1/me with a slash after it from https://app.acme.com is readable after a redirect
K12 S allowed   GET /v1/me/corsproof-not-there (a missing path) from https://app.acme.com has the same status and body as without Origin (on the wire)
K23 S allowed   OPTIONS /v1/me from the target's own origin is not refused (on the wire)
K39 S allowed   the preflight of /v1/me from https://app.acme.com passes with its headers on two lines (on the wire: no browser sends it)
K55 M allowed   answers for /v1/me that depend on Origin have Vary: Origin (on the wire: no script sees it)
K56 M allowed   GET /v1/me from https://app.acme.com is readable after an image load of it, without Origin
K19 M forbidden GET /v1/me from a sandboxed page is not readable
K19 M forbidden PUT /v1/me from a sandboxed page is refused by the preflight: its origin is opaque
K19 M forbidden GET /v1/me from a data: page is not readable
K13 M forbidden GET /v1/me from https://unlisted.evil.test is not readable: it is not listed
K13 M forbidden PUT /v1/me from https://unlisted.evil.test is refused by the preflight: it is not listed
K13 M forbidden GET /v1/me/corsproof-not-there (a missing path) from https://unlisted.evil.test is not readable: it is not listed
K14 M forbidden GET /v1/me from https://app.acme.com.evil.test is not readable: it only begins with the host
K14 M forbidden PUT /v1/me from https://app.acme.com.evil.test is refused by the preflight: it only begins with the host
K15 M forbidden GET /v1/me from https://evilapp.acme.com is not readable: it only ends with the host
K15 M forbidden PUT /v1/me from https://evilapp.acme.com is refused by the preflight: it only ends with the host
K15 M forbidden GET /v1/me from https://evil.app.acme.com is not readable: it is a sub-domain
K15 M forbidden PUT /v1/me from https://evil.app.acme.com is refused by the preflight: it is a sub-domain
K15 M forbidden GET /v1/me from https://xacme.com is not readable: it only ends with the domain
K15 M forbidden PUT /v1/me from https://xacme.com is refused by the preflight: it only ends with the domain
K16 M forbidden GET /v1/me from https://appxacme.com is not readable: a dot is not any character
K16 M forbidden PUT /v1/me from https://appxacme.com is refused by the preflight: a dot is not any character
K17 M forbidden GET /v1/me from https://app.acme.com:8443 is not readable: it is another port
K17 M forbidden PUT /v1/me from https://app.acme.com:8443 is refused by the preflight: it is another port
K18 M forbidden GET /v1/me from http://app.acme.com is not readable: it is another scheme
K18 M forbidden PUT /v1/me from http://app.acme.com is refused by the preflight: it is another scheme
K21 H forbidden GET /v1/me with an Origin with a user name is refused (on the wire: no browser sends it)
K21 H forbidden GET /v1/me with an Origin with a NUL in percent is refused (on the wire: no browser sends it)
K21 H forbidden GET /v1/me with an Origin with a space is refused (on the wire: no browser sends it)
K21 H forbidden GET /v1/me with an Origin on two lines is refused (on the wire: no browser sends it)
K21 H forbidden GET /v1/me with an Origin that is empty is refused (on the wire: no browser sends it)
K35 M forbidden PATCH /v1/me from https://app.acme.com is refused by the preflight
K35 M forbidden DELETE /v1/me from https://app.acme.com is refused by the preflight
K36 M forbidden GET /v1/me from https://app.acme.com with the header X-Corsproof-Unlisted is refused by the preflight
K38 M forbidden GET /v1/me from https://app.acme.com with the header X-Corsproof-Unlisted among allowed ones is refused by the preflight
K25 M allowed   GET /public/status from https://any.test is readable
K25 M allowed   GET /public/status from https://other.any.test:8443 is readable
K09 M allowed   GET /public/status from https://any.test: the response header X-Total is readable
K09 M forbidden GET /public/status from https://any.test: response headers that are not exposed are not readable
K09 M allowed   PUT /public/status from https://any.test: the response headers that are exposed are readable
K09 M forbidden PUT /public/status from https://any.test: response headers that are not exposed are not readable
K31 M allowed   PUT /public/status from https://any.test passes
K31 M allowed   GET /public/status from https://any.test with the header Authorization passes
K31 M allowed   GET /public/status from https://any.test with the header Content-Type passes
K37 M allowed   GET /public/status from https://any.test with all 2 headers together passes
K31 M allowed   PUT /public/status from https://other.any.test:8443 passes with all headers, as from https://any.test
K48 S allowed   the preflight of /public/status from https://any.test may be kept for 600 seconds
K49 S allowed   /public/status is asked for permission once within 600 seconds, from https://any.test
K61 M allowed   GET /public/status/corsproof-not-there (a missing path) from https://any.test is readable
K63 S allowed   GET /public/status from https://any.test without Authorization: the refusal is readable
K64 S allowed   GET /public/status with a slash after it from https://any.test is readable after a redirect
K12 S allowed   GET /public/status/corsproof-not-there (a missing path) from https://any.test has the same status and body as without Origin (on the wire)
K23 S allowed   OPTIONS /public/status from the target's own origin is not refused (on the wire)
K39 S allowed   the preflight of /public/status from https://any.test passes with its headers on two lines (on the wire: no browser sends it)
K55 M allowed   answers for /public/status that depend on Origin have Vary: Origin (on the wire: no script sees it)
K56 M allowed   GET /public/status from https://any.test is readable after an image load of it, without Origin
K57 M allowed   GET /public/status is readable from https://any.test, then from https://other.any.test:8443
K27 M forbidden GET /public/status from a sandboxed page is not readable with credentials
K27 M forbidden PUT /public/status from a sandboxed page is refused by the preflight: the policy has credentials: false
K27 M forbidden GET /public/status from a data: page is not readable with credentials
K26 M forbidden GET /public/status from https://any.test is not readable with credentials
K26 M forbidden PUT /public/status from https://any.test is refused by the preflight: the policy has credentials: false
K26 M forbidden GET /public/status from https://other.any.test:8443 is not readable with credentials
K26 M forbidden PUT /public/status from https://other.any.test:8443 is refused by the preflight: the policy has credentials: false
K35 M forbidden PATCH /public/status from https://any.test is refused by the preflight
K35 M forbidden DELETE /public/status from https://any.test is refused by the preflight
K36 M forbidden GET /public/status from https://any.test with the header X-Corsproof-Unlisted is refused by the preflight
K38 M forbidden GET /public/status from https://any.test with the header X-Corsproof-Unlisted among allowed ones is refused by the preflight`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("the probes are\n%s\nwant\n%s", text, want)
	}
}

func TestProbesOfAFaultyPolicy(t *testing.T) {
	probes, err := Policy{Target: "https://api.acme.com"}.Probes()
	if probes != nil || len(Faults(err)) != 1 {
		t.Errorf("%v, %v", probes, err)
	}
}

// policies are one of each kind, by the names of their files.
func policies(t *testing.T) map[string]Policy {
	t.Helper()
	files, err := filepath.Glob("testdata/policies/*.yaml")
	if err != nil || files == nil {
		t.Fatalf("%v: %v", files, err)
	}
	all := map[string]Policy{}
	for _, file := range files {
		p, err := Read(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".yaml")] = p
	}
	return all
}

// every calls f for each probe of each policy of the tests.
func every(t *testing.T, f func(policy string, p Policy, probe Probe)) {
	t.Helper()
	all := policies(t)
	p, err := Parse("example.yaml", []byte(example), token)
	if err != nil {
		t.Fatal(err)
	}
	all["example"] = p
	for name, p := range all {
		probes, err := p.Probes()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again, _ := p.Probes(); !reflect.DeepEqual(again, probes) {
			t.Errorf("%s: the order changes", name)
		}
		for _, probe := range probes {
			f(name, p, probe)
		}
	}
}

func TestProbesAreWhole(t *testing.T) {
	keys := map[string]bool{}
	raised, tags := map[string]bool{}, map[string]bool{}
	every(t, func(name string, p Policy, x Probe) {
		raised[x.ID+" "+string(x.Side)] = true
		if key := name + x.ID + x.Key; keys[key] {
			t.Errorf("%s: %s %s is there twice", name, x.ID, x.Key)
		} else {
			keys[key] = true
		}
		b, known := behaviour.Of(x.ID)
		if _, meant := b.On(x.Side); !known || b.Judged != behaviour.ByPolicy || !meant {
			t.Errorf("%s, %s, is raised, but its row excludes it: %+v", x.ID, x.Side, b)
		}
		if x.Level != b.Level || x.Level == "" {
			t.Errorf("%s: level %q", x.ID, x.Level)
		}
		if x.Title == "" || strings.ContainsAny(x.Title, "\n%") || len(x.Tags) == 0 || len(x.Steps) == 0 || x.Resource == "" {
			t.Errorf("%s: incomplete: %+v", x.ID, x)
		}
		for _, tag := range x.Tags {
			if tags[tag] = true; !slices.Contains(behaviour.Tags(), tag) {
				t.Errorf("%s has the unknown tag %s", x.ID, tag)
			}
		}
		unsafe := false
		for _, step := range x.Steps {
			unsafe = unsafe || !web.IsSafeMethod(step.Request.Method)
			stepIsWhole(t, p, x, step)
		}
		if x.Unsafe != unsafe {
			t.Errorf("%s: unsafe is %v", x.ID, x.Unsafe)
		}
	})
	for _, b := range behaviour.All() {
		for _, aim := range b.Sides {
			if b.Judged == behaviour.ByPolicy && !raised[b.ID+" "+string(aim.Side)] {
				t.Errorf("%s, %s, is never raised here", b.ID, aim.Side)
			}
		}
	}
	for _, tag := range behaviour.Tags() {
		if !tags[tag] {
			t.Errorf("no probe has the tag %s", tag)
		}
	}
}

func stepIsWhole(t *testing.T, p Policy, x Probe, step Step) {
	t.Helper()
	if step.Want == "" {
		t.Errorf("%s: a step without a verdict", x.ID)
	}
	if u, err := url.Parse(step.Request.URL); err != nil || u.Scheme+"://"+u.Host != p.Target {
		t.Errorf("%s asks %s", x.ID, step.Request.URL)
	}
	if x.Wire != (step.Request.From == "") || x.Together == "" && x.Wire != (len(step.Request.Headers.Values("Origin")) > 0) {
		t.Errorf("%s: wire is %v, from %q, headers %v", x.ID, x.Wire, step.Request.From, step.Request.Headers)
	}
	if err := step.Request.Validate(); err != nil && !x.Wire {
		t.Errorf("%s: %v", x.ID, err)
	}
	if step.PreflightOnly && !preflighted(step.Request) {
		t.Errorf("%s has no preflight to decide", x.ID)
	}
	if x.Caches && step.Request.Cache != harness.CacheDefault {
		t.Errorf("%s is about caches, which are off", x.ID)
	}
	for _, secret := range p.Secrets() {
		if strings.Contains(x.Title+x.Key, secret) {
			t.Errorf("%s tells a secret: %s", x.ID, x.Title)
		}
	}
}

// Each rule raises only its own probes.
func TestAbsentFieldsRaiseNothing(t *testing.T) {
	base := []string{"K01", "K12", "K13", "K14", "K15", "K16", "K17", "K18", "K19", "K21", "K23", "K55", "K56", "K61"}
	for name, c := range map[string]struct {
		rules Rules
		more  []string
	}{
		"nothing":               {Rules{}, nil},
		"credentials":           {Rules{Credentials: new(true)}, []string{"K02"}},
		"no credentials":        {Rules{Credentials: new(false)}, []string{"K03"}},
		"no methods":            {Rules{Methods: Names{}}, []string{"K35"}},
		"a method":              {Rules{Methods: Names{"PUT"}}, []string{"K31", "K35"}},
		"GET":                   {Rules{Methods: Names{"GET"}}, []string{"K35"}},
		"any method":            {Rules{Methods: Names{Wildcard}}, []string{"K41"}},
		"no headers":            {Rules{RequestHeaders: Names{}}, []string{"K36"}},
		"a header":              {Rules{RequestHeaders: Names{"X-A"}}, []string{"K31", "K36", "K38"}},
		"headers":               {Rules{RequestHeaders: Names{"X-A", "X-B"}}, []string{"K31", "K36", "K37", "K38", "K39"}},
		"any header":            {Rules{RequestHeaders: Names{Wildcard}}, []string{"K31", "K44"}},
		"no exposed headers":    {Rules{ExposeHeaders: Names{}}, []string{"K09"}},
		"any exposed header":    {Rules{ExposeHeaders: Names{Wildcard}}, []string{"K09"}},
		"Max-Age, no preflight": {Rules{MaxAge: new(600)}, nil},
		"Max-Age with a method": {Rules{MaxAge: new(600), Methods: Names{"PUT"}}, []string{"K31", "K35", "K48", "K49"}},
		"a short Max-Age":       {Rules{MaxAge: new(5), RequestHeaders: Names{"X-A"}}, []string{"K31", "K36", "K38", "K48"}},
	} {
		c.rules.Origins = Origins{List: []string{"https://app.acme.com"}}
		want := slices.Sorted(slices.Values(slices.Concat(base, c.more)))
		if got := raised(t, Policy{Target: "https://api.acme.com", Rules: c.rules}); !slices.Equal(got, want) {
			t.Errorf("%s raises %v, want %v", name, got, want)
		}
	}
}

// raised returns the ids of the probes that a policy raises.
func raised(t *testing.T, p Policy) []string {
	t.Helper()
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, probe := range probes {
		ids[probe.ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func TestSides(t *testing.T) {
	every(t, func(_ string, _ Policy, x Probe) {
		for _, step := range x.Steps {
			if x.Side == behaviour.Allowed && step.Want == harness.Blocked || x.Side == behaviour.Forbidden && step.Want != harness.Blocked && !step.OnlyExposed {
				t.Errorf("%s is %s and wants %s", x.ID, x.Side, step.Want)
			}
		}
	})
}

// A header under ask is left out where a resource does not allow it.
func TestAskedHeadersAreThoseAllowed(t *testing.T) {
	p := Policy{
		Target: "https://api.acme.com",
		Rules:  Rules{Origins: Origins{List: []string{"https://app.acme.com"}}, RequestHeaders: Names{"Authorization"}},
		Resources: []Resource{
			{Path: "/private"},
			{Path: "/public", Rules: Rules{RequestHeaders: Names{}}},
		},
		Ask: Ask{Headers: harness.Header{{Name: "Authorization", Value: "Bearer abc"}}},
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range probes {
		asked := len(x.Steps[0].Request.Headers.Values("Authorization"))
		if want := map[string]int{"/private": 1, "/public": 0}[x.Resource]; x.ID == "K01" && asked != want {
			t.Errorf("%s: %d headers, want %d", x.Resource, asked, want)
		}
	}
}

// many is a policy with n resources.
func many(n int) []byte {
	var b strings.Builder
	b.WriteString(strings.SplitAfter(example, "resources:")[0] + "\n")
	for i := range n {
		fmt.Fprintf(&b, "  - path: /v1/things/%d\n    origins: [https://app.acme.com, https://shop-%d.acme.com]\n    methods: [GET, PUT]\n", i, i)
	}
	return []byte(b.String())
}

// patience is far above the wanted two seconds, because a busy machine is not a fault; an
// algorithm of quadratic time would still take longer.
const patience = 20 * time.Second

func TestTenThousandResources(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a large policy")
	}
	spent := cputime.Start()
	p, err := Parse("p.yaml", many(10_000), nil)
	if err != nil {
		t.Fatal(err)
	}
	probes, err := p.Probes()
	if took := spent(); err != nil || len(probes) < 300_000 || took > patience {
		t.Errorf("%d probes after %s of work, %v; want them within %s", len(probes), took, err, patience)
	}
}

// Each of 10,000 resources has a fault, and so have the rules that they inherit.
func TestTenThousandFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a large policy")
	}
	text := strings.ReplaceAll(string(many(10_000)), "[GET, PUT]", "[GET, put]")
	for name, text := range map[string]string{"in lines": text, "in one line": oneLine(text)} {
		spent := cputime.Start()
		_, err := Parse("p.yaml", []byte(text), nil)
		if took := spent(); len(Faults(err)) != 10_001 || took > patience {
			t.Errorf("%s: %d faults after %s of work; want them within %s", name, len(Faults(err)), took, patience)
		}
	}
}

// oneLine writes the resources as JSON does.
func oneLine(text string) string {
	head, rest, _ := strings.Cut(text, "resources:\n")
	var items []string
	for item := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(rest), "- "), "\n  - ") {
		items = append(items, "{"+strings.ReplaceAll(strings.TrimSpace(item), "\n    ", ", ")+"}")
	}
	return head + "resources: [" + strings.Join(items, ", ") + "]\n"
}

func BenchmarkParse(b *testing.B) {
	text := many(10_000)
	for b.Loop() {
		if _, err := Parse("p.yaml", text, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProbes(b *testing.B) {
	p, err := Parse("p.yaml", many(10_000), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := p.Probes(); err != nil {
			b.Fatal(err)
		}
	}
}

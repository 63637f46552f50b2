package broken

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// examplePolicy is what the shop should do, with its probes.
func examplePolicy(t *testing.T) (policy.Policy, []policy.Probe) {
	t.Helper()
	data, err := fixtures.FS.ReadFile("policies/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("example.yaml", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Target != ShopOrigin {
		t.Fatalf("the policy is for %s, the shop is at %s", p.Target, ShopOrigin)
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	return p, probes
}

// nameOf names a probe as [Mistake.Caught] does.
func nameOf(p policy.Probe) Probe { return Probe{p.ID, p.Key} }

// The shop breaks the probes that its mistakes name. Corrected, it breaks none.
// Each mistake is corrected by its name.
func TestShop(t *testing.T) {
	t.Parallel()
	p, _ := examplePolicy(t)
	net, chrome := start(t, verify.Cookies(p))
	var names []string
	var caught []Probe
	for _, m := range ShopMistakes() {
		names = append(names, m.Name)
		caught = append(caught, m.Caught...)
	}
	check := func(name string, s Shop, only []string, want []Probe) {
		t.Run(name, func(t *testing.T) {
			place, err := s.Install(net)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = place.Close() }()
			var broken []Probe
			for broke, why := range judged(t, net, chrome, p, only) {
				t.Logf("%s %s: %s", broke.ID, broke.Key, why)
				broken = append(broken, broke)
			}
			if !sameProbes(broken, want) {
				t.Errorf("broken are %v, want %v", broken, want)
			}
		})
	}
	check("as it is", Shop{}, nil, caught)
	check("corrected", Shop{Corrected: names}, nil, nil)
	var telling []string
	for _, c := range caught {
		telling = append(telling, c.ID)
	}
	for _, m := range ShopMistakes() {
		rest := slices.DeleteFunc(slices.Clone(caught), func(p Probe) bool { return slices.Contains(m.Caught, p) })
		check("without "+m.Name, Shop{Corrected: []string{m.Name}}, telling, rest)
	}
}

// No two mistakes are caught by the same probes, and all their probes exist.
func TestShopMistakesAreComplete(t *testing.T) {
	_, probes := examplePolicy(t)
	seen := map[string]bool{}
	for _, m := range ShopMistakes() {
		if m.Name == "" || m.Title == "" || m.Teaches == "" || len(m.Caught) == 0 || seen[m.Name] {
			t.Errorf("incomplete, or there twice: %+v", m)
		}
		seen[m.Name] = true
		for _, c := range m.Caught {
			at := slices.IndexFunc(probes, func(p policy.Probe) bool { return nameOf(p) == c })
			if at < 0 {
				t.Errorf("%s: the policy raises no probe %v", m.Name, c)
			} else if probes[at].Resource != m.Path {
				t.Errorf("%s: %v is about %s, want %s", m.Name, c, probes[at].Resource, m.Path)
			}
		}
	}
}

// The requests that its developers test are answered correctly: that makes the
// mistakes worth showing.
func TestShopPassesTestsOfHeaderStrings(t *testing.T) {
	for _, test := range []struct {
		method, path, origin, header, want string
	}{
		{"GET", mePath, storefront, "Access-Control-Allow-Origin", storefront},
		{"GET", mePath, storefront, "Access-Control-Allow-Credentials", "true"},
		{"GET", mePath, "https://evil.test", "Access-Control-Allow-Origin", ""},
		{"GET", mePath, "http://www.shop.test", "Access-Control-Allow-Origin", ""},
		{"GET", mePath, "null", "Access-Control-Allow-Origin", ""},
		{"GET", ordersPath, backOffice, "Access-Control-Allow-Origin", backOffice},
		{"GET", ordersPath, backOffice, "Vary", "Origin"},
		{"OPTIONS", cartPath, storefront, "Access-Control-Allow-Methods", "*"},
		{"GET", photoPath, "https://any.test", "Access-Control-Allow-Origin", "*"},
	} {
		a := harness.Arrival{Method: test.method, URL: ShopOrigin + test.path, Headers: harness.Header{{Name: "Origin", Value: test.origin}}}
		if test.method == "OPTIONS" {
			a.Headers = append(a.Headers, harness.Field{Name: "Access-Control-Request-Method", Value: "PUT"})
		}
		if got, _ := (Shop{}).Answer(a).Header.Get(test.header); got != test.want {
			t.Errorf("%s %s from %s: %s is %q, want %q", test.method, test.path, test.origin, test.header, got, test.want)
		}
	}
}

func TestShopAnswersElsewhereWithoutLeave(t *testing.T) {
	r := Shop{}.Answer(harness.Arrival{Method: "GET", URL: ShopOrigin + "/", Headers: harness.Header{{Name: "Origin", Value: "https://evil.test"}}})
	if _, allowed := r.Header.Get("Access-Control-Allow-Origin"); r.Status != 404 || allowed {
		t.Errorf("answers %d %v", r.Status, r.Header)
	}
}

// sameProbes compares without regard to order.
func sameProbes(a, b []Probe) bool {
	order := func(a, b Probe) int { return strings.Compare(a.ID+" "+a.Key, b.ID+" "+b.Key) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}

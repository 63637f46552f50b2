package conform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/policy"
)

// planned returns the probes of a policy.
func planned(t *testing.T, p contract.Policy, unsupported ...string) []policy.Probe {
	t.Helper()
	a, err := askedOf(p, "host."+Domain, unsupported)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(a.probes, a.alone)
}

// Every behaviour of the catalogue is asked, every policy asks, and every plan raises a
// probe for each behaviour that it names.
func TestEveryBehaviourIsAsked(t *testing.T) {
	asked := map[string]bool{}
	for _, p := range Policies() {
		here := map[string]bool{}
		for _, probe := range planned(t, p) {
			asked[probe.ID], here[probe.ID] = true, true
			if _, ok := behaviour.Of(probe.ID); !ok || probe.Level == "" || probe.Title == "" || probe.Key == "" || probe.Resource == "" || len(probe.Steps) == 0 {
				t.Errorf("%s: incomplete: %+v", p.Name, probe)
			}
		}
		if len(here) == 0 {
			t.Errorf("%s asks nothing", p.Name)
		}
		plan := plans[p.Name]
		for _, id := range plan.ids {
			if plan.as == "" && !here[id] {
				t.Errorf("%s names %s and has no probe of it", p.Name, id)
			}
		}
		if plan.as != "" && !here[plan.as] {
			t.Errorf("%s is about %s and has no probe of it", p.Name, plan.as)
		}
	}
	for _, b := range behaviour.All() {
		if !asked[b.ID] {
			t.Errorf("no policy asks about %s: %s", b.ID, b.Sentence)
		}
	}
	if len(plans) != len(Policies()) {
		t.Errorf("%d plans for %d policies", len(plans), len(Policies()))
	}
}

// A probe has a side that its behaviour has: the side says whether a break lets somebody
// in.
func TestProbesHaveASide(t *testing.T) {
	for _, p := range Policies() {
		for _, probe := range planned(t, p) {
			b, _ := behaviour.Of(probe.ID)
			if _, ok := b.On(probe.Side); !ok {
				t.Errorf("%s: %s %s has the side %s, which its behaviour has not", p.Name, probe.ID, probe.Key, probe.Side)
			}
		}
	}
}

// No two probes of a policy have the same name.
func TestProbesAreUnique(t *testing.T) {
	for _, p := range Policies() {
		seen := map[string]bool{}
		for _, probe := range planned(t, p) {
			name := probe.ID + " " + probe.Key
			if seen[name] {
				t.Errorf("%s: %s stands twice", p.Name, name)
			}
			seen[name] = true
		}
	}
}

// Only hosts of the library are asked, and only pages of the test domains ask.
func TestProbesStayInTheNetwork(t *testing.T) {
	for _, p := range Policies() {
		for _, probe := range planned(t, p) {
			for _, s := range probe.Steps {
				host, _, _ := strings.Cut(strings.TrimPrefix(s.Request.URL, "https://"), "/")
				if host != "host."+Domain && host != CachedHost("host."+Domain) {
					t.Errorf("%s: %s asks %s", p.Name, probe.ID, s.Request.URL)
				}
			}
		}
	}
}

// All pages from which a library is asked stay open.
func TestPages(t *testing.T) {
	pages := map[string]bool{}
	for _, p := range Policies() {
		for _, probe := range planned(t, p) {
			for _, s := range probe.Steps {
				if r := s.Request; !s.Wire && !probe.Wire {
					pages[fmt.Sprint(r.From, r.Within, r.PageHeaders, r.DryRun, r.Cache != "")] = true
				}
			}
		}
	}
	if len(pages) > Pages || len(pages) < Pages-16 {
		t.Errorf("a library is asked from %d pages, and Pages is %d", len(pages), Pages)
	}
}

// A field that the library has no option for is not judged.
func TestUnsupportedFieldsAreNotAsked(t *testing.T) {
	p := Policies()[0]
	for field, gone := range map[string][]string{
		"methods": {"K35"}, "requestHeaders": {"K36", "K37", "K38", "K39"}, "exposeHeaders": {"K09"}, "maxAge": {"K48", "K49"},
	} {
		for _, probe := range planned(t, p, field) {
			if slices.Contains(gone, probe.ID) {
				t.Errorf("without %s, %s %s is asked", field, probe.ID, probe.Key)
			}
		}
		for _, id := range gone {
			if !slices.ContainsFunc(planned(t, p), func(probe policy.Probe) bool { return probe.ID == id }) {
				t.Errorf("%s is never asked", id)
			}
		}
	}
}

// Two layers are not asked about where the library can be mounted once only: one layer
// would pass for two.
func TestOneLayerIsNotTwo(t *testing.T) {
	for _, p := range Policies() {
		if p.Layers != contract.BothLayers {
			continue
		}
		if list := planned(t, p, "layers"); len(list) > 0 {
			t.Errorf("%s asks %d probes", p.Name, len(list))
		}
		if len(planned(t, p)) == 0 {
			t.Errorf("%s asks nothing", p.Name)
		}
	}
}

// What a row of needs names is a field, and probes of this package that need it.
func TestNeeds(t *testing.T) {
	for id, field := range needs {
		before, after := 0, 0
		for _, p := range Policies() {
			for _, probe := range planned(t, p) {
				if probe.ID == id {
					before++
				}
			}
			for _, probe := range planned(t, p, field) {
				if probe.ID == id {
					after++
				}
			}
		}
		if before == 0 || after > 0 {
			t.Errorf("%s needs %s: %d probes, %d without it", id, field, before, after)
		}
	}
}

// A list of any name is not asked about where the library has no option for it.
func TestUnsupportedListsOfAnyName(t *testing.T) {
	for _, p := range Policies() {
		if p.Name != "star-lists" {
			continue
		}
		for _, probe := range planned(t, p, "methods", "requestHeaders") {
			if slices.Contains([]string{"K31", "K37", "K39", "K41", "K44", "K50"}, probe.ID) {
				t.Errorf("%s %s is asked", probe.ID, probe.Key)
			}
		}
	}
}

// Attackers are of the same site and of other sites, and try to read and to write.
func TestAttackersOfBothKinds(t *testing.T) {
	kinds := map[string]bool{}
	for _, probe := range planned(t, Policies()[0]) {
		if !slices.Contains(strangers, probe.ID) || probe.Side != behaviour.Forbidden {
			continue
		}
		for _, s := range probe.Steps {
			site, does := "cross-site", "reads"
			if strings.HasPrefix(s.Request.From, "https://") && strings.HasSuffix(s.Request.From, "."+Domain) {
				site = "same-site"
			}
			if s.PreflightOnly {
				does = "writes"
			}
			kinds[site+" "+does+" "+string(s.Request.Credentials)] = true
		}
	}
	for _, want := range []string{"cross-site reads include", "cross-site writes include", "same-site reads include", "same-site writes include", "cross-site reads ", "same-site writes "} {
		if !kinds[want] {
			t.Errorf("nobody %s, in %v", want, kinds)
		}
	}
}

package policy

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const phone = "capacitor://localhost"

// ofApps is a policy with every rule that an app can have, and probes by id.
func ofApps(t *testing.T, origins ...string) map[string][]Probe {
	t.Helper()
	probes, err := Policy{Target: "https://api.acme.com", Rules: Rules{
		Origins: Origins{List: origins}, Credentials: new(true), Methods: Names{"GET", "PUT"}, RequestHeaders: Names{"X-A", "X-B"},
		ExposeHeaders: Names{"X-C"}, MaxAge: new(600),
	}}.Probes()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string][]Probe{}
	for _, p := range probes {
		byID[p.ID] = append(byID[p.ID], p)
		for _, s := range p.Steps {
			if err := s.Request.Validate(); err != nil && !p.Wire && !s.Wire {
				t.Errorf("%s: %v", p.ID, err)
			}
			if app := s.Request.OnTheWire(); app && !strings.Contains(p.Title, "on the wire: Chrome cannot open") {
				t.Errorf("%s does not say that it is asked on the wire: %s", p.ID, p.Title)
			}
		}
	}
	return byID
}

func TestAppsAreAskedAboutNoCaches(t *testing.T) {
	byID := ofApps(t, phone)
	for _, id := range []string{"K49", "K56", "K57"} {
		if byID[id] != nil {
			t.Errorf("%s: %s", id, byID[id][0].Title)
		}
	}
	for _, id := range []string{"K01", "K02", "K09", "K13", "K31", "K37", "K48", "K55", "K61"} {
		if byID[id] == nil {
			t.Errorf("no %s of %v", id, slices.Sorted(maps.Keys(byID)))
		}
	}
	if byID = ofApps(t, phone, "https://app.acme.com"); byID["K49"] == nil || byID["K56"] == nil {
		t.Error("the page of the web is asked about caches")
	}
}

// Chrome asks whatever it can.
func TestPagesOfTheWebStandBeforeApps(t *testing.T) {
	byID := ofApps(t, phone, "https://app.acme.com", "tauri://localhost", "https://www.acme.com")
	if from := byID["K37"][0].Steps[0].Request.From; from != "https://app.acme.com" {
		t.Errorf("%s stands for all", from)
	}
	var asked []string
	for _, p := range byID["K01"] {
		asked = append(asked, p.Steps[0].Request.From)
	}
	if want := []string{"https://app.acme.com", "https://www.acme.com", phone, "tauri://localhost"}; !slices.Equal(asked, want) {
		t.Errorf("asked from %v, want %v", asked, want)
	}
}

// strangersOf are the origins that are kept out, with what each is.
func strangersOf(t *testing.T, origins ...string) []string {
	t.Helper()
	var list []string
	for _, probes := range ofApps(t, origins...) {
		for _, p := range probes {
			if r := p.Steps[0].Request; p.Side == "forbidden" && r.From != "" && p.Key == "/ from="+r.From {
				list = append(list, p.ID+" "+r.From)
			}
		}
	}
	slices.Sort(list)
	return list
}

func TestStrangersOfApps(t *testing.T) {
	always := []string{"K13 https://unlisted.evil.test", "K19 data:", "K19 null"}
	for origin, more := range map[string][]string{
		phone: {"K14 capacitor://localhost.evil.test", "K15 capacitor://evillocalhost", "K17 capacitor://localhost:8443", "K18 http://localhost", "K18 https://localhost"},
		"chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh":  {"K15 chrome-extension://baaabbbbccccddddeeeeffffgggghhhh"},
		"moz-extension://0a1b2c3d-0000-4000-8000-0123456789ab": {"K15 moz-extension://aa1b2c3d-0000-4000-8000-0123456789ab"},
	} {
		want := slices.Sorted(slices.Values(slices.Concat(always, more)))
		if got := strangersOf(t, origin); !slices.Equal(got, want) {
			t.Errorf("%s:\n%v, want\n%v", origin, got, want)
		}
	}
	if got := strangersOf(t, phone, "http://localhost"); slices.Contains(got, "K18 http://localhost") {
		t.Error("a listed origin is no stranger")
	}
}

func TestTargetIsNoApp(t *testing.T) {
	err := Policy{Target: phone, Rules: Rules{Origins: Origins{List: []string{phone}}}}.Validate()
	if err == nil || !strings.Contains(err.Error(), "the target must be an http or https origin") {
		t.Error(err)
	}
}

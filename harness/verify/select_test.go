package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestSelect(t *testing.T) {
	probes := []policy.Probe{
		{ID: "K01", Key: "a", Level: behaviour.Must, Side: behaviour.Allowed, Tags: []string{behaviour.TagOrigin}},
		{ID: "K13", Key: "b", Level: behaviour.Must, Side: behaviour.Forbidden, Tags: []string{behaviour.TagOrigin}},
		{ID: "K14", Key: "c", Level: behaviour.Must, Side: behaviour.Forbidden, Tags: []string{behaviour.TagOrigin, behaviour.TagLookAlike}},
		{ID: "K49", Key: "d", Level: behaviour.Should, Side: behaviour.Allowed, Tags: []string{behaviour.TagPreflight, behaviour.TagCache}},
		{ID: "K13", Key: "e", Level: behaviour.Must, Side: behaviour.Forbidden, Tags: []string{behaviour.TagOrigin}},
	}
	for _, c := range []struct {
		only, skip, want string
	}{
		{"", "", "abcde"},
		{"K13", "", "be"},
		{"k13", "", "be"},
		{"K13,K49", "", "bde"},
		{"K13,cache", "", "bde"}, // one value of the list
		{"look-alike", "", "c"},
		{"Look-Alike", "", "c"},
		{"M", "", "abce"},
		{"S", "", "d"},
		{"forbidden", "", "bce"},
		{"", "forbidden", "ad"},
		{"", "K13,K49", "ac"},
		{"M", "look-alike", "abe"},
		{"origin", "K01,K13", "c"},
	} {
		selected, err := Select{Only: list(c.only), Skip: list(c.skip)}.Probes(probes)
		got := ""
		for _, p := range selected {
			got += p.Key
		}
		if err != nil || got != c.want {
			t.Errorf("only %q, skip %q: %q, %v; want %q", c.only, c.skip, got, err, c.want)
		}
	}
}

// list returns the parts of a text.
func list(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
}

// A value has one meaning: no tag is a side, no level is an id.
func TestSelectNamesAreDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range slices.Concat(behaviour.IDs(), behaviour.Tags(), levelNames, sideNames, severityNames()) {
		if name = strings.ToLower(name); seen[name] {
			t.Errorf("%s means two things", name)
		}
		seen[name] = true
	}
}

func TestSelectFaults(t *testing.T) {
	const want = ": no such probe: want an id such as K13, a tag (origin, look-alike, null, credentials, preflight, method, header, expose, cache, error, redirect, wire), a level (M, S, H, I), a side (allowed, forbidden), a severity (critical, high, medium, low), a resource of the policy such as /v1/me, or an origin that asks"
	probes := []policy.Probe{{ID: "K01", Level: behaviour.Must, Side: behaviour.Allowed}}
	for _, c := range []struct {
		only, skip string
		want       []string
	}{
		{"lookalikes", "", []string{`only[0] "lookalikes"` + want + "; did you mean look-alike?"}},
		{"K1", "", []string{`only[0] "K1"` + want + "; did you mean K01?"}},
		{"13", "", []string{`only[0] "13"` + want + "; did you mean K13?"}},
		{"K013", "", []string{`only[0] "K013"` + want + "; did you mean K13?"}},
		{"K99", "", []string{`only[0] "K99"` + want}}, // K09 and K49 are equally near
		{"K04", "", []string{`only[0] "K04"` + want}}, // a policy cannot judge K04
		{"must", "", []string{`only[0] "must"` + want + "; did you mean M?"}},
		{"forbiden", "", []string{`only[0] "forbiden"` + want + "; did you mean forbidden?"}},
		{"everything", "", []string{`only[0] "everything"` + want}},
		{"K01,x1,K13", "cach,null", []string{`only[1] "x1"` + want, `skip[0] "cach"` + want + "; did you mean cache?"}},
		{" ", "", []string{`only[0] " "` + want}},
		{"K49", "", []string{"none of the policy's 1 probes is selected: only K49"}},
		{"K01", "M,allowed", []string{"none of the policy's 1 probes is selected: only K01; skip M, allowed"}},
	} {
		selected, err := Select{Only: list(c.only), Skip: list(c.skip)}.Probes(probes)
		var got []string
		for _, f := range policy.Faults(err) {
			got = append(got, f.Error())
		}
		if !slices.Equal(got, c.want) || selected != nil {
			t.Errorf("only %q, skip %q:\n%s\nwant\n%s", c.only, c.skip, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	if _, err := (Select{}).Probes(nil); err == nil || err.Error() != "the policy has no probes: there is nothing to ask" {
		t.Errorf("of no probes: %v", err)
	}
}

// What was meant by a value that is none.
func TestSelectMeans(t *testing.T) {
	for value, want := range map[string]string{
		"must": "M", "Should": "S", "hardening": "H", "information": "I", " info ": "I", "K1": "K01", "forbiden": "forbidden", "preflights": "preflight", "zzzzzz": "",
	} {
		_, err := Select{Only: []string{value}}.Probes([]policy.Probe{{ID: "K01"}})
		faults := policy.Faults(err)
		if len(faults) != 1 || faults[0].Meant != want {
			t.Errorf("%q: %+v, want %q", value, faults, want)
		}
	}
}

// A resource, an origin and a severity select probes of a policy.
func TestSelectOfAPolicy(t *testing.T) {
	p := policy.Policy{
		Target: "https://api.test",
		Rules: policy.Rules{
			Origins: policy.Origins{List: []string{"https://app.test"}}, Credentials: new(true), Methods: policy.Names{"GET", "PUT"},
			ExposeHeaders: policy.Names{"X-Total"}, MaxAge: new(600),
		},
		Resources: []policy.Resource{{Path: "/me"}, {Path: "/public", Rules: policy.Rules{Credentials: new(false)}}},
	}
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	asked := func(only, skip string) []policy.Probe {
		selected, err := Select{Only: list(only), Skip: list(skip)}.Probes(probes)
		if err != nil {
			t.Errorf("only %q, skip %q: %v", only, skip, err)
		}
		return selected
	}
	for _, p := range asked("/me", "") {
		if p.Resource != "/me" {
			t.Errorf("%s %s is not of /me", p.ID, p.Key)
		}
	}
	if me, rest := len(asked("/me", "")), len(asked("", "/me")); me == 0 || rest == 0 || me+rest != len(probes) {
		t.Errorf("%d of /me, %d of the others, %d probes", me, rest, len(probes))
	}
	for _, p := range asked("https://app.test:8443", "") {
		if !strings.Contains(p.Key, "https://app.test:8443") {
			t.Errorf("%s %s is not from the origin", p.ID, p.Key)
		}
	}
	of := map[finding.Severity]int{}
	for _, s := range finding.Severities() {
		for _, p := range asked(string(s), "") {
			of[s]++
			stranger := slices.Contains([]string{"K13", "K14", "K15", "K16", "K17", "K18", "K19"}, p.ID) && !slices.Contains(p.Tags, behaviour.TagError)
			if stranger != (s == finding.Critical) {
				t.Errorf("%s %s can be %s", p.ID, p.Key, s)
			}
		}
	}
	if of[finding.Critical]+of[finding.High]+of[finding.Medium]+of[finding.Low] != len(probes) || of[finding.Low] == 0 || of[finding.Medium] == 0 {
		t.Errorf("%v of %d probes", of, len(probes))
	}
	for _, value := range []string{"/mee", "https://other.test"} {
		if _, err := (Select{Skip: []string{value}}).Probes(probes); err == nil {
			t.Errorf("%s is no resource and no origin of the policy, and is accepted", value)
		}
	}
}

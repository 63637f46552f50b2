package source

import "testing"

func TestNearestID(t *testing.T) {
	ids := []string{"K01", "K13", "K104"}
	for text, want := range map[string]struct {
		id       string
		numbered bool
	}{
		"K13": {"K13", true}, "k13": {"K13", true}, "13": {"K13", true}, "K013": {"K13", true}, " k1 ": {"K01", true}, "104": {"K104", true},
		"K99": {"", true}, "14": {"", true},
		"": {"", false}, "K": {"", false}, "K0": {"", false}, "K1x": {"", false}, "look-alike": {"", false}, "KK13": {"", false},
	} {
		if id, numbered := NearestID(text, ids); id != want.id || numbered != want.numbered {
			t.Errorf("%q: %q, %t; want %q, %t", text, id, numbered, want.id, want.numbered)
		}
	}
}

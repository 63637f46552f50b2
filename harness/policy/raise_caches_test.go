package policy

import "testing"

// Where * stands for Authorization, Chrome keeps no answer to a preflight, however right
// the server is: what is kept is asked without it.
func TestKeptIsAskedWithoutAuthorization(t *testing.T) {
	for name, want := range map[string]int{"any-with-a-token": 0, "list": 0} {
		probes, err := policies(t)[name].Probes()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range probes {
			if p.ID != "K49" {
				continue
			}
			found = true
			for _, s := range p.Steps {
				if n := len(s.Request.Headers.Values("Authorization")); n != want || !preflighted(s.Request) {
					t.Errorf("%s: %d lines of Authorization, %+v", name, n, s.Request)
				}
			}
		}
		if !found {
			t.Errorf("%s: no K49", name)
		}
	}
}

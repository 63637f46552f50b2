package policy

import "testing"

// Where a server answers * and the request has Authorization, Chrome does not cache the
// preflight, even if the server is right: so the cache probe asks without Authorization.
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

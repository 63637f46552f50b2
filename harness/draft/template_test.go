package draft

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

// Each template can be read as it is, has a reason for each name that it lists, and takes the
// server and the pages.
func TestTemplates(t *testing.T) {
	for _, name := range Templates() {
		for _, c := range []struct{ url, from, want string }{
			{"", "", "\n# A placeholder: write the origin of your server.\ntarget: https://api.example.com\n"},
			{"http://localhost:3000/tools?v=1", "http://localhost:6274,https://app.example.com", "\n  - path: /tools?v=1\n"},
			{"http://localhost:3000", "any", "\norigins: any\n"},
		} {
			d, err := FromTemplate(name, c.url, c.from)
			if err != nil {
				t.Errorf("%s %s: %v", name, c.url, err)
				continue
			}
			if _, err := policy.Parse("p.yaml", []byte(d.Text()), nil); err != nil || !strings.Contains(d.Text(), c.want) {
				t.Errorf("%s: %v, want %q\n%s", name, err, c.want, d.Text())
			}
			for field, names := range map[string]policy.Names{"methods": d.Policy.Methods, "requestHeaders": d.Policy.RequestHeaders, "exposeHeaders": d.Policy.ExposeHeaders} {
				for _, listed := range names {
					if !strings.Contains(d.Why[field], listed) || !strings.Contains(d.Why[field], "https://") {
						t.Errorf("%s: no reason and source for %s in %s", name, listed, field)
					}
				}
			}
		}
	}
	for _, c := range [][4]string{
		{"mpc", "", "", `there is no template "mpc": the templates are mcp, mcp-2026-07-28`}, {"mcp", "localhost:3000", "", "want a URL of http or https"}, {"mcp", "", "app.example.com", "app.example.com"},
	} {
		if _, err := FromTemplate(c[0], c[1], c[2]); err == nil || !strings.Contains(err.Error(), c[3]) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

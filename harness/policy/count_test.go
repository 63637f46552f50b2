package policy

import (
	"fmt"
	"strings"
	"testing"
)

// What is counted before is what is raised.
func TestCountIsThatOfTheProbes(t *testing.T) {
	const rules = "target: https://api.acme.com\norigins: [\"https://a.acme.com\", \"https://b.acme.com:8443\", \"http://c.acme.com\"]\ncredentials: true\n" +
		"methods: [GET, PUT, DELETE]\nrequestHeaders: [Authorization, X-A]\nexposeHeaders: [X-Total]\nmaxAge: 600\n"
	for name, text := range map[string]string{
		"without resources": rules,
		"many shapes": rules + "resources:\n- path: /\n- path: /?a=1\n- path: /v1/\n- path: /v1/me?q=1\n- {path: /any, origins: any, credentials: false}\n" +
			"- {path: /none, origins: none}\n- {path: /methods, methods: [GET]}\n- {path: /methods2, methods: [PUT, PATCH]}\n- {path: /null, allowNull: true, credentials: false}\n- {path: /age, maxAge: 0}\n",
		"ages":                rules + "resources: [{path: /a}, {path: /b, maxAge: 5}]\n",
		"headers to ask with": rules + "ask: {headers: {Authorization: Bearer abc, X-A: abcd}}\nresources: [{path: /a}, {path: /b, requestHeaders: [X-A]}]\n",
		"subdomains":          "target: https://api.acme.com\norigins: {subdomains: [\"https://acme.com\"]}\nresources: [{path: /a}, {path: /b}]\n",
	} {
		p, err := Parse("p.yaml", []byte(text), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		probes, err := p.Probes()
		if err != nil || p.count() != len(probes) {
			t.Errorf("%s: counted %d, raised %d, %v", name, p.count(), len(probes), err)
		}
	}
}

// Too many probes are a fault, with their number, before they are raised.
func TestTooManyProbes(t *testing.T) {
	p := Policy{Target: "https://api.acme.com", Rules: Rules{Origins: Origins{List: []string{"https://app.acme.com"}}, Credentials: new(true)}}
	for i := range 200_000 {
		p.Resources = append(p.Resources, Resource{Path: fmt.Sprint("/v1/", i)})
	}
	want := fmt.Sprint("the policy raises ", p.countOf(p.Resolved()[0])*200_000, " probes, more than the limit of 1000000")
	probes, err := p.Probes()
	if probes != nil || err == nil || len(Faults(err)) != 1 || !strings.Contains(err.Error(), want) {
		t.Errorf("%d probes, %v; want %s", len(probes), err, want)
	}
}

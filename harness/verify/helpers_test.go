package verify

import (
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

// parsed reads a policy that has no faults.
func parsed(t *testing.T, text string, variables map[string]string) policy.Policy {
	t.Helper()
	p, err := policy.Parse("policy.yaml", []byte(text), func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// raisedBy are the probes of a policy.
func raisedBy(t *testing.T, p policy.Policy) []policy.Probe {
	t.Helper()
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	return probes
}

// example is a policy with probes of every kind.
const example = `target: https://api.acme.com
origins: [https://app.acme.com, https://shop.acme.com]
credentials: true
methods: [GET, PUT]
requestHeaders: [Authorization, Content-Type]
exposeHeaders: [X-Total]
maxAge: 600
resources:
  - path: /v1/me
  - path: /public/status
    origins: any
    credentials: false
    methods: any
    requestHeaders: any
    exposeHeaders: any
  - path: /children
    origins: {subdomains: [https://acme.com]}
    methods: any
    requestHeaders: any
    exposeHeaders: any
    maxAge: 0
  - path: /null
    allowNull: true
    credentials: false
ask:
  headers: {Authorization: Bearer abc}
`

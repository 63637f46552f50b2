package policy_test

import (
	"fmt"

	"github.com/corsproof/corsproof/harness/policy"
)

func Example() {
	p := policy.Policy{
		Target: "https://api.acme.com",
		Rules: policy.Rules{
			Origins:     policy.Origins{List: []string{"https://app.acme.com"}},
			Credentials: new(true),
		},
	}
	probes, err := p.Probes()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, probe := range probes[:2] {
		fmt.Println(probe.ID, probe.Side, probe.Title)
	}
	// Output:
	// K01 allowed GET / from https://app.acme.com is readable
	// K02 allowed GET / from https://app.acme.com is readable with credentials
}

func ExamplePolicy_Validate() {
	p := policy.Policy{
		Target: "https://api.acme.com",
		Rules:  policy.Rules{Origins: policy.Origins{Any: true}, Credentials: new(true), Methods: policy.Names{"put"}},
	}
	fmt.Println(p.Validate())
	// Output:
	// methods[0] "put": methods are compared byte for byte, and are written in upper case; did you mean PUT?
	// origins: any origin with credentials: every site could read what the signed-in user can, and browsers refuse * with credentials; did you mean credentials: false, or a list of origins?
}

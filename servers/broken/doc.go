// Package broken holds servers that are known to be wrong. Whoever claims to find
// what is wrong with a server has to catch every one of them, and nothing else.
//
//	var net servers.Network
//	place, err := broken.Shop{}.Install(&net)
//	// net answers at broken.ShopOrigin, and fixtures/policies/example.yaml is what
//	// it should do
//
// Each wrong thing is a [Mistake]: data that says what it teaches and which probes
// of the policy have to catch it. A mistake is also a switch, so that each can be
// looked at alone, and the rest of a server is known to be right.
package broken

// Mistake is one thing that a server does wrong.
type Mistake struct {
	_ [0]func()

	// Name is what [Shop.Corrected] calls it.
	Name string
	// Path is where it is made.
	Path string
	// Title says in one line what the server does.
	Title string
	// Teaches says what there is to learn: why it is made, and why a test of
	// header strings does not see it.
	Teaches string
	// Caught are the probes of the policy that break by it, and no others do.
	Caught []Probe
}

// Probe names a probe of a policy: see [policy.Probe].
//
// [policy.Probe]: https://pkg.go.dev/github.com/corsproof/corsproof/harness/policy#Probe
type Probe struct {
	ID  string // such as K14
	Key string
}

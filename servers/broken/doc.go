// Package broken holds servers with known mistakes. A tool that claims to find
// the mistakes of a server has to find all of these, and nothing else.
//
//	var net servers.Network
//	place, err := broken.Shop{}.Install(&net)
//	// net answers at broken.ShopOrigin, and fixtures/policies/example.yaml is what
//	// it should do
//
// Each mistake of the [Shop] is a [Mistake]: data that says what it teaches and which
// probes of the policy have to catch it. Each mistake can be switched off, so that one can
// be studied while the rest of the server is known to be right.
//
// A [Library] is a CORS library with one mistake, for `corsproof conform`.
package broken

// Mistake is one thing that a server does wrong.
type Mistake struct {
	_ [0]func()

	// Name is the name of the mistake in [Shop.Corrected].
	Name string
	// Path is where the server makes it.
	Path string
	// Title says in one line what the server does.
	Title string
	// Teaches says what to learn from it: why developers make it, and why a test
	// of header strings does not see it.
	Teaches string
	// Caught are all the probes of the policy that the mistake breaks.
	Caught []Probe
}

// Probe names a probe of a policy: see [policy.Probe].
//
// [policy.Probe]: https://pkg.go.dev/github.com/corsproof/corsproof/harness/policy#Probe
type Probe struct {
	ID  string // such as K14
	Key string
}

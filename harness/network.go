package harness

// Network is a set of servers that a Browser reaches under names of their own
// and that tell what arrived. *servers.Network is one. Several Browsers may share a
// Network: each question gets its own arrivals.
//
// An implementation embeds [NetworkBase], so that a method which is added here later
// breaks none.
type Network interface {
	base() *NetworkBase

	// HostRules are the rules by which Chrome reaches the names, in the syntax
	// of its flag --host-resolver-rules, such as "MAP *.test 127.0.0.1:4443".
	HostRules() []string
	// KeyPins are the base64 SHA-256 hashes of the public keys to trust there.
	KeyPins() []string
	// Serves says whether a URL or origin belongs to this network.
	Serves(url string) bool
	// ServiceWorkerPath is the path at which an origin of this network has an
	// empty script for a service worker, with the headers that "headers" in the query
	// has in a JSON list of pairs. It is empty where there is none.
	ServiceWorkerPath(origin string) string
	// LastSeq is the sequence number of the last arrival so far.
	LastSeq() int64
	// Arrivals returns what arrived at one of the URLs after the sequence number.
	Arrivals(after int64, urls []string) []Arrival
}

// NetworkBase is what every [Network] embeds. It keeps the questions in flight apart.
// The zero value is ready to use; it must not be copied.
type NetworkBase struct{ claims claims }

func (n *NetworkBase) base() *NetworkBase { return n }

// Permission is the answer to a prompt.
type Permission string

// The answers.
const (
	PermissionGranted Permission = "granted"
	PermissionDenied  Permission = "denied"
)

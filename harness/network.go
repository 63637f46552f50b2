package harness

// Network is a set of servers that a Browser reaches under their own host names,
// and that report what arrived. *servers.Network is a Network. Several Browsers may
// share a Network: each question gets its own arrivals.
//
// An implementation embeds [NetworkBase], so that a method that is added here later
// breaks no implementation.
type Network interface {
	base() *NetworkBase

	// HostRules are the rules by which Chrome finds the host names, in the syntax
	// of its flag --host-resolver-rules, such as "MAP *.test 127.0.0.1:4443".
	HostRules() []string
	// KeyPins are the base64 SHA-256 hashes of the public keys that Chrome trusts there.
	KeyPins() []string
	// CACertificate is the certificate, in PEM, of the authority behind the host names. A browser
	// that takes no KeyPins, such as Firefox, trusts it.
	CACertificate() []byte
	// Serves says whether a URL or origin belongs to this network.
	Serves(url string) bool
	// ServiceWorkerPath is the path at which an origin of this network has a script for a
	// service worker: the one of the fixtures that "script" in the query names, or an empty
	// one, with the headers that "headers" has in a JSON list of pairs. It is empty where there is no such script.
	ServiceWorkerPath(origin string) string
	// LastSeq is the sequence number of the last arrival so far.
	LastSeq() int64
	// Arrivals returns the arrivals at the URLs after the sequence number.
	Arrivals(after int64, urls []string) []Arrival
}

// NetworkBase keeps the questions in flight apart. Every [Network] embeds it. The
// zero value is ready to use; it must not be copied.
type NetworkBase struct{ claims claims }

func (n *NetworkBase) base() *NetworkBase { return n }

// CACertificate returns nil: a Network with an authority has a method of its own.
func (n *NetworkBase) CACertificate() []byte { return nil }

var _ interface{ base() *NetworkBase } = (*NetworkBase)(nil)

// Permission is the answer to a prompt.
type Permission string

// The answers.
const (
	PermissionGranted Permission = "granted"
	PermissionDenied  Permission = "denied"
)

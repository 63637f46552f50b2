package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
)

// Foreign is a network as if it were somebody else's: its servers are asked with the
// caches of the browser off, as all are whose URLs are the same each time, and what
// arrives is not told.
//
//	chrome := harness.Browser{Network: servers.Foreign{Network: &net}}
type Foreign struct{ *Network }

// Serves is always false: see [harness.Network].
func (Foreign) Serves(string) bool { return false }

// Client is a client that is no browser. It reaches the names of the network, and
// trusts its throw-away CA alone. The network must have been started.
func (n *Network) Client() *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(n.CACertificate())
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, kind, address string) (net.Conn, error) {
			if n.Serves("http://" + address) {
				address = n.Addr()
			}
			return dialer.DialContext(ctx, kind, address)
		},
	}}
}

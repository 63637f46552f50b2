package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
)

// Foreign is the network seen as a network of somebody else: its servers are
// asked with the caches of the browser off, like all servers whose URLs are the
// same each time, and arrivals are not reported.
//
//	chrome := harness.Browser{Network: servers.Foreign{Network: &net}}
type Foreign struct{ *Network }

// Serves is always false: see [harness.Network].
func (Foreign) Serves(string) bool { return false }

// Client returns a client that is not a browser. It reaches the names of the
// network, and trusts only its throw-away CA. Start the network first.
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

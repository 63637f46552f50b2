package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// Transport returns the means by which requests without a browser reach servers as the
// browser does: through the proxies of the environment, with its certificates in addition to
// the system's, and at its addresses. For a host with an address, no proxy is used.
func Transport(certificates []*x509.Certificate, addresses []Address) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if len(certificates) > 0 {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("the system's certificates: %w", err)
		}
		for _, c := range certificates {
			roots.AddCert(c)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	if len(addresses) > 0 {
		lead(t, addresses)
	}
	return t, nil
}

// lead makes the transport reach hosts at their addresses.
func lead(t *http.Transport, addresses []Address) {
	leads := map[string]string{} // authority to address
	for _, a := range addresses {
		leads[a.Authority()] = a.Target()
	}
	dial, proxy := t.DialContext, t.Proxy
	t.DialContext = func(ctx context.Context, network, authority string) (net.Conn, error) {
		if target, ok := leads[authority]; ok {
			authority = target
		}
		return dial(ctx, network, authority)
	}
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		if leads[authorityOf(r.URL)] != "" || proxy == nil {
			return nil, nil
		}
		return proxy(r)
	}
}

// authorityOf is the host of a URL with its port.
func authorityOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

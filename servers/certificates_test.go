package servers

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
)

func TestCertificates(t *testing.T) {
	t.Parallel()
	n := start(t)
	var serials []string
	for _, name := range []string{"api.test", "API.test", "deep.down.x.localhost"} {
		c := dialTLS(t, n, name)
		chain := c.ConnectionState().PeerCertificates
		if len(chain) != 2 || !chain[1].IsCA {
			t.Fatalf("%s sends %d certificates, want its own and the CA's", name, len(chain))
		}
		sum := sha256.Sum256(chain[1].RawSubjectPublicKeyInfo)
		if pin := base64.StdEncoding.EncodeToString(sum[:]); !reflect.DeepEqual(n.KeyPins(), []string{pin}) {
			t.Errorf("pins are %q, want that of the CA, %q", n.KeyPins(), pin)
		}
		serials = append(serials, chain[0].SerialNumber.String())
		if err := chain[0].VerifyHostname(strings.ToLower(name)); err != nil {
			t.Error(err)
		}
	}
	if serials[0] != serials[1] || serials[0] == serials[2] {
		t.Errorf("serial numbers are %q, want one for each name", serials)
	}
	for _, name := range []string{"", "www.example.com"} {
		c := tls.Client(dial(t, n), &tls.Config{ServerName: name, InsecureSkipVerify: true}) //nolint:gosec // to see what is sent
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		leaf := c.ConnectionState().PeerCertificates[0]
		if leaf.VerifyHostname("www.example.com") == nil || leaf.VerifyHostname("fixture.test") != nil {
			t.Errorf("asked for %q, the certificate is for %q", name, leaf.DNSNames)
		}
	}
	other := start(t)
	if reflect.DeepEqual(n.KeyPins(), other.KeyPins()) {
		t.Error("two networks share a key")
	}
}

// The CA is valid for fixture names only, in case somebody installs it.
func TestCAIsConstrained(t *testing.T) {
	t.Parallel()
	n := start(t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: n.authority.cert.SerialNumber, DNSNames: []string{"www.example.com"},
		NotBefore: n.authority.cert.NotBefore, NotAfter: n.authority.cert.NotAfter,
	}, n.authority.cert, &n.authority.leafKey.PublicKey, n.authority.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool(t, n), DNSName: "www.example.com"}); err == nil {
		t.Error("the CA can vouch for www.example.com")
	}
}

func TestNamesDoNotFillTheCache(t *testing.T) {
	t.Parallel()
	a, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxLeaves {
		a.leaves[strings.Repeat("x", i+1)] = &tls.Certificate{}
	}
	if _, err := a.certificate(&tls.ClientHelloInfo{ServerName: "api.test"}); err != nil || len(a.leaves) != 1 {
		t.Errorf("the cache holds %d certificates (%v), want 1", len(a.leaves), err)
	}
}

package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"
)

// maxLeaves bounds the cache of certificates: a client that invents names cannot
// make it grow.
const maxLeaves = 4096

// authority is a certificate authority that lives in memory only, for as long as
// its Network. All leaf certificates share one key, because making keys is slow
// and nothing is kept secret here.
type authority struct {
	key     *ecdsa.PrivateKey
	cert    *x509.Certificate
	der     []byte
	leafKey *ecdsa.PrivateKey

	mu     sync.Mutex
	serial int64
	leaves map[string]*tls.Certificate
}

// newAuthority makes an authority with keys of its own.
func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("key of the fixture authority: %w", err)
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("key of the fixture certificates: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: "corsproof fixture network"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(0, 0, 30),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		// A client that trusts this CA by mistake trusts it for fixture names
		// only.
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"test", "localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("certificate of the fixture authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate of the fixture authority: %w", err)
	}
	return &authority{
		key: key, cert: cert, der: der, leafKey: leafKey,
		serial: time.Now().UnixNano(), leaves: map[string]*tls.Certificate{},
	}, nil
}

// certificate returns the certificate for the name that the client asks for. It
// has the CA certificate in its chain, because Chrome looks for a pinned key only
// in the chain that the server sends.
func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if !servedName(name) {
		name = "fixture.test" // no name, or not one of ours: let the client complain
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf := a.leaves[name]; leaf != nil {
		return leaf, nil
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	a.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: "corsproof fixture"},
		DNSNames:     []string{name},
		NotBefore:    a.cert.NotBefore,
		NotAfter:     a.cert.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.leafKey.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("certificate for %s: %w", name, err)
	}
	leaf := &tls.Certificate{Certificate: [][]byte{der, a.der}, PrivateKey: a.leafKey}
	a.leaves[name] = leaf
	return leaf, nil
}

// pin returns the base64 SHA-256 hash of the CA's public key.
func (a *authority) pin() string {
	sum := sha256.Sum256(a.cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// pem returns the CA certificate in PEM.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.der})
}

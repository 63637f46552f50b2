package specs_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// signer signs certificates: an authority, or a certificate of its own.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// template is a certificate for hosts that is valid today.
func template(name string, hosts ...string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(urls.Add(1)), Subject: pkix.Name{CommonName: name}, DNSNames: hosts, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(0, 0, -2), NotAfter: time.Now().AddDate(0, 0, 30),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// sign signs a certificate; a signer without one signs by the key of the certificate itself.
func (s signer) sign(t *x509.Certificate) signer {
	GinkgoHelper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Expect(err).NotTo(HaveOccurred())
	if s.certificate == nil {
		s = signer{t, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, s.certificate, key.Public(), s.key)
	Expect(err).NotTo(HaveOccurred())
	signed, err := x509.ParseCertificate(der)
	Expect(err).NotTo(HaveOccurred())
	return signer{signed, key}
}

// authority is a new authority.
func authority(name string) signer {
	GinkgoHelper()
	t := template(name)
	t.IsCA, t.KeyUsage, t.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
	return signer{}.sign(t)
}

// file writes the certificate to a file.
func (s signer) file() string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "ca.pem")
	Expect(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.certificate.Raw}), 0o600)).To(Succeed())
	return path
}

// serveTLS starts a server with a certificate, and more that it sends after it. It returns
// the port.
func serveTLS(handler http.HandlerFunc, config *tls.Config, leaf signer, more ...signer) string {
	GinkgoHelper()
	chain := tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw}, PrivateKey: leaf.key}
	for _, s := range more {
		chain.Certificate = append(chain.Certificate, s.certificate.Raw)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = quiet
	config.Certificates = []tls.Certificate{chain}
	server.TLS = config
	server.StartTLS()
	DeferCleanup(server.Close)
	return portOf(server.URL)
}

// portOf is the port of a URL.
func portOf(url string) string {
	var port int
	_, err := fmt.Sscanf(url, "https://127.0.0.1:%d", &port)
	Expect(err).NotTo(HaveOccurred())
	return fmt.Sprint(port)
}

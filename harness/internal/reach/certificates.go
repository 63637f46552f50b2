package reach

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// maxFile bounds a file of certificates. The list of all public authorities has a tenth.
const maxFile = 4 << 20

// ReadCertificates reads the certificates in a file: PEM, or one certificate in DER.
func ReadCertificates(path string) ([]*x509.Certificate, error) {
	data, err := source.ReadFile(path, maxFile)
	if err != nil {
		return nil, err
	}
	list, err := parseCertificates(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

var errNoCertificate = errors.New("no certificate in it: want PEM, with -----BEGIN CERTIFICATE-----")

// parseCertificates reads certificates.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		one, err := x509.ParseCertificate(data)
		if err != nil {
			return nil, errNoCertificate
		}
		return []*x509.Certificate{one}, nil
	}
	var list []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue // such as the key beside it
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(list)+1, err)
		}
		list = append(list, one)
	}
	if list == nil {
		return nil, errNoCertificate
	}
	return list, nil
}

// Names are the certificates in words, nil where there are none.
func Names(list []*x509.Certificate) []string {
	var names []string
	for _, c := range list {
		names = append(names, Name(c))
	}
	return names
}

// Name is a certificate in words: its subject, and the beginning of its fingerprint.
func Name(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	subject := c.Subject.String()
	if subject == "" {
		subject = "a certificate without a subject"
	}
	return fmt.Sprintf("%s (SHA-256 %X...)", subject, sum[:4])
}

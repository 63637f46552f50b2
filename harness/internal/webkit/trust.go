package webkit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// trust judges the servers that WebKit connects to. It keeps why a connection failed: WebKit says
// of most of them the same.
type trust struct {
	roots *x509.CertPool

	mu     sync.Mutex
	failed map[string]string // HOST:PORT -> the net error, as Chrome names it
}

func newTrust(o engine.Options) (*trust, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	for _, list := range [][][]byte{o.CA, o.NetworkCA} {
		for _, der := range list {
			if certificate, err := x509.ParseCertificate(der); err == nil { // it was parsed before
				roots.AddCert(certificate)
			}
		}
	}
	return &trust{roots: roots, failed: map[string]string{}}, nil
}

// Hello judges the certificate of a server that a connection leads to: see [socks.Guard].
func (t *trust) Hello(ctx context.Context, host string, port uint16, address string) error {
	dialer := tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: t.roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}}
	c, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		_ = c.Close()
	}
	t.keep(host, port, certificateError(err))
	return err
}

// Dialled notes whether a server was reached: see [socks.Guard].
func (t *trust) Dialled(host string, port uint16, err error) {
	t.keep(host, port, connectionError(err))
}

func (t *trust) keep(host string, port uint16, netError string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed[hostPort(host, port)] = netError
}

// why is the net error of the last connection to a server, empty where it succeeded.
func (t *trust) why(host string, port uint16) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed[hostPort(host, port)]
}

func hostPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// certificateError is Chrome's name for what is wrong with a server's TLS, empty where nothing is.
func certificateError(err error) string {
	if err == nil {
		return ""
	}
	if invalid, is := errors.AsType[x509.CertificateInvalidError](err); is {
		if invalid.Reason == x509.Expired {
			return "net::ERR_CERT_DATE_INVALID"
		}
		return "net::ERR_CERT_INVALID"
	}
	if _, is := errors.AsType[x509.HostnameError](err); is {
		return "net::ERR_CERT_COMMON_NAME_INVALID"
	}
	if _, is := errors.AsType[x509.UnknownAuthorityError](err); is {
		return "net::ERR_CERT_AUTHORITY_INVALID"
	}
	if connection := connectionError(err); connection != "net::ERR_CONNECTION_FAILED" {
		return connection
	}
	if _, is := errors.AsType[*tls.CertificateVerificationError](err); is {
		return "net::ERR_CERT_INVALID"
	}
	if _, is := errors.AsType[tls.RecordHeaderError](err); is {
		return "net::ERR_SSL_PROTOCOL_ERROR"
	}
	return "net::ERR_FAILED" // such as a server that demands a certificate
}

// connectionError is Chrome's name for why a server was not reached, empty where it was.
func connectionError(err error) string {
	if err == nil {
		return ""
	}
	if unknown, is := errors.AsType[*net.DNSError](err); is && unknown.IsNotFound {
		return "net::ERR_NAME_NOT_RESOLVED"
	}
	if waited, is := errors.AsType[net.Error](err); is && waited.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return "net::ERR_CONNECTION_TIMED_OUT"
	}
	for of, name := range systemErrors {
		if errors.Is(err, of) {
			return name
		}
	}
	return "net::ERR_CONNECTION_FAILED"
}

// systemErrors are Chrome's names for errors of the system.
var systemErrors = map[error]string{
	syscall.ECONNREFUSED: "net::ERR_CONNECTION_REFUSED", syscall.ECONNRESET: "net::ERR_CONNECTION_RESET", io.EOF: "net::ERR_CONNECTION_CLOSED",
	syscall.EHOSTUNREACH: "net::ERR_ADDRESS_UNREACHABLE", syscall.ENETUNREACH: "net::ERR_ADDRESS_UNREACHABLE", syscall.ETIMEDOUT: "net::ERR_CONNECTION_TIMED_OUT",
}

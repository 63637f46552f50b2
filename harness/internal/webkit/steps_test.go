package webkit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// The texts are WebKitGTK's own, 2.50.6.
func TestFailure(t *testing.T) {
	yes := func(string) bool { return true }
	asked := []engine.Request{{Method: "GET", URL: "https://api.test/"}}
	for name, c := range map[string]struct {
		r    record
		want engine.Failure
	}{
		"an origin": {record{failed: "Origin https://app.test is not allowed by Access-Control-Allow-Origin. Status code: 200"},
			engine.Failure{BlockedReason: Untold, Category: "Origin … is not allowed by Access-Control-Allow-Origin"}},
		"*": {record{failed: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."},
			engine.Failure{Code: "WildcardOriginNotAllowed", Category: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true"}},
		"*, of a preflight or not": {record{failed: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.", preflights: yes},
			engine.Failure{BlockedReason: Untold, Category: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true"}},
		"a preflight": {record{failed: "Preflight response is not successful. Status code: 404", preflights: yes},
			engine.Failure{Code: "PreflightInvalidStatus", Category: "Preflight response is not successful"}},
		"a redirected preflight": {record{failed: "Preflight response is not successful. Status code: 302", preflights: yes},
			engine.Failure{Code: "PreflightDisallowedRedirect", Category: "Preflight response is not successful"}},
		"a header": {record{failed: "Request header field X-A is not allowed by Access-Control-Allow-Headers.", preflights: yes},
			engine.Failure{Code: "HeaderDisallowedByPreflightResponse", Category: "Request header field … is not allowed by Access-Control-Allow-Headers", Parameter: "X-A"}},
		"the network": {record{failed: "Connection terminated unexpectedly"},
			engine.Failure{NetError: "Connection terminated unexpectedly"}},
		"the network, which the proxy explains": {record{failed: "Could not connect", hops: []engine.Request{{URL: "https://dead.test:8443/a"}}},
			engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED", Category: "Could not connect"}},
		"the network, with a line that fits a refusal": {record{failed: "Could not connect", lines: []string{"Method PUT is not allowed by Access-Control-Allow-Methods."}},
			engine.Failure{NetError: "Could not connect"}},
		"the network, with a text that fits a refusal": {record{failed: "Preflight response is not successful", hops: []engine.Request{{URL: "https://dead.test:8443/a"}}},
			engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED", Category: "Preflight response is not successful"}},
	} {
		c.r.id, c.r.said.Error = "1", "TypeError: Load failed"
		if c.r.hops == nil {
			c.r.hops = asked
		}
		judge := &trust{failed: map[string]string{"dead.test:8443": "net::ERR_CONNECTION_REFUSED"}}
		if got := c.r.failure(judge); got == nil || *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Where nothing was asked for, the lines of the console tell, and the question.
func TestUnasked(t *testing.T) {
	failed := said{Error: "TypeError: Load failed"}
	for name, c := range map[string]struct {
		r    record
		want engine.Failure
	}{
		"a policy":           {record{said: failed, lines: []string{"Refused to connect to https://b.test/ because it does not appear in the connect-src directive of the Content Security Policy."}}, engine.Failure{BlockedReason: "csp", Category: "Refused to connect to … Content Security Policy"}},
		"a policy's report":  {record{said: failed, lines: []string{"[Report Only] Refused to connect to https://b.test/ because it does not appear in the connect-src directive of the Content Security Policy."}}, engine.Failure{}},
		"an upgrade":         {record{said: failed, lines: []string{"The page at https://a.test/ requested insecure content from http://b.test/. This content was automatically upgraded and should be served over HTTPS."}}, engine.Failure{}},
		"no step":            {record{said: failed, lines: []string{"Fetch API cannot load x due to access control checks."}}, engine.Failure{}},
		"mode same-origin":   {record{said: failed, origin: "https://a.test", target: "https://b.test/", asks: asks{Mode: "same-origin"}}, engine.Failure{Code: "DisallowedByMode"}},
		"the page's own URL": {record{said: failed, origin: "https://a.test", target: "https://a.test/", asks: asks{Mode: "same-origin"}}, engine.Failure{}},
		"a call that threw":  {record{said: said{Error: "TypeError", Refused: true}, origin: "https://a.test", target: "https://b.test/", asks: asks{Mode: "same-origin"}}, engine.Failure{}},
	} {
		got := c.r.failure(&trust{})
		if got == nil {
			got = &engine.Failure{}
		}
		if *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestCertificateError(t *testing.T) {
	for want, err := range map[string]error{
		"":                                  nil,
		"net::ERR_CERT_DATE_INVALID":        &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}},
		"net::ERR_CERT_INVALID":             x509.CertificateInvalidError{Reason: x509.TooManyIntermediates},
		"net::ERR_CERT_COMMON_NAME_INVALID": &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}}},
		"net::ERR_CERT_AUTHORITY_INVALID":   &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"net::ERR_CONNECTION_REFUSED":       &net.OpError{Err: syscall.ECONNREFUSED},
		"net::ERR_CONNECTION_CLOSED":        fmt.Errorf("handshake: %w", io.EOF),
		"net::ERR_NAME_NOT_RESOLVED":        &net.DNSError{IsNotFound: true},
		"net::ERR_FAILED":                   errors.New("an alert"),
		"net::ERR_SSL_PROTOCOL_ERROR":       tls.RecordHeaderError{},
	} {
		if got := certificateError(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

func TestVersionOf(t *testing.T) {
	for said, want := range map[string]string{
		"WebKitGTK 2.50.6": "2.50.6", "WebKitGTK 3.0": "3.0", "WebKitGTK 2.48.1": "", "WebKitGTK x.y": "", "Chromium 156": "", "": "",
	} {
		got, err := versionOf(said)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", said, got, err)
		}
	}
}

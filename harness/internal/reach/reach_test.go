package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"api.example.com:443:127.0.0.1":   "api.example.com:443 127.0.0.1:443",
		"API.Example.com:8443:10.0.0.7":   "api.example.com:8443 10.0.0.7:8443",
		"api.example.com:443:::1":         "api.example.com:443 [::1]:443",
		"api.example.com:443:[::1]":       "api.example.com:443 [::1]:443",
		"api.example.com:443:2001:db8::7": "api.example.com:443 [2001:db8::7]:443",
		"münchen.example:80:127.0.0.1":    "xn--mnchen-3ya.example:80 127.0.0.1:80",
	} {
		a, problem := ParseAddress(text)
		if got := a.Authority() + " " + a.Target(); problem != "" || got != want {
			t.Errorf("%q: %s, %q; want %s", text, got, problem, want)
		}
	}
	for text, want := range map[string]string{
		"":                                    "want HOST:PORT:ADDRESS",
		"api.example.com":                     "want HOST:PORT:ADDRESS",
		"api.example.com:443":                 "want HOST:PORT:ADDRESS",
		"api.example.com:443:":                "want HOST:PORT:ADDRESS",
		":443:127.0.0.1":                      "want HOST:PORT:ADDRESS",
		"https://api.example.com:443:1.2.3.4": "not a port",
		"api.example.com:https:127.0.0.1":     "not a port",
		"api.example.com:0:127.0.0.1":         "not a port",
		"api.example.com:65536:127.0.0.1":     "not a port",
		"api.example.com:443:localhost":       "not an address",
		"api.example.com:443:127.0.0.1:8443":  "not an address",
		"api.example.com:443:[::1":            "not an address",
		"api.example.com:443:fe80::1%eth0":    "not an address",
		"api.example.com:443:1.2.3.4,1.2.3.5": "want one address",
		"*:443:127.0.0.1":                     "not a pattern",
		"+api.example.com:443:127.0.0.1":      "the signs + and -",
		"127.0.0.1:443:127.0.0.2":             "an address already",
		"a b:443:127.0.0.1":                   "not the name of a host",
		"a/b:443:127.0.0.1":                   "not the name of a host",
	} {
		if _, problem := ParseAddress(text); !strings.Contains(problem, want) {
			t.Errorf("%q: %q, want %q", text, problem, want)
		}
	}
}

func TestParseAuthority(t *testing.T) {
	for text, want := range map[string]string{
		"API.example.com:443": "api.example.com:443", "127.0.0.1:8443": "127.0.0.1:8443",
		"api.example.com": "want HOST:PORT", "": "want HOST:PORT", ":443": "not the name of a host", "*.example.com:443": "not the name of a host",
		"api.example.com:": "not a port", "api.example.com:70000": "not a port", "https://api.example.com": "not a port",
	} {
		authority, problem := ParseAuthority(text)
		if !strings.HasPrefix(authority+problem, want) || (authority == "") == (problem == "") {
			t.Errorf("%q: %q, %q; want %q", text, authority, problem, want)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	list, faults := ParseAddresses([]string{"a.test:443:1.2.3.4", "x", "a.test:443:1.2.3.4", "a.test:80:1.2.3.5", "a.test:443:1.2.3.6"})
	if len(list) != 3 || len(faults) != 2 || faults[0].At != 1 || faults[1].At != 4 || faults[1].Problem != "a.test:443 leads to 1.2.3.4 already" {
		t.Errorf("%v, %v", list, faults)
	}
}

// server is a TLS server with the self-signed certificate of package httptest, which is for
// example.com and 127.0.0.1.
func server(t *testing.T) (s *httptest.Server, port string) {
	t.Helper()
	s = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return s, u.Port()
}

func TestReadCertificates(t *testing.T) {
	s, _ := server(t)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("key")})
	for name, test := range map[string]struct {
		data  string
		count int
		want  string
	}{
		"one":           {string(certificate), 1, ""},
		"two":           {"a comment\n" + string(certificate) + string(certificate), 2, ""},
		"beside a key":  {string(key) + string(certificate), 1, ""},
		"DER":           {string(s.Certificate().Raw), 1, ""},
		"a key":         {string(key), 0, "no certificate in it"},
		"nothing":       {"", 0, "no certificate in it"},
		"something":     {"<html>", 0, "no certificate in it"},
		"a broken one":  {strings.Replace(string(certificate), "\nM", "\nN", 1), 0, "certificate 1: "},
		"one, then not": {string(certificate) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0, "certificate 2: "},
	} {
		path := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(path, []byte(test.data), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := ReadCertificates(path)
		if len(list) != test.count || (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: %d, %v; want %d, %q", name, len(list), err, test.count, test.want)
		}
	}
	if _, err := ReadCertificates("missing.pem"); err == nil || !strings.Contains(err.Error(), "missing.pem") {
		t.Errorf("a file that is missing: %v", err)
	}
}

// get asks for a URL.
func get(ctx context.Context, t *testing.T, certificates []*x509.Certificate, addresses []Address, url string) (string, error) {
	t.Helper()
	transport, err := Transport(certificates, addresses)
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestTransport(t *testing.T) {
	s, port := server(t)
	trust := []*x509.Certificate{s.Certificate()}
	leads := func(host string) []Address {
		a, problem := ParseAddress(host + ":" + port + ":127.0.0.1")
		if problem != "" {
			t.Fatal(problem)
		}
		return []Address{a}
	}
	if got, err := get(t.Context(), t, trust, leads("example.com"), "https://example.com:"+port); err != nil || got != "example.com:"+port {
		t.Errorf("%q, %v", got, err)
	}
	for name, ask := range map[string]func() (string, error){
		"unknown authority": func() (string, error) {
			return get(t.Context(), t, nil, leads("example.com"), "https://example.com:"+port)
		},
		"another name": func() (string, error) {
			return get(t.Context(), t, trust, leads("example.org"), "https://example.org:"+port)
		},
	} {
		if got, err := ask(); !errors.As(err, new(*tls.CertificateVerificationError)) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A host with an address is asked directly, also where there is a proxy.
func TestNoProxyForAnAddress(t *testing.T) {
	transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.test:3128") }}
	lead(transport, []Address{{Host: "api.example.com", Port: 443}})
	for address, direct := range map[string]bool{"https://api.example.com/": true, "https://api.example.com:443/": true, "https://api.example.com:8443/": false, "http://api.example.com/": false, "https://b.example.com/": false} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if to, err := transport.Proxy(request); err != nil || (to == nil) != direct {
			t.Errorf("%s: proxy %v, %v", address, to, err)
		}
	}
}

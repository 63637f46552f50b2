package harness

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/reach"
)

// ReadCA reads the certificates in a file, for [Browser.CA]: one or more in PEM, or one in
// DER.
func ReadCA(path string) ([]*x509.Certificate, error) { return reach.ReadCertificates(path) }

// Validate returns all faults of the fields that say how Chrome is started, at once,
// joined: each is a *[FaultError]. The flags are judged when Chrome starts.
func (b *Browser) Validate() error {
	_, err := b.options()
	return err
}

// Transport returns the means by which a Go client reaches servers as this Browser does:
// with its CA, its Resolve and the proxies of the environment. It is for requests that no
// browser can send.
func (b *Browser) Transport() (*http.Transport, error) {
	addresses, err := b.addresses()
	if err != nil {
		return nil, err
	}
	return reach.Transport(b.CA, addresses)
}

// options are the options of the Chrome to start, and all faults of the fields.
func (b *Browser) options() (engine.Options, error) {
	cookies, wrongCookies := heldCookies(b.Cookies)
	addresses, wrongAddresses := b.addresses()
	http3, wrongHTTP3 := b.http3()
	o := engine.Options{
		Cookies:           cookies,
		Addresses:         addresses,
		Path:              b.Path,
		Endpoint:          b.Endpoint,
		HTTP1:             b.HTTP1,
		HTTP3:             http3,
		Visible:           b.Visible,
		Flags:             b.Flags,
		Extensions:        b.role == withExtensions,
		Full:              b.role == fullChrome,
		LocalNetwork:      string(granted(b.LocalNetwork)),
		ThirdPartyCookies: granted(b.ThirdPartyCookies) == PermissionGranted,
		Trace:             b.Trace,
	}
	if b.Endpoint != "" { // such a Chrome has a setting of its own, and a wish changes more than that
		o.ThirdPartyCookies = b.ThirdPartyCookies == PermissionGranted
	}
	for _, certificate := range b.CA {
		o.CA = append(o.CA, certificate.Raw)
	}
	if b.Network != nil {
		o.HostRules, o.KeyPins = b.Network.HostRules(), b.Network.KeyPins()
		if block, _ := pem.Decode(b.Network.CACertificate()); block != nil {
			o.NetworkCA = [][]byte{block.Bytes}
		}
	}
	return o, errors.Join(wrongCookies, wrongAddresses, wrongHTTP3, b.Kind.fault(), b.endpointFaults())
}

// addresses reads Resolve.
func (b *Browser) addresses() ([]reach.Address, error) {
	list, wrong := reach.ParseAddresses(b.Resolve)
	var faults []error
	for _, f := range wrong {
		faults = append(faults, &FaultError{"Resolve", f.Text, f.Problem})
	}
	return list, errors.Join(faults...)
}

// http3 reads HTTP3.
func (b *Browser) http3() (list []string, err error) {
	var faults []error
	for _, text := range b.HTTP3 {
		authority, problem := reach.ParseAuthority(text)
		if problem != "" {
			faults = append(faults, &FaultError{"HTTP3", text, problem})
			continue
		}
		list = append(list, authority)
	}
	return list, errors.Join(faults...)
}

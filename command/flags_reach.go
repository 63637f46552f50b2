package command

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// reachFlags say how the servers are reached that are asked.
type reachFlags struct {
	ca      []string
	resolve []string
	http3   []string
}

func (r *reachFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&r.ca, "ca", nil, "also trust the certificates in this file: your own authority, or a self-signed certificate; may be repeated")
	f.StringArrayVar(&r.resolve, "resolve", nil, "connect to ADDRESS for this host, as HOST:PORT:ADDRESS, such as api.example.com:443:127.0.0.1; may be repeated")
	f.StringArrayVar(&r.http3, "http3", nil, "a host that Chrome asks by HTTP/3 alone, as HOST:PORT, such as api.example.com:443; may be repeated")
	// The only possible error is that the flag does not exist.
	_ = c.RegisterFlagCompletionFunc("ca", cobra.FixedCompletions([]string{"pem", "crt", "cer"}, cobra.ShellCompDirectiveFilterFileExt))
	_ = c.RegisterFlagCompletionFunc("resolve", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("http3", cobra.NoFileCompletions)
}

// read reads the certificates, and finds all faults at once.
func (r *reachFlags) read() ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	var faults []error
	for _, path := range r.ca {
		read, err := harness.ReadCA(path)
		if err != nil {
			faults = append(faults, fmt.Errorf("--ca: %w", err))
		}
		list = append(list, read...)
	}
	if err := (&harness.Browser{Resolve: r.resolve, HTTP3: r.http3}).Validate(); err != nil {
		faults = append(faults, err)
	}
	return list, errors.Join(faults...)
}

// into adds the flags to what a policy says. An address of a flag takes the place of the
// policy's.
func (r *reachFlags) into(a *policy.Ask) error {
	if _, err := r.read(); err != nil {
		return err
	}
	a.CA = slices.Concat(a.CA, r.ca)
	kept := slices.Clone(r.resolve)
	for _, text := range a.Resolve {
		if !slices.ContainsFunc(r.resolve, func(other string) bool { return strings.EqualFold(authority(text), authority(other)) }) {
			kept = append(kept, text)
		}
	}
	a.Resolve = kept
	return nil
}

// authority is the host of HOST:PORT:ADDRESS, with its port.
func authority(text string) string {
	host, rest, _ := strings.Cut(text, ":")
	port, _, _ := strings.Cut(rest, ":")
	return host + ":" + port
}

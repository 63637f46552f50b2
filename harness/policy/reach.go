package policy

import (
	"errors"
	"fmt"
	"path/filepath"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/reach"
)

// Reach adds CA and Resolve to a Browser, which must not have started. The error names
// each file that cannot be read.
func (a Ask) Reach(b *harness.Browser) error {
	var faults []error
	for _, path := range a.CA {
		list, err := harness.ReadCA(path)
		b.CA, faults = append(b.CA, list...), append(faults, err)
	}
	b.Resolve = append(b.Resolve, a.Resolve...)
	return errors.Join(faults...)
}

// checkReach finds the faults of the addresses.
func (a Ask) checkReach(f *faults) {
	_, wrong := reach.ParseAddresses(a.Resolve)
	for _, w := range wrong {
		f.add(fmt.Sprintf("ask.resolve[%d]", w.At), w.Text, w.Problem, "")
	}
}

// oneOrMore reads a text or a list of texts.
func (r *reader) oneOrMore(at string, n *yaml.Node) []string {
	if n.Kind != yaml.ScalarNode {
		return r.list(at, n)
	}
	here := at + "[0]"
	r.at[here] = n
	return []string{r.text(here, n)}
}

// certificates reads the names of files with certificates, and makes sure that they can be
// read. A relative name is relative to the folder of the policy.
func (r *reader) certificates(at string, n *yaml.Node) []string {
	list := r.oneOrMore(at, n)
	for i, path := range list {
		here := fmt.Sprintf("%s[%d]", at, i)
		if path == "" {
			continue // it has a fault already
		}
		if !filepath.IsAbs(path) {
			list[i] = filepath.Join(filepath.Dir(r.source.Name), path)
		}
		if _, err := harness.ReadCA(list[i]); err != nil {
			if inner := errors.Unwrap(err); inner != nil {
				err = inner // without the path, which may come from a variable
			}
			r.fault(here, "the certificates cannot be read: "+err.Error(), "")
		}
	}
	return list
}

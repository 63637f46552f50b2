package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// fingerprint tells what is asked from what another policy or selection asks: the
// ids and keys of the probes, their questions and what is wanted. It is the same for
// every target, and whatever the secrets are: two runs may have different ones. An
// origin from a variable is another policy where the variable is another, because
// its look-alikes are. It does not change with the wording of titles.
func fingerprint(p policy.Policy, probes []policy.Probe) string {
	hash := sha256.New()
	redactor := p.Redactor()
	write := func(v any) {
		document, err := json.Marshal(v) // which hides the headers that are secret
		if err != nil {
			panic(fmt.Sprintf("%T cannot be written as JSON: %v", v, err)) // it is plain data
		}
		hash.Write([]byte(redactor.Redact(string(document)) + "\n"))
	}
	write(struct {
		Cookies harness.Header
		Unsafe  policy.Unsafe
	}{p.Redacted().Ask.Cookies, cmp.Or(p.Ask.Unsafe, policy.PreflightUnsafe)})
	for _, probe := range probes {
		probe.Title, probe.Tags = "", nil
		probe.Steps = slices.Clone(probe.Steps)
		for i := range probe.Steps {
			r := &probe.Steps[i].Request
			r.URL = strings.TrimPrefix(r.URL, p.Target)
			r.Headers = slices.Clone(r.Headers)
			for j, f := range r.Headers {
				if f.Value == p.Target { // the target asks itself
					r.Headers[j].Value = "target"
				}
			}
		}
		write(probe)
	}
	return hex.EncodeToString(hash.Sum(nil)[:fingerprintSize])
}

// fingerprintSize is how many bytes of the hash are enough to tell policies apart.
const fingerprintSize = 8

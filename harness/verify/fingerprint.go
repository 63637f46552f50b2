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

// fingerprint identifies the questions of a policy and selection: the ids and keys of the
// probes, the requests and the wanted outcomes. It is the same for every target and for
// any secrets, because two runs may have different secrets. When a variable holds an
// origin, another value is another policy, because the look-alikes of the origin change.
// The wording of titles and the place in a file do not change the fingerprint.
func fingerprint(p policy.Policy, probes []policy.Probe) string {
	hash := sha256.New()
	redactor := p.Redactor()
	write := func(v any) {
		document, err := json.Marshal(v) // MarshalJSON hides the secret headers
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
		probe.Title, probe.Tags, probe.Line = "", nil, 0
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

// fingerprintSize is the number of hash bytes that is enough to distinguish policies.
const fingerprintSize = 8

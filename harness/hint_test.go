package harness

import (
	"strings"
	"testing"
)

// A link that only opens a connection leaves no evidence, and the question says so.
func TestHintsWithoutEvidence(t *testing.T) {
	for _, rel := range []HintRel{"preconnect", "dns-prefetch"} {
		err := Request{From: "https://app.test", URL: "https://api.test/", Hint: Hint{Rel: rel}}.Validate()
		if err == nil || !strings.Contains(err.Error(), "Chrome does not tell whether a request used the connection") {
			t.Errorf("%s: %v", rel, err)
		}
	}
	if err := (Request{From: "https://app.test", URL: "https://api.test/", Hint: Hint{Rel: HintPreload}}).Validate(); err != nil {
		t.Error(err)
	}
}

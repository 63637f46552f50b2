package harness

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A name of the fixture network that nobody serves says which field is empty, also at the end
// of a redirect.
func TestTestNameThatDoesNotResolve(t *testing.T) {
	failed := &engine.Failure{NetError: "net::ERR_NAME_NOT_RESOLVED"}
	for last, want := range map[string]bool{
		"https://api.test/":         true,
		"https://API.test.:8443/a":  true,
		"https://api.example.com/":  false,
		"https://latest/":           false,
		"https://example.com/.test": false,
	} {
		_, err := conclude(Request{}, setting{}, told(`{"error": "TypeError"}`, engine.Request{URL: last, Sent: true, Failure: failed}))
		if err == nil || !strings.Contains(err.Error(), "its name does not resolve") || strings.Contains(err.Error(), "set Browser.Network") != want {
			t.Errorf("%s: %v", last, err)
		}
	}
	_, err := conclude(Request{}, setting{}, told(`{"error": "TypeError"}`, engine.Request{URL: "https://api.test/", Sent: true, Failure: &engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"}}))
	if err == nil || strings.Contains(err.Error(), "Network") {
		t.Error(err)
	}
}

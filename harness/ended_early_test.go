package harness

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Chrome ends a request as aborted where the script wanted no more of it: the answer to
// HEAD, or a stream. That is no news for a person.
func TestAnEndThatWasWantedIsNotShown(t *testing.T) {
	aborted := engine.Request{Status: 200, Sent: true, Method: "HEAD", Failure: &engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}}
	aborted.NetError = aborted.Failure.NetError
	for name, c := range map[string]struct {
		request Request
		answer  string
		shown   bool
	}{
		"HEAD":                          {Request{Method: "HEAD"}, `{"type": "cors", "status": 200}`, false},
		"a long body":                   {Request{}, `{"type": "cors", "status": 200, "truncated": true}`, false},
		"a module of a wrong type":      {Request{Via: ViaModule}, `{"error": "error event"}`, false},
		"XMLHttpRequest that broke off": {Request{Via: ViaXHR}, `{"error": "error event, status 0"}`, true},
	} {
		o, _ := conclude(c.request, setting{}, told(c.answer, aborted))
		if got := strings.Contains(o.String(), "ERR_ABORTED"); got != c.shown {
			t.Errorf("%s:\n%s", name, o)
		}
	}
}

package harness

import (
	"errors"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A question is asked again only where that does no harm, and not for ever.
func TestWhatIsAskedAgain(t *testing.T) {
	interrupted := engine.Evidence{Answer: []byte(`{"error": "TypeError: Failed to fetch"}`), Requests: []engine.Request{{
		Method: "GET", URL: "https://api.test/", Sent: true, Failure: &engine.Failure{NetError: "net::ERR_NETWORK_CHANGED"},
	}}}
	for name, is := range map[string]struct {
		method   string
		evidence engine.Evidence
		err      error
		times    int
		want     error
	}{
		"the network changed":                        {"GET", interrupted, nil, maxAsked, ErrNetworkChanged},
		"the network changed, an unsafe method":      {"PUT", interrupted, nil, 1, ErrNetworkChanged},
		"the page was lost":                          {"GET", engine.Evidence{}, ErrLost, 2, ErrLost},
		"the page was lost, an unsafe method":        {"PUT", engine.Evidence{}, ErrLost, 1, ErrLost},
		"the page was never asked":                   {"GET", engine.Evidence{}, engine.ErrUnasked, maxAsked, ErrLost},
		"the page was never asked, an unsafe method": {"PUT", engine.Evidence{}, engine.ErrUnasked, maxAsked, ErrLost},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeBrowser{evidence: is.evidence, err: is.err}
			_, err := faked(t, f).Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/", Method: is.method})
			if !errors.Is(err, is.want) || len(f.asked) != is.times {
				t.Errorf("asked %d times instead of %d: %v", len(f.asked), is.times, err)
			}
		})
	}
	t.Run("the network changed once", func(t *testing.T) {
		f := &fakeBrowser{evidence: interrupted}
		f.meets = func() {
			if len(f.asked) > 1 {
				f.evidence = told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})
			}
		}
		seen, err := faked(t, f).Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"})
		if err != nil || seen.Verdict != Readable || len(f.asked) != 2 {
			t.Errorf("%s, %v, asked %d times", seen.Verdict, err, len(f.asked))
		}
	})
}

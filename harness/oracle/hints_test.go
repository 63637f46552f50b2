package oracle

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// Chrome drops client hints of the script: on the way to another origin, and in a worker
// on any redirect.
func TestClientHintsOnRedirects(t *testing.T) {
	for _, test := range []struct {
		via  harness.Via
		next string
		kept bool
	}{
		{"", pageO + "/2", true}, {harness.ViaKeepalive, siteR + "/", true}, {"", siteR + "/", false},
		{harness.ViaWorker, pageO + "/2", false}, {harness.ViaSharedWorker, pageO + "/2", false}, {harness.ViaServiceWorker, pageO + "/2", false}, {harness.ViaXHR, pageO + "/2", true},
	} {
		for _, hint := range []string{"Device-Memory: 1", "Downlink: 1", "DPR: 1", "ECT: 4g", "RTT: 1", "Viewport-Width: 1", "Width: 1"} {
			r := row{request: harness.Request{URL: ownPage, Via: test.via, Headers: headers(hint)}, hops: map[string]Reply{ownPage: to(test.next)}, preflight: allowAll, actual: reply(200, "ACAO: *")}
			for _, as := range []As{Chrome, Standard} {
				d := r.put(as)
				_, kept := Get(d.Exchanges[len(d.Exchanges)-1].Header, headers(hint)[0].Name)
				if want := test.kept || as == Standard; kept != want {
					t.Errorf("%s, %q to %s, %s: kept: %v", as, test.via, test.next, hint, kept)
				}
			}
		}
	}
}

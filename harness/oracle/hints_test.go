package oracle

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// Chrome drops client hints of the script: on the way to another origin, and in a worker
// or a frame of another origin on any redirect.
func TestClientHintsOnRedirects(t *testing.T) {
	for _, test := range []struct {
		via    harness.Via
		where  harness.Where
		within string
		next   string
		kept   bool
	}{
		{next: pageO + "/2", kept: true}, {via: harness.ViaKeepalive, next: siteR + "/", kept: true}, {next: siteR + "/"},
		{via: harness.ViaWorker, next: pageO + "/2"}, {via: harness.ViaKeepalive, where: harness.WhereWorker, next: pageO + "/2"}, {via: harness.ViaSharedWorker, next: pageO + "/2"}, {via: harness.ViaServiceWorker, next: pageO + "/2"},
		{via: harness.ViaXHR, next: pageO + "/2", kept: true},
		{within: pageO, next: pageO + "/2", kept: true}, {within: "https://top.app.test", next: pageO + "/2"}, {within: "http://top.test", next: pageO + "/2"},
	} {
		for _, hint := range []string{"Device-Memory: 1", "Downlink: 1", "DPR: 1", "ECT: 4g", "RTT: 1", "Viewport-Width: 1", "Width: 1"} {
			r := row{request: harness.Request{Within: test.within, URL: ownPage, Via: test.via, Where: test.where, Headers: headers(hint)}, hops: map[string]Reply{ownPage: to(test.next)}, preflight: allowAll, actual: reply(200, "ACAO: *")}
			for _, as := range []As{Chrome, Standard} {
				d := r.put(as)
				_, kept := Get(d.Exchanges[len(d.Exchanges)-1].Header, headers(hint)[0].Name)
				if want := test.kept || as == Standard; kept != want {
					t.Errorf("%s, %q within %q to %s, %s: kept: %v", as, test.via, test.within, test.next, hint, kept)
				}
			}
		}
	}
}

package specs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	stdnet "net"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Origins are compared letter by letter, as the browser writes them. An origin
// stands only for itself: not for the machine behind it, and not for another
// spelling of it.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
var _ = Describe("hosts and ports", Label("scenario:hosts"), func() {
	const idn = "https://xn--bcher-kva.test" // bücher
	silent := servers.Case{Reply: servers.Reply{Body: "for my own origin"}}
	own := SatisfyAll(read(200), HaveField("Script.Type", "basic"))
	refused := blocked(harness.MissingAllowOriginHeader, "")

	DescribeTable("are the same origin or another", Label("fetch:main-fetch"),
		func(ctx SpecContext, from, at string, want OmegaMatcher) {
			Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: serveAt(at, silent)})).To(SatisfyAll(want, arrive("GET")))
		},
		Entry("the default port of https, written out: the same", app, "https://app.test:443", own),
		Entry("the default port of http, written out: the same", "http://app.test", "http://app.test:80", own),
		Entry("any other port, the same on both sides: the same", "https://app.test:8443", "https://app.test:8443", own),
		Entry("the port of the other scheme: the same only as itself", "http://app.test:443", "http://app.test:443", own),
		Entry("http on port 443 and on port 80: another", "http://app.test", "http://app.test:443", refused),
		Entry("two ports: another", "https://app.test:8443", "https://app.test:8444", refused),
		Entry("upper case: the same", app, "HTTPS://APP.Test", own),
		Entry("a name in its own letters and in ASCII: the same", idn, "https://bücher.test", own),
		Entry("such a name in upper case: the same", idn, "https://BÜCHER.test", own),
		Entry("such a name, with a decomposed letter: the same", idn, "https://bu\u0308cher.test", own),
		Entry("a letter that looks alike: another", "https://xn--pple-43d.test", "https://apple.test", refused), // а of Cyrillic
		Entry("a dot at the end of the target's host: another", "http://app.test", "http://app.test.", refused),
		Entry("a dot at the end of the page's host: another", "http://app.test.", "http://app.test", refused),
		Entry("a dot at the end of both: the same", "http://app.test.", "http://app.test.", own),
	)

	DescribeTable("are compared as the browser writes them", Label("fetch:cors-check"),
		func(ctx SpecContext, from, allowed string, want OmegaMatcher) {
			url := serveAt("http://api.test", servers.Case{Reply: servers.Reply{Header: allow(allowed)}})
			seen, err := chrome.Fetch(ctx, harness.Request{From: from, URL: url})
			Expect(seen, err).To(SatisfyAll(want, arrive("GET")))
			Expect(seen.Arrivals[0].Headers.Values("Origin")).To(Equal([]string{from}))
		},
		Entry("a name in ASCII", "http://xn--bcher-kva.test", "http://xn--bcher-kva.test", read(200)),
		Entry("a name in its own letters", Label("code:AllowOriginMismatch"),
			"http://xn--bcher-kva.test", "http://bücher.test", harness.BeBlocked(harness.AllowOriginMismatch)),
		Entry("a dot at the end", "http://app.test.", "http://app.test.", read(200)),
		Entry("a dot at the end that the server left out", Label("code:AllowOriginMismatch"),
			"http://app.test.", "http://app.test", blocked(harness.AllowOriginMismatch, "http://app.test")),
		Entry("a dot at the end that the page has not", Label("code:AllowOriginMismatch"),
			"http://app.test", "http://app.test.", blocked(harness.AllowOriginMismatch, "http://app.test.")),
		Entry("a port", "http://app.test:8080", "http://app.test:8080", read(200)),
		Entry("a port that the server left out", Label("code:AllowOriginMismatch"),
			"http://app.test:8080", "http://app.test", blocked(harness.AllowOriginMismatch, "http://app.test")),
		Entry("an address", "http://[::1]:8080", "http://[::1]:8080", read(200)),
		Entry("an address in its long form", Label("code:AllowOriginMismatch"),
			"http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080", blocked(harness.AllowOriginMismatch, "http://[0:0:0:0:0:0:0:1]:8080")),
	)

	// Chrome itself resolves localhost to both loopback addresses.
	// https://www.rfc-editor.org/rfc/rfc6761#section-6.3
	DescribeTable("of one server on this machine are an origin each", Label("fetch:cors-check"),
		func(ctx SpecContext, address string, hosts ...string) {
			port := listen(address)
			for _, from := range hosts {
				for _, to := range hosts {
					want := refused
					if from == to {
						want = own
					}
					r := harness.Request{From: fmt.Sprintf("http://%s:%d", from, port), URL: fmt.Sprintf("http://%s:%d/", to, port)}
					Expect(chrome.Fetch(ctx, r)).To(want, "from %s to %s", from, to)
				}
			}
		},
		Entry("127.0.0.1 and localhost", "127.0.0.1:0", "127.0.0.1", "localhost"),
		Entry("::1 and localhost", "[::1]:0", "[::1]", "localhost"),
	)

	// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
	DescribeTable("of this machine are no mixed content for a secure page", Label("fetch:main-fetch"),
		func(ctx SpecContext, address, host string) {
			url := fmt.Sprintf("http://%s:%d/", host, listen(address))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(refused)
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url + "allowed"})).To(read(200))
		},
		Entry("127.0.0.1", "127.0.0.1:0", "127.0.0.1"),
		Entry("localhost", "127.0.0.1:0", "localhost"),
		Entry("::1", "[::1]:0", "[::1]"),
		Entry("::1 in its long form", "[::1]:0", "[0:0:0:0:0:0:0:1]"),
	)
})

// listen starts a server at an address of this machine, outside the fixture
// network, and returns its port. It lets every page read one of its paths.
func listen(address string) int {
	GinkgoHelper()
	listener, err := stdnet.Listen("tcp", address)
	if err != nil && address[0] == '[' {
		Skip("this machine has no IPv6: " + err.Error())
	}
	Expect(err).NotTo(HaveOccurred())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/allowed" {
			w.Header().Set(acao, "*")
		}
	})}}
	server.Start()
	DeferCleanup(server.Close)
	return listener.Addr().(*stdnet.TCPAddr).Port
}

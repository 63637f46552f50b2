package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

var _ = Describe("a browser", Label("scenario:refusals", "fetch:concept-network-error"), func() {
	// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
	DescribeTable("refuses 407 of a server that is no proxy", Label("code:ERR_UNEXPECTED_PROXY_AUTH"),
		func(ctx SpecContext, r harness.Request, c servers.Case, arrived ...string) {
			r.From, r.URL = app, serve(c)
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(rejected(harness.UnexpectedProxyAuth, ""), arrive(arrived...)))
		},
		Entry("as the answer to a preflight", harness.Request{Method: "PUT"}, servers.Case{Preflight: &servers.Reply{Status: 407, Header: allow(app)}}, "OPTIONS"),
		Entry("as the answer to a request", harness.Request{}, servers.Case{Reply: servers.Reply{Status: 407, Header: allow(app)}}, "GET"),
	)

	// https://fetch.spec.whatwg.org/#data-url-processor
	It("refuses a data: URL without a comma", Label("code:ERR_INVALID_URL"), func(ctx SpecContext) {
		for _, via := range []harness.Via{harness.ViaFetch, harness.ViaXHR} {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: "data:notAdataUrl.com", Via: via})).To(blocked(harness.InvalidURL, ""), string(via))
		}
	})

	// https://fetch.spec.whatwg.org/#header-value
	DescribeTable("takes no header with a NUL, and it is said that the header may be the cause", func(ctx SpecContext, value string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(value)}})
		_, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url})
		Expect(err).To(inconclusive("net::ERR_INVALID_HTTP_RESPONSE", "not valid HTTP", "NUL"))
	},
		Entry("behind the origin", app+"\x00"),
		Entry("before *", "\x00*"),
	)

	// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
	It("does not store a SameSite=Lax cookie for a page of another site, and the transcript says so", func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(evil, acac, "true", "Set-Cookie", "sid=1; Path=/; HttpOnly; SameSite=Lax")}})
		seen, err := chrome.Fetch(ctx, harness.Request{From: evil, URL: url, Credentials: harness.Include})
		Expect(seen, err).To(harness.BeReadable())
		text := strings.Join(strings.Fields(seen.String()), " ")
		Expect(text).To(SatisfyAll(ContainSubstring("(Set-Cookie sid was not stored) it is SameSite=Lax, and the page is of another site"),
			ContainSubstring("the browser did not store the cookie sid"), ContainSubstring("SameSite=None; Secure"), Not(ContainSubstring("signed-in user"))))
	})

	It("ends the answer to HEAD without a word about it", func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Transfer-Encoding", "chunked")}})
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "HEAD"})
		Expect(seen, err).To(read(200))
		Expect(seen.String()).NotTo(ContainSubstring("ERR_ABORTED"))
	})
})

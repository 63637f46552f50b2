package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A test library is only as good as its failure texts.
var _ = Describe("a spec that must fail", Label("scenario:self", "fetch:http-cors-protocol"), func() {
	It("fails with the designed text", func(ctx SpecContext) {
		preflight := servers.Reply{Status: 204, Header: header(acao, evil, acac, "true", acam, "PUT")}
		url := serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{
			Header: header(acao, evil, acac, "true", "Content-Type", "text/plain"), Body: "42"}})
		err := InterceptGomegaFailure(func() {
			Expect(chrome.Fetch(ctx, harness.Request{From: evil, URL: url, Method: "PUT", Credentials: harness.Include})).To(harness.BeBlocked())
		})
		Expect(err).To(HaveOccurred())
		Expect(strings.ReplaceAll(err.Error(), url, "https://api.test/r/1")).To(Equal(strings.TrimPrefix(`
Expected the browser to block this request, but script could read the response.

  PUT https://api.test/r/1
  from https://evil.test, with credentials

  1  preflight  OPTIONS -> 204
       > Access-Control-Request-Method: PUT
       > Origin: https://evil.test
       < Access-Control-Allow-Origin: https://evil.test        the origin that asked, sent back
       < Access-Control-Allow-Credentials: true
       < Access-Control-Allow-Methods: PUT
  2  request    PUT -> 200
     script saw 200, 2 bytes, headers content-length, content-type
     server saw OPTIONS, PUT
     console    nothing

  https://evil.test can read this: the server names that origin and allows credentials. No cookie went along, so
  this is the answer to a client that is not signed in.
  Note: a server that sends back every origin gives the same answer: also ask from an origin that it should
  refuse.
  https://fetch.spec.whatwg.org/#cors-check`, "\n")))
	})

	It("fails with the reason that came", func(ctx SpecContext) {
		url := serve(servers.Case{})
		err := InterceptGomegaFailure(func() {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(harness.BeBlocked(harness.AllowOriginMismatch))
		})
		Expect(err).To(MatchError(HavePrefix(
			"Expected the browser to block this request for AllowOriginMismatch, but the reason was MissingAllowOriginHeader.\n\n  GET https://api.test/r/")))
	})

	It("fails in both directions where the evidence is missing", func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}})}
		failures := InterceptGomegaFailures(func() {
			Expect(chrome.Fetch(ctx, r)).To(harness.BeBlocked())
			Expect(chrome.Fetch(ctx, r)).NotTo(harness.BeBlocked())
			Expect(chrome.Fetch(ctx, r)).To(harness.BeReadable())
			Expect(chrome.Fetch(ctx, r)).NotTo(harness.BeReadable())
		})
		Expect(failures).To(HaveLen(4))
		Expect(failures).To(HaveEach(ContainSubstring("no verdict on GET " + r.URL + " from https://app.test: ")))
	})

	It("fails where nothing was asked", func() {
		failures := InterceptGomegaFailures(func() {
			Expect(harness.Observation{}).To(harness.BeBlocked())
			Expect(harness.Observation{}).NotTo(harness.BeReadable())
		})
		Expect(failures).To(HaveLen(2))
		Expect(failures).To(HaveEach(ContainSubstring("the observation has no verdict")))
	})

	It("fails with what this suite's own matchers expected", func(ctx SpecContext) {
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow(evil)}})})
		Expect(err).NotTo(HaveOccurred())
		failures := InterceptGomegaFailures(func() {
			Expect(seen).To(arrive("OPTIONS", "PUT"))
			Expect(seen).To(arrive())
			Expect(seen).To(blocked(harness.AllowOriginMismatch, app))
			Expect(seen).To(answered(harness.Preflight, 204, acao, app))
			Expect(seen).To(answered(harness.ActualRequest, 200, acao, ""))
		})
		Expect(failures).To(HaveExactElements(
			HavePrefix("Expected the server to receive OPTIONS, PUT.\n\n  GET https://api.test/r/"),
			HavePrefix("Expected the server to receive nothing.\n\n  GET https://api.test/r/"),
			HavePrefix(`Expected Chrome to name "https://app.test", but it named "https://evil.test".`+"\n\n  GET https://api.test/r/"),
			HavePrefix("Expected the preflight to be answered with 204 [Access-Control-Allow-Origin https://app.test].\n\n  GET https://api.test/r/"),
			HavePrefix("Expected the request to be answered with 200 [Access-Control-Allow-Origin ].\n\n  GET https://api.test/r/"),
		))
	})
})

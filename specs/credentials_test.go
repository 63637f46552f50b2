package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Scenario 3: both sides of a request with credentials.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
var _ = Describe("credentials", Label("scenario:credentials"), func() {
	// The request of the client-side example in the document.
	snippet := harness.Request{
		From: client, Method: "POST", Headers: header("Content-Type", "application/json"),
		Body: harness.Text(`{"message":"Hello from client"}`), Credentials: harness.Include,
	}
	get := harness.Request{From: client, Credentials: harness.Include}
	without := func(r harness.Request, c harness.Credentials) harness.Request {
		r.Credentials = c
		return r
	}
	xhr := func(r harness.Request) harness.Request {
		r.Via = harness.ViaXHR
		return r
	}

	DescribeTable("a GET with credentials arrives, whatever the browser then thinks of the answer",
		func(ctx SpecContext, path string, r harness.Request, want OmegaMatcher) {
			r.URL = expressScenarios.url(ctx, path)
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(want, Not(harness.BePreflighted()), arrive("GET"), answered(harness.ActualRequest, 200)))
		},
		Entry("against the right pair", Label("claim:12", "claim:22", "fetch:cors-check"), "/right", get, read(200)),
		Entry("against no Access-Control-Allow-Credentials", Label("claim:15", "claim:22", "fetch:cors-check"),
			"/credentials-missing", get, blocked(harness.InvalidAllowCredentials, "")),
		Entry("against false", Label("claim:15", "claim:22", "fetch:cors-check"),
			"/credentials-false", get, blocked(harness.InvalidAllowCredentials, "false")),
		Entry("against *", Label("claim:16", "claim:22", "fetch:cors-check"),
			"/wildcard-with-credentials", get, blocked(harness.WildcardOriginNotAllowed, "")),
		Entry("against another origin", Label("claim:22", "fetch:cors-check"),
			"/wrong-origin", get, blocked(harness.AllowOriginMismatch, "https://another-client.com")),
		Entry("by XMLHttpRequest against the right pair", Label("fetch:cors-check"), "/right", xhr(get), read(200)),
		Entry("by XMLHttpRequest against none", Label("claim:15", "fetch:cors-check"),
			"/credentials-missing", xhr(get), blocked(harness.InvalidAllowCredentials, "")),
		Entry("left out, nobody needs to allow them", Label("fetch:cors-check"), "/credentials-missing", without(get, harness.Omit), read(200)),
		Entry("left out by default, as a page does across origins", Label("fetch:concept-request-credentials-mode"),
			"/credentials-false", without(get, ""), read(200)),
		Entry("left out, * holds", Label("claim:07", "fetch:cors-check"), "/wildcard-with-credentials", without(get, harness.SameOrigin), read(200)),
	)

	DescribeTable("the document's own POST is stopped at its preflight, before the server receives it",
		func(ctx SpecContext, path string, want OmegaMatcher, arrived ...string) {
			snippet.URL = expressScenarios.url(ctx, path)
			Expect(chrome.Fetch(ctx, snippet)).To(SatisfyAll(want, harness.BePreflighted(), arrive(arrived...)))
		},
		Entry("against the right pair it goes through", Label("claim:12", "fetch:cors-preflight-fetch"), "/right", read(200), "OPTIONS", "POST"),
		Entry("against no Access-Control-Allow-Credentials", Label("claim:15", "claim:22", "fetch:cors-preflight-fetch"),
			"/credentials-missing", blocked(harness.PreflightInvalidAllowCredentials, ""), "OPTIONS"),
		Entry("against false", Label("claim:15", "claim:22", "fetch:cors-preflight-fetch"),
			"/credentials-false", blocked(harness.PreflightInvalidAllowCredentials, "false"), "OPTIONS"),
		Entry("against *", Label("claim:16", "claim:22", "fetch:cors-preflight-fetch"),
			"/wildcard-with-credentials", blocked(harness.PreflightWildcardOriginNotAllowed, ""), "OPTIONS"),
	)

	It("shows the page a TypeError and the console the reason, while the server answered well",
		Label("claim:02", "claim:22", "fetch:cors-check"), func(ctx SpecContext) {
			get.URL = expressScenarios.url(ctx, "/credentials-missing")
			Expect(chrome.Fetch(ctx, get)).To(SatisfyAll(
				blocked(harness.InvalidAllowCredentials, ""), arrive("GET"), answered(harness.ActualRequest, 200, acao, client),
				HaveField("Script.Error", HavePrefix("TypeError: ")), HaveField("Script.Body", ""),
				harness.LogToConsole("'Access-Control-Allow-Credentials'")))
		})

	DescribeTable("the value of Access-Control-Allow-Credentials is true, in lower case and once", Label("claim:15", "fetch:cors-check"),
		func(ctx SpecContext, lines harness.Header, want OmegaMatcher) {
			url := serve(servers.Case{Reply: servers.Reply{Header: append(servers.Allow(app), lines...)}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Credentials: harness.Include})).To(want)
		},
		Entry("true", header(acac, "true"), read(200)),
		Entry("True", Label("case:29", "code:InvalidAllowCredentials"), header(acac, "True"), blocked(harness.InvalidAllowCredentials, "True")),
		Entry("1", Label("code:InvalidAllowCredentials"), header(acac, "1"), blocked(harness.InvalidAllowCredentials, "1")),
		Entry("nothing", Label("code:InvalidAllowCredentials"), header(acac, ""), blocked(harness.InvalidAllowCredentials, "")),
		Entry("true in two lines", Label("case:29", "code:InvalidAllowCredentials"), header(acac, "true", acac, "true"), blocked(harness.InvalidAllowCredentials, "true, true")),
		Entry("true twice in one line", Label("case:29", "code:InvalidAllowCredentials"), header(acac, "true, true"), blocked(harness.InvalidAllowCredentials, "true, true")),
		Entry("true with blanks around", Label("case:29"), header(acac, " true "), read(200)),
	)
})

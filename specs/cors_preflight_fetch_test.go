package specs_test

import (
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Which answers pass a preflight, and what happens to the request?
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
var _ = Describe("the CORS-preflight fetch", Label("scenario:preflight", "fetch:cors-preflight-fetch"), func() {
	var (
		put        = harness.Request{Method: "PUT"}
		putInclude = harness.Request{Method: "PUT", Credentials: harness.Include}
		json       = harness.Request{Method: "POST", Body: harness.JSON(`{}`)}
		custom     = harness.Request{Headers: header("X-A", "1")}
		customIncl = harness.Request{Headers: header("X-A", "1"), Credentials: harness.Include}
		bearer     = harness.Request{Headers: header("Authorization", "Bearer x")}

		right = allow(app, acac, "true", acam, "PUT, DELETE", acah, "x-a")
	)
	// ask answers the actual request well.
	ask := func(ctx SpecContext, r harness.Request, preflight servers.Reply) (harness.Observation, error) {
		r.From = app
		r.URL = serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: allow(app, acac, "true"), Body: "done"}})
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("passes",
		func(ctx SpecContext, r harness.Request, preflight servers.Reply, method string, also ...OmegaMatcher) {
			Expect(ask(ctx, r, preflight)).To(SatisfyAll(append(also, read(200), HaveField("Script.Body", "done"), arrive("OPTIONS", method))...))
		},
		Entry("a POST of JSON whose Content-Type is allowed", Label("case:9"),
			json, servers.Reply{Header: allow(app, acah, "content-type")}, "POST", arriveWith("Content-Type", "application/json")),
		Entry("a PUT that is allowed, with a 204", Label("case:13"),
			put, servers.Reply{Status: 204, Header: allow(app, acam, "PUT")}, "PUT"),
		Entry("Authorization that is listed", Label("case:14"),
			bearer, servers.Reply{Header: allow(app, acah, "authorization")}, "GET", arriveWith("Authorization", "Bearer x")),
		Entry("a header under *", Label("case:15"),
			custom, servers.Reply{Header: allow(app, acah, "*")}, "GET", arriveWith("X-A", "1")),
	)

	DescribeTable("keeps the request in the browser for",
		func(ctx SpecContext, r harness.Request, preflight servers.Reply, reason harness.Reason, parameter string) {
			Expect(ask(ctx, r, preflight)).To(SatisfyAll(rejected(reason, parameter), arrive("OPTIONS"),
				HaveField("Exchanges", ContainElement(SatisfyAll(HaveField("Kind", harness.ActualRequest), HaveField("Sent", false))))))
		},
		Entry("no origin", Label("code:PreflightMissingAllowOriginHeader"),
			put, servers.Reply{}, harness.PreflightMissingAllowOriginHeader, ""),
		Entry("not found, without any header", Label("case:10", "claim:14", "code:PreflightMissingAllowOriginHeader"),
			put, servers.Reply{Status: 404}, harness.PreflightMissingAllowOriginHeader, ""),
		Entry("not found, with the right headers", Label("case:11", "claim:14", "code:PreflightInvalidStatus"),
			put, servers.Reply{Status: 404, Header: right}, harness.PreflightInvalidStatus, ""),
		Entry("not allowed, with the right headers", Label("case:11", "claim:14", "code:PreflightInvalidStatus"),
			put, servers.Reply{Status: 405, Header: right}, harness.PreflightInvalidStatus, ""),
		Entry("unauthorized, with the right headers", Label("case:11", "claim:14", "code:PreflightInvalidStatus"),
			put, servers.Reply{Status: 401, Header: right}, harness.PreflightInvalidStatus, ""),
		Entry("an error of the server, with the right headers", Label("claim:14", "code:PreflightInvalidStatus"),
			put, servers.Reply{Status: 500, Header: right}, harness.PreflightInvalidStatus, ""),
		Entry("* with credentials", Label("case:30", "code:PreflightWildcardOriginNotAllowed"),
			putInclude, servers.Reply{Header: allow("*", acac, "true", acam, "PUT")}, harness.PreflightWildcardOriginNotAllowed, ""),
		Entry("no Allow-Credentials", Label("case:30", "code:PreflightInvalidAllowCredentials"),
			putInclude, servers.Reply{Header: allow(app, acam, "PUT")}, harness.PreflightInvalidAllowCredentials, ""),
		Entry("Allow-Credentials: false", Label("code:PreflightInvalidAllowCredentials"),
			putInclude, servers.Reply{Header: allow(app, acac, "false", acam, "PUT")}, harness.PreflightInvalidAllowCredentials, "false"),
		Entry("two origins", Label("case:31", "code:PreflightMultipleAllowOriginValues"),
			put, servers.Reply{Header: allow(app, acao, evil, acam, "PUT")}, harness.PreflightMultipleAllowOriginValues, app+", "+evil),
		Entry("the same origin twice", Label("case:31", "code:PreflightMultipleAllowOriginValues"),
			put, servers.Reply{Header: allow(app, acao, app, acam, "PUT")}, harness.PreflightMultipleAllowOriginValues, app+", "+app),
		Entry("not an origin", Label("case:31", "code:PreflightInvalidAllowOriginValue"),
			put, servers.Reply{Header: allow("foo", acam, "PUT")}, harness.PreflightInvalidAllowOriginValue, "foo"),
		Entry("another origin", Label("case:31", "code:PreflightAllowOriginMismatch"),
			put, servers.Reply{Header: allow(evil, acam, "PUT")}, harness.PreflightAllowOriginMismatch, evil),
		Entry("a method that is not listed", Label("case:12", "code:MethodDisallowedByPreflightResponse"),
			put, servers.Reply{Header: allow(app, acam, "POST, DELETE")}, harness.MethodDisallowedByPreflightResponse, "PUT"),
		Entry("* as method with credentials", Label("case:17", "code:MethodDisallowedByPreflightResponse"),
			putInclude, servers.Reply{Header: allow(app, acac, "true", acam, "*")}, harness.MethodDisallowedByPreflightResponse, "PUT"),
		Entry("a POST of JSON, and no header listed", Label("case:8", "code:HeaderDisallowedByPreflightResponse"),
			json, servers.Reply{Header: allow(app)}, harness.HeaderDisallowedByPreflightResponse, "content-type"),
		Entry("a header that is not listed", Label("code:HeaderDisallowedByPreflightResponse"),
			custom, servers.Reply{Header: allow(app, acah, "x-z")}, harness.HeaderDisallowedByPreflightResponse, "x-a"),
		Entry("* as header with credentials", Label("case:16", "code:HeaderDisallowedByPreflightResponse"),
			customIncl, servers.Reply{Header: allow(app, acac, "true", acah, "*")}, harness.HeaderDisallowedByPreflightResponse, "x-a"),
		Entry("both a method and a header: the method comes first", Label("case:36", "code:MethodDisallowedByPreflightResponse"),
			harness.Request{Method: "PUT", Headers: header("X-A", "1")}, servers.Reply{Header: allow(app)}, harness.MethodDisallowedByPreflightResponse, "PUT"),
	)

	DescribeTable("follows no redirect", Label("code:PreflightDisallowedRedirect"),
		func(ctx SpecContext, status int) {
			target := serve(servers.Case{Reply: servers.Reply{Header: right}})
			before := net.LastSeq()
			Expect(ask(ctx, put, servers.Reply{Status: status, Header: append(header("Location", target), right...)})).To(SatisfyAll(
				rejected(harness.PreflightDisallowedRedirect, ""), arrive("OPTIONS"), answered(harness.Preflight, status)))
			Expect(net.Arrivals(before, []string{target})).To(BeEmpty())
		},
		func(status int) string { return "of status " + strconv.Itoa(status) },
		Entry(nil, Label("case:19"), 301),
		Entry(nil, Label("case:19", "claim:14"), 302),
		Entry(nil, 307),
	)

	It("has no code where the server drops it", Label("case:24"), func(ctx SpecContext) {
		seen, err := ask(ctx, put, servers.Reply{Drop: true})
		Expect(err).To(inconclusive("net::ERR_EMPTY_RESPONSE"))
		const dropped = "net::ERR_EMPTY_RESPONSE"
		Expect(seen).To(SatisfyAll(HaveField("NetError", dropped), HaveField("Reason", BeEmpty()), HaveField("Issues", BeEmpty()),
			HaveField("Script.Error", "TypeError: Failed to fetch"), HaveField("Arrivals", HaveEach(HaveField("Method", "OPTIONS"))), // Chrome asks a used connection twice
			HaveField("Exchanges", HaveExactElements(
				SatisfyAll(HaveField("Kind", harness.Preflight), HaveField("NetError", dropped)),
				SatisfyAll(HaveField("Kind", harness.ActualRequest), HaveField("NetError", dropped), HaveField("Sent", false)))),
			HaveField("Console", HaveExactElements(HaveField("Text", "Failed to load resource: "+dropped)))))
	})
})

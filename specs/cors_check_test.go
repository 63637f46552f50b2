package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Each answer has the code that Chrome gives for its fault. Faults are found in
// the order of the standard.
// https://fetch.spec.whatwg.org/#cors-check
var _ = Describe("the CORS check", Label("scenario:reasons", "fetch:cors-check"), func() {
	get := harness.Request{}
	include := harness.Request{Credentials: harness.Include}
	from := func(origin string) harness.Request { return harness.Request{From: origin} }
	const local = "http://localhost:7100"

	// ask asks from the page at app, unless the request says otherwise.
	ask := func(ctx SpecContext, r harness.Request, reply servers.Reply) (harness.Observation, error) {
		if r.From == "" {
			r.From = app
		}
		r.URL = serve(servers.Case{Reply: reply})
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("lets script read an answer that allows",
		func(ctx SpecContext, r harness.Request, lines harness.Header) {
			Expect(ask(ctx, r, servers.Reply{Header: lines, Body: "ok"})).To(SatisfyAll(
				read(200), HaveField("Script.Type", "cors"), HaveField("Script.Body", "ok"), arrive("GET")))
		},
		Entry("any page", Label("case:2"), get, allow("*")),
		Entry("this page", Label("case:3"), get, allow(app)),
		Entry("any page, with blanks at the end", Label("case:26"), get, allow("*   ")),
		Entry("this page of localhost, which has a port", Label("case:28"), from(local), allow(local)),
	)

	DescribeTable("refuses a response with",
		func(ctx SpecContext, r harness.Request, lines harness.Header, reason harness.Reason, parameter string, also ...OmegaMatcher) {
			Expect(ask(ctx, r, servers.Reply{Header: lines})).To(SatisfyAll(
				append(also, rejected(reason, parameter), arrive("GET"), answered(harness.ActualRequest, 200))...))
		},
		Entry("* with credentials", Label("case:5", "code:WildcardOriginNotAllowed"),
			include, allow("*", acac, "true"), harness.WildcardOriginNotAllowed, ""),
		Entry("two origins in one line", Label("case:18", "code:MultipleAllowOriginValues"),
			get, allow(app+", "+evil), harness.MultipleAllowOriginValues, app+", "+evil),
		Entry("two lines, as from a server and its proxy", Label("case:18", "code:MultipleAllowOriginValues"),
			get, allow(app, acao, app), harness.MultipleAllowOriginValues, app+", "+app),
		Entry("two origins with a blank between", Label("code:MultipleAllowOriginValues"),
			get, allow(app+" "+evil), harness.MultipleAllowOriginValues, app+" "+evil),
		Entry("an empty line and *", Label("case:27", "code:MultipleAllowOriginValues"),
			get, allow("", acao, "*"), harness.MultipleAllowOriginValues, ", *"),
		Entry("an empty value", Label("case:27", "code:InvalidAllowOriginValue"),
			get, allow(""), harness.InvalidAllowOriginValue, ""),
		Entry("a host without scheme", Label("case:22", "code:InvalidAllowOriginValue"),
			get, allow("example.com"), harness.InvalidAllowOriginValue, "example.com"),
		Entry("a pattern", Label("case:22", "code:InvalidAllowOriginValue"),
			get, allow("*.example.com"), harness.InvalidAllowOriginValue, "*.example.com"),
		Entry("a byte after * that is no blank of HTTP", Label("case:26", "code:InvalidAllowOriginValue"),
			get, allow("*\v"), harness.InvalidAllowOriginValue, "*\v", harness.LogToConsole(`'*\u000B'`)),
		Entry("a host and port, which read as a scheme", Label("case:22", "code:AllowOriginMismatch"),
			get, allow("localhost:7101"), harness.AllowOriginMismatch, "localhost:7101"),
		Entry("another origin", Label("case:4", "code:AllowOriginMismatch"),
			get, allow(evil), harness.AllowOriginMismatch, evil),
		Entry("a slash at the end", Label("case:4", "code:AllowOriginMismatch"),
			get, allow(app+"/"), harness.AllowOriginMismatch, app+"/"),
		Entry("another scheme", Label("case:28", "code:AllowOriginMismatch"),
			get, allow("http://app.test"), harness.AllowOriginMismatch, "http://app.test"),
		Entry("another port", Label("case:28", "code:AllowOriginMismatch"),
			from(local), allow("http://localhost:7101"), harness.AllowOriginMismatch, "http://localhost:7101"),
		Entry("the default port written out", Label("code:AllowOriginMismatch"),
			get, allow(app+":443"), harness.AllowOriginMismatch, app+":443"),
		Entry("upper case", Label("case:28", "code:AllowOriginMismatch"),
			from(local), allow("HTTP://LOCALHOST:7100"), harness.AllowOriginMismatch, "HTTP://LOCALHOST:7100"),
		Entry("null", Label("case:28", "code:AllowOriginMismatch"),
			get, allow("null"), harness.AllowOriginMismatch, "null"),
		Entry("no Allow-Credentials", Label("case:6", "code:InvalidAllowCredentials"),
			include, allow(app), harness.InvalidAllowCredentials, ""),
		Entry("Allow-Credentials: false", Label("code:InvalidAllowCredentials"),
			include, allow(app, acac, "false"), harness.InvalidAllowCredentials, "false"),
		Entry("both faults: the origin comes first", Label("code:AllowOriginMismatch"),
			include, allow(evil, acac, "false"), harness.AllowOriginMismatch, evil),
	)

	It("looks at the header of an error as at any other, which an error handler easily loses",
		Label("case:20", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
			Expect(ask(ctx, get, servers.Reply{Status: 500, Header: allow(app), Body: "sorry"})).To(SatisfyAll(
				read(500), HaveField("Script.Body", "sorry")))
			Expect(ask(ctx, get, servers.Reply{Status: 500, Body: "sorry"})).To(SatisfyAll(
				rejected(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 500)))
		})

	DescribeTable("of a request that passed its preflight refuses",
		func(ctx SpecContext, lines harness.Header, reason harness.Reason, parameter string) {
			preflight := servers.Reply{Status: 204, Header: allow(app, acam, "PUT")}
			url := serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: lines}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "PUT"})).To(SatisfyAll(
				rejected(reason, parameter), arrive("OPTIONS", "PUT")))
		},
		Entry("no origin: the PUT was done, and the page cannot know", Label("case:21", "code:MissingAllowOriginHeader"),
			nil, harness.MissingAllowOriginHeader, ""),
		Entry("another origin", Label("code:AllowOriginMismatch"), allow(evil), harness.AllowOriginMismatch, evil),
	)

	It("passes with credentials for this page and true, and cookies of the host go both ways",
		Label("case:7"), func(ctx SpecContext) {
			profile := harness.Profile{Browser: &chrome}
			DeferCleanup(profile.Close)
			url := serveAt(app+":8443", servers.Case{Reply: servers.Reply{
				Header: allow(app, acac, "true", "Set-Cookie", "sid=1; Secure")}})
			include := harness.Request{From: app, URL: url, Credentials: harness.Include}
			Expect(profile.Fetch(ctx, include)).To(SatisfyAll(read(200), arrive("GET"), arriveWith("Cookie")))
			Expect(profile.Fetch(ctx, include)).To(SatisfyAll(read(200), arrive("GET"), arriveWith("Cookie", "sid=1")))
		})
})

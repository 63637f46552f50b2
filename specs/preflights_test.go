package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// When does a browser send a preflight, and what does it ask?
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
var _ = Describe("the preflight", Label("scenario:preflight"), func() {
	everything := servers.Case{
		Preflight: &servers.Reply{Status: 204, Header: header(acao, app, acac, "true", acam, "PUT, DELETE", acah, "content-type, x-b, x-a, authorization")},
		Reply:     servers.Reply{Header: header(acao, app, acac, "true")},
	}
	ask := func(ctx SpecContext, r harness.Request) (harness.Observation, error) {
		r.From, r.URL = app, serve(everything)
		return chrome.Fetch(ctx, r)
	}

	DescribeTable("is not sent for", Label("claim:17", "fetch:cors-safelisted-request-header"),
		func(ctx SpecContext, r harness.Request) {
			Expect(ask(ctx, r)).To(SatisfyAll(read(200), Not(harness.BePreflighted())))
		},
		Entry("GET", harness.Request{}),
		Entry("HEAD", harness.Request{Method: "HEAD"}),
		Entry("POST of text/plain", harness.Request{Method: "POST", Body: harness.Text("x")}),
		Entry("POST of application/x-www-form-urlencoded", harness.Request{Method: "POST", Body: harness.Form(harness.Field{Name: "a", Value: "b"})}),
		Entry("POST of multipart/form-data", harness.Request{Method: "POST", Body: harness.Multipart(harness.Field{Name: "a", Value: "b"})}),
		Entry("POST of bytes without a Content-Type", harness.Request{Method: "POST", Body: harness.Bytes([]byte{1, 2})}),
		Entry("a GET with credentials", harness.Request{Credentials: harness.Include}),
	)

	DescribeTable("is sent for", Label("claim:17", "fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request) {
			Expect(ask(ctx, r)).To(SatisfyAll(read(200), harness.BePreflighted()))
		},
		Entry("PUT", harness.Request{Method: "PUT"}),
		Entry("DELETE", harness.Request{Method: "DELETE"}),
		Entry("POST of application/json", harness.Request{Method: "POST", Body: harness.JSON("{}")}),
		Entry("a GET with a header of its own, whatever its method", harness.Request{Headers: header("X-A", "1")}),
		Entry("a GET with Authorization", harness.Request{Headers: header("Authorization", "Bearer x")}),
		Entry("a GET with a Content-Type of JSON", harness.Request{Headers: header("Content-Type", "application/json")}),
		Entry("XMLHttpRequest as for fetch", harness.Request{Via: harness.ViaXHR, Method: "PUT"}),
	)

	It("asks for the method and the headers, says nothing of credentials, and carries none",
		Label("claim:19", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
			profile := harness.Profile{Browser: &chrome}
			DeferCleanup(profile.Close)
			url := serve(servers.Case{Preflight: everything.Preflight, Reply: servers.Reply{
				Header: header(acao, app, acac, "true", "Set-Cookie", "sid=1; Secure; SameSite=None; Path=/")}})
			include := harness.Request{From: app, URL: url, Credentials: harness.Include}
			Expect(profile.Fetch(ctx, include)).To(read(200))

			include.Method, include.Headers = "PUT", header("X-B", "1", "X-A", "1")
			seen, err := profile.Fetch(ctx, include)
			Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), harness.SendCookie("sid")))

			preflight, request := seen.Arrivals[0].Headers, seen.Arrivals[1].Headers
			Expect(preflight.Values("Access-Control-Request-Method")).To(Equal([]string{"PUT"}))
			Expect(preflight.Values("Access-Control-Request-Headers")).To(Equal([]string{"x-a,x-b"}), "sorted, lower case")
			Expect(preflight.Values("Origin")).To(Equal([]string{app}))
			Expect(preflight.Values("Cookie")).To(BeEmpty())
			Expect(preflight.Values("X-A")).To(BeEmpty())
			for _, line := range preflight {
				Expect(line.Name).NotTo(MatchRegexp("(?i)credential"))
			}
			Expect(request.Values("Cookie")).To(Equal([]string{"sid=1"}))
		})

	DescribeTable("that is answered badly keeps the request in the browser", Label("claim:14", "fetch:cors-preflight-fetch"),
		func(ctx SpecContext, preflight servers.Reply, want harness.Reason) {
			url := serve(servers.Case{Preflight: &preflight, Reply: everything.Reply})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "DELETE"})).To(SatisfyAll(
				harness.BeBlocked(want), arrive("OPTIONS"),
				HaveField("Exchanges", ContainElement(SatisfyAll(HaveField("Kind", harness.ActualRequest), HaveField("Sent", false))))))
		},
		Entry("as not found, without any header", servers.Reply{Status: 404}, harness.PreflightMissingAllowOriginHeader),
		Entry("as not found, with the right headers", servers.Reply{Status: 404, Header: everything.Preflight.Header}, harness.PreflightInvalidStatus),
		Entry("as not allowed, with the right headers", servers.Reply{Status: 405, Header: everything.Preflight.Header}, harness.PreflightInvalidStatus),
		Entry("as unauthorized, with the right headers", servers.Reply{Status: 401, Header: everything.Preflight.Header}, harness.PreflightInvalidStatus),
		Entry("with a redirect to a login page", servers.Reply{Status: 302, Header: append(header("Location", "/login"), everything.Preflight.Header...)}, harness.PreflightDisallowedRedirect),
	)
})

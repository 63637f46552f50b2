package specs_test

import (
	"fmt"

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
		Entry("POST of text/plain", Label("case:43"), harness.Request{Method: "POST", Body: harness.Text("x")}),
		Entry("POST of application/x-www-form-urlencoded", Label("case:43"), harness.Request{Method: "POST", Body: harness.Form(harness.Field{Name: "a", Value: "b"})}),
		Entry("POST of multipart/form-data", Label("case:43"), harness.Request{Method: "POST", Body: harness.Multipart(harness.Field{Name: "a", Value: "b"})}),
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

	// A harness.Request cannot have a Blob as body, so the page runs a script.
	It("is sent for a POST of a Blob whose type is JSON", Label("case:43", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		before, url := net.LastSeq(), serve(everything)
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(
			`fetch(%q, {method: "POST", body: new Blob(["{}"], {type: "application/json"})}).then((response) => response.status)`, url))).To(MatchJSON("200"))
		arrived := net.Arrivals(before, []string{url})
		Expect(arrived).To(HaveExactElements(HaveField("Method", "OPTIONS"), HaveField("Method", "POST")))
		Expect(arrived[0].Headers.Values(acrh)).To(Equal([]string{"content-type"}))
	})

	It("asks for the method and the headers, says nothing of credentials, and carries none",
		Label("claim:19", "case:58", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
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
			Expect(preflight.Values(acrm)).To(Equal([]string{"PUT"}))
			Expect(preflight.Values(acrh)).To(Equal([]string{"x-a,x-b"}), "sorted, lower case")
			Expect(preflight.Values("Origin")).To(Equal([]string{app}))
			Expect(preflight.Values("Cookie")).To(BeEmpty())
			Expect(preflight.Values("X-A")).To(BeEmpty())
			for _, line := range preflight {
				Expect(line.Name).NotTo(MatchRegexp("(?i)credential"))
			}
			Expect(request.Values("Cookie")).To(Equal([]string{"sid=1"}))
		})
})

package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// "A development server has permissive CORS headers, but the production server
// does not": one Express app, started twice.
var (
	development = express("https://development.test", "environments.js", "NODE_ENV=development")
	production  = express("https://production.test", "environments.js", "NODE_ENV=production")
)

var _ = Describe("development permissive, production not", Label("scenario:environments", "claim:20"), func() {
	DescribeTable("the same question to both",
		func(ctx SpecContext, r harness.Request, inDevelopment, inProduction OmegaMatcher) {
			r.URL = development.url(ctx, "/data")
			Expect(chrome.Fetch(ctx, r)).To(inDevelopment, "in development")
			r.URL = production.url(ctx, "/data")
			Expect(chrome.Fetch(ctx, r)).To(inProduction, "in production")
		},
		Entry("GET", Label("fetch:cors-check"), harness.Request{From: client},
			read(200), SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 200))),
		Entry("GET from any other page", Label("claim:07", "fetch:cors-check"), harness.Request{From: evil},
			read(200), blocked(harness.MissingAllowOriginHeader, "")),
		Entry("PUT", Label("fetch:cors-preflight-fetch"), harness.Request{From: client, Method: "PUT"},
			SatisfyAll(read(200), arrive("OPTIONS", "PUT")), SatisfyAll(blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS"))),
		Entry("a header of its own", Label("fetch:cors-preflight-fetch"), harness.Request{From: client, Headers: header("X-Trace", "1")},
			read(200), blocked(harness.PreflightMissingAllowOriginHeader, "")),
		Entry("a path that is not there", Label("fetch:cors-check"), harness.Request{From: client, Method: "POST", Body: harness.Text("")},
			read(404), blocked(harness.MissingAllowOriginHeader, "")),
		Entry("GET with credentials, which works in neither", Label("claim:16", "fetch:cors-check"),
			harness.Request{From: client, Credentials: harness.Include},
			blocked(harness.WildcardOriginNotAllowed, ""), blocked(harness.MissingAllowOriginHeader, "")),
		Entry("GET in no-cors mode, which shows no difference", Label("fetch:concept-filtered-response-opaque"),
			harness.Request{From: client, Mode: harness.NoCORS}, harness.BeOpaque(), harness.BeOpaque()),
	)

	It("sends the same answer but for the headers", Label("fetch:http-responses"), func(ctx SpecContext) {
		const message = `{"message":"Data from the server"}`
		// From its own origin each answer is readable: only a browser shows the
		// difference.
		for _, server := range []*recorded{development, production} {
			Expect(chrome.Fetch(ctx, harness.Request{From: server.origin, URL: server.url(ctx, "/data")})).To(SatisfyAll(
				read(200), HaveField("Script.Body", message)), server.origin)
		}
	})
})

package specs_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers/process"
)

// The server of scenario 2, behind the recorder.
var flaskDocument = &recorded{origin: "https://flask.test", server: func(ctx context.Context) (*process.Process, error) {
	return process.Flask(ctx, "document.py")
}}

var _ = Describe("the Flask server of the document", Label("scenario:flask"), func() {
	message := harness.JSON(`{"message":"Hello from client"}`)
	asked := func(ctx SpecContext, path string, r harness.Request, wants ...OmegaMatcher) {
		if r.From == "" {
			r.From = client
		}
		r.URL = flaskDocument.url(ctx, path)
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(wants...))
	}

	DescribeTable("asked from the page that it names", asked,
		Entry("GET is readable", Label("claim:09", "fetch:cors-check"),
			"/data", harness.Request{}, read(200), Not(harness.BePreflighted()), arrive("GET")),
		Entry("the answer to a GET names the origin, and neither methods nor headers", Label("claim:18", "fetch:http-responses"),
			"/data", harness.Request{}, answered(harness.ActualRequest, 200, acao, client, acam, "", acah, "")),
		Entry("the preflight of a JSON POST is answered by Flask-CORS", Label("claim:18", "fetch:cors-preflight-fetch"),
			"/data", harness.Request{Method: "POST", Body: message}, harness.BePreflighted(), answered(harness.Preflight, 200, acao, client, acah, "content-type")),
		Entry("POST of JSON is readable", Label("claim:18", "fetch:cors-preflight-fetch"),
			"/data", harness.Request{Method: "POST", Body: message}, read(200), arrive("OPTIONS", "POST"), HaveField("Script.Body", ContainSubstring("Hello from client"))),
		Entry("any header passes, because Flask-CORS sends back what is asked for", Label("claim:18", "fetch:cors-preflight-fetch"),
			"/data", harness.Request{Headers: header("X-Anything", "1")}, read(200), arrive("OPTIONS", "GET"), answered(harness.Preflight, 200, acah, "x-anything")),
		Entry("PUT passes the preflight, and its 405 is readable: no route has it", Label("claim:18", "fetch:cors-preflight-fetch"),
			"/data", harness.Request{Method: "PUT"}, read(405), arrive("OPTIONS", "PUT")),
		Entry("GET with credentials is blocked: Flask-CORS does not allow them on its own", Label("claim:15", "fetch:cors-check"),
			"/data", harness.Request{Credentials: harness.Include}, blocked(harness.InvalidAllowCredentials, ""), arrive("GET")),
		Entry("another path has no header, as the resources leave it out", Label("claim:06", "fetch:cors-check"),
			"/other", harness.Request{}, blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 200, acao, "")),
		Entry("another path answers the preflight of a JSON POST, but allows nothing", Label("claim:14", "fetch:cors-preflight-fetch"),
			"/other", harness.Request{Method: "POST", Body: message}, blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
	)

	DescribeTable("asked from another page", asked,
		Entry("GET arrives and is answered, and only then kept from script", Label("claim:10", "fetch:cors-check"),
			"/data", harness.Request{From: evil}, blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 200, acao, "")),
		Entry("POST of JSON ends at its preflight", Label("claim:10", "claim:14", "fetch:cors-preflight-fetch"),
			"/data", harness.Request{From: evil, Method: "POST", Body: message}, blocked(harness.PreflightMissingAllowOriginHeader, ""), arrive("OPTIONS")),
		Entry("POST of text arrives, as it needs no preflight", Label("claim:10", "fetch:cors-safelisted-request-header"),
			"/data", harness.Request{From: evil, Method: "POST", Body: harness.Text(`{}`)}, blocked(harness.MissingAllowOriginHeader, ""), arrive("POST")),
		Entry("a look-alike is another page", Label("fetch:cors-check"),
			"/data", harness.Request{From: "https://your-client.com.evil.test"}, blocked(harness.MissingAllowOriginHeader, ""), arrive("GET")),
	)
})

package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
)

// A redirect from one foreign origin to another makes the origin of the request
// null, so that the last server does not take a request of the first server for
// one of the page.
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
var _ = Describe("the origin of a redirected request", Label("scenario:redirects", "fetch:concept-request-tainted-origin"), func() {
	var (
		simple      = harness.Request{}
		include     = harness.Request{Credentials: harness.Include}
		preflighted = harness.Request{Headers: header("X-A", "1")}
	)
	both := func(origin string) harness.Header { return allow(origin, acac, "true") }

	DescribeTable("as the servers see it", func(ctx SpecContext, r harness.Request, hops []hop, arrived ...string) {
		urls := chain(hops...)
		r.From, r.URL = app, urls[0]
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), HaveField("Script.Type", "cors")))
		Expect(travelled(urls)).To(Equal(arrived), seen.String)
	},
		Entry("stays the page's away from home", Label("case:60"), simple, []hop{{at: app, status: 302}, {at: api, lines: allow("*")}},
			"GET app.test", "GET api.test as app.test"),
		Entry("stays the page's within an origin", Label("case:60"), simple, []hop{{at: api, status: 302, lines: allow(app)}, {at: api, lines: allow(app)}},
			"GET api.test as app.test", "GET api.test as app.test"),
		Entry("is null at a third, which * allows", Label("case:61"), simple, []hop{{at: api, status: 302, lines: allow(app)}, {at: third, lines: allow("*")}},
			"GET api.test as app.test", "GET third.test as null"),
		Entry("is null at a third, which null allows", Label("case:61"), simple, []hop{{at: api, status: 302, lines: allow(app)}, {at: third, lines: allow("null")}},
			"GET api.test as app.test", "GET third.test as null"),
		Entry("is null back home, which * allows", Label("case:62"), simple, []hop{{at: api, status: 302, lines: allow(app)}, {at: app, lines: allow("*")}},
			"GET api.test as app.test", "GET app.test as null"),
		Entry("is null with credentials, which null allows", Label("case:64"), include, []hop{{at: api, status: 302, lines: both(app)}, {at: third, lines: both("null")}},
			"GET api.test as app.test", "GET third.test as null"),
		Entry("is null in the preflight, too", Label("case:66"), preflighted, []hop{{at: api, status: 302, lines: allow(app)}, {at: third, lines: allow("*")}},
			"OPTIONS api.test as app.test", "GET api.test as app.test", "OPTIONS third.test as null", "GET third.test as null"),
	)

	// Chrome names the URL of the hop that it refused and, if they differ, the
	// URL that was asked.
	DescribeTable("refused", func(ctx SpecContext, r harness.Request, hops []hop, refused int, want types.GomegaMatcher, arrived ...string) {
		urls := chain(hops...)
		r.From, r.URL = app, urls[0]
		seen, err := chrome.Fetch(ctx, r)
		line := fmt.Sprintf("Access to fetch at '%s' from origin '%s'", urls[0], app)
		if refused > 0 {
			line = fmt.Sprintf("Access to fetch at '%s' (redirected from '%s') from origin '%s'", urls[refused], urls[0], app)
		}
		Expect(seen, err).To(SatisfyAll(want, harness.LogToConsole(line)))
		Expect(travelled(urls)).To(Equal(arrived), seen.String)
	},
		Entry("at a third that allows the page", Label("case:61", "code:AllowOriginMismatch"), simple,
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: third, lines: allow(app)}}, 1, blocked(harness.AllowOriginMismatch, app),
			"GET api.test as app.test", "GET third.test as null"),
		Entry("back home, where the server sends no CORS headers", Label("case:62", "code:MissingAllowOriginHeader"), simple,
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: app}}, 1, blocked(harness.MissingAllowOriginHeader, ""),
			"GET api.test as app.test", "GET app.test as null"),
		Entry("where a redirect allows nobody, which is not followed", Label("case:63", "code:MissingAllowOriginHeader"), simple,
			[]hop{{at: api, status: 302}, {at: third, lines: allow("*")}}, 0, blocked(harness.MissingAllowOriginHeader, ""),
			"GET api.test as app.test"),
		Entry("where a redirect allows nobody and leads to its own origin", Label("case:63", "code:MissingAllowOriginHeader"), simple,
			[]hop{{at: api, status: 302}, {at: api, lines: allow("*")}}, 0, blocked(harness.MissingAllowOriginHeader, ""),
			"GET api.test as app.test"),
		Entry("with credentials, by *", Label("case:64", "code:WildcardOriginNotAllowed"), include,
			[]hop{{at: api, status: 302, lines: both(app)}, {at: third, lines: both("*")}}, 1, blocked(harness.WildcardOriginNotAllowed, ""),
			"GET api.test as app.test", "GET third.test as null"),
		Entry("in the preflight of a third", Label("case:66", "code:PreflightMissingAllowOriginHeader"), preflighted,
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: third, lines: allow("*"), refuses: true}}, 1,
			blocked(harness.PreflightMissingAllowOriginHeader, ""),
			"OPTIONS api.test as app.test", "GET api.test as app.test", "OPTIONS third.test as null"),
	)
})

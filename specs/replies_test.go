package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Each answer with the code by which Chrome names its fault. The order in which
// faults are found is that of the standard.
var _ = Describe("the reason", Label("scenario:reasons"), func() {
	include := harness.Request{Credentials: harness.Include}
	put := harness.Request{Method: "PUT"}
	putInclude := harness.Request{Method: "PUT", Credentials: harness.Include}
	ok := allow(app, acac, "true")

	// https://fetch.spec.whatwg.org/#cors-check
	DescribeTable("of a refused response", Label("fetch:cors-check"),
		func(ctx SpecContext, r harness.Request, lines harness.Header, reason harness.Reason, parameter string) {
			r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Header: lines}})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(reason, parameter), arrive("GET")))
		},
		Entry("no origin", harness.Request{}, nil, harness.MissingAllowOriginHeader, ""),
		Entry("* with credentials", include, allow("*", acac, "true"), harness.WildcardOriginNotAllowed, ""),
		Entry("two origins in one line", harness.Request{}, allow(app+", "+evil), harness.MultipleAllowOriginValues, app+", "+evil),
		Entry("two lines, as from a server and its proxy", harness.Request{}, allow(app, acao, app), harness.MultipleAllowOriginValues, app+", "+app),
		Entry("two origins with a blank between", harness.Request{}, allow(app+" "+evil), harness.MultipleAllowOriginValues, app+" "+evil),
		Entry("an empty value", harness.Request{}, allow(""), harness.InvalidAllowOriginValue, ""),
		Entry("a host without scheme", harness.Request{}, allow("app.test"), harness.InvalidAllowOriginValue, "app.test"),
		Entry("a pattern", harness.Request{}, allow("*.test"), harness.InvalidAllowOriginValue, "*.test"),
		Entry("another origin", harness.Request{}, allow(evil), harness.AllowOriginMismatch, evil),
		Entry("a slash at the end", harness.Request{}, allow(app+"/"), harness.AllowOriginMismatch, app+"/"),
		Entry("another scheme", harness.Request{}, allow("http://app.test"), harness.AllowOriginMismatch, "http://app.test"),
		Entry("the default port written out", harness.Request{}, allow(app+":443"), harness.AllowOriginMismatch, app+":443"),
		Entry("upper case", harness.Request{}, allow("https://APP.test"), harness.AllowOriginMismatch, "https://APP.test"),
		Entry("null", harness.Request{}, allow("null"), harness.AllowOriginMismatch, "null"),
		Entry("no Allow-Credentials", include, allow(app), harness.InvalidAllowCredentials, ""),
		Entry("Allow-Credentials: false", include, allow(app, acac, "false"), harness.InvalidAllowCredentials, "false"),
		Entry("both faults: the origin comes first", include, allow(evil, acac, "false"), harness.AllowOriginMismatch, evil),
	)

	// https://fetch.spec.whatwg.org/#cors-preflight-fetch
	DescribeTable("of a refused preflight", Label("fetch:cors-preflight-fetch"),
		func(ctx SpecContext, r harness.Request, preflight servers.Reply, reason harness.Reason, parameter string) {
			r.From, r.URL = app, serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: ok}})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(reason, parameter), arrive("OPTIONS")))
		},
		Entry("no origin", put, servers.Reply{}, harness.PreflightMissingAllowOriginHeader, ""),
		Entry("* with credentials", putInclude, servers.Reply{Header: allow("*", acac, "true")}, harness.PreflightWildcardOriginNotAllowed, ""),
		Entry("two origins", put, servers.Reply{Header: allow(app, acao, evil)}, harness.PreflightMultipleAllowOriginValues, app+", "+evil),
		Entry("not an origin", put, servers.Reply{Header: allow("app.test")}, harness.PreflightInvalidAllowOriginValue, "app.test"),
		Entry("another origin", put, servers.Reply{Header: allow(evil)}, harness.PreflightAllowOriginMismatch, evil),
		Entry("no Allow-Credentials", putInclude, servers.Reply{Header: allow(app)}, harness.PreflightInvalidAllowCredentials, ""),
		Entry("Allow-Credentials: false", putInclude, servers.Reply{Header: allow(app, acac, "false")}, harness.PreflightInvalidAllowCredentials, "false"),
		Entry("a status that is not ok", put, servers.Reply{Status: 500, Header: allow(app, acam, "PUT")}, harness.PreflightInvalidStatus, ""),
		Entry("a redirect", put, servers.Reply{Status: 307, Header: allow(app, "Location", "/elsewhere")}, harness.PreflightDisallowedRedirect, ""),
		Entry("methods that are no list of tokens", put, servers.Reply{Header: allow(app, acam, "PUT DELETE")}, harness.InvalidAllowMethodsPreflightResponse, ""),
		Entry("headers that are no list of tokens", put, servers.Reply{Header: allow(app, acam, "PUT", acah, "x-a, b@d")}, harness.InvalidAllowHeadersPreflightResponse, ""),
		Entry("a method that is not listed", put, servers.Reply{Header: allow(app, acam, "GET, DELETE")}, harness.MethodDisallowedByPreflightResponse, "PUT"),
		Entry("a method in lower case", harness.Request{Method: "patch"}, servers.Reply{Header: allow(app, acam, "PATCH")},
			harness.MethodDisallowedByPreflightResponse, "patch"),
		Entry("* as method with credentials", putInclude, servers.Reply{Header: allow(app, acac, "true", acam, "*")}, harness.MethodDisallowedByPreflightResponse, "PUT"),
		Entry("a header that is not listed", harness.Request{Headers: header("X-Z", "1")}, servers.Reply{Header: allow(app, acah, "x-a")},
			harness.HeaderDisallowedByPreflightResponse, "x-z"),
		Entry("* as header with credentials", harness.Request{Headers: header("X-Z", "1"), Credentials: harness.Include},
			servers.Reply{Header: allow(app, acac, "true", acah, "*")}, harness.HeaderDisallowedByPreflightResponse, "x-z"),
		Entry("both faults: the method comes first", harness.Request{Method: "PUT", Headers: header("X-Z", "1")}, servers.Reply{Header: allow(app)},
			harness.MethodDisallowedByPreflightResponse, "PUT"),
	)

	DescribeTable("of a request that passed its preflight", Label("fetch:cors-check"),
		func(ctx SpecContext, lines harness.Header, reason harness.Reason) {
			preflight := servers.Reply{Status: 204, Header: allow(app, acam, "PUT")}
			url := serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: lines}})
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "PUT"})).To(SatisfyAll(
				harness.BeBlocked(reason), arrive("OPTIONS", "PUT")))
		},
		Entry("no origin: the PUT was done, and the page cannot know", nil, harness.MissingAllowOriginHeader),
		Entry("another origin", allow(evil), harness.AllowOriginMismatch),
	)

	// https://fetch.spec.whatwg.org/#http-redirect-fetch
	DescribeTable("of a redirect", Label("fetch:http-redirect-fetch"),
		func(ctx SpecContext, r harness.Request, location string, lines harness.Header, want OmegaMatcher) {
			target := serveAt(location, servers.Case{Reply: servers.Reply{Header: allow("*"), Body: "arrived"}})
			r.From, r.URL = app, serve(servers.Case{Reply: servers.Reply{Status: 302, Header: append(header("Location", target), lines...)}})
			Expect(chrome.Fetch(ctx, r)).To(want)
		},
		Entry("that allows nobody is not followed", harness.Request{}, api, nil, SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"))),
		Entry("that allows the page is followed", harness.Request{}, api, allow(app), SatisfyAll(read(200), arrive("GET", "GET"))),
		Entry("to a third origin makes the origin null, which * allows", harness.Request{}, "https://third.test", allow(app), SatisfyAll(read(200), arrive("GET", "GET"))),
		Entry("to a URL with a password", harness.Request{}, "https://user:secret@api.test", allow(app), SatisfyAll(blocked(harness.RedirectContainsCredentials, ""), arrive("GET"))),
		Entry("where script wants none", harness.Request{Redirect: harness.ErrorRedirect}, api, allow(app), SatisfyAll(harness.BeBlocked(harness.RedirectRefused), arrive("GET"))),
		Entry("where script wants to see it", harness.Request{Redirect: harness.Manual}, api, allow(app), SatisfyAll(harness.BeOpaque(), HaveField("Script.Type", "opaqueredirect"), arrive("GET"))),
	)

	DescribeTable("of a request that never left the browser", Label("fetch:main-fetch"),
		func(ctx SpecContext, r harness.Request, reason harness.Reason, parameter string) {
			r.From = app
			if r.URL == "" {
				r.URL = serve(servers.Case{Reply: servers.Reply{Header: ok}})
			}
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(reason, parameter), WithTransform(arrivals, Equal("nothing"))))
		},
		Entry("mode same-origin", harness.Request{Mode: harness.SameOriginOnly}, harness.DisallowedByMode, ""),
		Entry("no-cors with redirect manual", harness.Request{Mode: harness.NoCORS, Redirect: harness.Manual}, harness.NoCorsRedirectModeNotFollow, ""),
		Entry("a scheme that CORS does not know", harness.Request{URL: "ftp://api.test/file"}, harness.CorsDisabledScheme, "ftp"),
		Entry("a port that is not for the web", harness.Request{URL: "https://api.test:25/"}, harness.UnsafePort, ""),
		Entry("http from a page on https", harness.Request{URL: "http://api.test/"}, harness.BlockedByMixedContent, ""),
		Entry("a method that is forbidden", harness.Request{Method: "TRACE"}, harness.RequestRefused, ""),
		Entry("PUT in no-cors mode", harness.Request{Method: "PUT", Mode: harness.NoCORS}, harness.RequestRefused, ""),
	)
})

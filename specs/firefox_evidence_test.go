package specs_test

import (
	"errors"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Firefox cuts long lines of its console off, writes some URLs in its own way, and announces no
// request where it refuses early.
var _ = Describe("Firefox gives evidence for", Label("scenario:firefox"), func() {
	long := "/" + strings.Repeat("long-", 300)
	put := harness.Request{Method: "PUT"}

	DescribeTable("a long URL", Label("fetch:cors-check"),
		func(ctx SpecContext, r harness.Request, c servers.Case, want types.GomegaMatcher) {
			r.From, r.URL = app, serve(c)+long
			Expect(firefox.Fetch(ctx, r)).To(want)
		},
		Entry("that is refused", harness.Request{}, answer(nil, nil), categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2")),
		Entry("whose preflight is refused", put, answer(allow("*"), nil), categorised(harness.MethodDisallowedByPreflightResponse, "CORSMethodNotFound")),
		Entry("that a policy of the page blocks", harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}, answer(nil, nil), harness.BeBlocked(harness.BlockedByCSP)),
		Entry("that mode same-origin refuses", harness.Request{Mode: harness.SameOriginOnly}, answer(nil, nil), categorised(harness.DisallowedByMode, "SOP")),
		Entry("that is allowed", put, answer(allow("*", acam, "PUT"), allow("*")), harness.BeReadable()),
	)

	It("long URLs that begin alike, at once", Label("fetch:cors-check"), func(ctx SpecContext) {
		place := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			switch {
			case strings.HasSuffix(a.URL, "/other"):
				return servers.Reply{Header: allow(evil)}
			case strings.HasSuffix(a.URL, "/open"):
				return servers.Reply{Header: allow("*")}
			}
			return servers.Reply{}
		}})
		var all sync.WaitGroup
		for end, want := range map[string]types.GomegaMatcher{
			"/missing": categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"),
			"/other":   categorised(harness.AllowOriginMismatch, "CORSAllowOriginNotMatchingOrigin"),
			"/open":    harness.BeReadable(),
		} {
			all.Go(func() {
				defer GinkgoRecover()
				Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: place + long + end})).To(want)
			})
		}
		all.Wait()
	})

	DescribeTable("a URL that is not HTTP", Label("fetch:scheme-fetch"),
		func(ctx SpecContext, url string, want types.GomegaMatcher) {
			Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: url})).To(want)
		},
		Entry("data: beyond ASCII", "data:é/b,a", read(200)),
		Entry("data: with spaces, which Firefox leaves out", "data:; BASE64 ,YQ==", read(200)),
		Entry("data: with a space in its body", "data:text/plain,a b", SatisfyAll(read(200), HaveField("Script.Body", "a b"))),
		Entry("data: without a comma", "data:text/plain", harness.BeBlocked(harness.InvalidURL)),
		Entry("blob: of another origin", "blob:https://api.test/a", categorised(harness.CorsDisabledScheme, "SOP")),
	)

	DescribeTable("a blob: URL without a blob", Label("fetch:scheme-fetch"),
		func(ctx SpecContext, via harness.Via) {
			_, err := firefox.Fetch(ctx, harness.Request{From: app, URL: "blob:https://app.test/a", Via: via})
			var inconclusive *harness.InconclusiveError
			Expect(errors.As(err, &inconclusive)).To(BeTrue(), "%v", err)
			Expect(inconclusive.Missing).To(ContainSubstring("net::ERR_FILE_NOT_FOUND"))
		},
		Entry("by fetch", harness.ViaFetch), Entry("by XMLHttpRequest", harness.ViaXHR),
	)

	DescribeTable("a port that no page may connect to", Label("fetch:main-fetch"),
		func(ctx SpecContext, r harness.Request) {
			r.From, r.URL = app, "https://api.test:25/"
			Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(harness.BeBlocked(harness.UnsafePort), HaveField("NetError", "net::ERR_UNSAFE_PORT")))
		},
		Entry("by fetch", harness.Request{}), Entry("by XMLHttpRequest", harness.Request{Via: harness.ViaXHR}), Entry("with a preflight", put),
		Entry("by an image", harness.Request{Via: harness.ViaImage}),
	)

	DescribeTable("a URL with a user name, by XMLHttpRequest", Label("fetch:cors-check"),
		func(ctx SpecContext, r harness.Request, c servers.Case, want types.GomegaMatcher) {
			r.From, r.Via, r.URL = app, harness.ViaXHR, strings.Replace(serve(c), "://", "://ann:pw@", 1)
			Expect(firefox.Fetch(ctx, r)).To(want)
		},
		Entry("that is refused", harness.Request{}, answer(nil, nil), categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2")),
		Entry("that is allowed", harness.Request{}, answer(nil, allow("*")), read(200)),
		Entry("whose preflight is refused", put, answer(allow("*"), nil), categorised(harness.MethodDisallowedByPreflightResponse, "CORSMethodNotFound")),
		Entry("whose preflight is allowed", put, answer(allow("*", acam, "PUT"), allow("*")), read(200)),
	)

	It("a preflight that is redirected to no URL", Label("fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{Preflight: &servers.Reply{Status: 302, Header: allow("*", acam, "PUT", "Location", "https://")}})
		Expect(firefox.Fetch(ctx, harness.Request{From: app, Method: "PUT", URL: url})).
			To(SatisfyAll(categorised(harness.PreflightDisallowedRedirect, "NS_ERROR_CORRUPTED_CONTENT"), arrive("OPTIONS")))
	})

	DescribeTable("a worker whose script has no http URL", Label("fetch:cors-check"),
		func(ctx SpecContext, script harness.WorkerScript, origin string) {
			r := harness.Request{From: app, Via: harness.ViaWorker, WorkerScript: script}
			r.URL = serve(answer(nil, allow(origin)))
			Expect(firefox.Fetch(ctx, r)).To(SatisfyAll(read(200), arriveWith("Origin", origin)))
			r.URL = serve(answer(nil, nil))
			Expect(firefox.Fetch(ctx, r)).To(categorised(harness.MissingAllowOriginHeader, "CORSMissingAllowOrigin2"))
		},
		Entry("but a data: URL, and so an opaque origin", harness.DataScript, "null"),
		Entry("but a blob: URL, and so the origin of its page", harness.BlobScript, app),
	)
})

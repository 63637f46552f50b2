package specs_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// A server that fails gives no verdict: nothing was decided about reading.
// https://fetch.spec.whatwg.org/#concept-network-error
//
// Each question is asked from two pages. Once Chrome has granted local network
// access, it calls every later failure of the connection a denial, for a page
// that needed the permission; the harness must not believe it.
var _ = Describe("no verdict", Label("scenario:faults", "fetch:concept-network-error"), func() {
	pages := []string{app, foreign}
	// each asks from each page, and expects one line that names what is missing.
	each := func(ctx context.Context, r harness.Request, parts ...string) {
		GinkgoHelper()
		for _, page := range pages {
			r.From = page
			seen, err := chrome.Fetch(ctx, r)
			Expect(err).To(inconclusive(parts...), "from %s", page)
			Expect(err).To(MatchError(HavePrefix("no verdict on ")))
			Expect(seen.Verdict).To(BeEmpty())
			Expect(seen.Reason).To(BeEmpty())
		}
	}
	ok := servers.Reply{Header: allow("*", acam, "PUT", "Content-Type", "text/plain"), Body: "0123456789"}
	nonsense := servers.Case{Reply: servers.Reply{Raw: "220 mail.test ESMTP\r\n"}}
	with := func(change func(*servers.Reply)) servers.Reply {
		r := ok
		change(&r)
		return r
	}

	It("where nothing listens", func(ctx SpecContext) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		each(ctx, harness.Request{URL: gone.URL + "/"}, "refused", "net::ERR_CONNECTION_REFUSED")
	})

	It("where the name does not resolve", func(ctx SpecContext) {
		each(ctx, harness.Request{URL: "https://nobody.invalid/"}, "its name does not resolve", "net::ERR_NAME_NOT_RESOLVED")
	})

	It("where the certificate is from an authority of its own", func(ctx SpecContext) {
		self := httptest.NewUnstartedServer(http.NotFoundHandler())
		self.Config.ErrorLog = quiet
		self.StartTLS()
		DeferCleanup(self.Close)
		each(ctx, harness.Request{URL: self.URL + "/"}, "certificate", "net::ERR_CERT_AUTHORITY_INVALID")
	})

	It("where plain HTTP is spoken instead of TLS", func(ctx SpecContext) {
		plain := httptest.NewServer(http.NotFoundHandler())
		DeferCleanup(plain.Close)
		each(ctx, harness.Request{URL: "https" + plain.URL[len("http"):] + "/"}, "TLS", "net::ERR_SSL_PROTOCOL_ERROR")
	})

	DescribeTable("where the server never answers", func(ctx SpecContext, c servers.Case, method string) {
		for _, page := range pages {
			short, cancel := context.WithTimeout(ctx, 700*time.Millisecond)
			_, err := chrome.Fetch(short, harness.Request{From: page, URL: serve(c), Method: method})
			cancel()
			Expect(err).To(inconclusive("context deadline exceeded: missing "), "from %s", page)
			Expect(err).To(MatchError(context.DeadlineExceeded))
		}
	},
		Entry("the request", servers.Case{Reply: servers.Reply{Hang: true}}, "GET"),
		Entry("the preflight", servers.Case{Preflight: &servers.Reply{Hang: true}}, "PUT"),
	)

	It("where the question is aborted, which names what it waited for", func(ctx SpecContext) {
		arrived := make(chan struct{}, 1)
		url := serve(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			arrived <- struct{}{}
			return servers.Reply{Hang: true}
		}})
		given, giveUp := context.WithCancel(ctx)
		defer giveUp()
		failed := make(chan error, 1)
		go func() {
			_, err := chrome.Fetch(given, harness.Request{From: app, URL: url})
			failed <- err
		}()
		Eventually(ctx, arrived).Should(Receive())
		// The page has answered, so all its earlier events are here.
		Expect(chrome.Evaluate(ctx, app, "1")).To(MatchJSON("1"))
		giveUp()
		var err error
		Eventually(ctx, failed).Should(Receive(&err))
		Expect(err).To(inconclusive("context canceled: missing ", "an answer to GET "+url))
		Expect(err).To(MatchError(context.Canceled))
	}, SpecTimeout(patience))

	It("where the time limit of the browser itself is over", func(ctx SpecContext) {
		hasty := harness.Browser{Network: &net, Timeout: time.Second}
		DeferCleanup(hasty.Close)
		Expect(hasty.Start(ctx)).To(Succeed())
		_, err := hasty.Fetch(context.Background(), harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Hang: true}})})
		Expect(err).To(inconclusive("nothing within 1s: missing "))
	})

	DescribeTable("where the server",
		func(ctx SpecContext, c servers.Case, r harness.Request, parts ...string) {
			r.URL = serve(c)
			each(ctx, r, parts...)
		},
		Entry("drops the request", servers.Case{Reply: servers.Reply{Drop: true}}, harness.Request{}),
		Entry("resets the request", servers.Case{Reply: servers.Reply{Reset: true}}, harness.Request{}),
		Entry("drops the preflight", servers.Case{Preflight: &servers.Reply{Drop: true}, Reply: ok}, harness.Request{Method: "PUT"}),
		Entry("drops the request after the preflight", servers.Case{Preflight: &ok, Reply: servers.Reply{Drop: true}}, harness.Request{Method: "PUT"}),
		Entry("ends in the middle of its headers", servers.Case{Reply: with(func(r *servers.Reply) { r.DropAfter = 30 })}, harness.Request{}),
		Entry("ends in the middle of its body", servers.Case{Reply: with(func(r *servers.Reply) { r.Body += ok.Body; r.DropAfter = len(head(*r)) + 5 })},
			harness.Request{}, "broke off"),
		Entry("ends in the middle of a chunked body", servers.Case{Reply: with(func(r *servers.Reply) {
			r.Chunks = []servers.Chunk{{Text: "more"}}
			r.DropAfter = len(head(*r)) + 15
		})}, harness.Request{}, "broke off"),
		Entry("ends in the middle of its body after the preflight", servers.Case{Preflight: &ok, Reply: with(func(r *servers.Reply) { r.DropAfter = len(head(*r)) + 5 })},
			harness.Request{Method: "PUT"}, "broke off"),
		Entry("redirects to a server that drops the request", servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if a.URL[len(a.URL)-1] == '2' {
				return servers.Reply{Drop: true}
			}
			return servers.Reply{Status: 302, Header: append(header("Location", a.URL+"/2"), ok.Header...)}
		}}, harness.Request{}),
	)

	It("where the server does not speak HTTP", func(ctx SpecContext) {
		r := harness.Request{From: app, URL: serveAt("https://api.test:8443", nonsense)}
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(inconclusive("not valid HTTP", "net::ERR_INVALID_HTTP_RESPONSE"))
		each(ctx, r)
	})

	It("is not what Chrome gives on a default port, where such an answer is HTTP/0.9 to it: a body without any header",
		func(ctx SpecContext) {
			for _, page := range pages {
				Expect(chrome.Fetch(ctx, harness.Request{From: page, URL: serve(nonsense)})).To(harness.BeBlocked(harness.MissingAllowOriginHeader))
			}
		})

	It("where the server behind the recorder is down", func(ctx SpecContext) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		rec, err := net.Record("https://down.test", gone.Listener.Addr().String())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(rec.Close)
		each(ctx, harness.Request{URL: "https://down.test/"})
		Expect(rec.Err()).To(MatchError(ContainSubstring("refused")))
	})

	It("and the next question has one", func(ctx SpecContext) {
		for _, page := range pages {
			_, err := chrome.Fetch(ctx, harness.Request{From: page, URL: serve(servers.Case{Reply: servers.Reply{Drop: true}})})
			Expect(err).To(inconclusive())
			Expect(chrome.Fetch(ctx, harness.Request{From: page, URL: serve(servers.Case{Reply: ok})})).To(read(200))
		}
	})

	DescribeTable("but a fault that says what is wrong with the question, for", func(ctx SpecContext, r harness.Request, fault string) {
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(MatchError(ContainSubstring(fault)))
		Expect(err).NotTo(inconclusive())
	},
		Entry("an origin without scheme", harness.Request{From: "app.test", URL: api}, "did you mean https://app.test?"),
		Entry("an origin with a path", harness.Request{From: "https://app.test/", URL: api}, "browsers write this origin https://app.test"),
		Entry("a URL that is not absolute", harness.Request{From: app, URL: "/data"}, `url "/data": `),
		Entry("a method that is no token", harness.Request{From: app, URL: api, Method: "P UT"}, `method "P UT": not an HTTP token`),
		Entry("a header name with a blank", harness.Request{From: app, URL: api, Headers: header("X Y", "1")}, `header "X Y": `),
	)
})

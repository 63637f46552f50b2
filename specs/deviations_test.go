package specs_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/specs/internal/differential"
)

// deviationCase is a question that shows a row of the table of deviations.
type deviationCase struct {
	text     string
	labels   Labels
	id       string
	question differential.Question
}

// deviationCases has a question for each row that a question of fetch() or XMLHttpRequest shows.
func deviationCases() []deviationCase {
	type answers = []differential.Hop
	request := func(r harness.Request) harness.Request {
		r.From, r.URL = app, "{0}"
		return r
	}
	put := request(harness.Request{Method: "PUT"})
	// open is a server that allows everything that can be allowed without credentials.
	open := answers{{Origin: api, Preflight: allowing(), Reply: allowing()}}
	cached := func(pairs ...string) answers {
		return answers{{Origin: api, Preflight: differential.Answer{Header: allow("*", append(pairs, acam, "{method}")...)}, Reply: allowing()}}
	}
	redirects := func(origin string, status int, next string, lines ...string) answers {
		return answers{{Origin: origin, Preflight: allowing(), Reply: redirecting(status, lines...)}, {Origin: next, Preflight: allowing(), Reply: allowing()}}
	}
	with := func(r harness.Request, change func(*harness.Request)) harness.Request {
		change(&r)
		return r
	}

	return []deviationCase{
		{"* covers Authorization", Label("deviation:D1", "fetch:cors-non-wildcard-request-header-name"), "D1",
			differential.Question{Request: request(harness.Request{Headers: header("Authorization", "x")}), Hops: open}},
		{"but not in the preflight cache", Label("deviation:D2", "fetch:concept-cache-match"), "D2",
			differential.Question{Before: []harness.Request{request(harness.Request{Headers: header("Authorization", "x")})},
				Request: request(harness.Request{Headers: header("Authorization", "x")}), Hops: open}},
		{"client hints are safelisted", Label("deviation:D3", "fetch:cors-safelisted-request-header"), "D3",
			differential.Question{Request: request(harness.Request{Headers: header("DPR", "2.0")}), Hops: open}},
		{"a preflight's result replaces the one before", Label("deviation:D4", "fetch:cors-preflight-cache"), "D4",
			differential.Question{Before: []harness.Request{put, request(harness.Request{Method: "DELETE"})}, Request: put, Hops: cached()}},
		{"nothing is cached for an opaque origin", Label("deviation:D5", "fetch:cors-preflight-cache"), "D5",
			differential.Question{Before: []harness.Request{from(put, harness.OpaqueOrigin)}, Request: from(put, harness.OpaqueOrigin), Hops: cached()}},
		{"cache mode no-store keeps from the preflight cache", Label("deviation:D6", "fetch:cors-preflight-cache"), "D6",
			differential.Question{Before: []harness.Request{put}, Request: with(put, func(r *harness.Request) { r.Cache = harness.CacheNoStore }), Hops: cached()}},
		{"a negative Max-Age is none", Label("deviation:D7", "fetch:http-access-control-max-age"), "D7",
			differential.Question{Before: []harness.Request{put}, Request: put, Hops: cached(acma, "-1")}},
		{"a failure leaves the preflight cache alone", Label("deviation:D8", "fetch:cors-preflight-cache"), "D8",
			differential.Question{
				Before: []harness.Request{
					with(put, func(r *harness.Request) { r.Redirect = harness.RedirectManual }), with(put, func(r *harness.Request) { r.Redirect = harness.RedirectError }),
				},
				Request: with(put, func(r *harness.Request) { r.Redirect = harness.RedirectManual }), Hops: redirects(api, 307, api, "{1}")}},
		{"mode same-origin, redirected, has another reason", Label("deviation:D9", "fetch:main-fetch"), "D9",
			differential.Question{Request: request(harness.Request{Mode: harness.SameOriginOnly}), Hops: redirects(app, 302, api, "{1}")}},
		{"a user name in a redirect is refused everywhere", Label("deviation:D10", "fetch:http-redirect-fetch"), "D10",
			differential.Question{Request: request(harness.Request{}), Hops: redirects(app, 302, app, "{1@}")}},
		{"a referrer policy does not hide the origin of a POST in mode no-cors", Label("deviation:D11", "fetch:append-a-request-origin-header"), "D11",
			differential.Question{Request: request(harness.Request{Method: "POST", Mode: harness.NoCORS, ReferrerPolicy: harness.NoReferrer}), Hops: open}},
		{"a redirected preflight is told from one that failed its check", Label("deviation:D22", "fetch:cors-preflight-fetch"), "D22",
			differential.Question{Request: put, Hops: answers{{Origin: api, Preflight: redirecting(302, "{0}"), Reply: allowing()}}}},
		{"a redirect without Location is none under mode error", Label("deviation:D26", "fetch:http-fetch"), "D26",
			differential.Question{Request: request(harness.Request{Redirect: harness.RedirectError}), Hops: redirects(api, 302, api)}},
		{"two headers of one name are judged as one", Label("deviation:D27", "fetch:cors-unsafe-request-header-names"), "D27",
			differential.Question{Request: request(harness.Request{Headers: header("Accept", strings.Repeat("a", 100), "Accept", strings.Repeat("b", 100))}), Hops: open}},
		{"numbers of a Range are bounded", Label("deviation:D28", "fetch:cors-safelisted-request-header"), "D28",
			differential.Question{Request: request(harness.Request{Headers: header("Range", "bytes=0-9223372036854775807")}), Hops: open}},
		{"an upload listener does not allow the method", Label("deviation:D29", "fetch:cors-preflight-fetch"), "D29",
			differential.Question{Request: request(harness.Request{Via: harness.ViaXHRUpload, Method: "PUT", Body: harness.Text("a")}),
				Hops: answers{{Origin: api, Preflight: differential.Answer{Header: allow("*")}, Reply: allowing()}}}},
		{"a redirect taints the origin of a POST in mode no-cors", Label("deviation:D30", "fetch:append-a-request-origin-header"), "D30",
			differential.Question{Request: request(harness.Request{Method: "POST", Mode: harness.NoCORS}), Hops: redirects(app, 307, api, "{1}")}},
		{"a Location that is no URL fails under mode manual", Label("deviation:D31", "fetch:http-fetch"), "D31",
			differential.Question{Request: request(harness.Request{Redirect: harness.RedirectManual}), Hops: redirects(api, 302, api, "http://[")}},
		{"two equal Locations are one", Label("deviation:D32", "fetch:http-redirect-fetch"), "D32",
			differential.Question{Request: request(harness.Request{}), Hops: redirects(api, 302, api, "{1}", "{1}")}},
		{"a redirect to another scheme has a reason of its own", Label("deviation:D33", "fetch:http-redirect-fetch"), "D33",
			differential.Question{Request: request(harness.Request{}), Hops: redirects(api, 302, api, "ftp://api.test/")}},
		{"an upload listener without an upload is nothing", Label("deviation:D34", "fetch:use-cors-preflight-flag"), "D34",
			differential.Question{Request: request(harness.Request{Via: harness.ViaXHRUpload}), Hops: open}},
		{"client hints do not follow a redirect to another origin", Label("deviation:D35", "fetch:http-redirect-fetch"), "D35",
			differential.Question{Request: request(harness.Request{Headers: header("DPR", "2.0")}), Hops: redirects(api, 302, api, "{1}")}},
		{"nor a redirect in a worker", Label("deviation:D35", "fetch:http-redirect-fetch"), "D35",
			differential.Question{Request: request(harness.Request{Via: harness.ViaWorker, Headers: header("DPR", "2.0")}), Hops: redirects(app, 302, app, "{1}")}},
		{"nor one in a frame of another origin", Label("deviation:D35", "fetch:http-redirect-fetch"), "D35",
			differential.Question{Request: request(harness.Request{Within: "https://top.test", Headers: header("DPR", "2.0")}), Hops: redirects(app, 302, app, "{1}")}},
		{"a worker is told of mixed content where it is redirected to another scheme", Label("deviation:D33", "fetch:http-redirect-fetch"), "D33",
			differential.Question{Request: request(harness.Request{Via: harness.ViaWorker}), Hops: redirects(api, 302, api, "ftp://api.test/")}},
		{"a worker has an embedder policy on http, too", Label("deviation:D48", "fetch:cross-origin-resource-policy-check"), "D48",
			differential.Question{Request: harness.Request{From: "http://app.test", URL: "{0}", Via: harness.ViaWorker, Mode: harness.NoCORS, WorkerHeaders: header("Cross-Origin-Embedder-Policy", "require-corp")}, Hops: answers{{Origin: api}}}},
		{"UTF-8 is put into a Content-Type as it stands", Label("deviation:D36", "fetch:forbidden-request-header"), "D36",
			differential.Question{Request: request(harness.Request{Via: harness.ViaXHR, Method: "POST", Body: harness.Form(), Headers: header("Content-Type", "text/plain;charset=x")}), Hops: open}},
		{"a blob has another reason by XMLHttpRequest", Label("deviation:D33", "fetch:scheme-fetch"), "D33",
			differential.Question{Request: harness.Request{From: app, URL: "blob:https://api.test/a", Via: harness.ViaXHR}}},
		{"the charset of a data: URL is its last parameter", Label("deviation:D44", "fetch:scheme-fetch"), "D44",
			differential.Question{Request: harness.Request{From: app, URL: "data:text/plain;charset=x;y=z,a"}}},
		{"the charset of a data: URL is a token", Label("deviation:D44", "fetch:scheme-fetch"), "D44",
			differential.Question{Request: harness.Request{From: app, URL: "data:text/plain;charset=a/b,a"}}},
		{"two slashes of a data: URL are left out", Label("deviation:D44", "fetch:scheme-fetch"), "D44",
			differential.Question{Request: harness.Request{From: app, URL: "data://text/html,a"}}},
		{"a label that is no Punycode is followed", Label("deviation:D45", "fetch:http-redirect-fetch"), "D45",
			differential.Question{Request: request(harness.Request{}), Hops: redirects(api, 302, "https://xn--a.test", "{1}")}},
		{"a host is decoded twice", Label("deviation:D46", "fetch:http-redirect-fetch"), "D46",
			differential.Question{Request: request(harness.Request{}), Hops: redirects(api, 302, "https://a.test", "https://%EF%BC%8541.test{1/}")}},
		{"keepalive follows 19 redirects", Label("deviation:D40", "fetch:http-redirect-fetch"), "D40",
			differential.Question{Request: request(harness.Request{Via: harness.ViaKeepalive}), Hops: redirects(api, 302, api, "{0}")}},
	}
}

// deviationEntries are the questions as entries of a table.
func deviationEntries() (entries []TableEntry) {
	for _, c := range deviationCases() {
		entries = append(entries, Entry(c.text, c.labels, c.id, c.question))
	}
	return entries
}

// Each row of the oracle's table of deviations has a question here. Chrome
// answers it as the row says, and not as the standard says. A row that fails here
// is a deviation that Chrome has given up.
var _ = Describe("Chrome deviates from the standard:", Label("scenario:deviations"), func() {
	DescribeTable("as its table says", func(ctx SpecContext, id string, q differential.Question) {
		run := differential.Run{Chrome: &chrome, Network: &net}
		o := run.Ask(ctx, q)
		Expect(o.Missing).NotTo(HaveOccurred())
		Expect(o.Differences).To(BeEmpty(), "%s\n%s", q, o.Last().Seen)
		Expect(o.Accounts).To(HaveLen(len(q.Before) + 1))
		Expect(o.Accounts).To(ContainElement(HaveField("Chrome.Deviations", ContainElement(id))))
		Expect(differential.Observable(o.Last().Chrome)).NotTo(Equal(differential.Observable(o.Last().Standard)), "the standard says the same")
	},
		deviationEntries(),
	)

	DescribeTable("an element that asks its own origin with CORS sends Origin", Label("deviation:D47", "fetch:append-a-request-origin-header"),
		func(ctx SpecContext, r harness.Request, c content, origins ...string) {
			r.From, r.URL = app, serveAt(app, servers.Case{Reply: servers.Reply{Header: header("Content-Type", c.kind), Body: c.body}})
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(harness.BeReadable(), arriveWith("Origin", origins...)))
		},
		Entry("image", harness.Request{Via: harness.ViaImage, Mode: harness.CORS}, picture, app),
		Entry("script", harness.Request{Via: harness.ViaScript, Mode: harness.CORS}, program, app),
		Entry("module", harness.Request{Via: harness.ViaModule}, program, app),
		Entry("but an EventSource does not", harness.Request{Via: harness.ViaEventSource}, stream),
		Entry("and fetch does not", harness.Request{}, anything),
	)

	It("a file has a reason of its own in a full Chrome", Label("deviation:D59", "fetch:scheme-fetch"), func(ctx SpecContext) {
		for _, via := range []harness.Via{harness.ViaFetch, harness.ViaXHR, harness.ViaWorker} {
			deviations := []string{"D59"}
			switch {
			case via == harness.ViaXHR:
				deviations = []string{"D33"}
			case headlessShell(ctx):
				deviations = nil
			}
			run := differential.Run{Chrome: &chrome, Network: &net}
			o := run.Ask(ctx, differential.Question{Request: harness.Request{From: app, URL: "file:///etc/hostname", Via: via}})
			Expect(o.Missing).NotTo(HaveOccurred())
			Expect(o.Differences).To(BeEmpty(), "%s", o.Last().Seen)
			Expect(o.Last().Chrome.Deviations).To(Equal(deviations), string(via))
		}
	})

	It("a request that is answered 408 is sent again", Label("deviation:D43", "fetch:http-network-fetch"), func(ctx SpecContext) {
		// It does so where the connection has served a request before.
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})})).To(read(200))
		timeout := &servers.Reply{Status: 408, Header: allow("*")}
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, Method: "PUT", URL: serve(servers.Case{Preflight: timeout})})
		Expect(seen, err).To(SatisfyAll(harness.BeBlocked(harness.PreflightInvalidStatus),
			WithTransform(harness.Observation.String, ContainSubstring("OPTIONS: Chrome sends a request again that is answered 408"))))
		Expect(len(seen.Arrivals)).To(BeNumerically(">", 1))
		Expect(seen.Arrivals).To(HaveEach(HaveField("Method", "OPTIONS")))
	})

	// This bug of Chrome makes a page unusable, and changes no verdict of another
	// question.
	It("a streamed body that is redirected with 303 to ftp: spoils the page for preflights", Label("deviation:D41", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		net.OfferHTTP2("stream.test")
		streamed := harness.Request{From: app, Method: "POST", Body: harness.Stream("x"), URL: serveAt("https://stream.test", servers.Case{
			Preflight: &servers.Reply{Header: allow("*")}, Reply: servers.Reply{Status: 303, Header: allow("*", "Location", "ftp://stream.test/")}})}
		own := harness.Browser{Network: &net, Timeout: patience}
		DeferCleanup(own.Close)
		_, err := own.Fetch(ctx, streamed)
		Expect(err).To(inconclusive("net::ERR_ABORTED"))
		put := harness.Request{From: app, Method: "PUT", URL: serve(servers.Case{Reply: servers.Reply{Header: allow("*", acam, "PUT")}})}
		seen, err := own.Fetch(ctx, put)
		Expect(err).To(inconclusive("before it was sent"))
		Expect(seen).To(arrive())
		Expect(own.Fetch(ctx, put)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT")), "on a fresh page")
	})

	It("a streamed body turns mode same-origin into cors", Label("deviation:D55", "fetch:main-fetch"), func(ctx SpecContext) {
		net.OfferHTTP2("stream.test")
		open := servers.Case{Preflight: &servers.Reply{Header: allow("*")}, Reply: servers.Reply{Header: allow("*")}}
		r := harness.Request{From: app, Method: "POST", Mode: harness.SameOriginOnly, Body: harness.Stream("x"), URL: serveAt("https://stream.test", open)}
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(SatisfyAll(read(200), arrive("OPTIONS", "POST"), arriveWith("Sec-Fetch-Mode", "cors")))
		standard, _ := oracle.Observed(seen, oracle.Standard)
		Expect(standard.Reason).To(Equal(harness.DisallowedByMode))
		controlled := r
		controlled.Controller = harness.Controller{Answer: harness.AnswersWithError}
		Expect(chrome.Fetch(ctx, controlled)).To(SatisfyAll(blocked(harness.ServiceWorkerAnswer, ""), arrive()))
		r.Body = harness.Text("x")
		Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(blocked(harness.DisallowedByMode, ""), arrive()), "a text instead")
	})

	It("a user name in the URL of an XMLHttpRequest is dropped", Label("deviation:D16", "fetch:main-fetch"), func(ctx SpecContext) {
		url := strings.Replace(serve(servers.Case{Reply: servers.Reply{Header: allow("*")}}), "https://", "https://user:secret@", 1)
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: harness.ViaXHR})).To(SatisfyAll(
			HaveField("Verdict", harness.Readable), arrive("GET"), arriveWith("Authorization")))
	})

	It("a blank in the host of a Location is encoded", Label("deviation:D37", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", "https://a b.test/")}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(SatisfyAll(
			harness.BeBlocked(harness.MissingAllowOriginHeader), HaveField("Exchanges", ContainElement(HaveField("URL", "https://a%20b.test/")))))
	})

	DescribeTable("a Range is rewritten", Label("deviation:D38", "fetch:http-network-or-cache-fetch"), func(ctx SpecContext, value, arrives string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Headers: header("Range", value)})).To(SatisfyAll(read(200), arriveWith("Range", arrives)))
	},
		Entry("where a number has zeros in front", "bytes=00-07", "bytes=0-7"),
		Entry("but not where there is nothing to change", "bytes=0-7", "bytes=0-7"),
	)

	It("of two headers that are not allowed, not the first is named", Label("deviation:D39", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		url := serve(servers.Case{Preflight: &servers.Reply{Header: allow("*")}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url, Headers: header("X-A", "1", "Authorization", "1")})).
			To(rejected(harness.HeaderDisallowedByPreflightResponse, "authorization"))
	})

	It("keepalive follows a redirect that the page does not", Label("deviation:D42", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		landing := net.Add(servers.Case{}).URL(app)
		url := serveAt(app, servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", landing)}})
		manual := harness.Request{From: app, URL: url, Via: harness.ViaKeepalive, Mode: harness.NoCORS, Redirect: harness.RedirectManual}
		Expect(chrome.Fetch(ctx, manual)).To(harness.BeOpaque())
		Eventually(ctx, func() []harness.Arrival { return net.Arrivals(0, []string{landing}) }).WithTimeout(patience).Should(HaveLen(1))
		manual.Via = harness.ViaFetch
		Expect(chrome.Fetch(ctx, manual)).To(harness.BeOpaque())
		Expect(net.Arrivals(0, []string{landing})).To(HaveLen(1))
	})

	It("a streamed body cannot be sent again after another redirect", Label("code:body-not-resent", "fetch:http-redirect-fetch"), func(ctx SpecContext) {
		net.OfferHTTP2("stream.test")
		url := serveAt("https://stream.test", servers.Case{Preflight: &servers.Reply{Header: allow("*")}, Reply: servers.Reply{Status: 307, Header: allow("*", "Location", "/elsewhere")}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, Method: "POST", Body: harness.Stream("x"), URL: url})).
			To(SatisfyAll(rejected(harness.BodyNotResent, ""), arrive("OPTIONS", "POST")))
	})
})

// from is a request of another page.
func from(r harness.Request, origin string) harness.Request {
	r.From = origin
	return r
}

// allowing is the answer of a server that allows everything without credentials.
func allowing() differential.Answer {
	return differential.Answer{Header: allow("*", acam, "*", acah, "*")}
}

// redirecting is allowing, with a status and lines of Location.
func redirecting(status int, locations ...string) differential.Answer {
	a := allowing()
	a.Status = status
	for _, location := range locations {
		a.Header = append(a.Header, header("Location", location)...)
	}
	return a
}

// unprovoked are the rows without a spec, and the reasons.
var unprovoked = map[string]string{
	"D14": "needs a server that asks for a client's certificate",
	"D15": "needs a permission that a user gives to one site within another",
	"D17": "is about requests of the browser's own, for what it has in memory",
	"D18": "needs a policy of the machine's administrator",
	"D19": "no response of another scheme comes with headers",
	"D20": "is behind a feature that is off",
	"D25": "is known from Chromium's expectations alone",
}

// lintDeviations checks that each row has a spec, or is in unprovoked, and that
// each label names a row.
func lintDeviations(t *testing.T, labelled map[string]bool) {
	t.Helper()
	known := map[string]bool{}
	for _, d := range oracle.Deviations() {
		known[d.ID] = true
		switch {
		case labelled[d.ID] && unprovoked[d.ID] != "":
			t.Errorf("%s stands in unprovoked, and a spec provokes it", d.ID)
		case !labelled[d.ID] && unprovoked[d.ID] == "":
			t.Errorf("no spec has the label deviation:%s", d.ID)
		}
	}
	for id := range labelled {
		if !known[id] {
			t.Errorf("label deviation:%s: there is no such row", id)
		}
	}
}

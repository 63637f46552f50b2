package specs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/specs/internal/differential"
)

// deviatesInFirefox says whether a row of the table of deviations is Firefox's, too.
func deviatesInFirefox(id string) bool {
	return slices.ContainsFunc(oracle.Deviations(), func(d oracle.Deviation) bool { return d.ID == id && d.DecidesFirefox })
}

// one is a server of another origin.
func one(preflight, reply differential.Answer) []differential.Hop {
	return []differential.Hop{{Origin: api, Preflight: preflight, Reply: reply}}
}

// listing allows a header by its name.
func listing(name string) differential.Answer {
	return differential.Answer{Header: allow("*", acam, "*", acah, name)}
}

// followed are servers of which each redirects to the next, and allows everything.
func followed(status int, origins ...string) (hops []differential.Hop) {
	for i, origin := range origins {
		reply := redirecting(status, fmt.Sprintf("{%d}", i+1))
		if i == len(origins)-1 {
			reply = allowing()
		}
		hops = append(hops, differential.Hop{Origin: origin, Preflight: listing("*, authorization"), Reply: reply})
	}
	return hops
}

// The questions of the table of deviations, asked of Firefox: it answers as its own column says, and
// that is the standard where the column is empty.
var _ = Describe("Firefox, where Chrome deviates from the standard:", Label("scenario:deviations"), func() {
	DescribeTable("as its own column says", func(ctx SpecContext, id string, q differential.Question) {
		run := differential.Run{Chrome: &firefox, Network: &net}
		o := run.Ask(ctx, q)
		Expect(o.Cannot).NotTo(HaveOccurred())
		Expect(o.Missing).NotTo(HaveOccurred())
		Expect(o.Differences).To(BeEmpty(), "%s\n%s", q, o.Last().Seen)
		if deviatesInFirefox(id) {
			Expect(o.Accounts).To(ContainElement(HaveField("Chrome.Deviations", ContainElement(id))))
		} else {
			Expect(o.Accounts).NotTo(ContainElement(HaveField("Chrome.Deviations", ContainElement(id))))
		}
	},
		deviationEntries(),
	)

	put := harness.Request{From: app, URL: "{0}", Method: "PUT"}
	cached := func(pairs ...string) []differential.Hop {
		allowed := append(allow("{origin}", acac, "true", acam, "PUT", acah, "x-a"), header(pairs...)...)
		return []differential.Hop{{Origin: api, Preflight: differential.Answer{Header: allowed}, Reply: differential.Answer{Header: allow("{origin}", acac, "true")}}}
	}
	credentialed := put
	credentialed.Credentials = harness.Include
	upload := harness.Request{From: app, URL: "{0}", Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("a")}
	failing := put
	failing.Redirect = harness.RedirectError
	named := func(method string) harness.Request {
		return harness.Request{From: app, URL: "{0}", Method: method, Headers: header("X-A", "1")}
	}
	authorized := harness.Request{From: app, URL: "{0}", Headers: header("Authorization", "1")}
	posted := harness.Request{From: app, URL: "{0}", Method: "POST", Body: harness.Text("a")}
	It("the response of a data: URL has a Content-Length", Label("deviation:D61", "fetch:scheme-fetch"), func(ctx SpecContext) {
		Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: "data:text/plain,abc"})).
			To(HaveField("Script.Headers", Equal(header("content-length", "3", "content-type", "text/plain"))))
	})
	It("an XMLHttpRequest that is redirected to a bad port never ends", Label("deviation:D76", "fetch:port-blocking"), func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", "https://api.test:25/")}})
		Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: url})).To(harness.BeBlocked(harness.UnsafePort))
		short, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		_, err := firefox.Fetch(short, harness.Request{From: app, URL: url, Via: harness.ViaXHR})
		Expect(err).To(MatchError(ContainSubstring("the script's report")))
	})
	DescribeTable("Firefox deviates alone", func(ctx SpecContext, id string, q differential.Question) {
		run := differential.Run{Chrome: &firefox, Network: &net}
		o := run.Ask(ctx, q)
		Expect(o.Missing).NotTo(HaveOccurred())
		Expect(o.Differences).To(BeEmpty(), "%s\n%s", q, o.Last().Seen)
		Expect(o.Accounts).To(ContainElement(HaveField("Chrome.Deviations", ContainElement(id))))
		Expect(differential.Observable(o.Last().Chrome)).NotTo(Equal(differential.Observable(o.Last().Standard)), "the standard says the same")
	},
		Entry("a Max-Age that is no number keeps nothing", Label("deviation:D56", "fetch:http-access-control-max-age"), "D56",
			differential.Question{Before: []harness.Request{put}, Request: put, Hops: cached(acma, "abc")}),
		Entry("a negative Max-Age keeps nothing", Label("deviation:D56", "fetch:http-access-control-max-age"), "D56",
			differential.Question{Before: []harness.Request{put}, Request: put, Hops: cached(acma, "-1")}),
		Entry("what was allowed with credentials serves no request without", Label("deviation:D57", "fetch:concept-cache-match"), "D57",
			differential.Question{Before: []harness.Request{credentialed}, Request: put, Hops: cached()}),
		Entry("any entry serves a POST that is preflighted for its upload", Label("deviation:D58", "fetch:cors-preflight-cache"), "D58",
			differential.Question{Before: []harness.Request{put}, Request: upload, Hops: cached()}),
		Entry("a name is asked for as often as the header is there", Label("deviation:D62", "fetch:cors-preflight-fetch"), "D62",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("X-A", "1", "X-A", "2")}, Hops: cached()}),
		Entry("HEAD is served where it is listed", Label("deviation:D58", "fetch:cors-preflight-cache"), "D58",
			differential.Question{Before: []harness.Request{named("HEAD")}, Request: named("HEAD"), Hops: cached()}),
		Entry("* in what was allowed serves no other header", Label("deviation:D60", "fetch:concept-cache-match"), "D60",
			differential.Question{Before: []harness.Request{named("GET")}, Request: named("GET"), Hops: one(allowing(), allowing())}),
		Entry("* in what was allowed serves no other method", Label("deviation:D60", "fetch:concept-cache-match"), "D60",
			differential.Question{Before: []harness.Request{put}, Request: put, Hops: one(allowing(), allowing())}),
		Entry("a preflight after a redirect asks as the page", Label("deviation:D63", "fetch:cors-preflight-fetch"), "D63",
			differential.Question{Request: put, Hops: followed(307, api, "https://cdn.test")}),
		Entry("a preflight of the page's own origin needs no permission", Label("deviation:D63", "fetch:cors-preflight-fetch"), "D63",
			differential.Question{Request: put, Hops: []differential.Hop{
				{Origin: api, Preflight: allowing(), Reply: redirecting(307, "{1}")},
				{Origin: app, Preflight: differential.Answer{Header: header(acam, "*")}, Reply: allowing()}}}),
		Entry("a PUT that becomes a GET is preflighted again", Label("deviation:D64", "fetch:http-redirect-fetch"), "D64",
			differential.Question{Request: put, Hops: followed(303, api, api)}),
		Entry("a GET without its Authorization is preflighted again", Label("deviation:D64", "fetch:http-redirect-fetch"), "D64",
			differential.Question{Request: authorized, Hops: followed(302, app, api)}),
		Entry("Authorization comes back where it went to nobody else before", Label("deviation:D65", "fetch:http-redirect-fetch"), "D65",
			differential.Question{Request: authorized, Hops: followed(302, app, api, api)}),
		Entry("Authorization comes back by XMLHttpRequest, too", Label("deviation:D65", "fetch:http-redirect-fetch"), "D65",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Via: harness.ViaXHR, Headers: header("Authorization", "1")}, Hops: followed(302, app, api, api)}),
		Entry("the type of a body comes back without the body", Label("deviation:D65", "fetch:http-redirect-fetch"), "D65",
			differential.Question{Request: posted, Hops: append(followed(303, api, api)[:1], followed(307, "", api, api)[1:]...)}),
		Entry("an empty value takes the place of the values before", Label("deviation:D66", "fetch:concept-header-list-append"), "D66",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("X-A", "1", "X-A", "")}, Hops: one(allowing(), allowing())}),
		Entry("the last Authorization counts", Label("deviation:D66", "fetch:concept-header-list-append"), "D66",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("Authorization", "1", "Authorization", "2")}, Hops: one(listing("authorization"), allowing())}),
		Entry("the first Content-Type counts where there is a body", Label("deviation:D66", "fetch:concept-header-list-append"), "D66",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Method: "POST", Body: harness.Text("a"), Headers: header("Content-Type", "text/plain", "Content-Type", "text/plain;a=b")}, Hops: one(allowing(), allowing())}),
		Entry("a resource policy that is none is cross-origin", Label("deviation:D67", "fetch:cross-origin-resource-policy-check"), "D67",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Mode: harness.NoCORS, PageHeaders: header("Cross-Origin-Embedder-Policy", "require-corp")},
				Hops: one(allowing(), differential.Answer{Header: header("Cross-Origin-Resource-Policy", "*")})}),
		Entry("long headers are safe one by one", Label("deviation:D68", "fetch:cors-unsafe-request-header-names"), "D68",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: slices.Repeat(header("Accept", strings.Repeat("a", 128)), 9)}, Hops: one(allowing(), allowing())}),
		Entry("Accept has no byte beyond ASCII", Label("deviation:D69", "fetch:cors-safelisted-request-header"), "D69",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("Accept", "é")}, Hops: one(allowing(), allowing())}),
		Entry("nor has it in mode no-cors", Label("deviation:D69", "fetch:cors-safelisted-request-header"), "D69",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Mode: harness.NoCORS, Headers: header("Accept", "é")}, Hops: one(allowing(), allowing())}),
		Entry("a Content-Type does not end in a semicolon", Label("deviation:D70", "fetch:cors-safelisted-request-header"), "D70",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("Content-Type", "text/plain;a=b;")}, Hops: one(allowing(), allowing())}),
		Entry("the parameters of a Content-Type have no comma", Label("deviation:D70", "fetch:cors-safelisted-request-header"), "D70",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("Content-Type", "text/plain;a,b")}, Hops: one(allowing(), allowing())}),
		Entry("numbers of a Range have 64 bits", Label("deviation:D71", "fetch:cors-safelisted-request-header"), "D71",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Headers: header("Range", "bytes=0-18446744073709551616")}, Hops: one(allowing(), allowing())}),
		Entry("a Location that is no URL is read before the CORS check", Label("deviation:D72", "fetch:http-redirect-fetch"), "D72",
			differential.Question{Request: harness.Request{From: app, URL: "{0}"}, Hops: one(allowing(), differential.Answer{Status: 302, Header: header("Location", "http://[")})}),
		Entry("an empty line is no value", Label("deviation:D73", "fetch:http-responses"), "D73",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Credentials: harness.Include}, Hops: one(allowing(), differential.Answer{Header: header(acao, app, acac, "", acac, "true")})}),
		Entry("a worker writes utf-8 its own way", Label("deviation:D74", "fetch:dom-request"), "D74",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Where: harness.WhereWorker, Via: harness.ViaXHR, Method: "POST", Body: harness.Text("a")}, Hops: one(allowing(), allowing())}),
		Entry("a worker keeps another charset", Label("deviation:D74", "fetch:dom-request"), "D74",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Where: harness.WhereWorker, Via: harness.ViaXHR, Method: "POST", Body: harness.Text("a"), Headers: header("Content-Type", "text/plain;charset=x")}, Hops: one(allowing(), allowing())}),
		Entry("the type that the script gave is judged", Label("deviation:D78", "fetch:cors-safelisted-request-header"), "D78",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Via: harness.ViaXHR, Method: "POST", Body: harness.Text("a"), Headers: header("Content-Type", `text/plain;charset="x"`)}, Hops: one(allowing(), allowing())}),
		Entry("a loose referrer policy is ignored for another site", Label("deviation:D77", "fetch:append-a-request-origin-header"), "D77",
			differential.Question{Request: harness.Request{From: app, URL: "{0}", Method: "POST", Mode: harness.NoCORS, ReferrerPolicy: harness.UnsafeURL}, Hops: []differential.Hop{{Origin: "http://api.localhost"}}}),
		Entry("a GET that is refused clears the cache", Label("deviation:D75", "fetch:cors-preflight-cache"), "D75",
			differential.Question{Before: []harness.Request{put, {From: app, URL: "{0}", Credentials: harness.Include}}, Request: put, Hops: one(cached()[0].Preflight, differential.Answer{Header: allow("*")})}),
		Entry("redirect mode error leaves the cache alone", Label("deviation:D75", "fetch:cors-preflight-cache"), "D75",
			differential.Question{Before: []harness.Request{failing}, Request: failing, Hops: append(one(cached()[0].Preflight, redirecting(307, "{1}")), differential.Hop{Origin: api})}),
	)
})

package specs_test

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/specs/internal/differential"
)

// deviatesInFirefox says whether a row of the table of deviations is Firefox's, too.
func deviatesInFirefox(id string) bool {
	return slices.ContainsFunc(oracle.Deviations(), func(d oracle.Deviation) bool { return d.ID == id && d.DecidesFirefox })
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
	manual := put
	manual.Redirect = harness.RedirectManual
	It("the response of a data: URL has a Content-Length", Label("deviation:D61", "fetch:scheme-fetch"), func(ctx SpecContext) {
		Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: "data:text/plain,abc"})).
			To(HaveField("Script.Headers", Equal(header("content-length", "3", "content-type", "text/plain"))))
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
		Entry("a redirect that is not followed clears the cache", Label("deviation:D60", "fetch:cors-preflight-cache"), "D60",
			differential.Question{Before: []harness.Request{manual}, Request: manual, Hops: []differential.Hop{{Origin: api, Preflight: allowing(), Reply: redirecting(307, "{1}")}, {Origin: api}}}),
	)
})

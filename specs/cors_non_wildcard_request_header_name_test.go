package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// By the standard * allows every header but Authorization. Chrome will follow
// soon: these specs fail on the day when it does.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
var _ = Describe("Authorization under *", Label("scenario:preflight", "fetch:cors-non-wildcard-request-header-name"), func() {
	// ask asks a Chrome of its own and returns the events that Chrome sent
	// meanwhile.
	ask := func(ctx SpecContext, flags ...string) (harness.Observation, *gbytes.Buffer) {
		GinkgoHelper()
		own, events := tracing(flags...)
		url := serve(servers.Case{Preflight: &servers.Reply{Header: allow(app, acah, "*")}, Reply: servers.Reply{Header: allow(app)}})
		seen, err := own.Fetch(ctx, harness.Request{From: app, URL: url, Headers: header("Authorization", "Bearer x")})
		Expect(err).NotTo(HaveOccurred())
		return seen, events
	}

	It("is sent, with an issue that says that this will end", Label("case:45"), func(ctx SpecContext) {
		seen, events := ask(ctx)
		Expect(seen).To(SatisfyAll(read(200), arrive("OPTIONS", "GET"), arriveWith("Authorization", "Bearer x")))
		Eventually(ctx, events).WithTimeout(patience).Should(gbytes.Say(`"code":"DeprecationIssue".*AuthorizationCoveredByWildcard`))
	})

	It("is refused where the feature is on that makes Chrome follow the standard", Label("case:45", "code:HeaderDisallowedByPreflightResponse"), func(ctx SpecContext) {
		seen, _ := ask(ctx, "--enable-features=CorsNonWildcardRequestHeadersSupport")
		Expect(seen).To(SatisfyAll(rejected(harness.HeaderDisallowedByPreflightResponse, "authorization"), arrive("OPTIONS")))
	})
})

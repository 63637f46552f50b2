package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/specs/internal/differential"
)

// A short run of make differential.
var _ = Describe("drawn questions", Label("scenario:differential", "fetch:http-cors-protocol"), func() {
	It("are answered by Chrome as the oracle says, and reach each branch of it", func(ctx SpecContext) {
		own := harness.Browser{Network: &net, Timeout: patience, MaxPages: differential.Pages, Windowless: true} // this Chrome keeps cookies
		DeferCleanup(own.Close)
		run := differential.Run{Chrome: &own, Network: &net, Seed: 156, Questions: 4000}
		summary, err := run.Do(ctx)
		Expect(err).NotTo(HaveOccurred())
		var text strings.Builder
		summary.Write(&text, &run, "Chrome")
		Expect(summary.Failed()).To(BeFalse(), text.String())
		Expect(summary.Agree).To(Equal(run.Questions))
		Expect(summary.Unreached()).To(BeEmpty())
	}, SpecTimeout(4*patience))
})

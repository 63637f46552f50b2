package specs

import (
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
)

// DescribeLibrary describes a CORS library to Ginkgo: it has a real Chrome ask the library,
// and has one spec for each behaviour of the catalogue. A spec fails if the library fails
// and no [conform.Known] explains it, and if a known failure is gone.
//
//	var _ = specs.DescribeLibrary("mine", chrome, process.Mounted{Called: "mine", Network: &net, Mount: mount})
//
// The Browser is one that process.Browser returns. It is started by the first spec; the
// network has to be started in BeforeSuite or before. All questions are asked before the
// first spec.
func DescribeLibrary(name string, chrome *harness.Browser, library conform.Library) bool {
	return ginkgo.Describe(name, ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		var result conform.Result
		ginkgo.BeforeAll(func(ctx ginkgo.SpecContext) {
			var err error
			result, err = conform.One(ctx, chrome, library)
			gomega.Expect(err).NotTo(gomega.HaveOccurred())
		})
		for _, b := range behaviour.All() {
			ginkgo.It(b.ID+": "+b.Sentence, ginkgo.Label(b.ID, string(b.Level)), func() {
				cell, ok := result.Cell(b.ID)
				gomega.Expect(ok).To(gomega.BeTrue(), "no cell for %s", b.ID)
				ginkgo.AddReportEntry(string(cell.Verdict), cell.Why, ginkgo.ReportEntryVisibilityNever)
				if problem := result.Problem(cell); problem != "" {
					ginkgo.Fail(problem)
				}
			})
		}
	})
}

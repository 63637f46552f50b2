package specs_test

import (
	"os"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
)

// lacking are the beginnings of the reasons for which a spec may be skipped in CI
// too: the machine lacks something that no set-up can install. Every other reason
// is a slow machine or a missing program, and a spec that CI never runs proves
// nothing.
var lacking = []string{
	"this machine has no IPv6",
	"on macOS ",
	"elsewhere ", // than on Linux
	"Chrome's process is found in /proc",
	onlyFull, // CI runs the specs in both builds
	notAsked, // make software, a job of its own, asks all of it
}

var _ = ReportAfterSuite("every spec has run, where this is CI", func(report Report) {
	if os.Getenv("CI") != "" {
		Expect(skippedSpecs(report.SpecReports)).To(BeEmpty(), "specs that CI skipped: is the machine too slow, or does it lack a program?")
	}
})

// skippedSpecs lists the specs that skipped themselves, with their reasons. A
// spec that a filter excluded has no reason.
func skippedSpecs(specs types.SpecReports) []string {
	var skipped []string
next:
	for _, spec := range specs {
		reason := spec.Failure.Message
		if spec.State != types.SpecStateSkipped || reason == "" {
			continue
		}
		for _, lack := range lacking {
			if strings.HasPrefix(reason, lack) {
				continue next
			}
		}
		skipped = append(skipped, spec.FullText()+": "+reason)
	}
	return skipped
}

func TestSkippedSpecs(t *testing.T) {
	spec := func(name string, state types.SpecState, message string) types.SpecReport {
		return types.SpecReport{LeafNodeType: types.NodeTypeIt, LeafNodeText: name, State: state, Failure: types.Failure{Message: message}}
	}
	skipped := skippedSpecs(types.SpecReports{
		spec("ran", types.SpecStatePassed, ""),
		spec("left out by a filter", types.SpecStateSkipped, ""),
		spec("slow", types.SpecStateSkipped, "in the round after 4s the answer was 5s to 7s old"),
		spec("wrong", types.SpecStateFailed, "expected"),
		spec("on a machine without IPv6", types.SpecStateSkipped, "this machine has no IPv6: no address"),
	})
	NewWithT(t).Expect(skipped).To(Equal([]string{"slow: in the round after 4s the answer was 5s to 7s old"}))
}

package specs_test

import (
	"strings"

	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/report"
)

// tell is a diagnosis as diagnose prints it.
func tell(d diagnose.Diagnosis) string {
	var b strings.Builder
	_ = report.Text{}.Diagnosis(&b, report.Diagnosed{Diagnosis: d})
	return b.String()
}

package finding

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// A failing test prints the report with %v, or by Gomega.
func TestReportAsText(t *testing.T) {
	broken := readable("200|Access-Control-Allow-Origin: *")
	broken.Outcome, broken.Severity, broken.Resource, broken.Remedy = Broken, High, "/a\x1b[2J", "Compare the origin with a list."
	silent := told(Inconclusive, "", harness.Reason(""))
	silent.ID = "K02"
	held := told(Held, harness.Readable, "")
	text := fmt.Sprint(Report{Target: "https://api.test", Ended: "the time was over", Findings: []Finding{broken, held, silent}})
	for _, want := range []string{
		"https://api.test: 1 broken, 1 inconclusive, 1 held\nended early: the time was over\n1  broken, high: ", " (K13)\n   Remedy: Compare the origin with a list.\n2  inconclusive: ", " (K02)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("a terminal would obey %q", text)
	}
	if got := (Report{Target: "https://api.test"}).GomegaString(); got != "https://api.test: nothing was asked" {
		t.Errorf("%q", got)
	}
}

func TestProbesAreListedOnce(t *testing.T) {
	var names []ProbeName
	for _, id := range []string{"K01", "K02", "K01", "K03", "K04", "K05", "K06"} {
		names = append(names, ProbeName{ID: id})
	}
	if got := probes(names); got != "K01, K02, K03, K04, K05, ..." {
		t.Errorf("%q", got)
	}
}

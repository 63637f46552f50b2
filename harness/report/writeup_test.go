package report

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
)

// A failure of a must is written up with the policy, the configuration and the transcript;
// other verdicts and levels are not, and recorded headers are not the product.
func TestWriteUps(t *testing.T) {
	must := demoCell{conform.Cell{ID: "K13", Verdict: conform.FailOpen, Policy: "single", Reason: "no comparison"}, "single"}
	should := demoCell{conform.Cell{ID: "K30", Verdict: conform.FailOpen, Policy: "everything"}, "everything"}
	m := conform.Matrix{Libraries: []conform.Result{
		demoLibrary("open", "go", "Open", "1", must, should),
		demoLibrary("recorded", "fixtures", "Recorded", "1", must),
		demoLibrary("fine", "go", "Fine", "1", should),
	}}
	texts := WriteUps(m)
	if len(texts) != 1 {
		t.Fatalf("%d texts", len(texts))
	}
	text := string(texts["open"])
	for _, want := range []string{"# Open 1", "K13 FAIL-OPEN", "no comparison", `"name": "single"`, "The transcript:", "https://fetch.spec.whatwg.org/#cors-check", "Documented: nobody has looked for it yet."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "K30") {
		t.Errorf("a failure of another level is written up:\n%s", text)
	}
}

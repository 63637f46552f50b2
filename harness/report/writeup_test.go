package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
)

// A failure of a must is written up with the policy, the configuration and the transcript;
// other verdicts and levels are not, and recorded headers are not the product. A library that
// was asked about everything and has nothing to write up has an empty text.
func TestWriteUps(t *testing.T) {
	must := demoCell{conform.Cell{ID: "K13", Verdict: conform.FailOpen, Policy: "single", Reason: "no comparison"}, "single"}
	should := demoCell{conform.Cell{ID: "K30", Verdict: conform.FailOpen, Policy: "everything"}, "everything"}
	m := conform.Matrix{Chrome: harness.Chrome{Version: "Chrome/156.0"}, Libraries: []conform.Result{
		demoLibrary("open", "go", "Open", "1", must, should),
		demoLibrary("adapter", "", "Mine", "", must),
		demoLibrary("recorded", "fixtures", "Recorded", "1", must),
		demoLibrary("fine", "go", "Fine", "1", should),
		demoLibrary("ended", "go", "Ended", "1"),
		demoLibrary("few-policies", "go", "Few", "1"),
		{Name: "not-run", NotRun: "install cobc"},
	}}
	for i := range m.Libraries {
		l := &m.Libraries[i]
		l.Policies = slices.DeleteFunc(l.Policies, func(p conform.ResultOfPolicy) bool { return p.State == conform.Faulty && l.Name != "ended" })
		for _, p := range conform.Policies() {
			if _, ok := l.Policy(p.Name); !ok && l.Name != "few-policies" && l.NotRun == "" {
				l.Policies = append(l.Policies, conform.ResultOfPolicy{Name: p.Name, State: conform.Asked})
			}
		}
	}
	texts := WriteUps(m)
	for name, written := range map[string]bool{"open": true, "adapter": true, "recorded": false, "fine": false} {
		if text, ok := texts[name]; !ok || (len(text) > 0) != written {
			t.Errorf("%s: %t, %d bytes", name, ok, len(text))
		}
	}
	if len(texts) != 4 { // nothing is known about the others
		t.Errorf("%d texts", len(texts))
	}
	text := string(texts["open"])
	for _, want := range []string{
		"# Open 1\n\nFound by `corsproof conform` with Chrome/156.0.\n\nAdapter: `servers/libraries/go/open`.\n", "K13 FAIL-OPEN", "no comparison", `"name": "single"`, "The transcript:",
		"https://fetch.spec.whatwg.org/#cors-check", "Documented: not checked yet.", "\nPolicy `single` (intent): one origin, without credentials.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "K30") {
		t.Errorf("a failure of another level is written up:\n%s", text)
	}
	// The adapter of --command is in no folder of servers/libraries.
	if text := string(texts["adapter"]); !strings.HasPrefix(text, "# Mine\n\nFound by `corsproof conform` with Chrome/156.0.\n\n## K13") || strings.Contains(text, "servers/libraries") {
		t.Errorf("the adapter of --command:\n%s", text)
	}
}

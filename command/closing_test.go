package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// What was found out is not thrown away because Chrome or the trace did not end well: it is
// written, and then the error is returned.
func TestAnswersAreKeptWhenClosingFails(t *testing.T) {
	closing := errors.New("chrome did not end")
	folder := t.TempDir()
	v := &verifyOptions{update: true, baseline: filepath.Join(folder, "b.yaml")}
	v.report.jsonFile = filepath.Join(folder, "r.json")
	report := finding.Report{Findings: []finding.Finding{{ID: "K13", Title: "GET /me", Outcome: finding.Held}}}
	asked, err := policy.Parse("p.yaml", []byte("target: https://api.test\norigins: any\n"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	seen := harness.Observation{Request: harness.Request{URL: "https://api.test/me", From: "https://app.test"}, Verdict: harness.Readable}
	for name, test := range map[string]struct {
		finish func(context.Context, streams) error
		want   string
	}{
		"verify": {func(_ context.Context, s streams) error {
			return v.finish(s, report, &verify.Run{Policy: asked}, closing)
		}, "1 held"},
		"compare": {func(_ context.Context, s streams) error {
			return (&compareOptions{}).finish(s, finding.Comparison{Same: 7}, closing)
		}, "7 "},
		"ask": {func(ctx context.Context, s streams) error { return (&askOptions{}).finish(ctx, s, seen, nil, closing) }, "https://api.test/me"},
		"ask --json": {func(ctx context.Context, s streams) error {
			return (&askOptions{json: true}).finish(ctx, s, seen, nil, closing)
		}, `"error": "chrome did not end"`},
	} {
		got := end(t, test.finish)
		if got.status != exitNoAnswer || got.stderr == "" || !strings.Contains(got.stderr, "corsproof: chrome did not end\n") || !strings.Contains(got.stdout, test.want) {
			t.Errorf("%s: status %d, want %q\n%s%s", name, got.status, test.want, got.stdout, got.stderr)
		}
	}
	for _, file := range []string{v.baseline, v.report.jsonFile} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}

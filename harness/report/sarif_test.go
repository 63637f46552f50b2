package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/corsproof/corsproof/harness/finding"
)

func TestSARIF(t *testing.T) {
	golden(t, "report.sarif", string(written(t, SARIF, few())))
}

// The document matches the schema of the standard, whatever servers say.
func TestSARIFIsValid(t *testing.T) {
	for name, r := range map[string]finding.Report{"demo": demo(), "hostile": hostile(), "empty": {Version: 1}} {
		document, err := sarif.FromBytes(written(t, SARIF, r))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := document.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A result keeps its fingerprint from run to run, and no two results have the same.
func TestSARIFFingerprints(t *testing.T) {
	prints := func(r finding.Report) map[string]string {
		var document struct {
			Runs []struct {
				Results []struct {
					RuleID              string            `json:"ruleId"`
					PartialFingerprints map[string]string `json:"partialFingerprints"`
					Properties          map[string]string `json:"properties"`
				}
			}
		}
		if err := json.Unmarshal(written(t, SARIF, r), &document); err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, x := range document.Runs[0].Results {
			print := x.PartialFingerprints["corsproof/v1"]
			if _, twice := found[print]; twice || print == "" || print != x.PartialFingerprints["primaryLocationLineHash"] {
				t.Errorf("the fingerprint %q is empty, not unique, or differs between the two keys", print)
			}
			found[print] = x.RuleID + " " + x.Properties["key"]
		}
		return found
	}
	before := demo()
	after := demo()
	for i := range after.Findings {
		after.Findings[i].Title += " (worded anew)"
		after.Findings[i].Why = "something else"
	}
	a, b := prints(before), prints(after)
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%d results, then %d", len(a), len(b))
	}
	for print, who := range a {
		if b[print] != who {
			t.Errorf("%s was %s, and is %s", print, who, b[print])
		}
	}
}

func TestArtifactURI(t *testing.T) {
	for file, want := range map[string]string{
		"policies/acme.yaml": "policies/acme.yaml", "./a b.yaml": "a%20b.yaml", "/srv/p.yaml": "file:///srv/p.yaml", "": ".", "a:b.yaml": "./a:b.yaml",
	} {
		if got := artifactURI(file); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}

func TestSARIFHasEveryRuleOnce(t *testing.T) {
	document, err := sarif.FromBytes(written(t, SARIF, demo()))
	if err != nil {
		t.Fatal(err)
	}
	run := document.Runs[0]
	seen := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		if seen[*rule.ID] {
			t.Errorf("%s is there twice", *rule.ID)
		}
		seen[*rule.ID] = true
	}
	for _, x := range run.Results {
		if x.RuleIndex < 0 || *run.Tool.Driver.Rules[x.RuleIndex].ID != *x.RuleID {
			t.Errorf("%s points to rule %d", *x.RuleID, x.RuleIndex)
		}
	}
	if !bytes.Contains(written(t, SARIF, demo()), []byte(`"suppressions"`)) {
		t.Error("nothing is suppressed")
	}
}

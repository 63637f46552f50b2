package finding

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/policytest"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestParseBaseline(t *testing.T) {
	p := policytest.Parse(t, small, nil)
	const key = "/ from=https://unlisted.evil.test"
	want := Baseline{Entries: []Entry{{ID: "K13", Key: key, Reason: "until March"}}}
	for name, text := range map[string]string{
		"in lines":          "# known\n- id: K13\n  key: " + key + "\n  reason: until March\n",
		"as JSON":           `[{"reason": "until March", "key": "` + key + `", "id": "K13"}]`,
		"a block of text":   "- id: K13\n  key: " + key + "\n  reason: |\n    until March\n",
		"with an alias":     "- id: K13\n  key: &k " + key + "\n  reason: until March\n",
		"other line breaks": "- id: K13\r\n  key: " + key + "\r\n  reason: until March\r\n",
		"a byte order mark": "\ufeff- id: K13\n  key: " + key + "\n  reason: until March\n",
	} {
		if got, err := ParseBaseline("b.yaml", []byte(text), p); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "# nothing\n", "[]", "---\n"} {
		if got, err := ParseBaseline("b.yaml", []byte(text), p); err != nil || len(got.Entries) != 0 {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// The complete texts of faults: all at once, in the order of the source.
func TestBaselineFaults(t *testing.T) {
	const text = `- id: K13
  key: / from=https://unlisted.evil.test
- id: K13
  key: / from=https://unlisted.evil.test
  reason: ""
- id: k14
  key: / from=https://app.acme.com.evil.test
  reason: x
- {id: K13, key: / from=https://unlisted.evil.tst, reason: x}
- {id: K17, key: /gone, reason: x, raeson: y}
- K18
- {id: K18, key: 7, key: 8}
- {id: "", reason: [a]}
`
	const want = `b.yaml:1:3: [0].reason: no reason: say why this stays broken
    1 | - id: K13
      |   ^
b.yaml:3:3: [1]: K13 / from=https://unlisted.evil.test stands twice: first at [0] in line 1
    3 | - id: K13
      |   ^
b.yaml:5:11: [1].reason: no reason: say why this stays broken
    5 |   reason: ""
      |           ^
b.yaml:6:7: [2].id "k14": no such probe: want an id such as K13; did you mean K14?
    6 | - id: k14
      |       ^
b.yaml:9:18: [3].key "/ from=https://unlisted.evil.tst": stale: no K13 of the policy has this key: correct it, or remove the entry; did you mean / from=https://unlisted.evil.test?
    9 | - {id: K13, key: / from=https://unlisted.evil.tst, reason: x}
      |                  ^
b.yaml:10:18: [4].key "/gone": stale: no K17 of the policy has this key: correct it, or remove the entry
   10 | - {id: K17, key: /gone, reason: x, raeson: y}
      |                  ^
b.yaml:10:36: [4].raeson: no such key: want id, key, path, cause, until, reason; did you mean reason?
   10 | - {id: K17, key: /gone, reason: x, raeson: y}
      |                                    ^
b.yaml:11:3: [5]: want an entry with a cause, an id or a path, and a reason, not a text
   11 | - K18
      |   ^
b.yaml:12:3: [6].reason: no reason: say why this stays broken
   12 | - {id: K18, key: 7, key: 8}
      |   ^
b.yaml:12:18: [6].key: want a text, not a number
   12 | - {id: K18, key: 7, key: 8}
      |                  ^
b.yaml:12:21: [6].key: the key stands twice: first in line 12
   12 | - {id: K18, key: 7, key: 8}
      |                     ^
b.yaml:13:8: [7].id: empty: want the id, as a report has it
   13 | - {id: "", reason: [a]}
      |        ^
b.yaml:13:20: [7].reason: want a text, not a list
   13 | - {id: "", reason: [a]}
      |                    ^`
	got, err := ParseBaseline("b.yaml", []byte(text), policytest.Parse(t, small, nil))
	if err == nil || err.Error() != want || got.Entries != nil {
		t.Errorf("\n%v\nwant\n%s", err, want)
	}
	if len(policy.Faults(err)) != 13 {
		t.Errorf("%d faults, want 13", len(policy.Faults(err)))
	}
}

func TestBaselineThatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"a: b":                                      "b.yaml:1:1: want a list of entries, each with a cause, an id or a path, and a reason, not a mapping\n    1 | a: b\n      | ^",
		"- a\n---\nb":                               "b.yaml:2:1: a second document: a file has one baseline\n    2 | ---\n      | ^",
		"- {reason: x}":                             "b.yaml:1:3: [0]: it names nothing: want a cause, an id or a path, and a reason, as a report has them\n    1 | - {reason: x}\n      |   ^",
		"- {key: /, path: /, reason: x}":            "b.yaml:1:9: [0].key: a key without an id: want the id of the probe, as a report has it\n    1 | - {key: /, path: /, reason: x}\n      |         ^",
		"- {id: K09, reason: x}":                    "b.yaml:1:8: [0].id \"K09\": stale: the policy raises no K09: correct it, or remove the entry\n    1 | - {id: K09, reason: x}\n      |        ^",
		"- {path: /me, reason: x}":                  "b.yaml:1:10: [0].path \"/me\": stale: the policy has no such resource: correct it, or remove the entry\n    1 | - {path: /me, reason: x}\n      |          ^",
		"- {cause: origin-patern, reason: x}":       "b.yaml:1:11: [0].cause \"origin-patern\": no such cause: want one that a report has, such as origin-pattern or method:PUT; did you mean origin-pattern?\n    1 | - {cause: origin-patern, reason: x}\n      |           ^",
		"- {id: K13, until: 2027-02-30, reason: x}": "b.yaml:1:20: [0].until: want the last day on which the entry counts, such as 2027-03-31\n    1 | - {id: K13, until: 2027-02-30, reason: x}\n      |                    ^",
		"- [":    "b.yaml:1:1: not YAML: did not find expected node content while parsing a flow node\n    1 | - [\n      | ^",
		"- \x01": "b.yaml:1:3: a character that no YAML can have: want UTF-8 without control characters\n    1 | - \x01\n      |   ^",
		"- *who": "b.yaml:1:3: not YAML: unknown anchor referenced\n    1 | - *who\n      |   ^",
	} {
		if _, err := ParseBaseline("b.yaml", []byte(text), policytest.Parse(t, small, nil)); err == nil || err.Error() != want {
			t.Errorf("%q:\n%v\nwant\n%s", text, err, want)
		}
	}
	if _, err := ParseBaseline("b.yaml", nil, policy.Policy{}); err == nil {
		t.Error("a policy with faults is accepted")
	}
}

func TestReadBaseline(t *testing.T) {
	p := policytest.Parse(t, small, nil)
	path := filepath.Join(t.TempDir(), "baseline.yaml")
	if _, err := ReadBaseline(path, p); err == nil || !strings.HasPrefix(err.Error(), "baseline: open ") || policy.Faults(err) != nil {
		t.Errorf("a missing file: %v", err)
	}
	if b, err := BaselineToUpdate(path); err != nil || b.Entries != nil {
		t.Errorf("a missing file to update: %+v, %v", b, err)
	}
	// An update writes empty reasons; the next run refuses them, and the next update
	// accepts them.
	b, err := Baseline{}.Update([]Finding{{ID: "K13", Key: "/ from=https://unlisted.evil.test", Outcome: Broken}}, p, true)
	if err != nil {
		t.Fatal(err)
	}
	b.Entries = append(b.Entries, Entry{ID: "K17", Key: "/stale", Reason: "x"})
	if err := b.Write(path); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline(path, p); len(policy.Faults(err)) != 2 {
		t.Errorf("without a reason: %v", err)
	}
	if got, err := BaselineToUpdate(path); err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("to update: %+v, %v; want %+v", got, err, b)
	}
	if err := b.Write(filepath.Join(path, "below", "a-file")); err == nil {
		t.Error("a baseline below a file is written")
	}
	if err := os.WriteFile(path, []byte("- ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := BaselineToUpdate(path); err == nil {
		t.Error("an unreadable baseline would be overwritten")
	}
	if _, err := BaselineToUpdate(filepath.Dir(path)); err == nil {
		t.Error("a folder is read")
	}
}

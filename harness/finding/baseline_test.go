package finding

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/internal/policytest"
	"github.com/corsproof/corsproof/harness/policy"
)

func TestBaselineApply(t *testing.T) {
	b := Baseline{Entries: []Entry{{ID: "K13", Key: "listed", Reason: "until March"}, {ID: "K14", Key: "listed", Reason: "another id"}}}
	for _, c := range []struct {
		id, key string
		before  Outcome
		after   Outcome
		known   string
		why     string
	}{
		{"K13", "listed", Broken, Known, "until March", "as it was"},
		{"K13", "listed", Held, Unexpected, "until March", "it held, and the baseline says that it is broken: take the entry K13 listed out of the baseline"},
		{"K13", "listed", Flaky, Flaky, "", "as it was"},
		{"K13", "listed", Inconclusive, Inconclusive, "", "as it was"},
		{"K13", "listed", NotAsked, NotAsked, "", "as it was"},
		{"K13", "not listed", Broken, Broken, "", "as it was"},
		{"K13", "not listed", Held, Held, "", "as it was"},
		{"K01", "listed", Broken, Broken, "", "as it was"},
	} {
		findings := []Finding{{ID: c.id, Key: c.key, Outcome: c.before, Why: "as it was", Severity: High}}
		got := b.Apply(findings, true, time.Now())[0]
		if got.Outcome != c.after || got.Known != c.known || got.Why != c.why || got.Severity != High {
			t.Errorf("%s %s, %s: %+v", c.id, c.key, c.before, got)
		}
		if findings[0].Outcome != c.before {
			t.Errorf("%s %s, %s: the findings themselves were changed", c.id, c.key, c.before)
		}
	}
}

const small = "target: https://api.acme.com\norigins: [https://app.acme.com]\n"

func TestBaselineUpdate(t *testing.T) {
	p := policytest.Parse(t, small, nil)
	const app, evil, xacme, alike, port, http, null = "/ from=https://app.acme.com", "/ from=https://unlisted.evil.test", "/ from=https://xacme.com",
		"/ from=https://app.acme.com.evil.test", "/ from=https://app.acme.com:8443", "/ from=http://app.acme.com", "/ from=null"
	const data = "/ from=data:"
	b := Baseline{Entries: []Entry{
		{ID: "K18", Key: http, Reason: "not asked this time"}, {ID: "K13", Key: evil, Reason: "still broken"}, {ID: "K14", Key: alike, Reason: "held"}, {ID: "K15", Key: xacme, Reason: "held, as the baseline does not say"},
		{ID: "K17", Key: port, Reason: "no verdict"}, {ID: "K13", Key: "/gone", Reason: "no probe of the policy any more"},
	}}
	got, err := b.Update([]Finding{
		{ID: "K19", Key: null, Outcome: Broken}, // new
		{ID: "K13", Key: evil, Outcome: Known}, {ID: "K14", Key: alike, Outcome: Unexpected}, {ID: "K15", Key: xacme, Outcome: Held},
		{ID: "K19", Key: data, Outcome: Known}, // known by another baseline
		{ID: "K17", Key: port, Outcome: Inconclusive}, {ID: "K01", Key: app, Outcome: Flaky},
	}, p, true)
	want := []Entry{
		{Cause: "K19"}, // no side in this finding, so no cause of origins
		{ID: "K13", Key: evil, Reason: "still broken"}, {ID: "K17", Key: port, Reason: "no verdict"}, {ID: "K18", Key: http, Reason: "not asked this time"},
	}
	if err != nil || !reflect.DeepEqual(got.Entries, want) {
		t.Errorf("%+v, %v; want %+v", got.Entries, err, want)
	}
	if len(b.Entries) != 6 {
		t.Error("the baseline itself was changed")
	}
	if _, err := b.Update(nil, policy.Policy{}, true); err == nil {
		t.Error("a policy with faults is accepted")
	}
}

// A written update can be read again after its reasons are filled in.
func TestBaselineRoundTrip(t *testing.T) {
	p := policytest.Parse(t, small, nil)
	b := Baseline{}
	for i, probe := range policytest.Probes(t, p) {
		reason := []string{"plain", "\"quoted\": # and more", "two\nlines", "ünï", strings.Repeat("long ", 60) + "end", "- [x] {y}", "null", "1", "true"}[i%9]
		b.Entries = append(b.Entries, Entry{ID: probe.ID, Key: probe.Key, Reason: reason})
	}
	text, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseBaseline("baseline.yaml", text, p)
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("%s\n%v\n%+v", text, err, got)
	}
	text, _ = Baseline{}.Marshal()
	if got, err := ParseBaseline("baseline.yaml", text, p); err != nil || len(got.Entries) != 0 {
		t.Errorf("%s\n%v\n%+v", text, err, got)
	}
}

func TestBaselineText(t *testing.T) {
	text, err := Baseline{Entries: []Entry{{ID: "K13", Key: "/ from=https://unlisted.evil.test", Reason: "until March"}, {ID: "K19", Key: "/ from=data:", Reason: ""}}}.Marshal()
	const want = baselineHeader + `
- id: K13
  key: / from=https://unlisted.evil.test
  reason: until March

- id: K19
  key: '/ from=data:'
  reason: ''
`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant\n%s", text, err, want)
	}
}

// Keys are written as in a report: with the name of a variable instead of its value.
func TestBaselineOfVariables(t *testing.T) {
	p := policytest.Parse(t, "target: https://api.acme.com\norigins: [\"https://${APP}\"]\n", map[string]string{"APP": "app.acme.com"})
	const text = "- {id: K01, key: '/ from=https://${APP}', reason: x}"
	b, err := ParseBaseline("baseline.yaml", []byte(text), p)
	if err != nil {
		t.Fatal(err)
	}
	finding := Redact(p.Redactor(), Finding{ID: "K01", Key: "/ from=https://app.acme.com", Outcome: Broken})
	if got := b.Apply([]Finding{finding}, true, time.Now())[0]; got.Outcome != Known {
		t.Errorf("%+v", got)
	}
}

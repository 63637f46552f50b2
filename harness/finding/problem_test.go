package finding

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/policytest"
)

// broke returns a broken finding of a side of a behaviour.
func broke(side behaviour.Side, id, resource string, severity Severity, more func(*Finding)) Finding {
	b, _ := behaviour.Of(id)
	f := Finding{ID: id, Resource: resource, Side: side, Tags: b.TagsOn(side), Outcome: Broken, Severity: severity, Origin: "https://app.test", Method: "GET"}
	if more != nil {
		more(&f)
	}
	f.Key = strings.Join([]string{resource, f.Origin, f.Method, f.Header, fmt.Sprint(f.Tags)}, " ")
	return f
}

// blockedBy sets the reason and the parameter of the step that decided.
func blockedBy(reason harness.Reason, parameter string) func(*Finding) {
	return func(f *Finding) {
		f.Steps = []Step{{Decided: true, Observation: harness.Observation{Verdict: harness.Blocked, Reason: reason, Parameter: parameter}}}
	}
}

// each does several changes.
func each(changes ...func(*Finding)) func(*Finding) {
	return func(f *Finding) {
		for _, change := range changes {
			change(f)
		}
	}
}

func header(name string) func(*Finding) { return func(f *Finding) { f.Header = name } }
func from(origin string) func(*Finding) { return func(f *Finding) { f.Origin = origin } }
func outcome(o Outcome) func(*Finding)  { return func(f *Finding) { f.Outcome = o } }
func tagged(tag string) func(*Finding) {
	return func(f *Finding) { f.Tags = append(slices.Clone(f.Tags), tag) }
}
func method(method string) func(*Finding) {
	return func(f *Finding) { f.Method, f.Tags = method, append(slices.Clone(f.Tags), behaviour.TagMethod) }
}

const allowed, forbidden = behaviour.Allowed, behaviour.Forbidden

// One mistake of a server is one problem, however many probes it breaks.
func TestProblems(t *testing.T) {
	preflight := tagged(behaviour.TagPreflight)
	readable := broke(allowed, "K01", "/me", "", outcome(Held))
	for name, c := range map[string]struct {
		findings []Finding
		want     []string // cause, number of probes
	}{
		"an open pattern": {[]Finding{
			broke(forbidden, "K14", "/me", Critical, nil), broke(forbidden, "K14", "/me", Critical, preflight), broke(forbidden, "K17", "/orders", High, nil),
			broke(forbidden, "K21", "/me", Low, nil), broke(forbidden, "K15", "/me", Critical, outcome(Flaky)),
		}, []string{"origin-pattern 5"}},
		"any origin": {[]Finding{
			broke(forbidden, "K13", "/me", Critical, nil), broke(forbidden, "K13", "/me", Critical, preflight), broke(forbidden, "K13", "/me", High, tagged(behaviour.TagError)),
			broke(forbidden, "K14", "/me", Critical, nil), broke(forbidden, "K19", "/me", Critical, from("null")), broke(forbidden, "K21", "/me", Low, nil),
		}, []string{"origin-any 6"}},
		"any origin, known": {[]Finding{
			broke(forbidden, "K13", "/me", Critical, outcome(Known)), broke(forbidden, "K14", "/me", Critical, nil),
		}, []string{"origin-any 1"}},
		"another resource has another cause": {[]Finding{
			broke(forbidden, "K13", "/me", Critical, nil), broke(forbidden, "K14", "/orders", Critical, nil), broke(forbidden, "K21", "/public", Low, nil),
		}, []string{"origin-any 1", "origin-pattern 1", "origin-malformed 1"}},
		"only preflights, only errors, only null": {[]Finding{
			broke(forbidden, "K13", "/a", Critical, preflight), broke(forbidden, "K14", "/a", Critical, preflight), broke(forbidden, "K19", "/a", Critical, preflight),
			broke(forbidden, "K13", "/b", High, tagged(behaviour.TagError)),
			broke(forbidden, "K19", "/c", High, nil), broke(forbidden, "K19", "/c", High, preflight),
			broke(forbidden, "K15", "/d", Medium, preflight), broke(forbidden, "K19", "/e", Low, preflight),
		}, []string{"preflight-any 3", "error-any 1", "origin-null 2", "preflight-pattern 1", "preflight-null 1"}},
		"credentials, methods, headers, exposed": {[]Finding{
			broke(forbidden, "K03", "/a", High, nil), broke(forbidden, "K26", "/b", High, nil), broke(forbidden, "K27", "/b", High, nil),
			broke(forbidden, "K35", "/a", Medium, method("PUT")), broke(forbidden, "K35", "/a", Medium, method("DELETE")),
			broke(forbidden, "K36", "/a", Medium, nil), broke(forbidden, "K38", "/a", Medium, nil), broke(forbidden, "K09", "/a", Low, nil),
		}, []string{"credentials 3", "unlisted-methods 2", "unlisted-headers 2", "exposed-headers 1"}},
		"a header and a method that are refused": {[]Finding{
			readable,
			broke(allowed, "K31", "/me", High, each(header("X-Request-Id"), blockedBy(harness.HeaderDisallowedByPreflightResponse, "x-request-id"))),
			broke(allowed, "K37", "/me", High, blockedBy(harness.HeaderDisallowedByPreflightResponse, "x-request-id")),
			broke(allowed, "K31", "/me", High, each(method("PUT"), blockedBy(harness.MethodDisallowedByPreflightResponse, "PUT"))),
			broke(allowed, "K31", "/orders", High, each(header("x-request-id"))), // without evidence
		}, []string{"request-header:x-request-id 3", "method:PUT 1"}},
		"a server that answers without headers where it refuses": {[]Finding{
			readable, broke(allowed, "K31", "/me", "", each(header("Accept-Language"), outcome(Held))),
			broke(allowed, "K31", "/me", High, each(header("X-A"), blockedBy(harness.PreflightMissingAllowOriginHeader, ""))),
			broke(allowed, "K31", "/me", High, each(method("PUT"), blockedBy(harness.PreflightMissingAllowOriginHeader, ""))),
		}, []string{"request-header:x-a 1", "method:PUT 1"}},
		"no preflight is answered": {[]Finding{
			readable,
			broke(allowed, "K31", "/me", High, each(header("X-A"), blockedBy(harness.PreflightInvalidStatus, ""))),
			broke(allowed, "K31", "/me", High, each(method("PUT"), blockedBy(harness.PreflightInvalidStatus, ""))),
			broke(allowed, "K49", "/me", Medium, blockedBy(harness.PreflightInvalidStatus, "")),
		}, []string{"preflight 3"}},
		"an origin that the list lacks": {[]Finding{
			readable, broke(allowed, "K01", "/me", High, each(from("https://b.test"), blockedBy(harness.MissingAllowOriginHeader, ""))),
			broke(allowed, "K31", "/me", High, each(from("https://b.test"), blockedBy(harness.PreflightMissingAllowOriginHeader, ""))),
			broke(allowed, "K57", "/me", High, each(from("https://b.test"), blockedBy(harness.MissingAllowOriginHeader, ""))),
		}, []string{"origin:https://b.test 3"}},
		"no origin": {[]Finding{
			broke(allowed, "K01", "/me", High, blockedBy(harness.MissingAllowOriginHeader, "")), broke(allowed, "K61", "/me", High, blockedBy(harness.MissingAllowOriginHeader, "")),
		}, []string{"allow-origin 2"}},
		"errors, redirects, caches": {[]Finding{
			readable, broke(allowed, "K61", "/me", High, blockedBy(harness.MissingAllowOriginHeader, "")), broke(allowed, "K63", "/me", Medium, blockedBy(harness.MissingAllowOriginHeader, "")),
			broke(allowed, "K64", "/me", Medium, blockedBy(harness.MissingAllowOriginHeader, "")), broke(allowed, "K55", "/me", Low, nil), broke(allowed, "K56", "/me", High, blockedBy(harness.MissingAllowOriginHeader, "")),
			broke(allowed, "K48", "/me", Low, nil), broke(allowed, "K12", "/me", Low, nil), broke(allowed, "K09", "/me", Low, header("ETag")),
			broke(allowed, "K02", "/me", Low, blockedBy(harness.InvalidAllowCredentials, "")), broke(allowed, "K06", "/me", Low, blockedBy(harness.MultipleAllowOriginValues, "")),
		}, []string{"errors 2", "vary 2", "redirects 1", "max-age 1", "K12 1", "exposed-header:etag 1", "allow-credentials 1", "allow-origin-value 1"}},
		"several headers in one probe": {[]Finding{readable, broke(allowed, "K09", "/me", Low, nil)}, []string{"exposed-header 1"}},
		"the baseline, and no verdict": {[]Finding{
			broke(allowed, "K61", "/me", "", outcome(Unexpected)), broke(allowed, "K01", "/me", "", outcome(Unexpected)),
			broke(allowed, "K02", "/me", "", each(outcome(Inconclusive), func(f *Finding) { f.Why = "no answer" })), broke(allowed, "K31", "/me", "", each(outcome(Inconclusive), func(f *Finding) { f.Why = "no answer" })),
			broke(allowed, "K12", "/me", "", outcome(NotAsked)), broke(allowed, "K12", "/b", "", outcome(Held)),
		}, []string{"baseline 2", "no-verdict:no answer 2"}},
	} {
		var got []string
		for _, p := range Problems(c.findings) {
			got = append(got, fmt.Sprintf("%s %d", p.Cause, len(p.Probes)))
			if p.Headline == "" || strings.Contains(p.Headline, "%") || strings.Contains(p.Headline, "  ") || p.ToChange() != (p.Outcome != Inconclusive) || len(p.Places()) != len(p.Probes) {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The proof is the worst finding that has evidence, and comes first.
func TestProofOfAProblem(t *testing.T) {
	evidence := blockedBy("", "")
	findings := []Finding{
		broke(forbidden, "K21", "/me", Low, evidence), broke(forbidden, "K14", "/me", Critical, func(f *Finding) { f.Number, f.Line = 1, 9 }),
		broke(forbidden, "K15", "/me", Critical, each(evidence, func(f *Finding) { f.Number, f.Line, f.Effect, f.Remedy = 2, 9, "effect", "remedy" })),
		broke(forbidden, "K14", "/orders", High, func(f *Finding) { f.Number, f.Line = 3, 7 }), broke(allowed, "K01", "/public", "", outcome(Held)),
	}
	p := Problems(findings)[0]
	if p.Proof.ID != "K15" || p.Probes[0] != p.Proof || p.Severity != Critical || p.Line != 7 || p.Effect != "effect" || p.Remedy != "remedy" || !slices.Equal(p.Places(), []int{2, 1, 3, 0}) {
		t.Errorf("%+v, %v", p, p.Places())
	}
	if want := "Origins that only look like an allowed origin can read: only the beginning is the same, only the end is the same, on /me and /orders"; p.Headline != want {
		t.Errorf("%s\nwant\n%s", p.Headline, want)
	}
}

// Each kind has one row, whose behaviours exist.
func TestCausesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range causeRows {
		if seen[row.kind] || row.says == "" {
			t.Errorf("%+v", row)
		}
		seen[row.kind] = true
		for _, id := range row.ids {
			b, known := behaviour.Of(id)
			if _, ok := b.On(row.side); !known || !ok {
				t.Errorf("%s: %s has no side %s", row.kind, id, row.side)
			}
		}
	}
	if kinds := Causes(); slices.Contains(kinds, noVerdict) || slices.Contains(kinds, baselineStale) || !slices.Contains(kinds, originPattern) {
		t.Errorf("a baseline can name %v", kinds)
	}
}

// An entry of a cause, an id or a path lists everything that has it.
func TestBaselineOfCauses(t *testing.T) {
	today := time.Date(2027, 3, 31, 23, 0, 0, 0, time.UTC)
	findings := []Finding{
		broke(forbidden, "K14", "/me", Critical, nil), broke(forbidden, "K15", "/orders", Critical, nil),
		broke(allowed, "K31", "/me", High, header("X-A")), broke(allowed, "K01", "/me", "", outcome(Held)), broke(allowed, "K01", "/orders", "", outcome(Held)),
		broke(allowed, "K64", "/me", "", outcome(Held)),
	}
	for name, c := range map[string]struct {
		entry Entry
		whole bool
		now   time.Time
		want  string // an outcome for each finding
	}{
		"a cause":                  {Entry{Cause: "origin-pattern"}, true, today, "known known broken held held held"},
		"a cause of a resource":    {Entry{Cause: "origin-pattern", Path: "/me"}, true, today, "known broken broken held held held"},
		"a header":                 {Entry{Cause: "request-header:x-a"}, true, today, "broken broken known held held held"},
		"an id":                    {Entry{ID: "K15"}, true, today, "broken known broken held held held"},
		"a path":                   {Entry{Path: "/me"}, true, today, "known broken known held held held"},
		"the last day":             {Entry{Cause: "origin-pattern", Until: "2027-03-31"}, true, today, "known known broken held held held"},
		"the day after":            {Entry{Cause: "origin-pattern", Until: "2027-03-31"}, true, today.Add(time.Hour), "broken broken broken held held held"},
		"a cause that is gone":     {Entry{Cause: "redirects"}, true, today, "broken broken broken held held unexpected"},
		"an id that holds":         {Entry{ID: "K01"}, true, today, "broken broken broken unexpected unexpected held"},
		"a shard does not tell":    {Entry{ID: "K01"}, false, today, "broken broken broken held held held"},
		"gone after its last day":  {Entry{Cause: "redirects", Until: "2020-01-01"}, true, today, "broken broken broken held held unexpected"},
		"an origin that is not in": {Entry{Cause: "origin:https://b.test"}, true, today, "broken broken broken held held held"},
	} {
		c.entry.Reason = "a reason"
		var got []string
		for i, f := range (Baseline{Entries: []Entry{c.entry}}).Apply(findings, c.whole, c.now) {
			got = append(got, string(f.Outcome))
			if changed := f.Outcome != findings[i].Outcome; changed != (f.Known == "a reason") {
				t.Errorf("%s: %+v", name, f)
			}
			if over := name == "the day after" && i < 2; over != strings.Contains(f.Why, "2027-03-31") {
				t.Errorf("%s: why is %q", name, f.Why)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The reports of shards have the same problems as the report of the whole run.
func TestMergedProblems(t *testing.T) {
	findings := []Finding{
		broke(forbidden, "K13", "/me", Critical, nil), broke(forbidden, "K14", "/me", Critical, nil), broke(forbidden, "K21", "/me", Low, nil), broke(allowed, "K31", "/me", High, header("X-A")),
		broke(forbidden, "K14", "/orders", Critical, nil), broke(allowed, "K01", "/orders", "", outcome(Held)),
	}
	var parts []Part
	for i := range 2 {
		parts = append(parts, Part{File: fmt.Sprint(i), Report: Report{Version: Version, Shard: &Shard{Index: i + 1, Of: 2}}})
	}
	for i := range findings {
		r := &parts[i%2].Report
		findings[i].Number = r.Shard.Number(i / 2)
		r.Findings = append(r.Findings, findings[i])
	}
	merged, err := Merge(parts, false)
	if err != nil {
		t.Fatal(err)
	}
	said := func(problems []Problem) string {
		text := ""
		for _, p := range problems {
			text += fmt.Sprintln(p.Cause, p.Headline, p.Probes, p.Proof)
		}
		return text
	}
	if got, want := said(merged.Problems()), said(Problems(findings)); got != want || !strings.HasPrefix(got, "origin-any ") {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

// A part of the findings does not tell that a cause is gone, so its entry stays.
func TestBaselineUpdateOfAPart(t *testing.T) {
	p := policytest.Parse(t, small, nil)
	b := Baseline{Entries: []Entry{{Cause: "redirects", Reason: "a reason"}}}
	held := []Finding{broke(allowed, "K64", "/", "", outcome(Held))}
	for whole, want := range map[bool]int{true: 0, false: 1} {
		got, err := b.Update(held, p, whole)
		if err != nil || len(got.Entries) != want {
			t.Errorf("whole: %t: %+v, %v", whole, got.Entries, err)
		}
	}
	broken := []Finding{broke(allowed, "K64", "/", Low, outcome(Known))}
	if got, err := b.Update(broken, p, true); err != nil || len(got.Entries) != 1 || got.Entries[0].Reason != "a reason" {
		t.Errorf("%+v, %v", got.Entries, err)
	}
}

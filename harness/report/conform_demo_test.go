package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/finding"
)

// odd is a text that every format has to escape, over two lines.
const odd = `origins: ["<b>*</b>"] & 'any' | "all"` + "\nsecond line: ]]> `code`"

// demoMatrix returns a Matrix with every verdict and every state.
func demoMatrix() conform.Matrix {
	return conform.Matrix{
		Version: conform.Version, Corsproof: "v0.9.0", Started: time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC), Seconds: 81.5, Requests: 3072,
		Chrome: harness.Chrome{Version: "Chrome/156.0.8078.79", Flags: []string{"--headless=new", "--site-per-process"}},
		Libraries: []conform.Result{
			{Name: "kong", Language: "config", NotRun: "want docker <not found>:\n  apt install docker", Policies: []conform.ResultOfPolicy{}},
			demoLibrary("gorilla-handlers", "go", "gorilla/handlers", "1.5.2",
				demoCell{conform.Cell{ID: "K55", Verdict: conform.FailClosed, Policy: "any"}, "single"},
				demoCell{conform.Cell{ID: "K68", Verdict: conform.SilentNoop, Policy: "slash", Reason: "origins are compared byte for byte", Documented: "https://example.test/README#origins"}, "slash"}),
			demoLibrary("rs-cors", "go", "rs/cors", "1.11.1",
				demoCell{conform.Cell{ID: "K10", Verdict: conform.SpecDivergence, Policy: "single", Why: "the standard says otherwise: every header is readable"}, ""},
				demoCell{conform.Cell{ID: "K13", Verdict: conform.FailOpen, Policy: "single", Wanted: conform.Pass}, "single"},
				demoCell{conform.Cell{ID: "K14", Verdict: conform.FailOpen, Policy: "single"}, "single"},
				demoCell{conform.Cell{ID: "K41", Verdict: conform.Unsupported, Policy: "star-lists", Why: "no option for methods"}, ""},
				demoCell{conform.Cell{ID: "K61", Verdict: conform.FailClosed, Policy: "single", Reason: "issue <7>: a \"404\" has no headers"}, "single"},
				demoCell{conform.Cell{ID: "K68", Verdict: conform.SilentNoop, Policy: "slash"}, "slash"},
				demoCell{conform.Cell{ID: "K71", Verdict: conform.Pass, Wanted: conform.SilentNoop, Policy: "single", Reason: "globs are not known"}, ""},
				demoCell{conform.Cell{ID: "K72", Verdict: conform.Refused, Policy: "empty", Why: odd}, ""},
				demoCell{conform.Cell{ID: "K74", Verdict: conform.NoVerdict, Policy: "unanchored", Why: "the adapter did not start: panic: " + odd}, ""}),
			demoLibrary("express-cors", "node", "cors", "2.8.6"),
		},
	}
}

// demoCell is a cell that is not PASS, with the policy whose finding decided it.
type demoCell struct {
	conform.Cell
	finding string
}

// demoLibrary returns the result of a library that passes in all cells but some.
func demoLibrary(name, language, library, version string, others ...demoCell) conform.Result {
	r := conform.Result{Name: name, Language: language, Library: library, Version: version, Seconds: 27.9, Policies: []conform.ResultOfPolicy{
		{Name: "single", Title: "one origin, without credentials", Kind: contract.Intent, State: conform.Asked, Asked: 28,
			Config: "c := cors.New(cors.Options{\n\tAllowedOrigins: []string{\"https://app.acme.com\"}, // <b>&\n})\n"},
		{Name: "slash", Title: "an origin with a slash at the end", Kind: contract.Verbatim, State: conform.Asked, Asked: 12, Config: odd},
		{Name: "star-lists", Title: "any method and header, without credentials", Kind: contract.Intent, State: conform.NotExpressible, Text: "no option for methods", Unsupported: []string{"methods"}},
		{Name: "empty", Title: "an empty string, as an unset variable gives it", Kind: contract.Verbatim, State: conform.WasRefused, Text: odd},
		{Name: "unanchored", Title: "a regular expression without anchors", Kind: contract.Verbatim, State: conform.Faulty, Text: "the adapter did not start: panic: " + odd},
	}}
	for _, b := range behaviour.All() {
		cell := conform.Cell{ID: b.ID, Verdict: conform.Pass, Policy: "single"}
		if i := slices.IndexFunc(others, func(o demoCell) bool { return o.ID == b.ID }); i >= 0 {
			cell = others[i].Cell
			if others[i].finding != "" {
				f := demoFinding(b, cell)
				cell.Why = "wanted: " + f.Title + "; seen: " + f.Why
				p := slices.IndexFunc(r.Policies, func(p conform.ResultOfPolicy) bool { return p.Name == cell.Policy })
				if p < 0 { // the finding is of a policy that the matrix does not have
					r.Policies = append(r.Policies, conform.ResultOfPolicy{Name: cell.Policy, Title: "every origin", Kind: contract.Intent, State: conform.Asked, Asked: 1, Config: "handlers.CORS()"})
					p = len(r.Policies) - 1
				}
				r.Policies[p].Findings = append(r.Policies[p].Findings, f)
				r.Policies[p].Verdicts = append(r.Policies[p].Verdicts, conform.Cell{ID: b.ID, Verdict: cell.Verdict, Policy: cell.Policy, Why: cell.Why})
			}
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

// demoFinding returns a finding that decides a cell.
func demoFinding(b behaviour.Behaviour, c conform.Cell) finding.Finding {
	from, side := "https://app.acme.com", behaviour.Allowed
	path := "/orders/corsproof-not-there"
	if c.Verdict == conform.FailOpen {
		from, side, path = "https://evil.test", behaviour.Forbidden, "/me"
	}
	o := observe(harness.Request{From: from, URL: "https://" + c.Policy + ".rs-cors.example.test" + path})
	e := harness.Explain(o)
	want := map[behaviour.Side]harness.Verdict{behaviour.Allowed: harness.Readable, behaviour.Forbidden: harness.Blocked}[side]
	return finding.Finding{
		Number: 1, ID: b.ID, Key: path + " from=" + from, Title: fmt.Sprintf("GET %s from %s: <%s>", path, from, want), Level: b.Level, Side: side, Resource: path, Tags: b.Tags,
		Origin: from, Method: "GET", Outcome: finding.Broken, Severity: finding.High, Effect: "Somebody is \"harmed\" & more.", Why: fmt.Sprintf("%s, want %s", o.Verdict, want),
		Meaning: e.Meaning, Remedy: e.Remedy, Anchor: e.Anchor, Steps: []finding.Step{{Want: want, Decided: true, Observation: o}},
	}
}

// alone returns a Matrix of one library of the demo.
func alone(name string) conform.Matrix {
	m := demoMatrix()
	m.Libraries = slices.DeleteFunc(m.Libraries, func(r conform.Result) bool { return r.Name != name })
	return m
}

// hostileMatrix returns a Matrix of an adapter that attacks its reader.
func hostileMatrix() conform.Matrix {
	r := hostile()
	m := conform.Matrix{Version: conform.Version, Corsproof: attacks[0], Chrome: r.Chrome, Ended: attacks[1]}
	for i, a := range attacks {
		b := attacks[(i+1)%len(attacks)]
		l := conform.Result{Name: fmt.Sprintf("attack-%d", i), Language: a, Library: a, Version: b}
		f := r.Findings[i]
		f.ID, f.Outcome = "K13", finding.Broken
		l.Policies = []conform.ResultOfPolicy{{Name: a, Title: b, Kind: contract.Kind(a), State: conform.State(b), Text: a, Config: b, Unsupported: []string{a, b}, Asked: 1,
			Findings: []finding.Finding{f}, Verdicts: []conform.Cell{{ID: "K13", Verdict: conform.FailOpen, Policy: a, Why: "wanted: " + f.Title + "; seen: " + f.Why}}}}
		for j, behaviour := range behaviour.All() {
			v := conform.Verdicts()[(i+j)%len(conform.Verdicts())]
			long := 1 << 12 // each cell has these texts
			l.Cells = append(l.Cells, conform.Cell{ID: behaviour.ID, Verdict: v, Policy: a[:min(len(a), long)], Why: b[:min(len(b), long)], Reason: a[:min(len(a), long)], Documented: b[:min(len(b), long)], Wanted: conform.Verdicts()[(i*j)%len(conform.Verdicts())]})
		}
		m.Libraries = append(m.Libraries, l)
	}
	m.Libraries = append(m.Libraries, conform.Result{Name: "not-run", Language: "go", NotRun: attacks[1]})
	return m
}

func TestDemoMatrixHasEverything(t *testing.T) {
	states, verdicts := map[conform.State]bool{}, map[conform.Verdict]bool{}
	decided := 0
	for _, l := range demoMatrix().Libraries {
		for _, p := range l.Policies {
			states[p.State] = true
		}
		for _, c := range l.Cells {
			verdicts[c.Verdict] = true
			if f, ok := l.Deciding(c); ok {
				decided++
				if p, _ := l.Policy(c.Policy); p.Verdict(f) != c.Verdict {
					t.Errorf("%s %s: the finding is %s", l.Name, c.ID, p.Verdict(f))
				}
			}
		}
	}
	if len(states) != 4 || len(verdicts) != len(conform.Verdicts()) || decided != 6 {
		t.Errorf("states %v, verdicts %v, %d were decided by a finding", states, verdicts, decided)
	}
}

// Every verdict has a mark of its own, a colour, a class in the style and a sentence.
func TestEveryVerdictIsShown(t *testing.T) {
	marks := map[string]bool{}
	style := part("conform.css")
	for _, v := range conform.Verdicts() {
		mark := verdictMarks[v]
		if mark == "" || marks[mark] {
			t.Errorf("%s has no mark of its own: %q", v, mark)
		}
		marks[mark] = true
		if verdictColors[v] == "" || v.Sentence() == "" {
			t.Errorf("%s has no colour or no sentence", v)
		}
		if (verdictColors[v] == red) != (v == conform.FailOpen) {
			t.Errorf("%s is red at a terminal, or FAIL-OPEN is not", v)
		}
		_, rule, found := strings.Cut(style, `[data-o="`+verdictClass(v)+`"] { --c: `)
		if !found {
			t.Errorf("%s has no class in the style", v)
		} else if strings.HasPrefix(rule, "var(--red)") != (v == conform.FailOpen) {
			t.Errorf("%s is red in the style, or FAIL-OPEN is not: %.40s", v, rule)
		}
	}
}

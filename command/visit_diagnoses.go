package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
)

// mostDiagnosed is how many requests of a page are diagnosed: each diagnosis asks the server some
// ten times.
const mostDiagnosed = 10

// diagnosedCase is a blocked request of a page, asked again alone.
type diagnosedCase struct {
	diagnose.Diagnosis
	err   error
	again string // the line that diagnoses it again; empty where there is none
}

// diagnosedCases are the cases by caseOf.
type diagnosedCases map[string]diagnosedCase

// caseOf is the same for requests that have the same diagnosis.
func caseOf(r harness.VisitedRequest) string {
	q := r.Seen.Request
	return strings.Join([]string{q.From, q.Method, q.URL, string(q.Via), string(r.Seen.Reason), r.Seen.Parameter}, "\x00")
}

// diagnoseBlocked diagnoses the requests that were blocked, up to a bound. A request that cannot be
// asked alone has no case. flags are those of the line that diagnoses again.
func diagnoseBlocked(ctx context.Context, s streams, chrome *harness.Browser, seen harness.Visited, flags []string) diagnosedCases {
	cases := diagnosedCases{}
	blocked := seen.Blocked()
	for i, r := range blocked {
		q := r.Seen.Request
		if _, done := cases[caseOf(r)]; done || len(cases) == mostDiagnosed || q.Validate() != nil || q.OnTheWire() || ctx.Err() != nil {
			continue
		}
		end := s.progress(fmt.Sprintf("diagnosing %d of %d blocked requests ...", i+1, len(blocked)))
		found, err := diagnose.Doctor{Asker: chrome}.Run(ctx, q)
		end()
		cases[caseOf(r)] = diagnosedCase{found, err, again("diagnose", r.Seen, flags)}
	}
	return cases
}

// explain is what is said of a request that was blocked.
func (cases diagnosedCases) explain(r harness.VisitedRequest) []harness.Line {
	d, known := cases[caseOf(r)]
	var lines []harness.Line
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, harness.Line{Kind: harness.LineNote, Label: label, Text: text})
		}
	}
	switch {
	case !known && len(cases) == mostDiagnosed:
		lines = r.Explain()
		add("Note:", fmt.Sprintf("it was not diagnosed: %d others were.", mostDiagnosed))
	case !known:
		return r.Explain()
	case d.err != nil:
		lines = r.Explain()
		add("Note:", "asked again alone, it has no verdict: "+d.err.Error())
	case d.Seen.Reason != r.Seen.Reason || d.ID == "":
		lines = r.Explain()
		if d.Seen.Reason != r.Seen.Reason {
			add("Note:", "asked again alone, the outcome is another one ("+strings.TrimSpace(string(d.Seen.Verdict)+" "+string(d.Seen.Reason))+"): what the page did before matters, or the server changed.")
		}
	default:
		if d.Sure == diagnose.Proved {
			add("Cause, proved:", d.Cause)
		} else {
			add("Cause:", d.Cause) // it says that it is likely
		}
		add("Layer:", string(d.Layer)+": "+strings.TrimSuffix(strings.Join(d.Evidence, "; "), ".")+".")
		add("Remedy:", d.Remedy)
		switch {
		case d.Trial == nil || !d.Trial.Proved:
		case d.Trial.Next() != "":
			add("Proved:", fmt.Sprintf("Chrome was asked again with the remedy, and sends the request. The answer is then blocked for another reason, %s.", d.Trial.Next()))
		default:
			add("Proved:", "Chrome was asked again with the remedy, and accepts it.")
		}
	}
	if d.again != "" {
		lines = append(lines, harness.Line{Kind: harness.LineAgain, Label: "Alone:", Text: d.again})
	}
	return lines
}

// documentedCase is the JSON form of a case.
type documentedCase struct {
	Request   int                 `json:"request"` // its place in requests, from 0
	Diagnosis *diagnose.Diagnosis `json:"diagnosis"`
	Error     string              `json:"error,omitempty"`
}

// document is what the JSON of a visit has of the cases.
func (cases diagnosedCases) document(seen harness.Visited) any {
	list := []documentedCase{}
	for i, r := range seen.Requests {
		if d, known := cases[caseOf(r)]; known && r.Seen.Verdict == harness.Blocked {
			x := documentedCase{Request: i, Diagnosis: &d.Diagnosis}
			if d.err != nil {
				x.Error = d.err.Error()
			}
			list = append(list, x)
		}
	}
	return struct {
		Diagnoses []documentedCase `json:"diagnoses"`
	}{list}
}

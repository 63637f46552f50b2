package command

import (
	"time"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/verify"
)

// live prints what changed while a run is still asking: a person who changed a server waits for
// the first verdict, and not for the last.
type live struct {
	print func([]finding.Change) error
	// shown are the findings that were printed last, by place in at.
	shown []finding.Finding
	at    map[probeName]int
	told  int   // how many changes of the run were printed
	err   error // of the printing
}

// probeName names a probe in each run of a policy.
type probeName struct{ id, key string }

// begin takes what was printed of a complete report.
func (l *live) begin(findings []finding.Finding) {
	l.shown, l.at = append([]finding.Finding{}, findings...), map[probeName]int{}
	for i, f := range findings {
		l.at[probeName{f.ID, f.Key}] = i
	}
}

// tell takes the finding of a probe. A finding without a verdict waits for the end of the run: a
// server that starts again may still give the other probes theirs.
func (l *live) tell(p verify.Progress) {
	f := p.Finding
	at, there := l.at[probeName{f.ID, f.Key}]
	if !there || f.Outcome != finding.Held && f.Outcome != finding.Broken {
		return
	}
	was := l.shown[at]
	if was.Outcome == f.Outcome && was.Severity == f.Severity {
		return
	}
	l.shown[at] = f
	l.told++
	if err := l.print([]finding.Change{{Before: was, After: f}}); err != nil {
		l.err = err
	}
}

// printText prints changes with the local time.
func (w *verifyWatch) printText(changes []finding.Change) error {
	return w.streams.text(w.report.verbose).Changes(w.streams.out, time.Now(), changes)
}

// tellsLive says whether changes are printed while the run asks. JSON is one document for each run,
// and what a baseline makes of a finding depends on the other findings.
func (w *verifyWatch) tellsLive() bool {
	return w.before != nil && !w.report.json && w.baseline == ""
}

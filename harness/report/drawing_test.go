package report

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// Every finding is drawn with all its exchanges, and one of them decided.
func TestDrawingTakesTheLinesOfTheTranscript(t *testing.T) {
	r := demo()
	d := draw(r.Chrome.Version, r.Findings)
	for i, f := range r.Findings {
		for j, s := range f.Steps {
			x, decided := d.Findings[i].Steps[j], 0
			for _, e := range x.Exchanges {
				if e.Decided {
					decided++
				}
			}
			if len(x.Exchanges) != len(s.Observation.Exchanges) || decided != 1 {
				t.Errorf("%s: %d of %d exchanges, %d decided", f.Title, len(x.Exchanges), len(s.Observation.Exchanges), decided)
			}
			if (d.Texts[x.Reason] != "") != (s.Observation.Verdict == harness.Blocked) {
				t.Errorf("%s: %s because of %q", f.Title, s.Observation.Verdict, d.Texts[x.Reason])
			}
		}
	}
}

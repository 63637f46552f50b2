package harness

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/plain"
)

// of returns the lines of a kind.
func (t Transcript) of(kind LineKind) Transcript {
	return slices.DeleteFunc(slices.Clone(t), func(l Line) bool { return l.Kind != kind })
}

// Every text of a line is in the text of the transcript.
func TestLinesAreInTheText(t *testing.T) {
	for name, o := range situations {
		text := strings.Join(strings.Fields(o.String()), " ")
		for _, l := range o.Transcript() {
			said := l.Text
			if l.Kind == LineRemedy || l.Kind == LineNote {
				said = plain.LowerFirst(said)
			}
			for _, part := range []string{l.Label, said, l.Detail, l.Note} {
				if !strings.Contains(text, strings.Join(strings.Fields(part), " ")) {
					t.Errorf("%s: the text has no %q of %+v", name, part, l)
				}
			}
		}
	}
}

// The fields of a line say what the line is about, without its text.
func TestLinesSayWhatTheyAreAbout(t *testing.T) {
	for name, o := range situations {
		lines := o.Transcript()
		exchanges := append(lines.of(LineExchange), lines.of(LineNotSent)...)
		if len(exchanges) != len(o.Exchanges) {
			t.Errorf("%s: %d lines for %d exchanges", name, len(exchanges), len(o.Exchanges))
		}
		for _, l := range exchanges {
			e := o.Exchanges[l.Exchange-1]
			if l.Label != string(e.Kind) || !strings.HasPrefix(l.Text, e.Method) || l.Detail == "" || l.Kind == LineNotSent && e.Sent {
				t.Errorf("%s: %+v", name, l)
			}
		}
		for _, l := range append(lines.of(LineRequestHeader), lines.of(LineResponseHeader)...) {
			if l.Exchange < 1 || l.Exchange > len(o.Exchanges) || strings.ContainsAny(l.Text[:1], "<> ") {
				t.Errorf("%s: %+v", name, l)
			}
		}
		e := Explain(o)
		if got := lines.of(LineMeaning); len(got) != 1 || got[0].Text != e.Meaning {
			t.Errorf("%s: the meaning is %+v", name, got)
		}
		if got := lines.of(LineRemedy); (e.Remedy == "") != (len(got) == 0) || len(got) == 1 && got[0].Text != e.Remedy {
			t.Errorf("%s: the remedy is %+v", name, got)
		}
		if got := lines.of(LineAnchor); len(got) != 1 || got[0].Text != e.Anchor {
			t.Errorf("%s: the anchor is %+v", name, got)
		}
		if got := lines.of(LineScript); len(got) != 1 || got[0].Text != scriptSaw(o) {
			t.Errorf("%s: the script saw %+v", name, got)
		}
		if got := lines.of(LineAsker); len(got) != 1 || got[0].Text != asker(o.Request) || got[0].Detail != strings.Join(manner(o.Request), ", ") {
			t.Errorf("%s: the asker is %+v", name, got)
		}
		if got := lines.of(LineBlocked); (o.Verdict == Blocked) != (len(got) == 1) {
			t.Errorf("%s: %s, %+v", name, o.Verdict, got)
		}
	}
}

func TestLinesMarkWhatDecided(t *testing.T) {
	decided := func(o Observation) []Exchange {
		var list []Exchange
		for _, l := range o.Transcript() {
			if l.Decided {
				list = append(list, o.Exchanges[l.Exchange-1])
			}
		}
		return list
	}
	for name, o := range situations {
		got, want := decided(o), deciding(o)
		if len(got) > 1 || len(got) == 1 && !reflect.DeepEqual(got[0], want) || len(got) == 0 && want.Kind != "" {
			t.Errorf("%s: %d exchanges decided: %v", name, len(got), got)
		}
	}
	dry := Observation{Verdict: Readable, Exchanges: []Exchange{{Kind: Preflight, Sent: true, Status: 204}, {Kind: ActualRequest, Withheld: true}}}
	if got := decided(dry); len(got) != 1 || got[0].Kind != Preflight {
		t.Errorf("a dry run was decided by %+v", got)
	}
	for _, l := range situations["preflight-refused"].Transcript().of(LineResponseHeader) {
		if l.Exchange == 1 && (l.Tone == ToneAlarming) != strings.HasPrefix(l.Text, "Access-Control-Allow-Headers") {
			t.Errorf("%q: the tone is %q", l.Text, l.Tone)
		}
	}
	l := situations["missing"].Transcript().of(LineResponseHeader)
	if len(l) != 1 || l[0].Tone != ToneAlarming || l[0].Text != "(no Access-Control-Allow-Origin)" {
		t.Errorf("what is missing: %+v", l)
	}
}

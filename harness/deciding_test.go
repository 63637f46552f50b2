package harness

import (
	"reflect"
	"strings"
	"testing"
)

// An account has what the transcript has, line by line.
func TestAccountsAreInTheTranscript(t *testing.T) {
	for name, o := range situations {
		text := o.String()
		for i, a := range Accounts(o) {
			for _, l := range append(a.Request, a.Response...) {
				if !strings.Contains(text, " "+l.Text) || !strings.Contains(text, l.Note) {
					t.Errorf("%s: the transcript has no %q, %q", name, l.Text, l.Note)
				}
			}
			if !strings.Contains(text, strings.Join(append([]string{"  from " + shown(o.Request.From)}, Manner(o.Request)...), ", ")) && !opaque(o.Request.From) {
				t.Errorf("%s: the manner is %q", name, Manner(o.Request))
			}
			if !strings.Contains(text, "script saw "+ScriptSaw(o)) {
				t.Errorf("%s: the script saw %q", name, ScriptSaw(o))
			}
			if !strings.Contains(text, a.Outcome) || a.Outcome == "" || strings.HasPrefix(a.Outcome, "-") {
				t.Errorf("%s: the outcome of exchange %d is %q", name, i, a.Outcome)
			}
		}
	}
}

func TestAccountsMarkWhatDecided(t *testing.T) {
	for name, o := range situations {
		var decided []Exchange
		for i, a := range Accounts(o) {
			if a.Decided {
				decided = append(decided, o.Exchanges[i])
			}
		}
		want := deciding(o)
		if len(decided) > 1 || len(decided) == 1 && !reflect.DeepEqual(decided[0], want) || len(decided) == 0 && want.Kind != "" {
			t.Errorf("%s: %d exchanges decided: %v", name, len(decided), decided)
		}
	}
	dry := Observation{Verdict: Readable, Exchanges: []Exchange{{Kind: Preflight, Sent: true, Status: 204}, {Kind: ActualRequest, Withheld: true}}}
	if a := Accounts(dry); !a[0].Decided || a[1].Decided {
		t.Errorf("a dry run was decided by %+v", a)
	}
	refused := Accounts(situations["preflight-refused"])
	for _, l := range refused[0].Response {
		if l.Wrong != strings.HasPrefix(l.Text, "Access-Control-Allow-Headers") {
			t.Errorf("%q: wrong is %t", l.Text, l.Wrong)
		}
	}
	if l := Accounts(situations["missing"])[0].Response; len(l) != 1 || !l[0].Wrong || l[0].Text != "(no Access-Control-Allow-Origin)" {
		t.Errorf("what is missing: %+v", l)
	}
}

func TestPrintable(t *testing.T) {
	if got := Printable("https://u:p@a.test/\x1b"); got != `https://(hidden)@a.test/\x1b` {
		t.Error(got)
	}
}

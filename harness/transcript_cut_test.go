package harness

import (
	"fmt"
	"strings"
	"testing"
)

// A redirect loop and floods are cut, with a number; what decided stays.
func TestTranscriptCutsFloods(t *testing.T) {
	o := Observation{Request: Request{From: "https://app.test", URL: "https://api.test/0"}, Verdict: Blocked, Reason: "net::ERR_TOO_MANY_REDIRECTS"}
	for i := range 21 {
		o.Exchanges = append(o.Exchanges, Exchange{Kind: RedirectHop, Method: "GET", URL: fmt.Sprintf("https://api.test/%d", i), Sent: true, Status: 302})
	}
	for i := range 500 {
		o.Console = append(o.Console, Message{Text: fmt.Sprintf("message %d", i)})
	}
	got := o.String()
	for _, want := range []string{"\n  4  ", "\n  … 15 more exchanges\n", "\n  20  ", "\n  21  ", "message 7\n", "… 492 more lines of the console\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, cut := range []string{"\n  5  ", "\n  19  ", "message 8\n"} {
		if strings.Contains(got, cut) {
			t.Errorf("%q is in\n%s", cut, got)
		}
	}
	if n := len(o.Transcript()); n < 500 {
		t.Errorf("the data has %d lines: only the text is cut", n)
	}
}

// What decided in the middle of a loop, and an alarming line at the end of a flood, stay. A
// line more than shown is no flood.
func TestTranscriptKeepsWhatDecided(t *testing.T) {
	var lines Transcript
	for i := 1; i <= 12; i++ {
		lines = append(lines, Line{Kind: LineExchange, Exchange: i, Decided: i == 7, Text: fmt.Sprint("exchange ", i)})
	}
	if got := lines.Text(PlainText, 0); !strings.Contains(got, "exchange 7") || strings.Contains(got, "exchange 8") || !strings.Contains(got, "… 5 more exchanges") {
		t.Errorf("%s", got)
	}
	if got := lines[:7].Text(PlainText, 0); strings.Contains(got, "more") {
		t.Errorf("seven exchanges are cut:\n%s", got)
	}
	var headers Transcript
	for i := range 40 {
		l := Line{Kind: LineResponseHeader, Exchange: 1, Text: fmt.Sprint("header ", i)}
		if i == 39 {
			l.Tone = ToneAlarming
		}
		headers = append(headers, l)
	}
	if got := headers.Text(PlainText, 0); !strings.Contains(got, "header 11\n") || strings.Contains(got, "header 12") || !strings.Contains(got, "header 39") || !strings.Contains(got, "… 27 more header lines") {
		t.Errorf("%s", got)
	}
	if got := headers[:firstHeaders+1].Text(PlainText, 0); strings.Contains(got, "more") {
		t.Errorf("one line more is cut:\n%s", got)
	}
}

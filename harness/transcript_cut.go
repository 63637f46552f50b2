package harness

import (
	"fmt"
	"slices"
	"strings"
)

// How much of a flood is written: a redirect loop has 21 exchanges, and a page may write
// thousands of messages.
const (
	firstExchanges = 4 // more than firstExchanges+lastExchanges+1 are cut
	lastExchanges  = 2
	firstHeaders   = 12 // of one kind, of an exchange
	firstMessages  = 8  // lines of the console
)

// lineCut says how much is left out.
const lineCut LineKind = "cut"

// cut returns the transcript without the middle of a redirect loop, and without the end of a
// flood of header lines or messages. A line says how much is left out. What is alarming, and
// the exchange that decided, stay.
func (t Transcript) cut() Transcript {
	return t.cutExchanges().
		cutLines(firstHeaders, "header line", LineRequestHeader).
		cutLines(firstHeaders, "header line", LineResponseHeader).
		cutLines(firstMessages, "line of the console", LineConsole)
}

// cutExchanges leaves out the middle of a long list of exchanges.
func (t Transcript) cutExchanges() Transcript {
	last, decided := 0, 0
	for _, l := range t {
		last = max(last, l.Exchange)
		if l.Decided {
			decided = l.Exchange
		}
	}
	if last <= firstExchanges+lastExchanges+1 {
		return t
	}
	middle := func(l Line) bool {
		return l.Exchange > firstExchanges && l.Exchange <= last-lastExchanges && l.Exchange != decided
	}
	left := last - firstExchanges - lastExchanges
	if decided > firstExchanges && decided <= last-lastExchanges {
		left--
	}
	begin := slices.IndexFunc(t, middle)
	kept := append(slices.Clone(t[:begin]), Line{Kind: lineCut, Indent: textColumn, Text: fmt.Sprintf("… %d more exchanges", left), Tone: ToneFaint})
	for _, l := range t[begin:] {
		if !middle(l) {
			kept = append(kept, l)
		}
	}
	return kept
}

// cutLines leaves out the end of a long run of lines of a kind.
func (t Transcript) cutLines(most int, noun string, kind LineKind) Transcript {
	var kept Transcript
	for i := 0; i < len(t); {
		n := 0
		for i+n < len(t) && t[i+n].Kind == kind && t[i+n].Exchange == t[i].Exchange {
			n++
		}
		if n <= most+1 {
			n = max(n, 1)
			kept = append(kept, t[i:i+n]...)
			i += n
			continue
		}
		kept = append(kept, cutRun(t[i:i+n], most, noun)...)
		i += n
	}
	return kept
}

// cutRun leaves out the end of a run, except what is alarming.
func cutRun(run Transcript, most int, noun string) Transcript {
	kept, left := slices.Clone(run[:most]), 0
	for _, l := range run[most:] {
		if l.Tone == ToneAlarming {
			kept = append(kept, l)
		} else {
			left++
		}
	}
	if left == 0 {
		return kept
	}
	of := run[0]
	text := fmt.Sprintf("… %d more %s", left, plural(left, noun))
	indent := of.Indent
	if of.Kind == LineConsole {
		indent = consoleColumn
	}
	return append(kept, Line{Kind: lineCut, Exchange: of.Exchange, Indent: indent, Text: text, Tone: ToneFaint})
}

// plural returns the noun for a number: lines of the console.
func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if before, after, ok := strings.Cut(noun, " "); ok && before == "line" {
		return "lines " + after
	}
	return noun + "s"
}

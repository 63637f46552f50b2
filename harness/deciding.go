package harness

import "slices"

// Account is what the transcript says of one Exchange, as data for those who draw
// it. Every text in it is safe to print, and tells no secret.
type Account struct {
	// Outcome is what became of the exchange, such as "204" or "not sent".
	Outcome string
	// Note is what is wrong with the status; empty where nothing is.
	Note string
	// Request and Response are the header lines that matter to the decision.
	Request, Response []HeaderLine
	// Decided says that the verdict was drawn from this exchange.
	Decided bool
}

// HeaderLine is a header line of an Account, such as "Origin: https://app.test", or
// what is missing: "(no Access-Control-Allow-Origin)".
type HeaderLine struct {
	Text string
	Note string
	// Wrong says that the line is why the browser blocked, or would be.
	Wrong bool
}

// Accounts returns an Account for each Exchange of an Observation, in order.
func Accounts(o Observation) []Account {
	accounts := make([]Account, len(o.Exchanges))
	for i, e := range o.Exchanges {
		accounts[i] = Account{
			Outcome:  trimOutcome(outcome(e)),
			Note:     statusNote(o, e),
			Request:  headerLines(requestLines(o, i)),
			Response: headerLines(responseLines(o, i)),
		}
	}
	if i := decidingIndex(o); i >= 0 {
		accounts[i].Decided = true
	}
	return accounts
}

// Manner lists how a Request asks, where that is not the browser's default, such as
// "with credentials".
func Manner(r Request) []string { return manner(r)[1:] }

// ScriptSaw says in a line what the script got.
func ScriptSaw(o Observation) string { return scriptSaw(o) }

// Printable returns text from a server or a page as it may be shown: characters
// that would not be seen for what they are are spelled out, and passwords in URLs
// are left out.
func Printable(text string) string { return shown(text) }

// trimOutcome drops the arrow that the transcript puts before an outcome.
func trimOutcome(text string) string {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '-' || text[0] == '>') {
		text = text[1:]
	}
	return text
}

// headerLines drops the direction that the transcript puts before a line.
func headerLines(lines []line) []HeaderLine {
	var list []HeaderLine
	for _, l := range lines {
		list = append(list, HeaderLine{Text: l.text[len("> "):], Note: l.note, Wrong: l.tone == alarming})
	}
	return list
}

// decidingIndex is the place of the exchange that [deciding] returns, or -1. Of a dry
// run it is the preflight: the request itself was never answered.
func decidingIndex(o Observation) int {
	preflight := o.Verdict == Blocked && isPreflight(o.Reason) || o.Withheld() && len(o.Preflights()) > 0
	for i, e := range slices.Backward(o.Exchanges) {
		if (e.Kind == Preflight) == preflight {
			return i
		}
	}
	return -1
}

package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// witnesses adds what script, server, page and console saw.
func (t *Transcript) witnesses(o Observation) {
	t.add(Line{Kind: LineScript, Indent: witnessColumn, Label: "script saw", Text: scriptSaw(o)})
	if o.Wire {
		t.witness("browser", "no browser was used; the verdict is what the Fetch standard draws from these answers")
	}
	t.hint(o)
	if slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Unseen }) {
		t.witness("browser", unseen(o))
	}
	for _, text := range untold(o) {
		t.witness("browser", text)
	}
	for _, name := range o.Script.Dropped {
		t.witness("", "the page cannot set "+clean(name)+": the browser dropped it")
	}
	if o.Arrivals != nil {
		t.witness("server saw", serverSaw(o.Arrivals)+timedOutRequest(o))
	}
	if text := repeated(o); text != "" {
		t.witness("", text)
	}
	if text := pageIs(o); text != "" {
		t.witness("", "page is "+text)
	}
	for _, text := range reached(o) {
		t.witness("reached", text)
	}
	for _, i := range o.Issues {
		if i.Code != "CorsIssue" { // the reason says the same
			t.witness("issue", clean(strings.TrimSpace(i.Code+" "+i.Detail)))
		}
	}
	t.console(o.Console)
}

// reached says what was asked for about the way to the servers: a verdict that rests on it
// need not be that of a user's browser.
func reached(o Observation) (lines []string) {
	if len(o.Browser.Resolve) > 0 {
		lines = append(lines, "with "+clean(strings.Join(o.Browser.Resolve, ", "))+"instead of the address that DNS gives")
	}
	if len(o.Browser.Trusts) > 0 {
		lines = append(lines, "with certificates that users' browsers need not trust: "+clean(strings.Join(o.Browser.Trusts, ", ")))
	}
	return lines
}

// unseen says what Chrome does not tell.
func unseen(o Observation) string {
	if o.Browser.Brand() == webkitName {
		return "WebKit shows no preflight, and nothing of a response that it refused"
	}
	if o.Request.EffectiveWhere() == WhereSharedWorker {
		return "reports neither the preflights of a shared worker nor the bytes on the wire"
	}
	return "does not report the bytes on the wire"
}

// repeated says of a request that may change something that it was sent more than once, or
// may have been: a browser repeats a request where a connection that it had used before
// drops without an answer. https://fetch.spec.whatwg.org/#http-network-fetch
func repeated(o Observation) string {
	for _, e := range o.Exchanges {
		if !e.Sent || e.Kind == Preflight || web.IsSafeMethod(e.Method) {
			continue
		}
		times := 0
		for _, a := range o.Arrivals {
			if a.Method == e.Method && a.URL == e.URL {
				times++
			}
		}
		switch {
		case times > 1:
			return fmt.Sprintf("the browser sent %s %d times: it repeats a request whose connection drops", clean(e.Method), times)
		case o.Arrivals == nil && e.Status == 0:
			return "the browser may have sent " + clean(e.Method) + " more than once: it repeats a request whose connection drops"
		}
	}
	return ""
}

// witness adds the line of one witness.
func (t *Transcript) witness(label, text string) {
	t.add(Line{Kind: LineWitness, Indent: witnessColumn, Label: label, Text: text})
}

// console adds the messages of the console, whole. A message can have several lines.
func (t *Transcript) console(messages []Message) {
	l := Line{Kind: LineConsole, Indent: witnessColumn, Label: "console"}
	if len(messages) == 0 {
		l.Text = "nothing"
		t.add(l)
	}
	for _, m := range messages {
		for text := range strings.Lines(m.Text) {
			l.Text = shown(strings.TrimRight(text, "\r\n"))
			t.add(l)
			l.Label, l.Indent = "", consoleColumn+consoleHang
		}
		l.Indent = consoleColumn
	}
}

// scriptSaw says what the script got, or would get.
func scriptSaw(o Observation) string {
	switch {
	case o.Request.From == "":
		return "nothing: no script asked"
	case o.Wire && !o.Withheld():
		return "nothing: no script asked. A script would see " + scriptGot(o)
	}
	return scriptGot(o)
}

// scriptGot says what the script of a page got.
func scriptGot(o Observation) string {
	s := o.Script
	switch {
	case o.Withheld():
		return "nothing of the server: there is no response"
	case s.Error != "":
		return shown(s.Error)
	case !o.Request.Via.bearsStack() && o.Verdict != Blocked:
		return usedAs(o)
	case o.Verdict == Opaque:
		return fmt.Sprintf("an opaque response: status %d, no headers, no body", s.Status)
	case o.Verdict == Blocked:
		return "an error"
	}
	return fmt.Sprintf("%d, %s, %s", s.Status, size(s), headerNames(s.Headers))
}

// usedAs says what a script knows of a response that something else than a fetch got.
func usedAs(o Observation) string {
	switch o.Request.Via {
	case ViaBeacon, ViaPing, ViaManifest, ViaFavicon, ViaCSPReport, ViaReport, ViaCSSImage, ViaCSSShape:
		return "nothing of the response"
	case ViaWebSocket:
		return "an open connection"
	}
	if o.Verdict == Opaque {
		return "it loaded, and the script cannot look into it"
	}
	return "it loaded, and the script may look into it"
}

// size says how long the body is.
func size(s Script) string {
	text := fmt.Sprintf("%d bytes", s.BodySize)
	if s.BodySize == 1 {
		text = "1 byte"
	}
	if s.Truncated {
		text += " and more"
	}
	return text
}

// headerNames lists the headers that the script can read.
func headerNames(h Header) string {
	if len(h) == 0 {
		return "no headers"
	}
	var names []string
	for _, f := range h {
		names = append(names, clean(f.Name))
	}
	return "headers " + strings.Join(names, ", ")
}

// serverSaw lists the methods that arrived.
func serverSaw(arrivals []Arrival) string {
	if len(arrivals) == 0 {
		return "nothing"
	}
	var methods []string
	for _, a := range arrivals {
		methods = append(methods, clean(a.Method))
	}
	return strings.Join(methods, ", ")
}

// timedOutRequest says why a request may have arrived more than once: see the deviation D43 of
// package oracle.
func timedOutRequest(o Observation) string {
	sent, timedOut := 0, false
	for _, e := range o.Exchanges {
		if e.Sent {
			sent++
		}
		timedOut = timedOut || e.Status == 408
	}
	if timedOut && len(o.Arrivals) > sent {
		return ": Chrome sends a request again that is answered 408"
	}
	return ""
}

// privacy orders the address spaces; an unknown one counts as public.
// https://wicg.github.io/local-network-access/#ip-address-space-section
var privacy = map[AddressSpace]int{SpaceLocal: 1, SpaceLoopback: 2}

// pageIs names the address space of the page, if a server is in a more private
// space or local network access decided.
func pageIs(o Observation) string {
	server := o.Page.AddressSpace
	for _, e := range o.Exchanges {
		if privacy[e.AddressSpace] > privacy[server] {
			server = e.AddressSpace
		}
	}
	if server == o.Page.AddressSpace && !isLocalNetwork(o.Reason) {
		return ""
	}
	text := "in the " + space(o.Page.AddressSpace) + " address space"
	if server != o.Page.AddressSpace {
		text += ", the server in the " + space(server) + " one"
	}
	if !o.Page.SecureContext {
		text += "; it is not a secure context"
	}
	switch {
	case o.Page.Barred:
		text += "; its permissions policy forbids that address space"
	case o.Page.LocalNetwork != "":
		text += "; local network access " + clean(string(o.Page.LocalNetwork))
	}
	return text
}

// space is an address space in a sentence.
func space(s AddressSpace) string {
	if s == "" || privacy[s] == 0 {
		return "public"
	}
	return strings.ToLower(string(s))
}

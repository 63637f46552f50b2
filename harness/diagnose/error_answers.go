package diagnose

import (
	"fmt"

	"github.com/corsproof/corsproof/harness"
)

// errorAnswers are the causes that show in an error.
var errorAnswers = []Cause{{
	ID:       "errors-only",
	Symptoms: []harness.Reason{harness.MissingAllowOriginHeader},
	Not:      "that only errors lack the header: an answer with success lacks it, too",
	fits:     func(c *patient) bool { return answeredOnce(c) && c.by.Status >= 400 },
	judge: func(c *patient) judgement {
		c.likeCurl()
		if c.nobody(); c.elsewhereReadable() {
			return proved
		}
		// A preflight that passed is no proof: another part of the server may answer it.
		if len(c.d.Seen.Preflights()) > 0 && readable(c.plain()) {
			return proved
		}
		return open
	},
	cause: func(c *patient) string {
		return fmt.Sprintf("The server answered %d, and the error has no Access-Control-Allow-Origin, so that the page cannot see it.", c.by.Status)
	},
	layer: func(c *patient) (Layer, []string) {
		layer, evidence := statusLayer(c, rawAsPage)
		evidence = append(evidence, c.curlWorks()...)
		if len(c.d.Seen.Preflights()) > 0 {
			evidence = append(evidence, "the preflight of the same question passed")
		}
		evidence = append(evidence, c.shows(asSimple, harness.Readable, "a plain GET by the same page is readable")...)
		return layer, append(evidence, c.elsewhereShows()...)
	},
	trial: allow,
}, {
	// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	ID:       "proxy-status",
	Symptoms: []harness.Reason{harness.UnexpectedProxyAuth},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Login, reason),
	untried:  "Chrome judges the status 407 before an answer can be edited. Change the status, and ask again.",
}, {
	// https://websockets.spec.whatwg.org/#websocket-opening-handshake
	ID:       "websocket-origin",
	Symptoms: []harness.Reason{harness.HandshakeRefused},
	Not:      "that the server refuses the WebSocket because of the page's origin",
	fits:     always,
	judge: func(c *patient) judgement {
		switch home, again := c.handshakes(); {
		case home == 0 || again == 0:
			return open
		case home != again:
			return proved
		}
		return excluded
	},
	cause: func(c *patient) string {
		return "The server refuses the handshake of the WebSocket because of the page's origin, " + c.d.Seen.Page.Origin + ". CORS does not apply to a WebSocket: the server alone compares Origin."
	},
	layer: fixed(Framework, func(c *patient) []string {
		home, again := c.handshakes()
		if home == 0 || again == 0 {
			return reason(c)
		}
		return []string{fmt.Sprintf("the same handshake gets %d with the page's Origin, and %d with the server's own", again, home)}
	}),
	untried: "the answers to a WebSocket cannot be edited. Change the list, and ask again.",
}, {
	ID:       "websocket-refused",
	Symptoms: []harness.Reason{harness.HandshakeRefused},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Framework, func(c *patient) []string { return append(reason(c), "the server's own origin is refused, too") }),
	untried:  "the answers to a WebSocket cannot be edited. Change the server, and ask again.",
}}

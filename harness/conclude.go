package harness

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// report is what the script of the page reports.
type report struct {
	Script
	// Refused says that the call itself threw, so that there was no request.
	Refused bool `json:"refused"`
	// Tainted says that there is a response and the script was not allowed to read
	// it back: reading threw a SecurityError.
	// https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-origin-clean
	Tainted bool `json:"tainted"`
	// Loaded says that something else than a fetch has the response. Its type for
	// scripts follows from where it came from.
	Loaded bool `json:"loaded"`
	// GaveUp says that the script ended the request itself: abort or timeout.
	GaveUp string `json:"gaveUp"`
	// Ran says that it was a script, which came and ran: Error is its own.
	Ran bool `json:"ran"`
}

// setting is what the harness knows about the page or the worker that asked.
type setting struct {
	// localNetwork is the answer to the prompts for local network access.
	localNetwork Permission
	// barred says that the page's permissions policy keeps it from there all the same.
	barred bool
	// worker is where the script ran.
	worker engine.Worker
	// standIn says that the harness served the script of the service worker: such a
	// script is in no address space.
	standIn bool
	// witness, unless nil, adds what the servers know.
	witness func(*Observation)
}

// conclude draws the Verdict from what the browser reported, by the table [rules].
// It is pure. Beside an error it returns an Observation with the evidence that
// came, and no Verdict.
func conclude(r Request, at setting, told engine.Evidence) (Observation, error) {
	o, said, err := read(r, told)
	c := &conclusion{Observation: &o, at: at, told: told, said: said, failed: told.LastFailure()}
	if err == nil {
		c.dropUnwanted()
	}
	if at.witness != nil {
		at.witness(&o)
	}
	if err != nil {
		return o, err
	}
	return o, c.draw()
}

// read makes an Observation of complete evidence, and reads the script's report.
func read(r Request, told engine.Evidence) (o Observation, said report, err error) {
	o = Observation{Request: r, Exchanges: exchanges(told.Requests), Console: make([]Message, 0, len(told.Console))}
	for _, m := range told.Console {
		o.Console = append(o.Console, Message(m))
	}
	for _, i := range told.Issues {
		o.Issues = append(o.Issues, Issue(i))
	}
	o.Script.Headers = Header{}
	if len(told.Missing) > 0 {
		if failed := told.LastFailure(); failed != nil {
			o.NetError = failed.NetError
		}
		return o, said, o.inconclusive("missing: %s", strings.Join(told.Missing, ", "))
	}
	if err := json.Unmarshal(told.Answer, &said); err != nil {
		return o, said, NewInconclusiveError(r, "the script's report is not readable", err)
	}
	if r.Via == ViaAudioWorklet && !said.Refused { // which Chrome does not tell
		o.Exchanges = []Exchange{{Kind: ActualRequest, Method: "GET", URL: withoutFragment(r.URL), Unseen: true, Sent: said.Loaded}}
	}
	if said.Loaded && said.Type == "" {
		said.Type = taintedType(r, o.Exchanges)
	}
	o.Script = said.Script
	return o, said, nil
}

// transportFailures explain the net errors that users meet most.
var transportFailures = map[string]string{
	"net::ERR_CONNECTION_REFUSED":                               "nothing listens there: the connection was refused",
	"net::ERR_HTTP_RESPONSE_CODE_FAILURE":                       "the server answered with an error status and an empty body: check the URL, and whether it needs a login",
	"net::ERR_NAME_NOT_RESOLVED":                                "its name does not resolve: --resolve HOST:PORT:ADDRESS, or Browser.Resolve, says where it leads",
	"net::ERR_ADDRESS_UNREACHABLE":                              "its address is unreachable",
	"net::ERR_INTERNET_DISCONNECTED":                            "this machine is offline",
	"net::ERR_CONNECTION_RESET":                                 "the server reset the connection",
	"net::ERR_CONNECTION_CLOSED":                                "the server closed the connection",
	"net::ERR_CONNECTION_TIMED_OUT":                             "the connection timed out",
	"net::ERR_EMPTY_RESPONSE":                                   "the server closed the connection without an answer",
	"net::ERR_CONTENT_LENGTH_MISMATCH":                          "the answer ended early: it is shorter than its Content-Length",
	"net::ERR_INCOMPLETE_CHUNKED_ENCODING":                      "the answer ended early: its last chunk is missing",
	"net::ERR_CERT_AUTHORITY_INVALID":                           "its certificate is from an authority that the browser does not trust: --ca FILE, or Browser.CA, names that authority, or the certificate itself",
	"net::ERR_CERT_COMMON_NAME_INVALID":                         "its certificate is for another name: ask by a name that is in the certificate; --resolve HOST:PORT:ADDRESS, or Browser.Resolve, leads the name to the server",
	"net::ERR_CERT_DATE_INVALID":                                "its certificate is expired or not valid yet",
	"net::ERR_CERT_INVALID":                                     "its certificate is malformed",
	"net::ERR_SOCKET_NOT_CONNECTED":                             "the server closed the connection before the request was sent: a server that demands a client certificate and gets none does so",
	"net::ERR_BAD_SSL_CLIENT_AUTH_CERT":                         noClientCertificate,
	"net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED":                      noClientCertificate,
	"net::ERR_QUIC_PROTOCOL_ERROR":                              noHTTP3,
	"net::ERR_QUIC_HANDSHAKE_FAILED":                            noHTTP3,
	"net::ERR_QUIC_PROTOCOL_ERROR.QUIC_TLS_CERTIFICATE_UNKNOWN": "Chrome does not accept its certificate, and gives no cause over HTTP/3: ask without HTTP/3 to see the cause",
	"net::ERR_SSL_PROTOCOL_ERROR":                               "it does not speak TLS",
	"net::ERR_INVALID_HTTP_RESPONSE":                            "what it answers is not valid HTTP: it speaks another protocol, or a header has a byte that HTTP forbids, such as NUL",
	"net::ERR_PROXY_CONNECTION_FAILED":                          "the proxy cannot be reached",
	"net::ERR_TUNNEL_CONNECTION_FAILED":                         "the proxy refused to connect to it",
}

// noClientCertificate says what a server wants that no flag gives: Chrome takes client
// certificates from a store of the system alone, and asks a person which one to send. It
// sends none with a preflight. With TLS 1.3 a server says so only after the handshake, and
// Chrome may meet a closed connection first.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
const noClientCertificate = "it requires a client certificate, which corsproof cannot send: ask a server without that requirement, such as the one behind the proxy that checks it"

// noHTTP3 says that a host in HTTP3 cannot be asked so: Chrome then tries nothing else.
const noHTTP3 = "it does not speak HTTP/3 there, and --http3 allows no other protocol: remove --http3, or the entry in Browser.HTTP3"

// explained returns what a net error means, empty where that is not known. Behind a dot
// Chrome may say more.
func explained(code string) string {
	family, _, _ := strings.Cut(code, ".")
	return cmp.Or(transportFailures[code], transportFailures[family])
}

// lastURL is the URL of the last request.
func (c *conclusion) lastURL() string {
	if last := len(c.Exchanges) - 1; last >= 0 {
		return c.Exchanges[last].URL
	}
	return c.Request.URL
}

// testName says whether the host of a URL is under .test, which no resolver of the internet knows.
// https://www.rfc-editor.org/rfc/rfc6761#section-6.2
func testName(address string) bool {
	u, err := web.ParseURL(address, nil)
	return err == nil && strings.HasSuffix(strings.TrimSuffix(u.Host, "."), ".test")
}

// transportFailure explains the net error of a request to a URL.
func transportFailure(code, address string) string {
	text := explained(code)
	if code == "net::ERR_NAME_NOT_RESOLVED" && testName(address) {
		text += "; in Go tests, names under .test are servers of servers.Network: set Browser.Network"
	}
	if text != "" {
		return text + " (" + code + ")"
	}
	return "the request failed before the server answered (" + code + ")"
}

package harness

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// ruleCases have a case for each rule: the rule decides, and the Verdict is the
// wanted one.
var ruleCases = []struct {
	rule    string
	request Request
	at      setting
	told    engine.Evidence
	verdict Verdict // empty: none
	reason  Reason
}{
	{rule: "not edited", request: Request{WhatIf: []Edit{{On: EditResponse, Name: "X-A"}}}, told: told(`{"type": "cors", "status": 200}`, engine.Request{URL: "https://api.test/", Status: 200})},
	{rule: "readable", request: Request{WhatIf: []Edit{{On: EditResponse, Name: "X-A"}}}, verdict: Readable,
		told: told(`{"type": "cors", "status": 200}`, engine.Request{URL: "https://api.test/", Status: 200, Server: &engine.Answer{Status: 200}})},
	{rule: "withheld", request: Request{DryRun: true}, told: told(`{}`, engine.Request{Withheld: true}), verdict: Readable},
	{rule: "withheld", request: Request{DryRun: true, Mode: NoCORS}, told: told(`{}`, engine.Request{Withheld: true}), verdict: Opaque},
	{rule: "given up", verdict: Blocked, reason: ScriptAborted, told: told(`{"gaveUp": "abort", "error": "AbortError"}`, failedWith(engine.Failure{Canceled: true, NetError: "net::ERR_ABORTED"}))},
	{rule: "given up", verdict: Blocked, reason: ScriptAborted, told: told(`{"gaveUp": "abort", "type": "cors", "status": 200, "error": "AbortError"}`, failedWith(engine.Failure{Canceled: true, NetError: "net::ERR_ABORTED"}))},
	{rule: "timed out", verdict: Blocked, reason: ScriptTimedOut, told: told(`{"gaveUp": "timeout", "error": "timeout event"}`, failedWith(engine.Failure{Canceled: true, NetError: "net::ERR_ABORTED"}))},
	{rule: "CORS code", at: setting{localNetwork: PermissionDenied}, verdict: Blocked, reason: MissingAllowOriginHeader,
		told: told(`{"gaveUp": "abort", "error": "TypeError"}`, failedWith(engine.Failure{Code: string(MissingAllowOriginHeader)}))},
	{rule: "body broken off", told: told(`{"type": "cors", "status": 200, "error": "TypeError"}`, failedWith(engine.Failure{NetError: "net::ERR_CONNECTION_RESET"}))},
	{rule: "denied after sending", told: told(`{"error": "TypeError"}`,
		engine.Request{Sent: true, Failure: &engine.Failure{Code: string(LocalNetworkAccessPermissionDenied), NetError: "net::ERR_FAILED"}})},
	{rule: "denied although granted", at: setting{localNetwork: PermissionGranted},
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}))},
	{rule: "CORS code", at: setting{localNetwork: PermissionDenied}, verdict: Blocked, reason: LocalNetworkAccessPermissionDenied,
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}))},
	{rule: "no address space", at: setting{standIn: true, worker: engine.ServiceWorker},
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(InsecureLocalNetwork)}))},
	{rule: "no address space", at: setting{standIn: true, worker: engine.ServiceWorker},
		told: engine.Evidence{Answer: []byte(`{"error": "TypeError"}`), Early: &engine.Failure{Code: string(InsecureLocalNetwork)}}},
	{rule: "CORS code", at: setting{standIn: true, worker: engine.ServiceWorker}, verdict: Blocked, reason: MissingAllowOriginHeader,
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(MissingAllowOriginHeader)}))},
	{rule: "CORS code", at: setting{localNetwork: PermissionGranted, barred: true}, verdict: Blocked, reason: LocalNetworkAccessPermissionDenied,
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}))},
	{rule: "CORS code", at: setting{localNetwork: PermissionGranted, worker: engine.ServiceWorker}, verdict: Blocked, reason: LocalNetworkAccessPermissionDenied,
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}))},
	{rule: "denied after sending", told: told(`{"error": "TypeError"}`, engine.Request{Sent: true, Status: 302},
		engine.Request{Sent: true, Failure: &engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}})},
	{rule: "denied after sending", told: told(`{"error": "TypeError"}`, engine.Request{Preflight: true, Sent: true, Status: 204},
		engine.Request{Failure: &engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}})},
	{rule: "CORS code", verdict: Blocked, reason: LocalNetworkAccessPermissionDenied, told: told(`{"error": "TypeError"}`, engine.Request{Sent: true, Status: 302},
		engine.Request{Failure: &engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}})},
	{rule: "CORS code", verdict: Blocked, reason: LocalNetworkAccessPermissionDenied, told: told(`{"error": "TypeError"}`, engine.Request{Preflight: true, Sent: true, Status: 204},
		engine.Request{Sent: true, Status: 302}, engine.Request{Failure: &engine.Failure{Code: string(LocalNetworkAccessPermissionDenied)}})},
	{rule: "CORS code", verdict: Blocked, reason: MissingAllowOriginHeader,
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: string(MissingAllowOriginHeader), NetError: "net::ERR_FAILED"}))},
	{rule: "CORS code", verdict: Blocked, reason: "UnheardOf", told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{Code: "UnheardOf"}))},
	{rule: "blocked reason", verdict: Blocked, reason: BlockedByCSP, told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{BlockedReason: "csp"}))},
	{rule: "redirect refused", request: Request{Redirect: RedirectError}, verdict: Blocked, reason: RedirectRefused,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 302, Failure: &engine.Failure{NetError: "net::ERR_FAILED"}})},
	{rule: "transport failure", request: Request{Redirect: RedirectError},
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 302, Failure: &engine.Failure{NetError: "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION"}})},
	{rule: "net error that decides", request: Request{Redirect: RedirectError}, verdict: Blocked, reason: InvalidRedirect,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 302, Failure: &engine.Failure{NetError: "net::ERR_INVALID_REDIRECT"}})},
	{rule: "redirect refused", request: Request{Redirect: RedirectError}, verdict: Blocked, reason: RedirectRefused,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 307, Failure: &engine.Failure{NetError: "net::ERR_UNSAFE_REDIRECT"}})},
	{rule: "redirect refused", request: Request{Redirect: RedirectError, Body: Body{Kind: StreamBody}}, verdict: Blocked, reason: RedirectRefused,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 302, Failure: &engine.Failure{NetError: "net::ERR_INVALID_ARGUMENT"}})},
	{rule: "body not sent again", request: Request{Body: Body{Kind: StreamBody}}, verdict: Blocked, reason: BodyNotResent,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 307, Failure: &engine.Failure{NetError: "net::ERR_INVALID_ARGUMENT"}})},
	{rule: "service worker's answer refused", request: Request{Controller: Controller{Answer: AnswersWithError}}, verdict: Blocked, reason: ServiceWorkerAnswer,
		told: handled(told(`{"error": "TypeError"}`, failedWith(engine.Failure{NetError: "net::ERR_FAILED"})))},
	{rule: "transport failure", request: Request{Controller: Controller{Answer: AnswersWithError}},
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{NetError: "net::ERR_FAILED"}))},
	{rule: "CORS code", request: Request{Controller: Controller{Answer: PassesThrough}}, verdict: Blocked, reason: MissingAllowOriginHeader,
		told: told(`{"error": "TypeError"}`, engine.Request{Controller: true, Sent: true, Status: 200, Failure: &engine.Failure{Code: "MissingAllowOriginHeader"}},
			failedWith(engine.Failure{NetError: "net::ERR_FAILED"}))},
	{rule: "redirect refused", request: Request{Controller: Controller{Answer: AnswersWithFetch, Redirect: RedirectError}}, verdict: Blocked, reason: RedirectRefused,
		told: told(`{"error": "TypeError"}`, engine.Request{Controller: true, Sent: true, Status: 302, Failure: &engine.Failure{NetError: "net::ERR_FAILED"}},
			failedWith(engine.Failure{NetError: "net::ERR_FAILED"}))},
	{rule: "transport failure", request: Request{Controller: Controller{Answer: PassesThrough}},
		told: told(`{"error": "TypeError"}`, engine.Request{Controller: true, Sent: true, Failure: &engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"}},
			failedWith(engine.Failure{NetError: "net::ERR_FAILED"}))},
	{rule: "transport failure", request: Request{Body: Body{Kind: StreamBody}},
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 307, Failure: &engine.Failure{NetError: "net::ERR_CONNECTION_RESET"}})},
	{rule: "transport failure", request: Request{Body: Body{Kind: StreamBody}},
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_INVALID_ARGUMENT"}})},
	{rule: "transport failure", request: Request{Redirect: RedirectError},
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_FAILED"}})},
	{rule: "transport failure", request: Request{Redirect: RedirectManual},
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 302, Failure: &engine.Failure{NetError: "net::ERR_FAILED"}})},
	{rule: "blocked reason", request: Request{Via: ViaIframe}, verdict: Blocked, reason: "other",
		told: told(`{"type": "opaque"}`, engine.Request{Status: 200, Failure: &engine.Failure{BlockedReason: "other", NetError: "net::ERR_BLOCKED_BY_RESPONSE"}})},
	{rule: "transport failure", told: told(`{"error": "TypeError"}`, engine.Request{Status: 307, Failure: &engine.Failure{NetError: "net::ERR_INVALID_ARGUMENT"}})},
	{rule: "net error that decides", verdict: Blocked, reason: "net::ERR_UNSAFE_PORT",
		told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{NetError: "net::ERR_UNSAFE_PORT"}))},
	{rule: "response not usable", request: Request{Via: ViaModule}, verdict: Blocked, reason: ResponseUnusable,
		told: told(`{"error": "error event"}`, engine.Request{Status: 404, Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}})},
	{rule: "response not usable", request: Request{Via: ViaModule}, verdict: Blocked, reason: ResponseUnusable, told: told(`{"error": "error event"}`, engine.Request{Status: 200})},
	{rule: "response not usable", request: Request{Via: ViaEventSource}, verdict: Blocked, reason: ResponseUnusable,
		told: told(`{"error": "error event, readyState 2"}`, engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}})},
	{rule: "response not usable", request: Request{Via: ViaManifest}, verdict: Blocked, reason: ResponseUnusable, told: told(`{"type": "opaque"}`, engine.Request{Status: 404})},
	{rule: "opaque", request: Request{Via: ViaManifest}, verdict: Opaque, told: told(`{"type": "opaque"}`, engine.Request{Status: 200})},
	{rule: "response not usable", request: Request{Via: ViaIframe}, verdict: Blocked, reason: ResponseUnusable,
		told: told(`{}`, engine.Request{Status: 204, Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}})},
	{rule: "transport failure", request: Request{Via: ViaModule}, told: told(`{"error": "error event"}`, engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_CONTENT_LENGTH_MISMATCH"}})},
	{rule: "transport failure", request: Request{Via: ViaVideo}, told: told(`{"error": "error event"}`, failedWith(engine.Failure{NetError: "net::ERR_ABORTED"}))},
	{rule: "transport failure", request: Request{Via: ViaEventSource}, told: told(`{"error": "error event", "truncated": true}`, failedWith(engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}))},
	{rule: "script failed alone", request: Request{Via: ViaWebGL}, told: told(`{"error": "Error: no WebGL", "loaded": true}`, engine.Request{Status: 200})},
	{rule: "readable", request: Request{Via: ViaImport}, verdict: Readable, told: told(`{"error": "Error: its own", "loaded": true, "ran": true}`, engine.Request{Status: 200})},
	{rule: "transport failure", told: told(`{"error": "TypeError"}`, failedWith(engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"}))},
	{rule: "refused early", verdict: Blocked, reason: "CorsDisabledScheme",
		told: engine.Evidence{Answer: []byte(`{"error": "TypeError"}`), Early: &engine.Failure{Code: "CorsDisabledScheme"}}},
	{rule: "refused early", verdict: Blocked, reason: BlockedByMixedContent,
		told: engine.Evidence{Answer: []byte(`{}`), Early: &engine.Failure{BlockedReason: "mixed-content"}}},
	{rule: "call refused", verdict: Blocked, reason: RequestRefused, told: engine.Evidence{Answer: []byte(`{"refused": true, "error": "TypeError"}`)}},
	{rule: "integrity", request: Request{Integrity: "sha256-x"}, verdict: Blocked, reason: BlockedByIntegrity,
		told: told(`{"error": "TypeError"}`, engine.Request{Status: 200})},
	{rule: "integrity", request: Request{Via: ViaScript, Integrity: "sha256-x"}, verdict: Blocked, reason: BlockedByIntegrity,
		told: told(`{"error": "error event"}`, engine.Request{Status: 299})},
	{rule: "readable", request: Request{Integrity: "sha256-x"}, verdict: Readable, told: told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})},
	{rule: "script failed alone", told: told(`{"error": "TypeError"}`, engine.Request{Status: 200})},
	{rule: "response not usable", request: Request{Via: ViaScript, Integrity: "sha256-x"}, verdict: Blocked, reason: ResponseUnusable,
		told: told(`{"error": "error event"}`, engine.Request{Status: 300})},
	{rule: "tainted", request: Request{Via: ViaCanvas}, verdict: Opaque, told: told(`{"tainted": true, "type": "opaque", "error": "SecurityError"}`, engine.Request{Status: 200})},
	{rule: "handshake failed", request: Request{Via: ViaWebSocket}, verdict: Blocked, reason: HandshakeRefused,
		told: told(`{"error": "error event"}`, engine.Request{Status: 403, NetError: "net::ERR_INVALID_RESPONSE"})},
	{rule: "handshake failed", request: Request{Via: ViaWebSocket}, verdict: Blocked, reason: "net::ERR_UNSAFE_PORT",
		told: told(`{"error": "error event"}`, engine.Request{NetError: "net::ERR_UNSAFE_PORT"})},
	{rule: "handshake failed", request: Request{Via: ViaWebSocket}, told: told(`{"error": "error event"}`, engine.Request{NetError: "net::ERR_CONNECTION_REFUSED"})},
	{rule: "script failed alone", told: told(`{"error": "TypeError"}`, engine.Request{Status: 200})},
	{rule: "no request", told: engine.Evidence{Answer: []byte(`{"type": "cors", "status": 200}`)}},
	{rule: "not held back", request: Request{DryRun: true}, told: told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})},
	{rule: "readable", request: Request{DryRun: true}, verdict: Readable, told: told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200, FromCache: "disk"})},
	{rule: "opaque", verdict: Opaque, told: told(`{"type": "opaque"}`, engine.Request{Status: 200})},
	{rule: "opaque", verdict: Opaque, told: told(`{"type": "opaque"}`, failedWith(engine.Failure{NetError: "net::ERR_BLOCKED_BY_ORB"}))},
	{rule: "opaque", verdict: Opaque, told: told(`{"type": "opaqueredirect"}`, engine.Request{Status: 302}, engine.Request{Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}})},
	{rule: "readable", verdict: Readable, told: told(`{"type": "cors", "status": 404}`, engine.Request{Status: 404})},
	{rule: "readable", request: Request{Via: ViaXHR}, verdict: Readable, told: told(`{"status": 200}`, engine.Request{Status: 200})},
	{rule: "readable", verdict: Readable, told: told(`{"type": "cors", "status": 200, "truncated": true}`,
		engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}})},
	{rule: "readable", request: Request{Via: ViaXHR}, verdict: Readable, told: told(`{"status": 200, "truncated": true}`,
		engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}})},
	{rule: "transport failure", request: Request{Via: ViaXHR}, told: told(`{"status": 200, "truncated": true}`,
		engine.Request{Status: 200, Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}})},
	{rule: "no verdict", told: told(`{}`, engine.Request{Status: 200})},
}

// told is the Evidence of a script's report and requests.
func told(answer string, requests ...engine.Request) engine.Evidence {
	return engine.Evidence{Answer: []byte(answer), Requests: requests}
}

// handled is evidence of a question that the service worker of the page answered.
func handled(e engine.Evidence) engine.Evidence {
	e.Handled = true
	return e
}

func failedWith(f engine.Failure) engine.Request { return engine.Request{Failure: &f} }

func TestRules(t *testing.T) {
	decided := map[string]bool{}
	for _, c := range ruleCases {
		name := rulingOf(t, c.request, c.at, c.told)
		o, err := conclude(c.request, c.at, c.told)
		var inconclusive *InconclusiveError
		if name != c.rule || o.Verdict != c.verdict || o.Reason != c.reason || (c.verdict == "") != errors.As(err, &inconclusive) {
			t.Errorf("%s: the rule %q decided: %q, %q, %v; want %q, %q", c.rule, name, o.Verdict, o.Reason, err, c.verdict, c.reason)
		}
		decided[name] = true
	}
	for _, r := range rules {
		if !decided[r.name] {
			t.Errorf("no case for the rule %q", r.name)
		}
		if r.source == "" {
			t.Errorf("the rule %q has no source", r.name)
		}
	}
	if last := rules[len(rules)-1]; last.name != "no verdict" {
		t.Errorf("the last rule is %q", last.name)
	}
}

// rulingOf names the rule that decides.
func rulingOf(t *testing.T, r Request, at setting, evidence engine.Evidence) string {
	t.Helper()
	o, said, err := read(r, evidence)
	if err != nil {
		t.Fatal(err)
	}
	c := conclusion{Observation: &o, at: at, told: evidence, said: said, failed: evidence.LastFailure()}
	return rules[c.ruling()].name
}

// Where the script follows no redirect, the hop behind the redirect is not shown.
func TestAnUnwantedHopIsDropped(t *testing.T) {
	evidence := told(`{"type": "opaqueredirect"}`, engine.Request{URL: "/a", Status: 302, Sent: true}, engine.Request{URL: "/b", Failure: &engine.Failure{NetError: "net::ERR_ABORTED"}})
	o, err := conclude(Request{}, setting{}, evidence)
	if err != nil || len(o.Exchanges) != 1 || o.Exchanges[0].URL != "/a" {
		t.Errorf("%+v, %v", o.Exchanges, err)
	}
	evidence.Requests[1].Sent = true
	if o, err = conclude(Request{}, setting{}, evidence); err != nil || len(o.Exchanges) != 2 {
		t.Errorf("a hop that was sent: %+v, %v", o.Exchanges, err)
	}
}

// Incomplete evidence gives no verdict, and the error names what is missing.
func TestMissingEvidenceIsNoVerdict(t *testing.T) {
	evidence := told(`{"type": "cors", "status": 200}`, failedWith(engine.Failure{NetError: "net::ERR_FAILED"}))
	evidence.Missing = []string{"the end"}
	o, err := conclude(Request{}, setting{}, evidence)
	if o.Verdict != "" || o.NetError != "net::ERR_FAILED" || err == nil || !strings.Contains(err.Error(), "missing: the end") {
		t.Errorf("%q, %q, %v", o.Verdict, o.NetError, err)
	}
	if o, err = conclude(Request{}, setting{}, engine.Evidence{Answer: []byte(`rubbish`)}); o.Verdict != "" || err == nil {
		t.Errorf("%q, %v", o.Verdict, err)
	}
}

func TestRuleNamesDiffer(t *testing.T) {
	var names []string
	for _, r := range rules {
		if slices.Contains(names, r.name) {
			t.Errorf("two rules are called %q", r.name)
		}
		names = append(names, r.name)
	}
}

// The net error of a request that was answered and given up is not shown, where nothing
// went wrong.
func TestEndedEarlyHasNoNetError(t *testing.T) {
	gaveUp := &engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}
	for name, test := range map[string]struct {
		answer  string
		request engine.Request
		want    string
	}{
		"given up by us":      {`{"type": "cors", "status": 200, "truncated": true}`, engine.Request{Status: 200, NetError: gaveUp.NetError, Failure: gaveUp}, ""},
		"given up unanswered": {`{"type": "opaqueredirect"}`, engine.Request{NetError: gaveUp.NetError, Failure: gaveUp}, gaveUp.NetError},
		"emptied":             {`{"type": "opaque"}`, engine.Request{Status: 200, NetError: "net::ERR_BLOCKED_BY_ORB", Failure: &engine.Failure{NetError: "net::ERR_BLOCKED_BY_ORB"}}, "net::ERR_BLOCKED_BY_ORB"},
		"broken off":          {`{"type": "cors", "status": 200, "error": "TypeError"}`, engine.Request{Status: 200, NetError: gaveUp.NetError, Failure: gaveUp}, gaveUp.NetError},
	} {
		o, _ := conclude(Request{}, setting{}, told(test.answer, test.request))
		if len(o.Exchanges) != 1 || o.Exchanges[0].NetError != test.want {
			t.Errorf("%s: %+v", name, o.Exchanges)
		}
	}
}

// A failed request whose sending nobody sees says how it failed, where that is known.
func TestTransportFailuresHaveAText(t *testing.T) {
	for _, code := range []string{
		"net::ERR_CONNECTION_REFUSED", "net::ERR_NAME_NOT_RESOLVED", "net::ERR_ADDRESS_UNREACHABLE", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_RESET",
		"net::ERR_CONNECTION_CLOSED", "net::ERR_CONNECTION_TIMED_OUT", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONTENT_LENGTH_MISMATCH", "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
		"net::ERR_CERT_AUTHORITY_INVALID", "net::ERR_CERT_COMMON_NAME_INVALID", "net::ERR_CERT_DATE_INVALID", "net::ERR_CERT_INVALID", "net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "net::ERR_SOCKET_NOT_CONNECTED", "net::ERR_QUIC_PROTOCOL_ERROR.QUIC_IETF_GQUIC_ERROR_MISSING", "net::ERR_QUIC_PROTOCOL_ERROR.QUIC_TLS_CERTIFICATE_UNKNOWN", "net::ERR_QUIC_HANDSHAKE_FAILED", "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED", "net::ERR_SSL_PROTOCOL_ERROR", "net::ERR_INVALID_HTTP_RESPONSE",
		"net::ERR_PROXY_CONNECTION_FAILED", "net::ERR_TUNNEL_CONNECTION_FAILED", "net::ERR_OF_TOMORROW", "net::ERR_FAILED",
	} {
		known := code != "net::ERR_OF_TOMORROW" && code != "net::ERR_FAILED"
		for unseen, vague := range map[bool]string{false: "before the server answered", true: "Chrome gives no cause"} {
			_, err := conclude(Request{}, setting{}, told(`{"error": "TypeError"}`, engine.Request{Sent: true, Unseen: unseen, Failure: &engine.Failure{NetError: code}}))
			if err == nil || strings.Contains(err.Error(), vague) == known || !strings.Contains(err.Error(), "("+code+")") {
				t.Errorf("%s, unseen %v: %v", code, unseen, err)
			}
		}
	}
}

// The type that the script reports stays; only where it reports none, the harness knows it.
func TestLoadedType(t *testing.T) {
	for answer, want := range map[string]string{`{"loaded": true, "type": "basic"}`: "basic", `{"loaded": true}`: "opaque", `{"status": 200}`: ""} {
		r := Request{From: "https://app.test", URL: "https://api.test/", Via: ViaImage}
		o, err := conclude(r, setting{}, told(answer, engine.Request{URL: r.URL, Sent: true, Status: 200}))
		if err != nil || o.Script.Type != want {
			t.Errorf("%s: %q, %v; want %q", answer, o.Script.Type, err, want)
		}
	}
}

// Where the browser does not tell of a redirect, the server does.
func TestRedirected(t *testing.T) {
	unseen := Exchange{Method: "GET", URL: "https://api.test/#x", Unseen: true}
	told := unseen
	told.Unseen = false
	for name, test := range map[string]struct {
		exchanges []Exchange
		arrivals  []Arrival
		want      bool
	}{
		"nothing":                     {nil, []Arrival{{Method: "GET", URL: "https://api.test/", Status: 302}}, false},
		"told":                        {[]Exchange{{Status: 302}}, nil, true},
		"told, and it is none":        {[]Exchange{{Status: 200}}, nil, false},
		"the server redirected":       {[]Exchange{unseen}, []Arrival{{Method: "OPTIONS", URL: "https://api.test/", Status: 204}, {Method: "GET", URL: "https://api.test/", Status: 307}}, true},
		"the server answered":         {[]Exchange{unseen}, []Arrival{{Method: "GET", URL: "https://api.test/", Status: 200}}, false},
		"another method":              {[]Exchange{unseen}, []Arrival{{Method: "PUT", URL: "https://api.test/", Status: 302}}, false},
		"another URL":                 {[]Exchange{unseen}, []Arrival{{Method: "GET", URL: "https://api.test/x", Status: 302}}, false},
		"the browser would have said": {[]Exchange{told}, []Arrival{{Method: "GET", URL: "https://api.test/", Status: 302}}, false},
		"nothing arrived":             {[]Exchange{unseen}, nil, false},
	} {
		c := conclusion{Observation: &Observation{Exchanges: test.exchanges, Arrivals: test.arrivals}}
		if c.redirected() != test.want {
			t.Errorf("%s: %v", name, !test.want)
		}
	}
}

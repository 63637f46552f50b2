package trace

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A request that failed because of its response has response headers on the wire, once it
// was sent; any other request may have failed without.
func TestRefusedResponses(t *testing.T) {
	refusals := []network.CorsError{
		network.CorsErrorWildcardOriginNotAllowed, network.CorsErrorMissingAllowOriginHeader, network.CorsErrorMultipleAllowOriginValues, network.CorsErrorInvalidAllowOriginValue,
		network.CorsErrorAllowOriginMismatch, network.CorsErrorInvalidAllowCredentials, network.CorsErrorRedirectContainsCredentials,
	}
	others := []network.CorsError{
		network.CorsErrorDisallowedByMode, network.CorsErrorCorsDisabledScheme, network.CorsErrorPreflightMissingAllowOriginHeader, network.CorsErrorPreflightInvalidStatus,
		network.CorsErrorMethodDisallowedByPreflightResponse, network.CorsErrorInvalidAllowMethodsPreflightResponse, "OfTomorrow",
	}
	cors := func(code network.CorsError) *network.EventLoadingFailed {
		return &network.EventLoadingFailed{ErrorText: "net::ERR_FAILED", CorsErrorStatus: &network.CorsErrorStatus{CorsError: code}}
	}
	type failing struct {
		name     string
		failed   *network.EventLoadingFailed
		response *network.Response
		want     bool
	}
	var cases []failing
	for _, code := range refusals {
		cases = append(cases, failing{string(code), cors(code), nil, true})
	}
	for _, code := range others {
		cases = append(cases, failing{string(code), cors(code), nil, false})
	}
	for reason, want := range map[network.BlockedReason]bool{
		network.BlockedReasonCorpNotSameOrigin: true, network.BlockedReasonCorpNotSameSite: true, network.BlockedReasonCorpNotSameOriginAfterDefaultedToSameOriginByCoep: true,
		network.BlockedReasonCsp: false, network.BlockedReasonMixedContent: false, network.BlockedReasonOther: false, network.BlockedReasonOrigin: false,
	} {
		cases = append(cases, failing{string(reason), &network.EventLoadingFailed{BlockedReason: reason}, nil, want})
	}
	aborted := &network.EventLoadingFailed{ErrorText: "net::ERR_ABORTED", Canceled: true}
	shown := network.Headers{"Content-Type": "text/plain"}
	cases = append(cases,
		failing{"emptied for an element", fails("1", "net::ERR_BLOCKED_BY_ORB"), nil, true},
		failing{"emptied for a script", aborted, &network.Response{Status: 200, RemoteIPAddress: "127.0.0.1"}, true},
		failing{"given up by the script", aborted, &network.Response{Status: 200, Headers: shown, RemoteIPAddress: "127.0.0.1"}, false},
		failing{"given up before an answer", aborted, nil, false},
		failing{"emptied by a cache", aborted, &network.Response{Status: 200, FromDiskCache: true, RemoteIPAddress: "127.0.0.1"}, false},
		failing{"without a server", aborted, &network.Response{Status: 200}, false},
		failing{"broken off", fails("1", "net::ERR_FAILED"), &network.Response{Status: 200}, false},
		failing{"dropped", fails("1", "net::ERR_EMPTY_RESPONSE"), nil, false},
		failing{"not failed", nil, &network.Response{Status: 200}, false},
	)
	for _, c := range cases {
		r := Request{Method: "GET", URL: "u", Failed: c.failed, Response: c.response, Finished: c.failed == nil, Sent: sent("1")}
		if c.response != nil {
			r.extra = new(bool)
		}
		missing := slices.Equal(r.missing(), []string{"the response headers on the wire of GET u"})
		if missing != c.want || !missing && len(r.missing()) > 0 {
			t.Errorf("%s: %q", c.name, r.missing())
		}
	}
}

// Who answered: the network, or a cache.
func TestAnswered(t *testing.T) {
	for name, test := range map[string]struct {
		request Request
		want    bool
		cache   string
	}{
		"nothing":        {Request{}, false, ""},
		"failed":         {Request{Failed: fails("1", "net::ERR_FAILED")}, false, ""},
		"a response":     {Request{Response: &network.Response{}}, true, ""},
		"the wire alone": {Request{Received: onWire("1")}, true, ""},
		"refused":        {Request{Failed: &network.EventLoadingFailed{BlockedReason: network.BlockedReasonCorpNotSameSite}}, true, ""},
		"memory":         {Request{Response: &network.Response{}, FromMemory: true}, false, "memory"},
		"disk":           {Request{Response: &network.Response{FromDiskCache: true}}, false, "disk"},
		"worker":         {Request{Response: &network.Response{FromServiceWorker: true}}, false, "service-worker"},
		"prefetch":       {Request{Response: &network.Response{FromPrefetchCache: true}}, false, "prefetch"},
	} {
		if got := test.request.Answered(); got != test.want {
			t.Errorf("%s: answered %v", name, got)
		}
		e := test.request.translate()
		if e.FromCache != test.cache {
			t.Errorf("%s: from %q", name, e.FromCache)
		}
		test.request.Unseen = true
		if e := test.request.translate(); e.Sent != test.want || !e.Unseen {
			t.Errorf("%s, unseen: sent %v", name, e.Sent)
		}
	}
}

// A response that no cache may keep.
// https://www.rfc-editor.org/rfc/rfc9111#name-no-store-2
func TestUnstored(t *testing.T) {
	for name, test := range map[string]struct {
		response *network.Response
		want     bool
	}{
		"none":      {nil, false},
		"no header": {&network.Response{}, false},
		"no-store":  {&network.Response{Headers: network.Headers{"Date": "x", "cache-control": "private, No-Store"}}, true},
		"no-cache":  {&network.Response{Headers: network.Headers{"Cache-Control": "no-cache"}}, false},
		"another":   {&network.Response{Headers: network.Headers{"Pragma": "no-store"}}, false},
		"no text":   {&network.Response{Headers: network.Headers{"Cache-Control": 1}}, false},
	} {
		if got := (&Request{Response: test.response}).unstored(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What was on the wire: with its text, or without, as over HTTP/2.
func TestTheWire(t *testing.T) {
	info := func(text string) *network.EventResponseReceivedExtraInfo {
		return &network.EventResponseReceivedExtraInfo{
			StatusCode: 418, HeadersText: text, Headers: network.Headers{"B": "2\n3", "A": "1"}, ResourceIPAddressSpace: "Local",
			BlockedCookies: []*network.BlockedSetCookieWithReason{{CookieLine: "sid=1; Secure", BlockedReasons: []network.SetCookieBlockedReason{"SecureOnly"}}},
		}
	}
	authority := &network.EventRequestWillBeSentExtraInfo{Headers: network.Headers{":authority": "a"}, AssociatedCookies: []*network.AssociatedCookie{
		{Cookie: &network.Cookie{Name: "sent"}}, {Cookie: &network.Cookie{Name: "held"}, BlockedReasons: []network.CookieBlockedReason{"SameSiteLax", "SecureOnly"}}, {},
	}}
	for name, test := range map[string]struct {
		request Request
		want    string
	}{
		"text":               {Request{Received: info("HTTP/1.0 418 No\r\nb: 2 \r\nA:\t1\r\nno header\r\n\r\n")}, "418 http/1.0 [{b 2} {A 1}] Local"},
		"no text":            {Request{Received: info("")}, "418  [{A 1} {B 2} {B 3}] Local"},
		"no text, HTTP/2":    {Request{Sent: authority, Received: info("")}, "418 h2 [{A 1} {B 2} {B 3}] Local"},
		"a response, too":    {Request{Response: &network.Response{Status: 304, Protocol: "h3", Headers: network.Headers{"C": "4"}}, Received: info("")}, "304 h3 [{A 1} {B 2} {B 3}] Local"},
		"a response, text":   {Request{Response: &network.Response{Status: 304, Protocol: "h3"}, Received: info("HTTP/1.1 418\nA: 1")}, "304 h3 [{A 1}] Local"},
		"a response alone":   {Request{Response: &network.Response{Status: 200, Protocol: "h3", Headers: network.Headers{"C": "4"}}}, "200 h3 [{C 4}] "},
		"withheld":           {Request{Withheld: true, Response: &network.Response{Status: 200}, Received: info("")}, "0  [] "},
		"a socket that is":   {Request{Handshake: &network.WebSocketRequest{}, Accepted: &network.WebSocketResponse{Status: 101, Headers: network.Headers{"C": "4"}}}, "101 http/1.1 [{C 4}] "},
		"a socket that asks": {Request{Handshake: &network.WebSocketRequest{}}, "0  [] "},
	} {
		e := test.request.translate()
		if got := fmt.Sprint(e.Status, " ", e.Protocol, " ", e.ResponseHeaders, " ", e.AddressSpace); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		if want := test.request.Sent != nil || test.request.Handshake != nil; e.Sent != want {
			t.Errorf("%s: sent %v", name, e.Sent)
		}
	}
	e := (&Request{Sent: authority, Received: info("")}).translate()
	want := []engine.Cookie{{Name: "sent", Sent: true}, {Name: "held", Blocked: []string{"SameSiteLax", "SecureOnly"}}}
	if fmt.Sprint(e.Cookies) != fmt.Sprint(want) || fmt.Sprint(e.NotStored) != fmt.Sprint([]engine.Cookie{{Name: "sid", Blocked: []string{"SecureOnly"}}}) {
		t.Errorf("cookies %v, not stored %v", e.Cookies, e.NotStored)
	}
}

// The text of Chrome that says why a WebSocket failed, as a net error.
func TestSocketErrors(t *testing.T) {
	for text, want := range map[string]string{
		"Error in connection establishment: net::ERR_CONNECTION_REFUSED":   "net::ERR_CONNECTION_REFUSED",
		"Error during WebSocket handshake: net::ERR_INVALID_HTTP_RESPONSE": "net::ERR_INVALID_HTTP_RESPONSE",
		"Error during WebSocket handshake: Unexpected response code: 403":  "net::ERR_INVALID_RESPONSE",
		"Connection closed before receiving a handshake response":          "net::ERR_EMPTY_RESPONSE",
		"": "",
	} {
		if got := (&Request{SocketError: text}).translate().NetError; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Issues with their details; the first that refuses a question without a request is its
// failure.
func TestIssues(t *testing.T) {
	blocked, warning := audits.MixedContentResolutionStatusMixedContentBlocked, audits.MixedContentResolutionStatusMixedContentWarning
	status := &network.CorsErrorStatus{CorsError: "DisallowedByMode", FailedParameter: "p"}
	for name, test := range map[string]struct {
		details audits.InspectorIssueDetails
		detail  string
		early   *engine.Failure
	}{
		"CORS":                     {audits.InspectorIssueDetails{CorsIssueDetails: &audits.CorsIssueDetails{CorsErrorStatus: status}}, "DisallowedByMode", &engine.Failure{Code: "DisallowedByMode", Parameter: "p"}},
		"CORS, a warning":          {audits.InspectorIssueDetails{CorsIssueDetails: &audits.CorsIssueDetails{CorsErrorStatus: status, IsWarning: true}}, "DisallowedByMode", nil},
		"CORS, no status":          {audits.InspectorIssueDetails{CorsIssueDetails: &audits.CorsIssueDetails{}}, "", nil},
		"a policy":                 {audits.InspectorIssueDetails{ContentSecurityPolicyIssueDetails: &audits.ContentSecurityPolicyIssueDetails{ViolatedDirective: "img-src"}}, "img-src", &engine.Failure{BlockedReason: "csp", Parameter: "img-src"}},
		"a policy that reports":    {audits.InspectorIssueDetails{ContentSecurityPolicyIssueDetails: &audits.ContentSecurityPolicyIssueDetails{ViolatedDirective: "img-src", IsReportOnly: true}}, "img-src", nil},
		"mixed content":            {audits.InspectorIssueDetails{MixedContentIssueDetails: &audits.MixedContentIssueDetails{ResolutionStatus: blocked}}, "", &engine.Failure{BlockedReason: "mixed-content"}},
		"mixed content, a warning": {audits.InspectorIssueDetails{MixedContentIssueDetails: &audits.MixedContentIssueDetails{ResolutionStatus: warning}}, "", nil},
		"by response":              {audits.InspectorIssueDetails{BlockedByResponseIssueDetails: &audits.BlockedByResponseIssueDetails{Reason: "CorpNotSameSite"}}, "CorpNotSameSite", nil},
		"generic":                  {audits.InspectorIssueDetails{GenericIssueDetails: &audits.GenericIssueDetails{ErrorType: "ResponseWasBlockedByORB"}}, "ResponseWasBlockedByORB", nil},
	} {
		r := Record{Issues: []*audits.InspectorIssue{{Code: "Code", Details: &test.details}}}
		e := r.Evidence()
		if len(e.Issues) != 1 || e.Issues[0] != (engine.Issue{Code: "Code", Detail: test.detail}) || fmt.Sprint(e.Early) != fmt.Sprint(test.early) {
			t.Errorf("%s: %+v, %+v", name, e.Issues, e.Early)
		}
		if r.Requests = []*Request{{}}; r.Evidence().Early != nil {
			t.Errorf("%s: there was a request", name)
		}
	}
}

// broken takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestFilesOfTraces(t *testing.T) {
	if err := Write(broken{}, ends("1")); err == nil {
		t.Error("what could not be written was written")
	}
	var file bytes.Buffer
	if err := errors.Join(Write(&file, ends("1")), Write(&file, &network.EventDataReceived{})); err != nil {
		t.Fatal(err)
	}
	events, err := Read(strings.NewReader("{\"request\":{}}\n" + file.String()))
	if err != nil || len(events) != 1 || events[0].(*network.EventLoadingFinished).RequestID != "1" {
		t.Errorf("%v, %v", events, err)
	}
	for _, text := range []string{"{", "{}\n[]", `{"method":"No.such","params":{}}`, `{"method":"` + strings.Repeat("x", 17<<20) + `"}`} {
		if events, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%.40s: %v", text, events)
		}
	}
}

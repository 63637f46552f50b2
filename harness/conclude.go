package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/trace"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// report is what the script of the page reports.
type report struct {
	Script
	// Refused says that the call itself threw, so that there was no request.
	Refused bool `json:"refused"`
	// Tainted says that there is a response and the script was not let to read it
	// back: reading threw a SecurityError.
	// https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-origin-clean
	Tainted bool `json:"tainted"`
}

// conclude draws the Verdict from what Chrome told. It is pure. The Observation
// that it returns beside an error has the evidence that there is, and no Verdict.
func conclude(r Request, record trace.Record) (Observation, error) {
	o := Observation{Request: r, Exchanges: exchanges(record.Requests), Console: messages(record.Console), Issues: issues(record.Issues)}
	o.Script.Headers = Header{}
	if len(record.Missing) > 0 {
		if failed := lastFailure(record); failed != nil && failed.ErrorText != "" {
			o.NetError = failed.ErrorText
		}
		return o, &InconclusiveError{Request: r, Missing: "missing: " + strings.Join(record.Missing, ", ")}
	}
	var said report
	if err := json.Unmarshal(record.Answer, &said); err != nil {
		return o, &InconclusiveError{Request: r, Missing: "the script's report is not readable", Err: err}
	}
	o.Script = said.Script
	return o, o.decide(said, record)
}

// decide sets Verdict and Reason, or returns an InconclusiveError.
func (o *Observation) decide(said report, record trace.Record) error {
	failed := lastFailure(record)
	switch {
	case o.Withheld():
		o.Verdict, o.Script = Readable, Script{Headers: Header{}} // what it saw is from us
		if o.Request.Mode == NoCORS {
			o.Verdict = Opaque
		}
		return nil
	case failed != nil && said.Type == "opaque" && said.Error == "" && o.Request.Via.bearsStack():
		// Opaque response blocking empties a response without an error for fetch.
		// https://github.com/annevk/orb
	case failed != nil && said.Type == "opaqueredirect":
		// Chrome announces the hop that nobody wants, and drops it unsent.
		if last := len(o.Exchanges) - 1; o.Exchanges[last].Kind == RedirectHop && !o.Exchanges[last].Sent {
			o.Exchanges = o.Exchanges[:last]
		}
	case failed != nil && failed.Canceled && (said.Truncated || said.Type != "" && said.Error == ""):
		// We stopped reading ourselves, or Chrome did where there is no body to read.
	case failed != nil && said.Type != "" && o.Request.Via.bearsStack():
		// The browser let the script have it. Whatever Chrome says of the rest is
		// no decision: it even calls a body that breaks off a denied local network
		// access, if there was a prompt, granted or not.
		o.NetError = failed.ErrorText
		return o.inconclusive("the answer broke off after its headers (%s)", failed.ErrorText)
	case failed != nil:
		return o.refused(failed)
	case len(record.Requests) == 0 && o.earlyCode(record):
		o.Verdict = Blocked
		return nil
	case said.Refused && said.Error != "":
		o.Verdict, o.Reason = Blocked, RequestRefused
		return nil
	case said.Error != "" && o.Request.Integrity != "" && o.delivered():
		// Chrome gives no code: the response came, and was kept from the script.
		// https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
		o.Verdict, o.Reason = Blocked, BlockedByIntegrity
		return nil
	case said.Tainted:
		o.Verdict = Opaque
		return nil
	case o.socketFailed():
		return o.handshakeFailed()
	case said.Error != "":
		return o.inconclusive("the script got %q, and Chrome told of no failure", said.Error)
	}
	if len(record.Requests) == 0 {
		return o.inconclusive("missing: the request that the script got an answer to")
	}
	if o.Request.DryRun && !slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.FromCache != "" }) {
		return o.inconclusive("missing: that the request was held back, as was asked")
	}
	o.Verdict = Readable
	if strings.HasPrefix(said.Type, "opaque") {
		o.Verdict = Opaque
	}
	return nil
}

// delivered says whether a response came that the script, or an element, would have
// taken: an element takes none with an error status.
func (o *Observation) delivered() bool {
	if len(o.Exchanges) == 0 {
		return false
	}
	status := o.Exchanges[len(o.Exchanges)-1].Status
	return o.Request.Via.Fetches() && status != 0 || status >= 200 && status <= 299
}

// earlyCode takes the code of a question that Chrome refused before there was a
// request. It stands in the issue alone.
// https://fetch.spec.whatwg.org/#main-fetch
func (o *Observation) earlyCode(record trace.Record) bool {
	for _, i := range record.Issues {
		if d := i.Details.CorsIssueDetails; d != nil && d.CorsErrorStatus != nil && !d.IsWarning {
			o.Reason = Reason(d.CorsErrorStatus.CorsError)
			o.Parameter = d.CorsErrorStatus.FailedParameter
			return true
		}
		if d := i.Details.ContentSecurityPolicyIssueDetails; d != nil && !d.IsReportOnly {
			o.Reason, o.Parameter = BlockedByCSP, d.ViolatedDirective
			return true
		}
		if d := i.Details.MixedContentIssueDetails; d != nil && d.ResolutionStatus == audits.MixedContentResolutionStatusMixedContentBlocked {
			o.Reason = BlockedByMixedContent
			return true
		}
	}
	return false
}

// refused words a failure: a decision of the browser, or a failure below it that
// says nothing about the policy.
func (o *Observation) refused(failed *network.EventLoadingFailed) error {
	o.NetError = failed.ErrorText
	o.BlockedReason = string(failed.BlockedReason)
	switch {
	case failed.CorsErrorStatus != nil && o.deniedAfterSending(failed):
		return o.inconclusive("the request went out and the connection failed; Chrome does not say how (%s)", failed.ErrorText)
	case failed.CorsErrorStatus != nil:
		o.Reason = Reason(failed.CorsErrorStatus.CorsError)
		o.Parameter = failed.CorsErrorStatus.FailedParameter
	case failed.BlockedReason != "":
		o.Reason = Reason(failed.BlockedReason)
	case o.Request.Redirect == ErrorRedirect && o.redirected():
		o.Reason = RedirectRefused
	case o.Request.Body.Kind == StreamBody && o.redirected() && failed.ErrorText == "net::ERR_INVALID_ARGUMENT":
		o.Reason = BodyNotResent
	case Decides(failed.ErrorText):
		o.Reason = Reason(failed.ErrorText)
	default:
		return o.inconclusive("%s", transportFailure(failed.ErrorText))
	}
	o.Verdict = Blocked
	return nil
}

// socketFailed says whether the handshake of a WebSocket failed.
func (o *Observation) socketFailed() bool {
	return o.Request.Via == ViaWebSocket && len(o.Exchanges) == 1 && (o.Exchanges[0].NetError != "" || o.Exchanges[0].Status != 101)
}

// handshakeFailed words it. There is no CORS for a WebSocket: a server that
// answers otherwise than 101 has refused it by itself.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (o *Observation) handshakeFailed() error {
	e := o.Exchanges[0]
	o.NetError = e.NetError
	switch {
	case e.NetError == "net::ERR_INVALID_RESPONSE":
		o.Verdict, o.Reason = Blocked, HandshakeRefused
		return nil
	case Decides(e.NetError):
		o.Verdict, o.Reason = Blocked, Reason(e.NetError)
		return nil
	}
	return o.inconclusive("%s", transportFailure(e.NetError))
}

// deniedAfterSending says whether Chrome calls a request that it has sent a
// denied local network access. A denied one never leaves the browser; after a
// prompt that was granted, Chrome gives this code to every later failure of the
// connection.
// https://wicg.github.io/local-network-access/#integration-with-fetch
func (o *Observation) deniedAfterSending(failed *network.EventLoadingFailed) bool {
	if failed.CorsErrorStatus.CorsError != network.CorsErrorLocalNetworkAccessPermissionDenied {
		return false
	}
	for i, e := range slices.Backward(o.Exchanges) {
		if e.Sent {
			return true
		}
		if e.Kind != Preflight && i < len(o.Exchanges)-1 {
			return false // the hop before
		}
	}
	return false
}

func (o *Observation) inconclusive(format string, args ...any) error {
	return &InconclusiveError{Request: o.Request, Missing: fmt.Sprintf(format, args...)}
}

// redirected says whether the last response was a redirect.
// https://fetch.spec.whatwg.org/#redirect-status
func (o *Observation) redirected() bool {
	if len(o.Exchanges) == 0 {
		return false
	}
	return web.IsRedirectStatus(o.Exchanges[len(o.Exchanges)-1].Status)
}

// lastFailure returns how the request itself failed, or nil. The failure of a
// preflight shows in the request that it is for.
func lastFailure(record trace.Record) *network.EventLoadingFailed {
	for _, r := range slices.Backward(record.Requests) {
		if !r.Preflight {
			return r.Failed
		}
	}
	return nil
}

// transportFailures words the net errors that users meet most.
var transportFailures = map[string]string{
	"net::ERR_CONNECTION_REFUSED":          "nothing listens there: the connection was refused",
	"net::ERR_NAME_NOT_RESOLVED":           "its name does not resolve",
	"net::ERR_ADDRESS_UNREACHABLE":         "its address is unreachable",
	"net::ERR_INTERNET_DISCONNECTED":       "this machine is offline",
	"net::ERR_CONNECTION_RESET":            "the server reset the connection",
	"net::ERR_CONNECTION_CLOSED":           "the server closed the connection",
	"net::ERR_CONNECTION_TIMED_OUT":        "the connection timed out",
	"net::ERR_EMPTY_RESPONSE":              "the server closed the connection without an answer",
	"net::ERR_CONTENT_LENGTH_MISMATCH":     "the answer ended early: it is shorter than its Content-Length",
	"net::ERR_INCOMPLETE_CHUNKED_ENCODING": "the answer ended early: its last chunk is missing",
	"net::ERR_CERT_AUTHORITY_INVALID":      "its certificate is from an authority that Chrome does not trust",
	"net::ERR_CERT_COMMON_NAME_INVALID":    "its certificate is for another name",
	"net::ERR_CERT_DATE_INVALID":           "its certificate is expired or not valid yet",
	"net::ERR_SSL_PROTOCOL_ERROR":          "it does not speak TLS",
	"net::ERR_INVALID_HTTP_RESPONSE":       "it does not answer in HTTP",
	"net::ERR_PROXY_CONNECTION_FAILED":     "the proxy cannot be reached",
	"net::ERR_TUNNEL_CONNECTION_FAILED":    "the proxy would not connect to it",
}

// transportFailure words a net error.
func transportFailure(code string) string {
	if text, ok := transportFailures[code]; ok {
		return text + " (" + code + ")"
	}
	return "the request failed before there was anything to judge (" + code + ")"
}

// messages words the console.
func messages(entries []*log.Entry) []Message {
	list := make([]Message, 0, len(entries))
	for _, e := range entries {
		list = append(list, Message{Source: string(e.Source), Level: string(e.Level), Text: e.Text})
	}
	return list
}

// issues words DevTools' issues.
func issues(found []*audits.InspectorIssue) []Issue {
	var list []Issue
	for _, i := range found {
		issue := Issue{Code: string(i.Code)}
		switch d := i.Details; {
		case d.CorsIssueDetails != nil && d.CorsIssueDetails.CorsErrorStatus != nil:
			issue.Detail = string(d.CorsIssueDetails.CorsErrorStatus.CorsError)
		case d.BlockedByResponseIssueDetails != nil:
			issue.Detail = string(d.BlockedByResponseIssueDetails.Reason)
		case d.GenericIssueDetails != nil:
			issue.Detail = string(d.GenericIssueDetails.ErrorType)
		case d.ContentSecurityPolicyIssueDetails != nil:
			issue.Detail = d.ContentSecurityPolicyIssueDetails.ViolatedDirective
		}
		list = append(list, issue)
	}
	return list
}

package trace

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Evidence translates the Record into the terms of package engine.
func (r Record) Evidence() engine.Evidence {
	e := engine.Evidence{
		Requests: make([]engine.Request, 0, len(r.Requests)), Console: messages(r.Console), Issues: issues(r.Issues),
		Answer: r.Answer, Missing: r.Missing,
	}
	for _, request := range r.Requests {
		e.Requests = append(e.Requests, request.translate())
	}
	if len(r.Requests) == 0 {
		e.Early = early(r.Issues)
	}
	return e
}

// early is the failure of a question that Chrome refused before there was a request.
// Only the issue has it.
// https://fetch.spec.whatwg.org/#main-fetch
func early(issues []*audits.InspectorIssue) *engine.Failure {
	for _, i := range issues {
		if d := i.Details.CorsIssueDetails; d != nil && d.CorsErrorStatus != nil && !d.IsWarning {
			return &engine.Failure{Code: string(d.CorsErrorStatus.CorsError), Parameter: d.CorsErrorStatus.FailedParameter}
		}
		if d := i.Details.ContentSecurityPolicyIssueDetails; d != nil && !d.IsReportOnly {
			return &engine.Failure{BlockedReason: string(network.BlockedReasonCsp), Parameter: d.ViolatedDirective}
		}
		if d := i.Details.MixedContentIssueDetails; d != nil && d.ResolutionStatus == audits.MixedContentResolutionStatusMixedContentBlocked {
			return &engine.Failure{BlockedReason: string(network.BlockedReasonMixedContent)}
		}
	}
	return nil
}

// translate translates one request.
func (r *Request) translate() engine.Request {
	e := engine.Request{
		Preflight: r.Preflight, Controller: r.Controller,
		Method:   r.Method,
		URL:      r.URL,
		Sent:     r.Sent != nil || r.Unseen && r.Answered(),
		Unseen:   r.Unseen,
		Withheld: r.Withheld,
		Failure:  failure(r.Failed),
	}
	if r.Sent != nil {
		e.RequestHeaders = fields(r.Sent.Headers)
		e.Cookies = cookies(r.Sent.AssociatedCookies)
	}
	if r.Withheld {
		return e // the response is not from the server
	}
	if r.Response != nil {
		e.Status = int(r.Response.Status)
		e.ResponseHeaders = fields(r.Response.Headers)
		e.Protocol = r.Response.Protocol
		e.FromCache = cacheOf(r)
	}
	if r.Received != nil {
		received(&e, r.Received)
	}
	socket(&e, r)
	r.edit(&e)
	if r.Failed != nil && r.Failed.CorsErrorStatus == nil && r.Failed.BlockedReason == "" {
		e.NetError = r.Failed.ErrorText
	}
	return e
}

// failure translates how a request failed.
func failure(failed *network.EventLoadingFailed) *engine.Failure {
	if failed == nil {
		return nil
	}
	f := &engine.Failure{BlockedReason: string(failed.BlockedReason), NetError: failed.ErrorText, Canceled: failed.Canceled}
	if status := failed.CorsErrorStatus; status != nil {
		f.Code, f.Parameter = string(status.CorsError), status.FailedParameter
	}
	return f
}

// socket adds the handshake of a WebSocket.
func socket(e *engine.Request, r *Request) {
	if r.Handshake != nil {
		e.Sent, e.RequestHeaders = true, fields(r.Handshake.Headers)
	}
	if r.Accepted != nil {
		e.Status, e.ResponseHeaders, e.Protocol = int(r.Accepted.Status), fields(r.Accepted.Headers), "http/1.1"
	}
	if r.SocketError != "" {
		e.NetError = socketError(r.SocketError)
	}
}

// socketError is the net error that the text stands for. A text without a code is about
// the answer, or says that there was none.
func socketError(text string) string {
	if text == "Connection closed before receiving a handshake response" {
		return "net::ERR_EMPTY_RESPONSE"
	}
	return cmp.Or(netError.FindString(text), "net::ERR_INVALID_RESPONSE")
}

// netError finds the code in the text that says why a WebSocket failed: Chrome
// has no field for it.
var netError = regexp.MustCompile(`net::ERR_\w+`)

// received takes the response from the wire, which is more exact than the
// response that the renderer got: it also exists for refused responses, and its
// text has the lines as they came.
func received(e *engine.Request, info *network.EventResponseReceivedExtraInfo) {
	if e.Status == 0 {
		e.Status = int(info.StatusCode)
	}
	e.AddressSpace = string(info.ResourceIPAddressSpace)
	e.NotStored = notStored(info.BlockedCookies)
	if info.HeadersText == "" {
		e.ResponseHeaders = fields(info.Headers)
		if e.Protocol == "" && slices.ContainsFunc(e.RequestHeaders, func(h engine.Header) bool { return h.Name == ":authority" }) {
			e.Protocol = "h2"
		}
		return
	}
	statusLine, rest, _ := strings.Cut(info.HeadersText, "\n")
	e.ResponseHeaders = lines(rest)
	if e.Protocol == "" {
		version, _, _ := strings.Cut(statusLine, " ")
		e.Protocol = strings.ToLower(version)
	}
}

// cacheOf names the cache that answered, or returns "".
func cacheOf(r *Request) string {
	switch {
	case r.FromMemory:
		return "memory"
	case r.Response.FromServiceWorker:
		return "service-worker"
	case r.Response.FromPrefetchCache:
		return "prefetch"
	case r.Response.FromDiskCache:
		return "disk"
	}
	return ""
}

// fields turns Chrome's map of headers into a list, sorted by name. Lines of the
// same name come as one value with line breaks.
func fields(headers network.Headers) []engine.Header {
	list := make([]engine.Header, 0, len(headers))
	for name, value := range headers {
		text, _ := value.(string)
		for line := range strings.SplitSeq(text, "\n") {
			list = append(list, engine.Header{Name: name, Value: line})
		}
	}
	slices.SortStableFunc(list, func(a, b engine.Header) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// lines reads the header lines of an HTTP/1.1 message.
func lines(text string) []engine.Header {
	list := []engine.Header{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if name, value, ok := strings.Cut(line, ":"); ok {
			list = append(list, engine.Header{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return list
}

// cookies translates the cookies that the browser held for a request.
func cookies(associated []*network.AssociatedCookie) []engine.Cookie {
	var list []engine.Cookie
	for _, a := range associated {
		if a.Cookie == nil {
			continue
		}
		list = append(list, engine.Cookie{Name: a.Cookie.Name, Sent: len(a.BlockedReasons) == 0, Blocked: texts(a.BlockedReasons)})
	}
	return list
}

// notStored translates the cookies that a response set and the browser did not keep.
func notStored(blocked []*network.BlockedSetCookieWithReason) []engine.Cookie {
	var list []engine.Cookie
	for _, b := range blocked {
		list = append(list, engine.Cookie{Name: web.SetCookieName(b.CookieLine), Blocked: texts(b.BlockedReasons)})
	}
	return list
}

// texts turns a list of Chrome's names into strings.
func texts[T ~string](names []T) []string {
	var list []string
	for _, name := range names {
		list = append(list, string(name))
	}
	return list
}

// messages translates the console.
func messages(entries []*log.Entry) []engine.Message {
	list := make([]engine.Message, 0, len(entries))
	for _, e := range entries {
		list = append(list, engine.Message{Source: string(e.Source), Level: string(e.Level), Text: e.Text})
	}
	return list
}

// issues translates DevTools' issues.
func issues(found []*audits.InspectorIssue) []engine.Issue {
	var list []engine.Issue
	for _, i := range found {
		issue := engine.Issue{Code: string(i.Code)}
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

// Package trace joins the DevTools events of a page into one Record for each
// question. It is pure: no browser, no clock, no I/O, so that it is tested on
// recorded events.
//
// Joining rests on facts of Chrome, not on luck:
//
//   - A request that a script starts carries the JavaScript stack in its
//     initiator. Every question is asked from a line of its own, so the outermost
//     frame names the question, whatever the URL looks like after parsing.
//   - Redirect hops keep the request id. A preflight has an id of its own and
//     names the request that it is for in initiator.requestId.
//   - Extra info (the bytes of the wire) comes from another process than the other
//     events, so it may come earlier or later, and so may a preflight. The n-th
//     extra info of an id belongs to the n-th hop that has one.
package trace

import (
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Record is all that Chrome reported about one question.
type Record struct {
	// Requests are in wire order: a preflight stands before its request.
	Requests []*Request
	Console  []*log.Entry
	Issues   []*audits.InspectorIssue
	// Answer is the script's report, JSON. It is nil while none has come.
	Answer []byte
	// Missing names the evidence that was announced and did not come. There is no
	// verdict from a Record with missing evidence.
	Missing []string
}

// Request is one hop of a request, or a preflight, with its outcome.
type Request struct {
	Preflight bool
	// Controller says that the service worker sent it that controls the page.
	Controller bool
	URL        string
	Method     string

	Sent       *network.EventRequestWillBeSentExtraInfo // nil unless it left the browser
	Response   *network.Response
	Received   *network.EventResponseReceivedExtraInfo
	Failed     *network.EventLoadingFailed
	Finished   bool
	FromMemory bool // the memory cache answered

	// Unseen says that Chrome does not report what was on the wire.
	Unseen bool

	// Withheld says that the request was stopped when Chrome was about to send it.
	Withheld bool

	// Handshake and Accepted are the opening request and response of a WebSocket,
	// and SocketError is why it failed.
	Handshake   *network.WebSocketRequest
	Accepted    *network.WebSocketResponse
	SocketError string

	// worker says that the request loads the script of a new worker. Chrome tells the
	// worker of the response, and the page of the headers on the wire alone.
	worker bool
	// document says that the request loads a frame. The frame's own process may
	// report the end of the response.
	document bool
	// disallowed says that Chrome refused the redirect of a preflight. If Chrome
	// could not read the Location, it shows nothing of the response.
	disallowed bool
	// unsent says that the preflight of the request failed, or that Chrome would
	// not report the sending.
	unsent bool
	// unread says that the response is not read to its end.
	unread bool
	// unshown says that the response was a redirect that the renderer refused to
	// follow: the renderer reported only where it leads.
	unshown bool
	// edited is the edit that the answer got; nil: none.
	edited *Edited
	// extra is what Chrome said about extra info: nil before it said anything.
	extra *bool
}

// Answered says whether there was a response from the network, also where Chrome
// does not show it.
func (r *Request) Answered() bool {
	cached := r.FromMemory || r.Response != nil && fromCache(r.Response)
	return !cached && (r.Response != nil || r.Received != nil || r.refusedResponse())
}

// emptied says whether Chrome took the headers from a response of the network, because the
// page's process must not have it. Chrome says then that there is no extra info, and sends
// it all the same.
// https://github.com/annevk/orb
func (r *Request) emptied() bool {
	p := r.Response
	return p != nil && r.extra != nil && !*r.extra && len(p.Headers) == 0 && p.RemoteIPAddress != "" && !fromCache(p)
}

// redirects says whether the response has a redirect status.
// https://fetch.spec.whatwg.org/#redirect-status
func (r *Request) redirects() bool {
	return r.Response != nil && web.IsRedirectStatus(int(r.Response.Status))
}

// unstored says whether no cache may keep the response.
// https://www.rfc-editor.org/rfc/rfc9111#name-no-store-2
func (r *Request) unstored() bool {
	if r.Response == nil {
		return false
	}
	for name, value := range r.Response.Headers {
		if text, ok := value.(string); ok && strings.EqualFold(name, web.NameCacheControl) && strings.Contains(strings.ToLower(text), "no-store") {
			return true
		}
	}
	return false
}

// missing names what the request lacks.
func (r *Request) missing() []string {
	name := r.Method + " " + r.URL
	announced := r.extra != nil && *r.extra || r.replaced()
	switch {
	case !r.Finished && r.Failed == nil && r.Response == nil && r.Received == nil:
		return []string{"an answer to " + name}
	case !r.Finished && r.Failed == nil && !((r.document || r.unread) && r.Response != nil) && !r.worker:
		return []string{"the end of the answer to " + name}
	case r.Sent == nil && (announced || r.Received != nil || r.invalidRedirect() && !r.unsent):
		return []string{"the request headers on the wire of " + name}
	case r.Received == nil && (announced || r.Sent != nil && (r.unshown || r.refusedResponse())):
		return []string{"the response headers on the wire of " + name}
	}
	return nil
}

// refusedResponse says whether the request failed because of its response: then
// there was a response.
func (r *Request) refusedResponse() bool {
	if r.Failed == nil {
		return false
	}
	if status := r.Failed.CorsErrorStatus; status != nil {
		// https://fetch.spec.whatwg.org/#cors-check
		switch status.CorsError {
		case network.CorsErrorWildcardOriginNotAllowed,
			network.CorsErrorMissingAllowOriginHeader,
			network.CorsErrorMultipleAllowOriginValues,
			network.CorsErrorInvalidAllowOriginValue,
			network.CorsErrorAllowOriginMismatch,
			network.CorsErrorInvalidAllowCredentials,
			network.CorsErrorRedirectContainsCredentials:
			return true
		}
		return false
	}
	return strings.HasPrefix(string(r.Failed.BlockedReason), "corp-") || // Cross-Origin-Resource-Policy
		r.disallowed || r.Failed.ErrorText == "net::ERR_BLOCKED_BY_ORB" || r.emptied()
}

// invalidRedirect says whether the request ended in a redirect to an invalid URL, or
// in a redirect of a preflight.
func (r *Request) invalidRedirect() bool {
	return r.Failed != nil && r.Failed.ErrorText == "net::ERR_INVALID_REDIRECT"
}

package engine

import "slices"

// Evidence is all that a browser reported about one question.
type Evidence struct {
	// Requests are in wire order: a preflight stands before its request.
	Requests []Request
	Console  []Message
	Issues   []Issue
	// Answer is the script's report, JSON. It is nil while none has come.
	Answer []byte
	// Early is how the browser refused the question before there was a request; nil
	// if it did not.
	Early *Failure
	// Handled says that the service worker of the page called respondWith() for the request.
	Handled bool
	// Missing names the evidence that was announced and did not come. There is no
	// verdict from incomplete evidence.
	Missing []string
}

// LastFailure returns how the request itself failed, or nil. The failure of a
// preflight is also the failure of its request, and so is the failure of the request by
// which a service worker wanted to answer it.
func (e Evidence) LastFailure() *Failure {
	own := e.last(false).Failure
	if own == nil || own.Code != "" || own.BlockedReason != "" {
		return own
	}
	delegated := e.last(true)
	if delegated.Failure == nil || delegated.Failure.NetError == "net::ERR_ABORTED" && !(delegated.Sent && delegated.Status == 0) {
		return own // the service worker had its response, and nobody read it to its end
	}
	return delegated.Failure
}

// last returns the last request of the page, or of its service worker, but for preflights.
func (e Evidence) last(controller bool) Request {
	for _, r := range slices.Backward(e.Requests) {
		if !r.Preflight && r.Controller == controller {
			return r
		}
	}
	return Request{}
}

// Request is one request on the wire with its response: a preflight, the request
// itself, or a redirect hop.
type Request struct {
	Preflight bool
	// Controller says that the service worker sent it that controls the page.
	Controller bool
	Method     string
	URL        string
	// Sent says that the request left the browser.
	Sent bool
	// Unseen says that the browser does not report what was on the wire.
	Unseen bool
	// Withheld says that the request was stopped when the browser was about to send it.
	Withheld bool

	RequestHeaders  []Header
	Cookies         []Cookie // held for this URL
	NotStored       []Cookie // set by the response and not kept
	Status          int      // 0 where no response came
	ResponseHeaders []Header
	Protocol        string // the ALPN name; empty where unknown
	FromCache       string // disk, memory, prefetch or service-worker; empty: the network
	AddressSpace    string // of the server, as the browser sees it
	NetError        string // why it failed below HTTP or was cut off

	// Server is the answer as the server gave it, where the page's edits were applied to it:
	// Status and ResponseHeaders are then the edited ones. See PageOptions.Edits.
	Server *Answer

	// Failure is how the request failed; nil if it did not.
	Failure *Failure
}

// Answer is what a server answered.
type Answer struct {
	Status  int
	Headers []Header
}

// Failure is how the browser ended a request, in the browser's own spelling.
type Failure struct {
	// Code is the code of a CORS decision, such as MissingAllowOriginHeader.
	Code string
	// Parameter is what the browser names with the code: the refused value, method,
	// header or directive.
	Parameter string
	// BlockedReason is what blocked the request other than CORS, such as csp.
	BlockedReason string
	// NetError is the error of the network stack, such as net::ERR_FAILED.
	NetError string
	// Category is the name that the browser itself gives the cause, where Code, BlockedReason or
	// NetError is the name of the same step in another browser; empty where they are its own.
	Category string
	// Canceled says that the page gave the request up.
	Canceled bool
}

// Header is a header line.
type Header struct{ Name, Value string }

// Cookie is a cookie of a request. Its value is not kept.
type Cookie struct {
	Name string
	Sent bool
	// Blocked are the browser's reasons for not sending or not storing it.
	Blocked []string
}

// Message is a line of the console.
type Message struct{ Source, Level, Text string }

// Issue is an entry of the developer tools' list of issues.
type Issue struct{ Code, Detail string }

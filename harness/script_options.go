package harness

import (
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Priority is a request's priority, as a script may wish it.
// https://fetch.spec.whatwg.org/#request-priority
type Priority string

// The priorities.
const (
	PriorityAuto Priority = "auto"
	PriorityHigh Priority = "high"
	PriorityLow  Priority = "low"
)

// XHR are the options that XMLHttpRequest alone has. The zero value is an XMLHttpRequest as
// most pages make it.
// https://xhr.spec.whatwg.org/#interface-xmlhttprequest
type XHR struct {
	_ [0]func() // keyed literals only

	// User and Password are the fourth and the fifth argument of open().
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`

	// ResponseType is what the script wants of the body. Empty means bytes, for an
	// asynchronous request, and text for a synchronous one.
	ResponseType ResponseType `json:"responseType,omitempty"`

	// CredentialsBeforeOpen sets withCredentials before open() in place of after it.
	CredentialsBeforeOpen bool `json:"credentialsBeforeOpen,omitempty"`
}

// given says whether an option is set.
func (x XHR) given() bool {
	return x.User+x.Password+string(x.ResponseType) != "" || x.CredentialsBeforeOpen
}

// ResponseType is the responseType of an XMLHttpRequest.
// https://xhr.spec.whatwg.org/#xmlhttprequestresponsetype
type ResponseType string

// The response types.
const (
	ResponseArrayBuffer ResponseType = "arraybuffer"
	ResponseBlob        ResponseType = "blob"
	ResponseDocument    ResponseType = "document"
	ResponseJSON        ResponseType = "json"
	ResponseText        ResponseType = "text"
)

// ScriptEvent is an event that an XMLHttpRequest fired.
// https://xhr.spec.whatwg.org/#events
type ScriptEvent struct {
	_ [0]func() // keyed literals only

	// Name is the event's name, such as progress; of an upload, upload.progress.
	Name string `json:"name"`
	// At is when it was fired, in milliseconds after send() was called.
	At float64 `json:"at"`
	// Loaded and Total are bytes; Total is 0 where it is unknown.
	Loaded int64 `json:"loaded,omitempty"`
	Total  int64 `json:"total,omitempty"`
	// ReadyState is the state of the XMLHttpRequest then.
	ReadyState int `json:"readyState"`
}

// usesXHR says whether the means is XMLHttpRequest.
func (v Via) usesXHR() bool { return v == ViaXHR || v == ViaXHRSync || v == ViaXHRUpload }

// KeptAlive says whether the request may outlive its page: by Keepalive, or by Via.
// https://fetch.spec.whatwg.org/#request-keepalive-flag
func (r Request) KeptAlive() bool { return r.Keepalive || r.Via == ViaKeepalive }

// scriptFaults names the options of fetch() and XMLHttpRequest that Via does not have.
func (r Request) scriptFaults(fault func(field, value, problem string, args ...any)) {
	via := r.EffectiveVia()
	choice(fault, "Priority", r.Priority, PriorityAuto, PriorityHigh, PriorityLow)
	choice(fault, "XHR.ResponseType", r.XHR.ResponseType, ResponseArrayBuffer, ResponseBlob, ResponseDocument, ResponseJSON, ResponseText)
	refuse := func(given bool, field, value string) {
		if given {
			fault(field, value, "%s has no such option", via)
		}
	}
	refuse(!via.Fetches() && r.Referrer != "", "Referrer", r.Referrer)
	refuse(!via.Fetches() && r.Keepalive, "Keepalive", "true")
	refuse(!via.Fetches() && r.Priority != "", "Priority", string(r.Priority))
	refuse(!via.usesXHR() && r.XHR.given(), "XHR", string(r.XHR.ResponseType))
	for _, f := range []struct {
		field string
		after time.Duration
	}{{"AbortAfter", r.AbortAfter}, {"TimeoutAfter", r.TimeoutAfter}} {
		switch {
		case f.after < 0:
			fault(f.field, f.after.String(), "want a time above 0, such as 100ms")
		case f.after > 0 && f.after < time.Millisecond:
			fault(f.field, f.after.String(), "want 1ms or more: a script counts in milliseconds")
		}
		refuse(!via.bearsStack() && f.after > 0, f.field, f.after.String())
	}
	if via == ViaXHRSync && r.AbortAfter > 0 {
		fault("AbortAfter", r.AbortAfter.String(), "no script runs while a synchronous XMLHttpRequest does")
	}
	if r.XHR.Password != "" && r.XHR.User == "" {
		fault("XHR.Password", "(hidden)", "there is no user: give XHR.User too, or remove it")
	}
	if slices.ContainsFunc([]string{r.Referrer, r.XHR.User, r.XHR.Password}, func(text string) bool { return !web.IsHeaderValue(text) }) {
		fault("Referrer, XHR.User or XHR.Password", "", "it has a control character")
	}
}

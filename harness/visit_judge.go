package harness

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// visited judges what the browser told of a visit.
func (b *Browser) visited(v Visit, c engine.Browser, told engine.Visited) Visited {
	is := Visited{Visit: v, Ended: VisitEnd(told.Ended), Windows: told.Windows, Unwatched: told.Unwatched, Browser: b.userAgent(c)}
	for _, d := range told.Dialogs {
		is.Dialogs = append(is.Dialogs, VisitedDialog(d))
	}
	for _, d := range told.Documents {
		is.Documents = append(is.Documents, VisitedDocument{URL: d.URL, Status: statusOf(d.URL, told.Requests)})
	}
	listed := map[visitedKey]int{}
	for _, r := range told.Requests {
		switch {
		case r.Navigation:
		case !crosses(r):
			is.OwnOrigin++
		default:
			is.add(b.judge(r, is.Browser), listed)
		}
	}
	slices.SortStableFunc(is.Requests, func(a, b VisitedRequest) int { return cmp.Compare(a.rank(), b.rank()) })
	return is
}

// statusOf is the status of the document at a URL.
func statusOf(url string, requests []engine.VisitRequest) int {
	for _, r := range slices.Backward(requests) {
		if last := len(r.Requests) - 1; r.Navigation && last >= 0 && r.Requests[last].URL == withoutFragment(url) {
			return r.Requests[last].Status
		}
	}
	return 0
}

// rank puts what is blocked first.
func (r VisitedRequest) rank() int {
	switch {
	case r.Seen.Verdict == Blocked:
		return 0
	case r.NoVerdict != "" && !r.GivenUp:
		return 1
	case r.NoVerdict != "":
		return 3
	}
	return 2
}

// add lists a request, or counts it where one like it is listed.
func (v *Visited) add(r VisitedRequest, listed map[visitedKey]int) {
	if at, like := listed[r.key()]; like {
		v.Requests[at].Count++
		return
	}
	listed[r.key()] = len(v.Requests)
	v.Requests = append(v.Requests, r)
}

// visitedKey is the same for requests that are one line of the list.
type visitedKey struct {
	method, url, from, noVerdict string
	via                          Via
	where                        Where
	frame                        bool
	verdict                      Verdict
	reason                       Reason
}

// key is the line of the list that the request is on.
func (r VisitedRequest) key() visitedKey {
	q := r.Seen.Request
	return visitedKey{
		method: method(q), url: withoutQuery(q.URL), from: q.From, noVerdict: r.NoVerdict, via: q.EffectiveVia(),
		where: r.Asker.Where, frame: r.Asker.Frame, verdict: r.Seen.Verdict, reason: r.Seen.Reason,
	}
}

// withoutQuery is a URL without its query and its fragment.
func withoutQuery(url string) string {
	before, _, _ := strings.Cut(withoutFragment(url), "?")
	return before
}

// crosses says whether a request, or a redirect of it, left the origin that asked.
func crosses(r engine.VisitRequest) bool {
	foreign := func(url string) bool {
		if strings.HasPrefix(url, "ws") { // a WebSocket of the page's own host is not foreign
			url = "http" + strings.TrimPrefix(url, "ws")
		}
		return strings.HasPrefix(url, "http") && !sameOrigin(url, r.Asker.Origin)
	}
	return foreign(r.URL) || slices.ContainsFunc(r.Requests, func(e engine.Request) bool { return foreign(e.URL) })
}

// judge draws the verdict on a request of a page.
func (b *Browser) judge(told engine.VisitRequest, agent UserAgent) VisitedRequest {
	asked := askedBy(told)
	r := VisitedRequest{Asker: Asker{Where: asked.EffectiveWhere(), Frame: told.Asker.Frame, URL: told.Asker.URL}, At: told.At, Count: 1}
	failed := told.LastFailure()
	told.Answer = answerOf(asked, told, failed)
	seen, err := conclude(asked, setting{localNetwork: granted(b.LocalNetwork), worker: told.Asker.Worker}, told.Evidence)
	seen.Script = Script{Headers: Header{}} // nobody looked
	seen.Page = b.askingPage(asked, told.Security)
	seen.Browser = agent
	r.Seen = seen
	switch {
	case err != nil && (told.Left || failed != nil && failed.Canceled):
		r.GivenUp, r.NoVerdict = true, "the page ended the request before an answer came"
	case err != nil:
		r.NoVerdict = missingOf(err)
	case seen.Verdict != Blocked && !seen.Withheld() && !modeTold(asked, told):
		r.NoVerdict = "the request was answered, and Chrome does not tell in which mode the page asked"
		r.Seen.Verdict = ""
	}
	return r
}

// askingPage is what is known about what asked. Chrome tells it with a request that was sent;
// else it follows from the origin.
func (b *Browser) askingPage(asked Request, told *engine.Security) Page {
	p := Page{Origin: asked.origin(), LocalNetwork: granted(b.LocalNetwork), SecureContext: web.ParseOrigin(asked.From).IsTrustworthy(), AddressSpace: b.implied(asked.From)}
	if told != nil {
		p.SecureContext, p.AddressSpace = told.Secure, AddressSpace(told.Space)
	}
	return p
}

// missingOf is what an InconclusiveError misses.
func missingOf(err error) string {
	if e, ok := err.(*InconclusiveError); ok { //nolint:errorlint // conclude returns this very type
		return e.Missing
	}
	return err.Error()
}

// answerOf stands for the report of the script that asked. A response that the browser let
// through is a response that the script has, whatever became of its body.
func answerOf(asked Request, told engine.VisitRequest, failed *engine.Failure) []byte {
	last := len(told.Requests) - 1
	switch {
	case failed == nil && last >= 0 && asked.Via == ViaIframe: // the page cannot look into the frame
		return []byte(`{"loaded":true,"type":"opaque"}`)
	case failed == nil && last >= 0:
		return []byte(`{"loaded":true}`)
	case failed == nil, failed.Code != "", failed.BlockedReason != "":
	case failed.Canceled && last >= 0 && told.Requests[last].Status != 0:
		return []byte(`{"loaded":true}`)
	case failed.NetError == string(BlockedByORB) && asked.Via.Fetches():
		return []byte(`{"loaded":true}`) // https://github.com/annevk/orb: fetch gets an empty response
	}
	return []byte(`{}`)
}

// modeTold says whether it is certain in which mode the page asked: by the header that the
// browser sent, by the kind of request, or by what only a request with CORS has.
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-mode-header
func modeTold(asked Request, told engine.VisitRequest) bool {
	if len(told.Requests) == 0 || !asked.Via.Fetches() {
		return true
	}
	first := wireOf(told)
	_, mode := first.Get("Sec-Fetch-Mode")
	_, origin := first.Get(web.NameOrigin)
	return mode || origin && asked.Method == "" || told.Requests[0].Preflight
}

// wireOf are the headers of the request itself as they were sent first.
func wireOf(told engine.VisitRequest) Header {
	for _, r := range told.Requests {
		if !r.Preflight && !r.Controller {
			return headerOf(r.RequestHeaders)
		}
	}
	return nil
}

// askedBy is the question that asks the same again.
func askedBy(told engine.VisitRequest) Request {
	wire := wireOf(told)
	mode, _ := wire.Get("Sec-Fetch-Mode")
	dest, _ := wire.Get("Sec-Fetch-Dest")
	r := Request{From: told.Asker.Origin, URL: told.URL, Via: viaOf(told, dest)}
	if origin, ok := wire.Get(web.NameOrigin); ok {
		r.From = origin
	}
	r.From = cmp.Or(r.From, OpaqueOrigin)
	if told.Asker.Frame && told.Asker.Top != r.From && r.Via != ViaIframe {
		r.Within = told.Asker.Top
	}
	if where := whereOf(told.Asker.Worker); slices.Contains(environments(r.EffectiveVia()), where) && where != WhereWindow {
		r.Where = where
	}
	can := initiators[r.EffectiveVia()]
	if can.method && told.Method != http.MethodGet {
		r.Method = told.Method
	}
	if can.headers {
		r.Headers = ownHeaders(told.Headers, told.Body != "")
	}
	if can.body && told.Body != "" {
		r.Body = Text(told.Body)
	}
	if m := Mode(mode); slices.Contains(can.modes, m) && m != r.EffectiveMode() {
		r.Mode = m
	}
	if slices.Contains(can.credentials, Include) && withCredentials(told, wire) {
		r.Credentials = Include
	}
	return r
}

// viaOf is the initiator of a request, by the kind that Chrome names and the destination that
// it sends. https://fetch.spec.whatwg.org/#concept-request-destination
func viaOf(told engine.VisitRequest, dest string) Via {
	switch dest {
	case "worker", "sharedworker":
		return ViaWorkerScript
	case "audio":
		return ViaAudio
	}
	switch told.Kind {
	case "Script":
		if told.Asker.Worker != "" {
			return ViaImportScripts
		}
		return ViaScript
	case "Ping":
		if _, ping := headerOf(told.Headers).Get("Ping-To"); ping {
			return ViaPing
		}
		return ViaBeacon
	}
	return map[string]Via{
		"XHR": ViaXHR, "EventSource": ViaEventSource, "WebSocket": ViaWebSocket, "Font": ViaFont, "Image": ViaImage,
		"Stylesheet": ViaStylesheet, "Media": ViaVideo, "TextTrack": ViaTrack, "Manifest": ViaManifest,
		"CSPViolationReport": ViaCSPReport, "Document": ViaIframe, "Preload": ViaPreload,
	}[told.Kind]
}

// whereOf is the environment with a kind of worker.
func whereOf(worker engine.Worker) Where {
	for _, where := range wheres {
		if where.worker() == worker {
			return where
		}
	}
	return WhereWindow
}

// ownHeaders are the headers that the page set itself: the browser adds the others.
// https://fetch.spec.whatwg.org/#forbidden-request-header
func ownHeaders(told []engine.Header, body bool) Header {
	var list Header
	for _, h := range headerOf(told) {
		switch name := web.Lower(h.Name); {
		case web.IsForbiddenRequestHeader(name, h.Value), name == "user-agent", name == "accept-language", name == "upgrade-insecure-requests":
		case name == "accept" && h.Value == "*/*":
		case name == "content-type" && (!body || strings.EqualFold(h.Value, "text/plain;charset=UTF-8")): // of a text without a type
		default:
			list = append(list, h)
		}
	}
	return list
}

// withCredentials says whether a request to another origin carried credentials: Chrome says so
// with a header to another site, sent a cookie, or refused for that reason.
// https://privacycg.github.io/storage-access-headers/
func withCredentials(told engine.VisitRequest, wire Header) bool {
	if _, ok := wire.Get("Sec-Fetch-Storage-Access"); ok {
		return true
	}
	if failed := told.LastFailure(); failed != nil {
		switch Reason(failed.Code) {
		case WildcardOriginNotAllowed, InvalidAllowCredentials, PreflightWildcardOriginNotAllowed, PreflightInvalidAllowCredentials:
			return true
		}
	}
	return slices.ContainsFunc(told.Requests, func(r engine.Request) bool {
		return slices.ContainsFunc(r.Cookies, func(c engine.Cookie) bool { return c.Sent })
	})
}

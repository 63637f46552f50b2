package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// conclusion is an Observation whose Verdict is being drawn, with the evidence.
type conclusion struct {
	*Observation
	at     setting
	told   engine.Evidence
	said   report
	failed *engine.Failure // how the request itself failed; nil where it did not
}

// rule is one way to a Verdict, or to none.
type rule struct {
	name string
	// source is the standard, or the fact of the browser, that the rule rests on.
	source string
	// applies says whether the rule decides, where no earlier rule did.
	applies func(*conclusion) bool
	// conclude sets Verdict and Reason, or returns an InconclusiveError.
	conclude func(*conclusion) error
}

// rules are tried in this order; the first that applies decides. The last one always
// applies and gives no verdict: a response without evidence is never Readable.
var rules = []rule{
	{"not edited", "an answer that was judged as it came proves nothing about an edited one",
		(*conclusion).unedited, (*conclusion).notEdited},
	{"withheld", "https://chromedevtools.github.io/devtools-protocol/tot/Fetch/#event-requestPaused",
		func(c *conclusion) bool { return c.Withheld() }, (*conclusion).withheld},
	{"given up", "https://fetch.spec.whatwg.org/#fetch-controller-abort",
		func(c *conclusion) bool { return c.said.GaveUp == "abort" && c.code() == "" }, because(ScriptAborted)},
	{"timed out", "https://xhr.spec.whatwg.org/#timeout-error",
		func(c *conclusion) bool { return c.said.GaveUp == "timeout" && c.code() == "" }, because(ScriptTimedOut)},
	{"body broken off", "what a browser gave the script is decided, whatever it calls the end of the body",
		func(c *conclusion) bool { return c.failing() && c.said.Type != "" && c.Request.Via.bearsStack() }, (*conclusion).brokenOff},
	{"denied after sending", "https://wicg.github.io/local-network-access/#integration-with-fetch",
		(*conclusion).deniedAfterSending, (*conclusion).failedAfterSending},
	{"denied although granted", "https://wicg.github.io/local-network-access/#integration-with-fetch",
		(*conclusion).deniedAlthoughGranted, (*conclusion).grantedNotDenied},
	{"no address space", "https://wicg.github.io/local-network-access/#policy-container",
		func(c *conclusion) bool { return c.at.standIn && isLocalNetwork(c.code()) }, (*conclusion).noAddressSpace},
	{"CORS code", "https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-CorsErrorStatus",
		func(c *conclusion) bool { return c.failing() && c.failed.Code != "" }, (*conclusion).corsCode},
	{"blocked reason", "https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-BlockedReason",
		func(c *conclusion) bool { return c.failing() && c.failed.BlockedReason != "" }, (*conclusion).blockedReason},
	{"redirect refused", "https://fetch.spec.whatwg.org/#http-fetch",
		(*conclusion).redirectRefused, because(RedirectRefused)},
	{"body not sent again", "https://fetch.spec.whatwg.org/#http-redirect-fetch",
		(*conclusion).bodyNotResent, because(BodyNotResent)},
	{"net error that decides", "the table of net errors beside Decides",
		func(c *conclusion) bool { return c.failing() && Decides(c.failed.NetError) }, (*conclusion).netError},
	{"response not usable", "https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script",
		(*conclusion).unusable, because(ResponseUnusable)},
	{"service worker's answer refused", "https://fetch.spec.whatwg.org/#http-fetch",
		(*conclusion).answerRefused, because(ServiceWorkerAnswer)},
	{"transport failure", "https://fetch.spec.whatwg.org/#concept-network-error",
		(*conclusion).failing, (*conclusion).transport},
	{"refused early", "https://fetch.spec.whatwg.org/#main-fetch",
		func(c *conclusion) bool { return c.told.Early != nil }, (*conclusion).early},
	{"call refused", "https://fetch.spec.whatwg.org/#dom-request",
		func(c *conclusion) bool { return c.said.Refused && c.said.Error != "" }, because(RequestRefused)},
	{"integrity", "https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist",
		(*conclusion).wrongHash, because(BlockedByIntegrity)},
	{"tainted", "https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-origin-clean",
		func(c *conclusion) bool { return c.said.Tainted }, verdict(Opaque)},
	{"handshake failed", "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		(*conclusion).socketFailed, (*conclusion).handshakeFailed},
	{"script failed alone", "no event of the browser tells of a failure",
		func(c *conclusion) bool { return c.said.Error != "" && !c.said.Ran }, (*conclusion).scriptFailed},
	{"no request", "an answer without a request proves nothing",
		func(c *conclusion) bool { return len(c.told.Requests) == 0 && len(c.Exchanges) == 0 }, (*conclusion).noRequest},
	{"not held back", "a dry run that was not paused proves nothing",
		func(c *conclusion) bool { return c.Request.DryRun && !c.fromCache() }, (*conclusion).notHeldBack},
	{"opaque", "https://fetch.spec.whatwg.org/#concept-filtered-response-opaque",
		func(c *conclusion) bool { return strings.HasPrefix(c.said.Type, "opaque") }, verdict(Opaque)},
	{"readable", "https://fetch.spec.whatwg.org/#concept-filtered-response",
		func(c *conclusion) bool { return c.said.Type != "" || c.said.Status != 0 }, verdict(Readable)},
	{"no verdict", "missing evidence is an error",
		func(*conclusion) bool { return true }, (*conclusion).noEvidence},
}

// draw lets the first rule that applies decide.
func (c *conclusion) draw() error {
	if f := c.failure(); f != nil && !c.Withheld() {
		c.Parameter, c.Category = f.Parameter, f.Category
		if c.failing() {
			c.NetError, c.BlockedReason = f.NetError, f.BlockedReason
		}
	}
	if c.endedEarly() {
		c.Exchanges[len(c.Exchanges)-1].NetError = ""
	}
	return rules[c.ruling()].conclude(c)
}

// endedEarly says whether a request that was answered ended as aborted and nothing went
// wrong: the script had what it wanted, such as the headers alone, or the element wanted
// no more of it.
func (c *conclusion) endedEarly() bool {
	if c.failed == nil || c.failed.NetError != "net::ERR_ABORTED" || lastStatus(*c.Observation) == 0 {
		return false
	}
	return c.settled() || c.unusable()
}

// ruling is the place of the rule that decides.
func (c *conclusion) ruling() int {
	return slices.IndexFunc(rules, func(r rule) bool { return r.applies(c) })
}

// because is the conclusion that the browser blocked for one of our own reasons.
func because(reason Reason) func(*conclusion) error {
	return func(c *conclusion) error { return c.blocked(reason) }
}

// verdict is the conclusion of a verdict without a reason.
func verdict(v Verdict) func(*conclusion) error {
	return func(c *conclusion) error {
		c.Verdict = v
		return nil
	}
}

func (c *conclusion) blocked(reason Reason) error {
	c.Verdict, c.Reason = Blocked, reason
	return nil
}

// failing says whether the request failed and the script got nothing of it.
func (c *conclusion) failing() bool { return c.failed != nil && !c.settled() }

// settled says whether the failure of a request changes nothing, because the script
// already has its response.
func (c *conclusion) settled() bool {
	switch {
	case c.said.Type == "opaque" && c.said.Error == "" && c.Request.Via.bearsStack():
		// Opaque response blocking empties a response without an error for fetch.
		// https://github.com/annevk/orb
		return true
	case c.said.Type == "opaqueredirect":
		return true
	}
	// We stopped reading ourselves, or Chrome did where there is no body to read.
	return c.failed.Canceled && (c.said.Truncated && c.said.Error == "" || c.said.Type != "" && c.said.Error == "")
}

// dropUnwanted removes the hop after a redirect that the script did not follow:
// Chrome announces the hop and does not send it.
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
func (c *conclusion) dropUnwanted() {
	last := len(c.Exchanges) - 1
	if c.failed != nil && c.said.Type == "opaqueredirect" && c.Exchanges[last].Kind == RedirectHop && !c.Exchanges[last].Sent {
		c.Exchanges = c.Exchanges[:last]
	}
}

// failure is how the browser ended the request, or refused it before there was one.
func (c *conclusion) failure() *engine.Failure {
	if c.failing() {
		return c.failed
	}
	return c.told.Early
}

// code is the CORS code of the failure, or the reason why something else blocked it.
func (c *conclusion) code() Reason {
	f := c.failure()
	switch {
	case f == nil:
		return ""
	case f.Code != "":
		return Reason(f.Code)
	}
	return Reason(f.BlockedReason)
}

func (c *conclusion) withheld() error {
	c.Script = Script{Headers: Header{}} // the script saw our own answer
	c.Verdict = Readable
	if c.Request.EffectiveMode() == NoCORS {
		c.Verdict = Opaque
	}
	return nil
}

// brokenOff concludes that the body broke off after the script had the response. What
// Chrome says about the rest is no decision: after a prompt, granted or not, Chrome
// even calls a broken-off body a denied local network access.
func (c *conclusion) brokenOff() error {
	return c.inconclusive("the answer broke off after its headers (%s)", c.failed.NetError)
}

// deniedAfterSending says whether Chrome calls a request that it has sent a denied
// local network access. A denied request never leaves the browser; after a prompt that
// was granted, Chrome gives this code to every later failure of the connection.
func (c *conclusion) deniedAfterSending() bool {
	if !c.failing() || Reason(c.failed.Code) != LocalNetworkAccessPermissionDenied {
		return false
	}
	for i, e := range slices.Backward(c.Exchanges) {
		if e.Kind != Preflight && i < len(c.Exchanges)-1 {
			return false // e is the hop before
		}
		if e.Sent {
			return true
		}
	}
	return false
}

// maxRedirects is how many redirects a browser follows.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
const maxRedirects = 20

// failedAfterSending gives no verdict. Where the server had redirected as often as a browser
// follows, the answer that Chrome does not show may be a redirect more.
func (c *conclusion) failedAfterSending() error {
	hops := 0
	for _, e := range c.Exchanges {
		if e.Kind == RedirectHop {
			hops++
		}
	}
	if hops >= maxRedirects {
		return c.inconclusive("the server redirected %d times, and a browser follows no more: do its redirects go in a circle? The request after the last redirect failed; Chrome gives no cause (%s)", hops, c.failed.NetError)
	}
	return c.inconclusive("the request was sent and the connection failed; Chrome gives no cause (%s)", c.failed.NetError)
}

// deniedAlthoughGranted says whether Chrome calls a granted access denied: Chrome uses
// this name for every later failure of the connection. That the request was sent may
// be unseen.
func (c *conclusion) deniedAlthoughGranted() bool {
	return c.code() == LocalNetworkAccessPermissionDenied && c.at.localNetwork == PermissionGranted && !c.at.barred && c.at.worker != engine.ServiceWorker
}

func (c *conclusion) grantedNotDenied() error {
	return c.inconclusive("the connection failed, and Chrome gives no cause: it reports a denied local network access, although access was granted")
}

func (c *conclusion) noAddressSpace() error {
	return c.inconclusive("corsproof answered the script of the service worker, and Chrome puts such a script in no address space: " +
		"ask about a server that is not on this machine or in the local network, or ask without the service worker")
}

func (c *conclusion) corsCode() error { return c.blocked(Reason(c.failed.Code)) }

func (c *conclusion) blockedReason() error { return c.blocked(Reason(c.failed.BlockedReason)) }

func (c *conclusion) netError() error { return c.blocked(Reason(c.failed.NetError)) }

func (c *conclusion) transport() error {
	if last := len(c.Exchanges) - 1; last >= 0 && c.Exchanges[last].Unseen && c.Exchanges[last].Sent && explained(c.failed.NetError) == "" {
		return c.inconclusive("the request was sent and failed; Chrome gives no cause (%s)", c.failed.NetError)
	}
	return c.inconclusive("%s", transportFailure(c.failed.NetError, c.lastURL()))
}

// early concludes from a refusal before there was a request. Firefox announces no request there for
// which Chrome announces one that failed.
func (c *conclusion) early() error {
	switch c.NetError = c.told.Early.NetError; {
	case c.code() != "":
		return c.blocked(c.code())
	case Decides(c.NetError):
		return c.blocked(Reason(c.NetError))
	}
	return c.inconclusive("%s", transportFailure(c.NetError, c.Request.URL))
}

// bodyNotResent says whether a redirect needed a streamed body again.
func (c *conclusion) bodyNotResent() bool {
	return c.failing() && c.Request.Body.Kind == StreamBody && c.redirected() && c.failed.NetError == "net::ERR_INVALID_ARGUMENT"
}

// wrongHash says whether a response was kept from a script that required a hash.
// Chrome gives no code.
func (c *conclusion) wrongHash() bool {
	return c.said.Error != "" && c.Request.Integrity != "" && c.delivered()
}

// delivered says whether a response came that the script, or an element, would have
// accepted: an element accepts no error status.
func (c *conclusion) delivered() bool {
	return c.Request.Via.Fetches() && lastStatus(*c.Observation) != 0 || okStatus(*c.Observation)
}

// unusable says whether a response came, past the CORS check, that the element could
// not use. Chrome aborts some of these requests, reads others to their end, and gives no
// code.
func (c *conclusion) unusable() bool {
	via := c.Request.Via
	switch {
	case via.bearsStack(), via == ViaWebSocket, c.said.Refused, c.said.Tainted, c.said.Loaded, lastStatus(*c.Observation) == 0:
		return false
	case c.failed != nil && c.failed.NetError != "net::ERR_ABORTED":
		return false // of the transport
	case via == ViaManifest, via == ViaFavicon: // have no event
		return !okStatus(*c.Observation)
	case via == ViaIframe: // has no event where there is no document
		return c.failed != nil
	}
	return c.said.Error != "" && !c.wrongHash()
}

// socketFailed says whether the handshake of a WebSocket failed.
func (c *conclusion) socketFailed() bool {
	return c.Request.Via == ViaWebSocket && len(c.Exchanges) == 1 && (c.Exchanges[0].NetError != "" || c.Exchanges[0].Status != 101)
}

// handshakeFailed concludes from a failed handshake. There is no CORS for a
// WebSocket: a server refuses the handshake with another status than 101.
func (c *conclusion) handshakeFailed() error {
	c.NetError = c.Exchanges[0].NetError
	switch {
	case c.NetError == "net::ERR_INVALID_RESPONSE":
		return c.blocked(HandshakeRefused)
	case Decides(c.NetError):
		return c.blocked(Reason(c.NetError))
	}
	return c.inconclusive("%s", transportFailure(c.NetError, c.lastURL()))
}

func (c *conclusion) scriptFailed() error {
	return c.inconclusive("the script got %q, and %s reported no failure", c.said.Error, c.Browser.Brand())
}

func (c *conclusion) noRequest() error {
	return c.inconclusive("missing: the request that the script got the answer of")
}

func (c *conclusion) notHeldBack() error {
	return c.inconclusive("missing: the request that a dry run stops")
}

func (c *conclusion) noEvidence() error {
	return c.inconclusive("missing: what the script got")
}

// fromCache says whether a cache answered an exchange.
func (c *conclusion) fromCache() bool {
	return slices.ContainsFunc(c.Exchanges, func(e Exchange) bool { return e.FromCache != "" })
}

// redirected says whether the last response was a redirect. Where the browser does not
// tell, the server does.
func (c *conclusion) redirected() bool {
	if len(c.Exchanges) == 0 || web.IsRedirectStatus(lastStatus(*c.Observation)) {
		return len(c.Exchanges) > 0
	}
	last := c.Exchanges[len(c.Exchanges)-1]
	return last.Unseen && slices.ContainsFunc(c.Arrivals, func(a Arrival) bool {
		return a.Method == last.Method && a.URL == withoutFragment(last.URL) && web.IsRedirectStatus(a.Status)
	})
}

func (o *Observation) inconclusive(format string, args ...any) error {
	return NewInconclusiveError(o.Request, fmt.Sprintf(format, args...), nil)
}

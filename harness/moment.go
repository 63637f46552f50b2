package harness

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Moment is when the script asks, in the life of its page.
// https://html.spec.whatwg.org/multipage/document-lifecycle.html#unloading-documents
type Moment string

// The moments. At each, the script asks in a listener, and nobody reads the answer: what
// became of the request is known from what arrived at a server of the [Network].
const (
	MomentNavigated Moment = "navigated" // at pagehide, when the page is navigated to another one
	MomentClosed    Moment = "closed"    // at pagehide, when the page is closed
	MomentHidden    Moment = "hidden"    // at visibilitychange, when the page is hidden; for a beacon
)

// outlived are the means by which a page asks while it goes.
var outlived = []Via{ViaFetch, ViaKeepalive, ViaBeacon, ViaFetchLater}

// momentFaults names what a page cannot ask at its end.
func (r Request) momentFaults(fault func(field, value, problem string, args ...any)) {
	choice(fault, "Moment", r.Moment, MomentNavigated, MomentClosed, MomentHidden)
	via := r.EffectiveVia()
	refuse := func(given bool, problem string, args ...any) {
		if given {
			fault("Moment", string(r.Moment), problem, args...)
		}
	}
	switch {
	case r.Moment == "" && via == ViaFetchLater:
		fault("Via", string(via), "this request leaves when the page closes: say when with Moment (%s)", join([]Moment{MomentNavigated, MomentClosed, MomentHidden}))
	case r.Moment == "":
	default:
		refuse(!slices.Contains(outlived, via), "via %s asks nothing while the page closes: Moment is for %s", via, join(outlived))
		// https://fetch.spec.whatwg.org/#concept-fetch-group-terminate
		refuse(via == ViaFetch && !r.KeptAlive() && r.Moment != MomentHidden, "a fetch without keepalive ends with its page: set Keepalive")
		refuse(via != ViaBeacon && r.Moment == MomentHidden, "a hidden page stays open and gets the answer: remove Moment")
		refuse(r.Moment == MomentNavigated && opaque(r.From), "a page of an opaque origin cannot leave a report for the next one: use %s", MomentClosed)
		refuse(r.EffectiveWhere() != WhereWindow, "a worker gets no such event: remove Where")
		refuse(r.Document != "", "it is for the page and not for a document that the page makes: remove Document")
		refuse(r.Controller.given(), "the service worker of a page that closes is not observed: remove Controller")
		refuse(r.Within != "", "it is for a page that is in no frame: remove Within")
		refuse(r.DryRun, "corsproof cannot stop a request while the page closes: remove DryRun")
		refuse(r.AbortAfter > 0 || r.TimeoutAfter > 0, "no script runs after it: remove AbortAfter and TimeoutAfter")
	}
}

// errNobodySees says that no server reports what arrives.
const errNobodySees = "observe this request: only a server of the fixture network, or a recorder (Network.Record), can"

// depart asks at the moment that the question names, and judges by what arrived.
func (b *Browser) depart(ctx context.Context, r Request, p *Profile) (Observation, error) {
	o, err := b.arrive(ctx, r, p)
	if last := len(o.Exchanges) - 1; err == nil && o.Verdict == "" && last >= 0 && o.Exchanges[last].Kind == Preflight {
		err = b.judgePreflight(ctx, &o, p)
	}
	return o, err
}

// arrive asks from a page of its own, and waits for what arrives. Without a verdict and
// without an error, a preflight arrived alone.
func (b *Browser) arrive(ctx context.Context, r Request, p *Profile) (Observation, error) {
	o := Observation{Request: r, Script: Script{Headers: Header{}}}
	ready, err := b.ready(ctx, r, p, 0)
	if err != nil {
		return o, err
	}
	defer ready.release()
	defer ready.page.Retire()
	if b.Network == nil || !b.Network.Serves(r.URL) {
		return o, &engine.CannotError{Browser: ready.browser.Name(), What: errNobodySees}
	}
	ctx, cancel := b.bounded(ctx)
	defer cancel()
	over, err := b.turns.Take(ctx, b.turnOf(r, ready.pool, ready.options))
	if err != nil {
		return o, ended(ctx, r, engine.Evidence{Missing: []string{"the end of another question for the same URL"}}, err)
	}
	defer over()
	since := b.Network.LastSeq()
	question, err := json.Marshal(r)
	if err != nil {
		return o, err
	}
	answer, err := call(ctx, ready.page, r, question)
	if err != nil {
		return o, ended(ctx, r, engine.Evidence{Missing: []string{"the page's call"}}, err)
	}
	var said report
	if err := json.Unmarshal(answer, &said); err != nil {
		return o, NewInconclusiveError(r, "the script's report is not readable", err)
	}
	o.Browser = b.userAgent(ready.browser)
	o.Page = Page{Origin: r.origin(), SecureContext: ready.page.Secure(), AddressSpace: AddressSpace(ready.options.AddressSpace), LocalNetwork: granted(b.LocalNetwork)}
	if said.Error != "" {
		o.Script.Error, o.Verdict, o.Reason, o.Arrivals = said.Error, Blocked, RequestRefused, []Arrival{}
		return o, nil
	}
	return o, b.await(ctx, &o, since)
}

// markers is how many requests go after the question before a request that did not arrive is
// no longer waited for.
const markers = 12

// await waits for the arrivals of a page that is gone. Chrome's network service sends a
// request as soon as it has what it needs; each marker is a request to the same server that
// is asked later.
func (b *Browser) await(ctx context.Context, o *Observation, since int64) error {
	marker := Request{From: o.Request.From, URL: web.OriginOf(o.Request.URL) + markerPath, Mode: NoCORS}
	if opaque(marker.From) || b.Network.ServiceWorkerPath(web.OriginOf(o.Request.URL)) == "" { // behind a recorder is a server of somebody
		marker.From, marker.URL = "https://corsproof.test", "https://corsproof.test"+markerPath
	}
	for sent := 0; sent < markers; sent++ {
		o.Arrivals = b.Network.Arrivals(since, []string{withoutFragment(o.Request.URL)})
		o.Exchanges = arrivedExchanges(o.Arrivals)
		if last := len(o.Exchanges) - 1; last >= 0 && o.Exchanges[last].Kind != Preflight && o.Exchanges[last].Status != 0 {
			o.Verdict, o.Script.Type = Opaque, "opaque"
			return nil
		}
		if r := o.Request; r.Via == ViaReport && len(o.Exchanges) == 0 { // Chrome sends reports by a clock
			sent = 0
		}
		switch _, err := b.ask(ctx, marker, nil); {
		case err != nil && ctx.Err() != nil && len(o.Exchanges) == 0:
			return o.inconclusive("the page called, and no request arrived in time; Chrome gives no cause")
		case err != nil:
			return err
		}
	}
	if len(o.Exchanges) == 0 {
		return o.inconclusive("the page called, and no request arrived; Chrome gives no cause")
	}
	if o.Exchanges[len(o.Exchanges)-1].Kind != Preflight {
		o.Verdict, o.Script.Type = Opaque, "opaque"
	}
	return nil
}

// judgePreflight lets Chrome judge the preflight that no request followed. Of a page that is
// gone Chrome tells nothing, so a page that stays asks the same question as a dry run, which
// sends the preflight once more and nothing else.
func (b *Browser) judgePreflight(ctx context.Context, o *Observation, p *Profile) error {
	r := o.Request
	r.Moment, r.Keepalive, r.DryRun = "", false, true
	switch r.Via {
	case ViaBeacon: // https://w3c.github.io/beacon/#sec-processing-model
		r.Method, r.Credentials = http.MethodPost, Include
	case ViaReport: // https://w3c.github.io/reporting/#try-delivery
		r.Method, r.Headers = http.MethodPost, Header{{Name: web.NameContentType, Value: "application/reports+json"}}
	}
	r.Via = ViaFetch
	again, err := b.ask(ctx, r, p)
	switch {
	case err != nil:
		return o.inconclusive("the preflight arrived, and the request did not; the same preflight from an open page gave no verdict: %v", err)
	case again.Verdict != Blocked:
		return o.inconclusive("the preflight arrived and gives permission, and the request did not arrive")
	}
	o.Verdict, o.Reason, o.Parameter = Blocked, again.Reason, again.Parameter
	return nil
}

// markerPath is where the markers go.
const markerPath = "/corsproof/marker"

// arrivedExchanges makes an Exchange of each arrival. What Chrome got is not known.
func arrivedExchanges(arrivals []Arrival) []Exchange {
	var list []Exchange
	for _, a := range arrivals {
		e := Exchange{Kind: ActualRequest, Method: a.Method, URL: a.URL, Sent: true, Unseen: true, RequestHeaders: a.Headers, Status: a.Status}
		if _, asks := a.Headers.Get(web.NameRequestMethod); asks && a.Method == http.MethodOptions {
			e.Kind = Preflight
		}
		list = append(list, e)
	}
	return list
}

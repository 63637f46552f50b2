package harness

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Hint is a link in the page by which the browser loads the URL before the script asks. The
// zero value is a page without such a link. What became of it is in [Observation.Hinted].
//
//	harness.Hint{Rel: harness.HintPreload, As: "fetch", CrossOrigin: harness.Anonymous}
//
// https://html.spec.whatwg.org/multipage/links.html#link-type-preload
type Hint struct {
	_ [0]func() // keyed literals only

	// Rel is the kind of link. Empty means that there is no hint.
	Rel HintRel `json:"rel,omitempty"`

	// As is the attribute as, such as "fetch", "script" or "image": what the page will use
	// the response for. Empty means fetch. It is for HintPreload.
	As string `json:"as,omitempty"`

	// CrossOrigin is the attribute crossorigin. Empty means that the link has no such
	// attribute.
	CrossOrigin CrossOrigin `json:"crossOrigin,omitempty"`
}

// HintRel is a kind of link that loads before a script asks.
type HintRel string

// The kinds of hint.
const (
	HintPreload       HintRel = "preload"       // for this page, and one use of the response
	HintModulePreload HintRel = "modulepreload" // a module script, for this page
	HintPrefetch      HintRel = "prefetch"      // into the HTTP cache, for a later page
)

// CrossOrigin is a state of the attribute crossorigin.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
type CrossOrigin string

// The states of the attribute.
const (
	Anonymous      CrossOrigin = "anonymous"
	UseCredentials CrossOrigin = "use-credentials"
)

// Hinted is what became of a [Request.Hint]. The observation of the link itself is the last one
// in [Observation.Before].
type Hinted struct {
	_ [0]func() // keyed literals only

	// Use says whether the question got the response that the link had loaded. Empty means
	// that there was no link.
	Use HintUse `json:"use,omitempty"`
	// Said is the line of the console by which Chrome says why the response was not used.
	// It is empty where Chrome says nothing.
	Said string `json:"said,omitempty"`
}

// HintUse says whether the response of a link was used.
type HintUse string

// What becomes of the response.
const (
	HintUsed   HintUse = "used"   // the question got it, and sent no request of its own
	HintUnused HintUse = "unused" // the question sent a request of its own
)

// hinted are the means by which a page uses what a link has loaded. Each reports after its
// response has come.
var hinted = []Via{ViaFetch, ViaKeepalive, ViaXHR, ViaImage, ViaScript, ViaModule, ViaImport, ViaStylesheet, ViaFont}

// destinations are the values of the attribute as that Chrome preloads.
// https://html.spec.whatwg.org/multipage/links.html#translate-a-preload-destination
var destinations = []string{"fetch", "font", "image", "script", "style", "track"}

// HintDestinations lists the values of [Hint.As].
func HintDestinations() []string { return slices.Clone(destinations) }

// given says whether there is a hint, or a field of one.
func (h Hint) given() bool { return h.Rel != "" || h.As != "" || h.CrossOrigin != "" }

// link writes the link as in a page.
func (h Hint) link() string {
	text := "link rel=" + clean(string(h.Rel))
	if h.Rel == HintPreload {
		text += " as=" + clean(h.destination())
	}
	if h.CrossOrigin != "" {
		text += " crossorigin=" + clean(string(h.CrossOrigin))
	}
	return text
}

// destination is the attribute as of a preload.
func (h Hint) destination() string {
	if h.As == "" {
		return "fetch"
	}
	return h.As
}

// hintFaults names a link that does not exist, and the questions that no link is for.
func (r Request) hintFaults(fault func(field, value, problem string, args ...any)) {
	h := r.Hint
	if !h.given() {
		return
	}
	switch h.Rel {
	case "preconnect", "dns-prefetch": // they load nothing
		fault("Hint.Rel", string(h.Rel), "Chrome does not tell whether a request used the connection of such a link, so there is no evidence. "+
			"A connection with credentials and one without are two: the link needs crossorigin where fetch() asks without credentials")
		return
	}
	choice(fault, "Hint.Rel", h.Rel, HintPreload, HintModulePreload, HintPrefetch)
	choice(fault, "Hint.As", h.As, destinations...)
	choice(fault, "Hint.CrossOrigin", h.CrossOrigin, Anonymous, UseCredentials)
	refuse := func(given bool, problem string, args ...any) {
		if given {
			fault("Hint", string(h.Rel), problem, args...)
		}
	}
	refuse(h.Rel == "", "missing: what kind of link is it? Want %s", join([]HintRel{HintPreload, HintModulePreload, HintPrefetch}))
	refuse(h.Rel != HintPreload && h.As != "", "only a preload has the attribute as: remove Hint.As")
	refuse(!slices.Contains(hinted, r.EffectiveVia()), "via %s uses nothing that a link has loaded: it is for %s", r.EffectiveVia(), join(hinted))
	refuse(r.EffectiveWhere() != WhereWindow, "a worker does not use the links of a page: remove Where")
	refuse(r.Controller.given(), "the service worker would get the requests of the link and of the question: remove Controller")
	refuse(r.Moment != "", "the page closes before a script can use the response: remove Moment")
	refuse(r.DryRun, "the link would be sent: remove DryRun")
}

// hinting is the question that the link asks, in the same page.
func (r Request) hinting() Request {
	h := Request{
		From: r.From, Within: r.Within, OpaqueScheme: r.OpaqueScheme, FrameAllow: r.FrameAllow, PagePath: r.PagePath, WithinPath: r.WithinPath,
		WithinHeaders: r.WithinHeaders, Document: r.Document, PageHeaders: r.PageHeaders, AddressSpace: r.AddressSpace,
		URL: r.URL, Hint: r.Hint, Via: ViaPreload, Mode: NoCORS,
	}
	if h.Hint.CrossOrigin != "" {
		h.Mode = CORS
	}
	if h.Hint.CrossOrigin == UseCredentials {
		h.Credentials = Include
	}
	if h.Hint.Rel == HintModulePreload { // which always asks in mode cors
		h.Via, h.Mode = ViaModulePreload, ""
	}
	return h
}

// askAlone asks in a fresh profile, whose caches have what the page itself has loaded.
func (b *Browser) askAlone(ctx context.Context, r Request) (o Observation, err error) {
	p := &Profile{Browser: b}
	p.keepCaches()
	defer func() { err = errors.Join(err, p.Close()) }()
	return b.fetch(ctx, r, p)
}

// link is what came of the link in the page.
type link struct {
	seen Observation
	told engine.Evidence
}

// follow lets the page load the link of the question, where it has one.
func (b *Browser) follow(ctx context.Context, r Request, is ready) (*link, error) {
	if !r.Hint.given() {
		return nil, nil
	}
	l := &link{}
	var err error
	l.seen, l.told, err = b.put(ctx, r.hinting(), is, nil, false)
	return l, err
}

// serve adds the link's request to the evidence of a question that sent none: the browser
// answered it with the response that the link had loaded.
func (l *link) serve(told *engine.Evidence) (used bool) {
	if l == nil || len(told.Requests) > 0 || told.Early != nil || len(told.Missing) > 0 {
		return false
	}
	for _, r := range l.told.Requests {
		r.Sent, r.FromCache = false, string(HintPreload)
		told.Requests = append(told.Requests, r)
	}
	return true
}

// witness adds what became of the link to the Observation of the question.
func (l *link) witness(o *Observation, used bool) {
	if l == nil {
		return
	}
	o.Before = append(o.Before, l.seen)
	o.Hinted.Use = HintUnused
	if used || fromPrefetch(*o) {
		o.Hinted.Use = HintUsed
	}
	if l.seen.Arrivals != nil {
		o.Arrivals = append(slices.Clip(l.seen.Arrivals), o.Arrivals...)
	}
	if o.Hinted.Use == HintUsed {
		return
	}
	if i := slices.IndexFunc(o.Console, func(m Message) bool { return strings.HasPrefix(m.Text, "A preload for ") }); i >= 0 {
		o.Hinted.Said = o.Console[i].Text
	}
}

// fromPrefetch says whether the answer came from what a prefetch had put in the HTTP cache.
func fromPrefetch(o Observation) bool {
	return o.Request.Hint.Rel == HintPrefetch && slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.FromCache != "" })
}

// hint adds what became of the link.
func (t *Transcript) hint(o Observation) {
	switch {
	case o.Hinted.Use == "":
	case o.Hinted.Use == HintUsed && o.Verdict == Blocked:
		t.witness("hint", "the question got the failure of the link, and sent no request")
	case o.Hinted.Use == HintUsed:
		t.witness("hint", "its response was used, and the question sent no request")
	case o.Hinted.Said != "":
		t.witness("hint", "its response was not used, and the console says why")
	default:
		t.witness("hint", "its response was not used, and Chrome does not say why")
	}
}

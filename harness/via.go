package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Via is an initiator: the means by which a script asks.
type Via string

// The initiators. ViaFetch to ViaServiceWorker take every option of a Request; the others
// take Mode (cors sets the attribute crossorigin) and Credentials where the
// platform has them, and always send GET. ViaWorker, ViaSharedWorker and ViaServiceWorker
// are short for ViaFetch with such a Where.
const (
	ViaFetch     Via = "fetch"      // fetch(url, init)
	ViaKeepalive Via = "keepalive"  // fetch with keepalive
	ViaXHR       Via = "xhr"        // XMLHttpRequest
	ViaXHRSync   Via = "xhr-sync"   // a synchronous XMLHttpRequest
	ViaXHRUpload Via = "xhr-upload" // an XMLHttpRequest that listens to its upload

	ViaWorker        Via = "worker"         // fetch in a dedicated worker of the page
	ViaSharedWorker  Via = "shared-worker"  // fetch in a shared worker
	ViaServiceWorker Via = "service-worker" // fetch in a service worker of the page's origin

	ViaImage         Via = "img"
	ViaCanvas        Via = "canvas"       // an image, read back from a canvas
	ViaImageBitmap   Via = "image-bitmap" // an image, read back through createImageBitmap
	ViaWebGL         Via = "webgl"        // an image, as a texture
	ViaScript        Via = "script"       // a classic script
	ViaModule        Via = "module"       // a module script
	ViaImport        Via = "import"       // import()
	ViaStylesheet    Via = "stylesheet"
	ViaFont          Via = "font" // new FontFace
	ViaVideo         Via = "video"
	ViaAudio         Via = "audio"
	ViaTrack         Via = "track"
	ViaEventSource   Via = "eventsource"
	ViaBeacon        Via = "beacon"      // navigator.sendBeacon
	ViaFetchLater    Via = "fetch-later" // fetchLater(url, init), which is sent when the page goes: see Moment
	ViaPing          Via = "ping"        // the attribute ping of a link that is followed
	ViaPreload       Via = "preload"     // link rel=preload as=fetch
	ViaModulePreload Via = "modulepreload"
	ViaManifest      Via = "manifest"
	ViaFavicon       Via = "favicon"    // link rel=icon
	ViaReport        Via = "report"     // a report of the Reporting API
	ViaCSPReport     Via = "csp-report" // the report of a Content-Security-Policy with report-uri
	ViaSVGUse        Via = "svg-use"
	ViaCSSImage      Via = "css-image" // mask-image
	ViaCSSShape      Via = "css-shape" // shape-outside
	ViaIframe        Via = "iframe"
	ViaWebSocket     Via = "websocket"
	ViaImportScripts Via = "import-scripts" // importScripts(url) in a dedicated worker, or in a shared one
	ViaWorkerScript  Via = "worker-script"  // new Worker(url), which takes a script of the page's own origin alone
	ViaPaintWorklet  Via = "paint-worklet"  // CSS.paintWorklet.addModule(url, options)
	ViaAudioWorklet  Via = "audio-worklet"  // audioWorklet.addModule(url, options) of an AudioContext
)

// abilities say what an initiator can choose.
type abilities struct {
	method, headers, body bool
	credentials           []Credentials
	modes                 []Mode
	integrity             bool
	fetchOptions          bool    // redirect and cache mode, referrer policy, target address space, streamed body
	where                 []Where // nil: in a window alone
}

// pageWorkers are the environments of a page but its service worker.
var pageWorkers = []Where{WhereWindow, WhereWorker, WhereSharedWorker}

// initiators lists what each can choose.
var initiators = map[Via]abilities{
	ViaFetch:         whatFetchCan,
	ViaKeepalive:     whatFetchCan,
	ViaWorker:        whatFetchCan,
	ViaSharedWorker:  whatFetchCan,
	ViaServiceWorker: whatFetchCan,
	ViaXHR:           whatXHRCan,
	ViaXHRSync:       whatXHRCan,
	ViaXHRUpload:     whatXHRCan,
	ViaImage:         element,
	ViaCanvas:        element,
	ViaImageBitmap:   element,
	ViaWebGL:         element,
	ViaScript:        {credentials: element.credentials, modes: element.modes, integrity: true},
	ViaStylesheet:    {credentials: element.credentials, modes: element.modes, integrity: true},
	ViaVideo:         element,
	ViaAudio:         element,
	ViaTrack:         element,
	ViaPreload:       element,
	ViaModule:        {credentials: []Credentials{SameOrigin, Include}, integrity: true},
	ViaModulePreload: {credentials: []Credentials{SameOrigin, Include}},
	ViaManifest:      {credentials: []Credentials{Omit, Include}},
	ViaFavicon:       {},
	ViaReport:        {},
	ViaCSPReport:     {},
	ViaPaintWorklet:  {credentials: whatFetchCan.credentials},
	ViaAudioWorklet:  {credentials: whatFetchCan.credentials},
	ViaEventSource:   {credentials: []Credentials{SameOrigin, Include}, where: wheres},
	ViaBeacon:        {body: true},
	ViaFetchLater:    whatFetchLaterCan,
	ViaPing:          {},
	ViaImport:        {where: pageWorkers},
	ViaFont:          {where: pageWorkers},
	ViaSVGUse:        {},
	ViaCSSImage:      {},
	ViaCSSShape:      {},
	ViaIframe:        {},
	ViaWebSocket:     {where: wheres},
	ViaImportScripts: {where: []Where{WhereWorker, WhereSharedWorker}},
	ViaWorkerScript:  {where: []Where{WhereWindow, WhereWorker}},
}

// whatFetchCan is every ability.
var whatFetchCan = abilities{true, true, true, []Credentials{Omit, SameOrigin, Include}, []Mode{CORS, NoCORS, SameOriginOnly}, true, true, wheres}

// whatFetchLaterCan is what fetchLater() can choose. Its keepalive is always set.
// https://fetch.spec.whatwg.org/#fetch-later-method
var whatFetchLaterCan = abilities{method: true, headers: true, body: true, credentials: whatFetchCan.credentials, modes: whatFetchCan.modes}

// whatXHRCan is what an XMLHttpRequest can choose. A service worker has none.
// https://xhr.spec.whatwg.org/#interface-xmlhttprequest
var whatXHRCan = abilities{method: true, headers: true, body: true, credentials: []Credentials{SameOrigin, Include}, where: pageWorkers}

// element is what the attribute crossorigin can say.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
var element = abilities{credentials: []Credentials{SameOrigin, Include}, modes: []Mode{CORS, NoCORS}}

// environments are where an initiator exists.
func environments(v Via) []Where {
	if can := initiators[v]; can.where != nil {
		return can.where
	}
	return []Where{WhereWindow}
}

// Initiators lists every Via, in alphabetical order.
func Initiators() []Via {
	var list []Via
	for via := range initiators {
		list = append(list, via)
	}
	slices.Sort(list)
	return list
}

// bearsStack says whether the script's own line starts the request, so that the
// request has the stack of that line.
func (v Via) bearsStack() bool {
	return v.Fetches() || v == ViaXHR || v == ViaXHRSync || v == ViaXHRUpload
}

// preflights says whether a request for a URL may be preflighted, also after a
// redirect. It is nil where no request is preflighted. In doubt it says yes.
// https://fetch.spec.whatwg.org/#main-fetch
func (r Request) preflights() func(url string) bool {
	beacon := r.Via == ViaBeacon
	if !r.Via.bearsStack() && !beacon || r.EffectiveMode() != CORS {
		return nil
	}
	simple := web.IsCORSSafelistedMethod(web.NormalizeMethod(method(r))) && len(r.Headers) == 0 &&
		r.Body.Kind != JSONBody && r.Body.Kind != StreamBody && r.Via != ViaXHRUpload
	if simple {
		return nil
	}
	own := r.origin() + "/"
	return func(url string) bool { return !strings.HasPrefix(url, own) }
}

// posts says whether the initiator always sends POST, which no page can change.
// https://w3c.github.io/beacon/#sec-processing-model
// https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing
// https://w3c.github.io/webappsec-csp/#report-violation
// https://w3c.github.io/reporting/#try-delivery
func (v Via) posts() bool { return v == ViaBeacon || v == ViaPing || v.reports() }

// Fetches says whether the initiator is fetch(), wherever the script runs: the
// script gets a response, not what an element makes of it.
func (v Via) Fetches() bool {
	switch v {
	case "", ViaFetch, ViaKeepalive, ViaWorker, ViaSharedWorker, ViaServiceWorker:
		return true
	}
	return false
}

// faults names the options that the initiator does not have.
func (v Via) faults(r Request, fault func(field, value, problem string, args ...any)) {
	if v == "" {
		v = ViaFetch
	}
	can, ok := initiators[v]
	if !ok {
		fault("Via", string(v), "want %s", join(Initiators()))
		return
	}
	refuse := func(given bool, field, value string) {
		if given {
			fault(field, value, "%s has no such option", v)
		}
	}
	refuse(!can.method && r.Method != "", "Method", r.Method)
	refuse(!can.headers && len(r.Headers) > 0, "Headers", fmt.Sprint(len(r.Headers)))
	refuse(!can.body && r.Body.Kind != "", "Body", string(r.Body.Kind))
	refuse(!can.fetchOptions && r.Redirect != "", "Redirect", string(r.Redirect))
	refuse(!can.fetchOptions && r.Cache != "", "Cache", string(r.Cache))
	refuse(!can.fetchOptions && r.ReferrerPolicy != "", "ReferrerPolicy", string(r.ReferrerPolicy))
	refuse(!can.fetchOptions && r.TargetAddressSpace != "", "TargetAddressSpace", string(r.TargetAddressSpace))
	refuse(can.body && !can.fetchOptions && r.Body.Kind == StreamBody, "Body", string(r.Body.Kind))
	refuse(!can.integrity && r.Specifier == "" && r.Integrity != "", "Integrity", r.Integrity)
	// An unknown value is a fault already.
	every := initiators[ViaFetch]
	refuse(slices.Contains(every.credentials, r.Credentials) && !slices.Contains(can.credentials, r.Credentials), "Credentials", string(r.Credentials))
	refuse(slices.Contains(every.modes, r.Mode) && !slices.Contains(can.modes, r.Mode), "Mode", string(r.Mode))
}

// join lists words.
func join[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += ", "
		}
		text += string(w)
	}
	return text
}

package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// The modes that no script can choose.
// https://fetch.spec.whatwg.org/#concept-request-mode
const (
	modeNavigate  Mode = "navigate"
	modeWebSocket Mode = "websocket"
)

// EffectiveMode is the mode in which the browser asks: Mode or, where that is empty,
// the initiator's own. An image, a script or a style sheet without the attribute
// crossorigin asks in mode no-cors.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
func (r Request) EffectiveMode() Mode {
	switch r.Via {
	case ViaBeacon:
		// https://w3c.github.io/beacon/#sec-processing-model
		if r.Body.Kind == JSONBody {
			return CORS
		}
		return NoCORS
	case ViaWebSocket:
		return modeWebSocket
	case ViaIframe:
		return modeNavigate
	}
	if r.Mode != "" {
		return r.Mode
	}
	switch r.Via {
	case ViaImage, ViaCanvas, ViaImageBitmap, ViaWebGL, ViaScript, ViaStylesheet, ViaVideo, ViaAudio, ViaImportScripts, ViaPing, ViaFavicon, ViaCSPReport:
		return NoCORS
	case ViaTrack, ViaSVGUse, ViaWorkerScript:
		return SameOriginOnly
	}
	return CORS
}

// AcceptsOpaque says whether an opaque response is all that the page asked for: in
// mode no-cors, with redirect mode manual, and by what never shows a script anything.
// It is not for pixels, which are asked for to be read.
func (r Request) AcceptsOpaque() bool {
	if r.Moment != "" {
		return true // no script is left to read anything
	}
	switch r.Via {
	case ViaCanvas, ViaImageBitmap, ViaWebGL:
		return false
	case ViaBeacon, ViaPing, ViaModulePreload, ViaManifest, ViaFavicon, ViaCSPReport, ViaReport, ViaCSSImage, ViaCSSShape, ViaIframe:
		return true
	}
	return r.EffectiveMode() == NoCORS || r.Redirect == RedirectManual
}

// taintedType is the type that a loaded response has for scripts: basic where every
// hop was with the page's own origin, and otherwise as the mode says.
// https://fetch.spec.whatwg.org/#main-fetch
func taintedType(r Request, hops []Exchange) string {
	crossed := slices.ContainsFunc(hops, func(e Exchange) bool {
		return e.Kind != Preflight && !ownHop(e.URL, r.origin())
	})
	switch {
	case !crossed:
		return "basic"
	case r.EffectiveMode() == NoCORS:
		return "opaque"
	}
	return "cors"
}

// ownHop says whether a URL is of an origin, or has its content in itself.
// https://fetch.spec.whatwg.org/#scheme-fetch
func ownHop(rawURL, origin string) bool {
	return strings.HasPrefix(rawURL, "data:") || sameOrigin(rawURL, origin)
}

// crossesOrigins says whether a request that was answered was not for the page's own
// origin.
func crossesOrigins(o Observation) bool { return taintedType(o.Request, o.Exchanges) != "basic" }

// okStatus says whether the last response has a status that elements take.
func okStatus(o Observation) bool { return web.IsOKStatus(lastStatus(o)) }

// lastStatus is the status of the last response, 0 where there is none.
func lastStatus(o Observation) int {
	if len(o.Exchanges) == 0 {
		return 0
	}
	return o.Exchanges[len(o.Exchanges)-1].Status
}

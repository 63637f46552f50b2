package harness

// orWithoutCredentials ends the remedy of a refusal that is about credentials. What the page
// has to change depends on how it asks: see [alternative].
const orWithoutCredentials = ", or have the page ask without credentials."

// orWithCORS ends the remedy of a refusal that a request with mode cors does not have. What
// the page has to change depends on how it asks: see [readableAlternative].
const orWithCORS = ", or have the page ask with mode cors."

// readableAlternative is what the page itself can change so that the CORS protocol decides.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func readableAlternative(r Request) string {
	switch via := r.EffectiveVia(); {
	case via.Fetches():
		return ", or have the page ask with mode cors, and the server send Access-Control-Allow-Origin."
	case initiators[via].modes != nil:
		return `, or put crossorigin="anonymous" on the element, and have the server send Access-Control-Allow-Origin.`
	}
	return "."
}

// alternative is what the page itself can change, in place of the server.
// https://w3c.github.io/beacon/#sec-processing-model
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func alternative(r Request) string {
	switch via := r.EffectiveVia(); via {
	case ViaBeacon: // always has credentials
		return ", or have the page send the beacon as text, which needs no permission."
	case ViaXHR, ViaXHRSync, ViaXHRUpload:
		return ", or have the page not set withCredentials on its XMLHttpRequest."
	case ViaEventSource:
		return ", or have the page not set withCredentials on its EventSource."
	case ViaManifest:
		return `, or take crossorigin="use-credentials" off the link.`
	default:
		if initiators[via].modes == nil && initiators[via].credentials == nil || via.Fetches() || via == ViaFetchLater {
			return orWithoutCredentials
		}
		return `, or put crossorigin="anonymous" on the element.`
	}
}

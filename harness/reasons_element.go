package harness

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// The anchors of what elements do with a response.
const (
	anchorTaint     = "https://html.spec.whatwg.org/multipage/canvas.html#concept-canvas-origin-clean"
	anchorSettings  = "https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute"
	anchorFrame     = "https://html.spec.whatwg.org/multipage/browsers.html#same-origin-domain"
	anchorBeacon    = "https://w3c.github.io/beacon/#sec-processing-model"
	anchorMuted     = "https://html.spec.whatwg.org/multipage/webappapis.html#muted-errors"
	anchorElement   = "https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script"
	anchorScript    = "https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-script"
	anchorSheet     = "https://html.spec.whatwg.org/multipage/links.html#link-type-stylesheet"
	anchorImage     = "https://html.spec.whatwg.org/multipage/images.html#update-the-image-data"
	anchorMedia     = "https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource"
	anchorFont      = "https://drafts.csswg.org/css-fonts/#font-fetching-requirements"
	anchorIcon      = "https://html.spec.whatwg.org/multipage/links.html#rel-icon"
	anchorViolation = "https://w3c.github.io/webappsec-csp/#report-violation"
	anchorDelivery  = "https://w3c.github.io/reporting/#try-delivery"
	anchorWorklet   = "https://html.spec.whatwg.org/multipage/worklets.html#dom-worklet-addmodule"
	anchorEvents    = "https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model"
)

// taintedRow is the meaning of pixels that were asked for and not got.
var taintedRow = Explanation{
	"The image loaded and is tainted: no script may read its pixels.",
	"Put the attribute crossorigin on the image, as --mode cors does, and make the server send Access-Control-Allow-Origin.",
	anchorTaint,
}

// opaqueElementRow is the meaning of the verdict opaque for an element that can have
// the attribute crossorigin.
var opaqueElementRow = Explanation{
	"The element uses the response, and no script can look into it.",
	"To let a script look into it, put the attribute crossorigin on the element, as --mode cors does, and make the server send Access-Control-Allow-Origin.",
	anchorSettings,
}

// departedRow is the meaning of the verdict opaque for a page that went.
var departedRow = Explanation{
	"The request arrived, and no script can read the answer.",
	"",
	"https://fetch.spec.whatwg.org/#request-keepalive-flag",
}

// opaqueRows are the meanings of the verdict opaque by initiator. Where there is no
// remedy, no script can ever look into such a response.
var opaqueRows = map[Via]Explanation{
	ViaCanvas:      taintedRow,
	ViaImageBitmap: taintedRow,
	ViaWebGL:       taintedRow,
	ViaImage:       opaqueElementRow,
	ViaScript:      opaqueElementRow,
	ViaStylesheet:  opaqueElementRow,
	ViaVideo:       opaqueElementRow,
	ViaAudio:       opaqueElementRow,
	ViaPreload:     opaqueElementRow,
	ViaImportScripts: {
		"The worker ran the script, and cannot see its text and its errors.",
		"To let the worker see its errors, have it import a module from there, and make the server send Access-Control-Allow-Origin.",
		anchorMuted,
	},
	ViaIframe: {
		"The frame shows the page, and the script cannot look into its document.",
		"To let the two pages talk, have both use postMessage.",
		anchorFrame,
	},
	ViaBeacon:        {"The browser took the beacon, and no script can see the answer to it.", "", anchorBeacon},
	ViaFetchLater:    departedRow,
	ViaPing:          {"The browser sent the ping, and no script can see the answer to it.", "", "https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing"},
	ViaModulePreload: {"The browser preloaded the module, and no script can look into a preload.", "", anchorOpaque},
	ViaFavicon:       {"The browser has the icon for its tab, and no script can look into it.", "", anchorIcon},
	ViaReport:        {"The report arrived, and no script can see the answer to it.", "", anchorDelivery},
	ViaCSPReport:     {"The browser sent the report, and no script can see the answer to it.", "", anchorViolation},
	ViaManifest:      {"The browser has the manifest, and no script can look into it.", "", anchorOpaque},
	ViaCSSImage:      {"The browser has the image for the style sheet, and no script can look into it.", "", anchorOpaque},
	ViaCSSShape:      {"The browser has the image for the style sheet, and no script can look into it.", "", anchorOpaque},
}

// explainOpaque says why a script cannot look into what it got. Where it asked for no more,
// the remedy is a note: see [Notes].
func explainOpaque(o Observation) Explanation {
	row := explainOpaqueRow(o)
	if o.Request.AcceptsOpaque() {
		row.Remedy = ""
	}
	return row
}

// explainOpaqueRow is the row of the verdict opaque.
func explainOpaqueRow(o Observation) Explanation {
	if o.Request.Moment != "" {
		return departedRow
	}
	if row, special := opaqueRows[o.Request.Via]; special {
		return row
	}
	return opaqueRow
}

// use is what an initiator makes of a response.
type use struct {
	noun string // in a sentence, behind "the"
	kind string // the Content-Type to send
	like string // how each type begins that may be right; empty: any
	// anchor is where the standard says what the initiator makes of a response; empty:
	// the row of the reason says it.
	anchor string
}

// uses are what initiators make of a response. A script has many types; one is enough
// to tell.
var uses = map[Via]use{
	ViaScript:        {"script", "text/javascript", "", anchorScript},
	ViaModule:        {"module", "text/javascript", "", ""},
	ViaImport:        {"module", "text/javascript", "", ""},
	ViaModulePreload: {"module", "text/javascript", "", ""},
	ViaImportScripts: {"script", "text/javascript", "", anchorScript},
	ViaWorkerScript:  {"worker", "text/javascript", "", anchorScript},
	ViaPaintWorklet:  {"worklet", "text/javascript", "", anchorWorklet},
	ViaAudioWorklet:  {"worklet", "text/javascript", "", anchorWorklet},
	ViaFavicon:       {"icon", "image/png", "image/", anchorIcon},
	ViaStylesheet:    {"style sheet", "text/css", "text/css", anchorSheet},
	ViaEventSource:   {"EventSource", "text/event-stream", "text/event-stream", anchorEvents},
	ViaTrack:         {"track", "text/vtt", "text/vtt", anchorMedia},
	ViaSVGUse:        {"use element", "image/svg+xml", "image/svg+xml", ""},
	ViaImage:         {"image", "image/png", "image/", anchorImage},
	ViaCanvas:        {"image", "image/png", "image/", anchorImage},
	ViaImageBitmap:   {"image", "image/png", "image/", anchorImage},
	ViaWebGL:         {"image", "image/png", "image/", anchorImage},
	ViaFont:          {"font", "font/woff2", "font/", anchorFont},
	ViaVideo:         {"video", "video/mp4", "video/", anchorMedia},
	ViaAudio:         {"audio", "audio/mpeg", "audio/", anchorMedia},
	ViaManifest:      {"manifest", "application/manifest+json", "application/", ""},
	ViaPreload:       {"preload", "the type that the page wants", "", ""},
	ViaIframe:        {"frame", "text/html", "text/html", ""},
}

// workerElsewhere explains a worker whose script is of another origin.
// https://html.spec.whatwg.org/multipage/workers.html#dom-worker
func workerElsewhere(e evidence, row Explanation) (Explanation, bool) {
	if e.Request.Via != ViaWorkerScript || ownHop(e.Request.URL, e.Request.origin()) {
		return row, false
	}
	row.Anchor = "https://html.spec.whatwg.org/multipage/workers.html#dom-worker"
	return row.refine("Serve the worker's script from the page's own origin, or start the worker from a blob that loads it with importScripts.",
		"A worker takes only a script of the page's own origin, whatever the server allows, so nothing was sent.")
}

// integrityOpaque explains a hash that the browser cannot check: no page may learn whether the
// bytes of an opaque response are the bytes that it knows.
// https://w3c.github.io/webappsec-subresource-integrity/#is-response-eligible
func integrityOpaque(e evidence, row Explanation) (Explanation, bool) {
	if e.Request.EffectiveMode() != NoCORS || !crossesOrigins(e.Observation) {
		return row, false
	}
	row.Anchor = "https://w3c.github.io/webappsec-subresource-integrity/#is-response-eligible"
	remedy := `Put crossorigin="anonymous" on the element, and make the server send Access-Control-Allow-Origin.`
	if e.allowed == "*" {
		remedy = `Put crossorigin="anonymous" on the element. The server sends Access-Control-Allow-Origin: * already.`
	}
	return row.refine(remedy, "The browser checks the hash of a response from another origin only where the page asked with CORS. This element did not, so the hash was not compared.")
}

// orbError explains an element that got an error page. Its type is not the fault.
func orbError(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status < 400 {
		return row, false
	}
	return row.refine("Find out why "+e.server()+" answers "+fmt.Sprint(e.by.Status)+": look at the URL, the login, or what it makes of Referer.",
		"%s answered %d with %s in place of the %s, and the browser withholds such a response from an element of another origin.", e.theServer(), e.by.Status, contentType(e.by), noun(e.Request.Via))
}

// orbType names the type that was not let in.
func orbType(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Status == 0 {
		return row, false
	}
	return row.refine(row.Remedy, "%s answered %d with %s, which no %s of another origin may use, so the browser withheld the response.", e.theServer(), e.by.Status, contentType(e.by), noun(e.Request.Via))
}

// contentType names the type of a response.
func contentType(e Exchange) string {
	if kind, present := e.ResponseHeaders.Get(web.NameContentType); present {
		return brief(kind)
	}
	return "no Content-Type"
}

// noun is what an initiator makes of a response, in a sentence.
func noun(via Via) string { return cmp.Or(uses[via].noun, "element") }

// unusable names the status and the type that an element could not use.
func unusable(e evidence, row Explanation) (Explanation, bool) {
	u, known := uses[e.Request.Via]
	if !known || e.by.Status == 0 {
		return row, false
	}
	passed := "The browser allowed the response"
	if e.Request.EffectiveMode() == CORS && crossesOrigins(e.Observation) {
		passed = "The CORS check passed"
	}
	kind, typed := e.by.ResponseHeaders.Get(web.NameContentType)
	what := fmt.Sprintf("status %d, ", e.by.Status)
	if typed {
		what += "Content-Type: " + brief(kind)
	} else {
		what += "without a Content-Type"
	}
	if sniff, present := e.by.ResponseHeaders.Get("X-Content-Type-Options"); present {
		what += ", X-Content-Type-Options: " + brief(sniff)
	}
	row.Anchor = cmp.Or(u.anchor, row.Anchor)
	remedy := fmt.Sprintf("Make the server send the file itself with status 200 and Content-Type: %s, and no error, login or index page in its place.", u.kind)
	if e.by.Status == 200 && u.like != "" && strings.HasPrefix(strings.ToLower(strings.TrimSpace(kind)), u.like) {
		remedy = "Look at the content of the response: its status and its type are right."
	}
	return row.refine(remedy, "%s, and the %s could not use the response: %s.", passed, u.noun, what)
}

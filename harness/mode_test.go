package harness

import "testing"

// Each initiator asks in the mode that the standard gives it. Mode changes the mode only
// where an initiator has a choice.
func TestEffectiveMode(t *testing.T) {
	want := map[Via]Mode{
		ViaImage: NoCORS, ViaCanvas: NoCORS, ViaImageBitmap: NoCORS, ViaWebGL: NoCORS, ViaScript: NoCORS, ViaStylesheet: NoCORS,
		ViaVideo: NoCORS, ViaAudio: NoCORS, ViaImportScripts: NoCORS, ViaBeacon: NoCORS, ViaPing: NoCORS, ViaFavicon: NoCORS, ViaCSPReport: NoCORS,
		ViaTrack: SameOriginOnly, ViaSVGUse: SameOriginOnly, ViaWorkerScript: SameOriginOnly, ViaIframe: "navigate", ViaWebSocket: "websocket",
	}
	for _, via := range append(Initiators(), "") {
		mode := want[via]
		if mode == "" {
			mode = CORS
		}
		if got := (Request{Via: via}).EffectiveMode(); got != mode {
			t.Errorf("%s asks in mode %s, want %s", via, got, mode)
		}
		for _, chosen := range initiators[via].modes {
			if got := (Request{Via: via, Mode: chosen}).EffectiveMode(); got != chosen {
				t.Errorf("%s with mode %s asks in mode %s", via, chosen, got)
			}
		}
	}
	if got := (Request{Via: ViaBeacon, Body: JSON("{}")}).EffectiveMode(); got != CORS {
		t.Errorf("a beacon with JSON asks in mode %s", got)
	}
}

// A response that no script can look into is a success only where nothing else was
// asked for.
func TestAcceptsOpaque(t *testing.T) {
	for via, want := range map[Via]bool{
		"": false, ViaXHR: false, ViaWorker: false, ViaModule: false, ViaFont: false, ViaEventSource: false, ViaTrack: false, ViaPreload: false,
		ViaCanvas: false, ViaImageBitmap: false, ViaWebGL: false,
		ViaImage: true, ViaScript: true, ViaStylesheet: true, ViaVideo: true, ViaAudio: true, ViaImportScripts: true,
		ViaBeacon: true, ViaPing: true, ViaModulePreload: true, ViaManifest: true, ViaFavicon: true, ViaCSPReport: true, ViaReport: true, ViaPaintWorklet: false, ViaAudioWorklet: false, ViaCSSImage: true, ViaCSSShape: true, ViaIframe: true,
	} {
		if got := (Request{Via: via}).AcceptsOpaque(); got != want {
			t.Errorf("%q: %v", via, got)
		}
	}
	for _, r := range []Request{{Mode: NoCORS}, {Redirect: RedirectManual}, {Via: ViaPreload, Mode: NoCORS}} {
		if !r.AcceptsOpaque() {
			t.Errorf("%+v", r)
		}
	}
	if (Request{Via: ViaImage, Mode: CORS}).AcceptsOpaque() {
		t.Error("an image with crossorigin")
	}
}

// https://fetch.spec.whatwg.org/#main-fetch
func TestTaintedType(t *testing.T) {
	const own, other, data = "https://app.test/a", "https://api.test/b", "data:text/css,a{}"
	for _, c := range []struct {
		via  Via
		mode Mode
		from string
		hops []string
		want string
	}{
		{ViaScript, "", "", []string{own}, "basic"},
		{ViaScript, "", "", []string{own, own}, "basic"},
		{ViaScript, "", "", []string{own, other}, "opaque"},
		{ViaScript, "", "", []string{other, own}, "opaque"},
		{ViaScript, CORS, "", []string{own, other}, "cors"},
		{ViaScript, "", "", []string{data}, "basic"},
		{ViaScript, "", OpaqueOrigin, []string{own}, "opaque"},
		{ViaStylesheet, "", OpaqueOrigin, []string{data}, "basic"},
		{ViaModule, "", "", []string{other}, "cors"},
	} {
		r := Request{From: "https://app.test", Via: c.via, Mode: c.mode}
		if c.from != "" {
			r.From = c.from
		}
		var hops []Exchange
		for _, url := range c.hops {
			hops = append(hops, Exchange{URL: url})
		}
		if got := taintedType(r, hops); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Every row about elements is one sentence each for meaning and remedy.
func TestElementRowsAreWellFormed(t *testing.T) {
	for via, row := range opaqueRows {
		if row.Remedy == "" {
			row.Remedy = "Do nothing."
		}
		t.Run(string(via), func(t *testing.T) { wellFormed(t, row) })
	}
	for _, via := range Initiators() {
		if _, known := uses[via]; !known && !via.bearsStack() && via != ViaWebSocket && !via.posts() && via != ViaFetchLater && via != ViaCSSImage && via != ViaCSSShape {
			t.Errorf("nothing says what %s makes of a response", via)
		}
	}
}

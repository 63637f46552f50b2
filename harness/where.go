package harness

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Where is the environment that the asking script runs in.
// https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
type Where string

// The environments.
const (
	WhereWindow        Where = "window"         // the page itself
	WhereWorker        Where = "worker"         // a dedicated worker of the page
	WhereSharedWorker  Where = "shared-worker"  // a shared worker of the page's origin
	WhereServiceWorker Where = "service-worker" // a service worker of the page's origin
)

// wheres are all environments.
var wheres = []Where{WhereWindow, WhereWorker, WhereSharedWorker, WhereServiceWorker}

// EffectiveWhere is the environment of the script: Where or, where that is empty, what Via
// implies.
func (r Request) EffectiveWhere() Where {
	switch r.Via {
	case ViaWorker, ViaSharedWorker, ViaServiceWorker:
		return Where(r.Via)
	case ViaImportScripts:
		return cmp.Or(r.Where, WhereWorker)
	}
	return cmp.Or(r.Where, WhereWindow)
}

// EffectiveVia is the means by which the script asks, apart from where it runs: fetch for
// an empty Via, and for [ViaWorker], [ViaSharedWorker] and [ViaServiceWorker].
func (r Request) EffectiveVia() Via {
	switch r.Via {
	case "", ViaWorker, ViaSharedWorker, ViaServiceWorker:
		return ViaFetch
	}
	return r.Via
}

// worker is the kind of worker that the script runs in, empty for the page itself.
func (w Where) worker() engine.Worker {
	switch w {
	case WhereWorker:
		return engine.DedicatedWorker
	case WhereSharedWorker:
		return engine.SharedWorker
	case WhereServiceWorker:
		return engine.ServiceWorker
	}
	return ""
}

// whereFaults names an environment that does not exist, or that Via contradicts.
func (r Request) whereFaults(fault func(field, value, problem string, args ...any)) {
	if r.Where == "worklet" {
		fault("Where", string(r.Where), "a worklet has no fetch(): its script is asked for via %s and via %s", ViaAudioWorklet, ViaPaintWorklet)
		return
	}
	choice(fault, "Where", r.Where, wheres...)
	switch in := r.EffectiveWhere(); {
	case !slices.Contains(wheres, in):
	case r.Where != "" && r.Where != in:
		fault("Where", string(r.Where), "via %s is fetch in another environment: remove Via or Where", r.Via)
	case !slices.Contains(environments(r.EffectiveVia()), in):
		fault("Where", string(in), "there is no %s there: it is for %s", r.EffectiveVia(), join(environments(r.EffectiveVia())))
	}
}

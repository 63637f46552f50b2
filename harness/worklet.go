package harness

import (
	"context"
	"slices"
)

// announces says whether Chrome announces a request that may come after the script's report.
func (r Request) announces() bool {
	return !r.Via.bearsStack() && r.Via != ViaAudioWorklet && !r.Hint.given() || r.Via == ViaPreload || r.Via == ViaModulePreload
}

// askWorklet asks for the script of an audio worklet. Chrome tells nothing of that request.
// That the worklet took the script is an answer; of a refusal the reason is that of a paint
// worklet, which asks for the script once more by the same algorithm.
// https://html.spec.whatwg.org/multipage/worklets.html#dom-worklet-addmodule
func (b *Browser) askWorklet(ctx context.Context, r Request, p *Profile) (Observation, error) {
	o, err := b.askAgain(ctx, r, p)
	if err == nil || o.Script.Error == "" {
		return o, err
	}
	paint := r
	paint.Via = ViaPaintWorklet
	again, failed := b.askAgain(ctx, paint, p)
	if failed != nil || again.Verdict != Blocked {
		return o, err
	}
	again.Request, again.Script = r, o.Script
	if o.Arrivals != nil {
		again.Arrivals = append(slices.Clip(o.Arrivals), again.Arrivals...)
	}
	return again, nil
}

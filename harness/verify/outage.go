package verify

import (
	"context"
	"fmt"
	"sync"
)

// outage notices that the target is gone: then a run ends, and does not ask what is
// left of thousands of probes in vain.
type outage struct {
	end context.CancelCauseFunc

	mu    sync.Mutex
	inRow int
}

// maxUnanswered is how many questions in a row may get no answer.
const maxUnanswered = 20

// answered tells that the target answered.
func (o *outage) answered() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inRow = 0
}

// likely says whether it seems that the target is gone, so that patience is in vain.
func (o *outage) likely() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.inRow >= maxUnanswered/6
}

// unanswered tells that it did not, and why.
func (o *outage) unanswered(why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.inRow++; o.inRow == maxUnanswered {
		o.end(fmt.Errorf("%d questions in a row got no answer, the last one because: %s", maxUnanswered, why))
	}
}

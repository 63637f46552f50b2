package verify

import (
	"context"
	"fmt"
	"sync"
)

// outage detects that the target is gone. Then the run ends, and does not ask thousands
// of remaining probes for nothing.
type outage struct {
	end context.CancelCauseFunc

	mu    sync.Mutex
	inRow int
}

// maxUnanswered is the number of questions in a row without an answer that ends the run.
const maxUnanswered = 20

// answered records that the target answered.
func (o *outage) answered() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inRow = 0
}

// likely says whether the target seems to be gone, so that another attempt would not
// help.
func (o *outage) likely() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.inRow >= maxUnanswered/6
}

// unanswered records that the target did not answer, and why.
func (o *outage) unanswered(why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.inRow++; o.inRow == maxUnanswered {
		o.end(fmt.Errorf("%d questions in a row got no answer, the last one because: %s", maxUnanswered, why))
	}
}

package verify

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// A page that did not open is no fault of the target; an answer that did not come may be.
func TestOvertime(t *testing.T) {
	var o overtime
	o.add(errors.New("connection refused"))
	if got := o.notes(); got != nil {
		t.Errorf("without a time that was over: %q", got)
	}
	o.add(harness.NewInconclusiveError(harness.Request{}, "missing the page that asks", fmt.Errorf("%w: %w", harness.ErrLost, harness.ErrNoPage)))
	if got := o.notes(); !beginsEach(got, []string{"For 1 questions the browser opened no page within the time limit, so the target was not asked"}) {
		t.Errorf("no page: %q", got)
	}
	o.add(harness.NewInconclusiveError(harness.Request{}, "nothing within 1s", context.DeadlineExceeded))
	o.add(context.DeadlineExceeded)
	if got := o.notes(); !beginsEach(got, []string{"For 1 questions", "2 questions got no complete answer within the time limit."}) {
		t.Errorf("no answer: %q", got)
	}
}

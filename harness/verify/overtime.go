package verify

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness"
)

// overtime counts the questions that ended because a time was over: that of Chrome to open a
// page, or that of the question.
type overtime struct{ pages, questions atomic.Int64 }

// add counts a question without an answer.
func (o *overtime) add(err error) {
	switch {
	case errors.Is(err, harness.ErrNoPage):
		o.pages.Add(1)
	case errors.Is(err, context.DeadlineExceeded):
		o.questions.Add(1)
	}
}

// notes tell whose time it was, and what gives more of it.
func (o *overtime) notes() (list []string) {
	if n := o.pages.Load(); n > 0 {
		list = append(list, fmt.Sprintf("For %d questions the browser opened no page within the time limit, so the target was not asked: this says nothing about the target. "+
			"On a busy machine, ask fewer questions at the same time, such as --concurrency 4.", n))
	}
	if n := o.questions.Load(); n > 0 {
		list = append(list, fmt.Sprintf("%d questions got no complete answer within the time limit. If the target is slow, give each question more time, such as --timeout 60s; "+
			"if this machine is busy, ask fewer at the same time, such as --concurrency 4.", n))
	}
	return list
}

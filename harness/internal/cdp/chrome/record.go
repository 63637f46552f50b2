package chrome

import "github.com/corsproof/corsproof/harness/internal/cdp/trace"

// record writes an event to the trace, if there is one. A write error only cuts
// the trace short: it must not disturb a question.
func (c *Chrome) record(event any) {
	if c.options.Trace == nil {
		return
	}
	c.trace.Lock()
	defer c.trace.Unlock()
	_ = trace.Write(c.options.Trace, event)
}

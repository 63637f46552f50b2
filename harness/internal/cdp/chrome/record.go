package chrome

import "github.com/corsproof/corsproof/harness/internal/cdp/trace"

// record writes an event to the trace that was asked for. A trace that cannot be
// written is cut short: it must not change what is asked.
func (c *Chrome) record(event any) {
	if c.options.Trace == nil {
		return
	}
	c.trace.Lock()
	defer c.trace.Unlock()
	_ = trace.Write(c.options.Trace, event)
}

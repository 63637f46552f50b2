package harness

import "github.com/corsproof/corsproof/harness/internal/engine"

// turn is what one question at a time may ask: a URL, from a page or, where the
// server tells what arrived, from anywhere. Lines of the console and arrivals are
// known by it.
type turn struct {
	pool    *engine.Pool
	options engine.PageOptions
	url     string
}

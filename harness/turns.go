package harness

import "github.com/corsproof/corsproof/harness/internal/engine"

// turn is a key that only one question at a time may have: a URL and a page or,
// where the server reports what arrived, the URL alone. It tells whose the lines
// of the console and the arrivals are.
type turn struct {
	pool    *engine.Pool
	options engine.PageOptions
	url     string
}

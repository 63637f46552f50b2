package harness

import "github.com/corsproof/corsproof/harness/internal/engine"

// turn is a key that only one question at a time may have: a URL and a page or,
// where the server reports what arrived, the URL alone. It identifies the
// question of a console line or an arrival.
type turn struct {
	pool    *engine.Pool
	options engine.PageOptions
	url     string
}

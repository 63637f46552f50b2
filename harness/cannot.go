package harness

import "github.com/corsproof/corsproof/harness/internal/engine"

// CannotError says that this browser cannot ask the question, and names what it cannot do.
// Nothing was asked.
type CannotError = engine.CannotError

package harness

import "fmt"

// InconclusiveError says that there is no verdict, because evidence is missing.
// It never becomes a verdict. It contains no secret, however it is printed.
type InconclusiveError struct {
	// Request is the question, without secrets: see [Observation.Redacted].
	Request Request
	// Missing says in a few words what did not come, and why.
	Missing string
	// Err is the cause, which the error wraps, or nil.
	Err error
}

// NewInconclusiveError makes the error of a question, and hides the secrets of the
// question.
func NewInconclusiveError(r Request, missing string, cause error) *InconclusiveError {
	return &InconclusiveError{Request: redactRequest(r), Missing: shown(missing), Err: cause}
}

// Error returns one line.
func (e *InconclusiveError) Error() string {
	return fmt.Sprintf("no verdict on %s %s from %s: %s", method(e.Request), shown(e.Request.URL), shown(e.Request.From), shown(e.Missing))
}

// GomegaString is what Gomega prints of the error: one line, the same for equal
// failures.
func (e *InconclusiveError) GomegaString() string { return e.Error() }

// Unwrap returns the cause.
func (e *InconclusiveError) Unwrap() error { return e.Err }

// method returns the method of a request, as written.
func method(r Request) string {
	switch {
	case r.Via.posts():
		return "POST"
	case r.Method == "":
		return "GET"
	}
	return r.Method
}

package harness

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Gomega prints each value of a failed assertion whole, and where the value has a
// GomegaString method, what this returns. These hide secrets, as [Observation.Redacted]
// does, so that the log of a test has none.

// GomegaString is the request as JSON, without secrets.
func (r Request) GomegaString() string { return printed(redactRequest(r)) }

// GomegaString is the body as JSON, without its content.
func (b Body) GomegaString() string { return printed(redactBody(b)) }

// GomegaString is the list as JSON, without secrets.
func (h Header) GomegaString() string { return printed(redactHeader(h)) }

// GomegaString is the field as JSON, without a secret.
func (f Field) GomegaString() string { return printed(Field{f.Name, redactValue(f)}) }

// GomegaString is what the script saw as JSON, without secrets.
func (s Script) GomegaString() string { return printed(redactScript(s)) }

// GomegaString is the exchange as JSON, without secrets.
func (e Exchange) GomegaString() string { return printed(redactExchange(e)) }

// GomegaString is the arrival as JSON, without secrets.
func (a Arrival) GomegaString() string { return printed(redactArrival(a)) }

// GomegaString is the message with its text, without secrets.
func (m Message) GomegaString() string {
	m.Text = hideSecrets(m.Text)
	return printed(m)
}

// GomegaString is the cookie without its value.
func (c SetCookie) GomegaString() string {
	return hideSecrets(c.URL) + " " + web.NameSetCookie + ": " + redactSetCookie(c.Line)
}

// printed is a value as JSON, for a reader.
func printed(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

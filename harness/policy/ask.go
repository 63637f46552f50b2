package policy

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unsafe says how to ask a question whose method may change something.
// https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
type Unsafe string

// The ways to ask.
const (
	// PreflightUnsafe: only the preflight is sent, and decides.
	PreflightUnsafe Unsafe = "preflight"
	// SendUnsafe: the request is sent like every other.
	SendUnsafe Unsafe = "send"
)

// Rate is a number of questions in a time.
type Rate struct {
	Questions int
	Per       time.Duration
}

// Every returns the time between two questions. It is zero where there is no bound.
func (r Rate) Every() time.Duration {
	if r.Questions <= 0 {
		return 0
	}
	return r.Per / time.Duration(r.Questions)
}

// String writes the rate as a policy file does, such as 10/s.
func (r Rate) String() string {
	for unit, per := range rateUnits {
		if r.Per == per {
			return fmt.Sprintf("%d/%s", r.Questions, unit)
		}
	}
	return fmt.Sprintf("%d/%s", r.Questions, r.Per)
}

// MarshalJSON writes the rate as a policy file does.
func (r Rate) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// rateUnits are the units of time that a rate can have.
var rateUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// ParseRate reads a rate such as 10/s, 100/m or 1000/h.
func ParseRate(text string) (Rate, error) {
	r, ok := parseRate(text)
	if !ok {
		return r, &FaultError{Path: "rate", Value: text, Problem: wantRate}
	}
	return r, nil
}

// parseRate reads a rate such as 10/s, 100/m or 1000/h.
func parseRate(text string) (Rate, bool) {
	number, unit, ok := strings.Cut(text, "/")
	questions, err := strconv.Atoi(number)
	per, known := rateUnits[unit]
	if !ok || err != nil || !known || questions <= 0 || number[0] == '+' {
		return Rate{}, false
	}
	return Rate{questions, per}, true
}

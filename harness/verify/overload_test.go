package verify

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOverloaded(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		headers []string
		wait    time.Duration
		busy    bool
	}{
		{"200", 200, []string{"Retry-After", "5"}, 0, false},
		{"401", 401, nil, 0, false},
		{"500", 500, nil, 0, false},
		{"429", 429, nil, 0, true},
		{"503", 503, nil, 0, true},
		{"429 with seconds", 429, []string{"retry-after", "5"}, 5 * time.Second, true},
		{"503 with nothing", 503, []string{"Retry-After", ""}, 0, true},
		{"503 with a negative number", 503, []string{"Retry-After", "-5"}, 0, true},
		{"503 with a date in the past", 503, []string{"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, true},
		{"503 with nonsense", 503, []string{"Retry-After", "soon"}, 0, true},
		{"503 with more seconds than a Duration holds", 503, []string{"Retry-After", "9223372036854775807"}, 24 * time.Hour, true},
		{"503 with more seconds than an int holds", 503, []string{"Retry-After", strings.Repeat("9", 400)}, 24 * time.Hour, true},
	} {
		wait, err := overloaded(readableWith(options(), get(test.status, test.headers...)))
		if (err != nil) != test.busy || wait != test.wait {
			t.Errorf("%s: wait %s, %v", test.name, wait, err)
		}
		if err != nil && !strings.Contains(err.Error(), "ask more slowly (rate, concurrency)") {
			t.Errorf("%s: %v gives no advice", test.name, err)
		}
	}
}

func TestRetryAfterDate(t *testing.T) {
	at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	if wait := retryAfter(get(503, "Retry-After", at)); wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("%s from now is to wait %s", at, wait)
	}
}

// An overloaded preflight counts like an overloaded request.
func TestOverloadedPreflight(t *testing.T) {
	preflight := options()
	preflight.Status = 429
	if _, err := overloaded(blockedBy("PreflightInvalidStatus", preflight)); err == nil {
		t.Error("a 429 to the preflight counts as an answer to the question")
	}
}

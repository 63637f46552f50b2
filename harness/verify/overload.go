package verify

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// overloaded says whether the target answered that it is overloaded, and how long it asks
// to wait; or whether a gateway answered that its server is away. Such an answer does not
// come from the application, and says nothing about its policy.
// https://www.rfc-editor.org/rfc/rfc6585#section-4
// https://www.rfc-editor.org/rfc/rfc9110#name-server-error-5xx
func overloaded(seen harness.Observation) (time.Duration, error) {
	for _, e := range seen.Exchanges {
		advice := ""
		switch e.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			advice = "ask more slowly (rate, concurrency)"
		case http.StatusBadGateway, http.StatusGatewayTimeout:
			advice = "check the server behind the gateway"
		default:
			continue
		}
		return retryAfter(e), fmt.Errorf("the target answered %d %s, which does not answer the question: %s", e.Status, http.StatusText(e.Status), advice)
	}
	return 0, nil
}

// maxRetryAfter is the longest wait in seconds that is read exactly: a day, which no run
// waits.
const maxRetryAfter = 24 * 60 * 60

// retryAfter returns the seconds of the header Retry-After, or zero.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func retryAfter(e harness.Exchange) time.Duration {
	text, _ := e.ResponseHeaders.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); (err == nil || errors.Is(err, strconv.ErrRange)) && seconds > 0 {
		return time.Duration(min(seconds, maxRetryAfter)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

package chrome

import (
	"errors"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// Whether cookies went to another site is compared with the wish. Without an answer there is
// no verdict on it.
func TestJudgeCookies(t *testing.T) {
	for _, c := range []struct {
		status  float64
		granted bool
		wrong   bool
		told    string
	}{
		{status: cookieCame, granted: true},
		{status: noCookie, granted: false},
		{status: cookieCame, granted: false, wrong: true, told: "Chrome sends them, and they are denied"},
		{status: noCookie, granted: true, wrong: true, told: "Chrome sends none, and they are granted"},
		{status: 0, granted: true, told: "net::ERR_FAILED"},
		{status: 404, granted: false, told: "status 404"},
	} {
		err := judgeCookies(&network.LoadNetworkResourcePageResult{HTTPStatusCode: c.status, NetErrorName: "net::ERR_FAILED"}, c.granted)
		if (err == nil) != (c.told == "") || errors.Is(err, ErrCookies) != c.wrong || err != nil && !strings.Contains(err.Error(), c.told) {
			t.Errorf("status %v, granted %t: %v", c.status, c.granted, err)
		}
	}
}

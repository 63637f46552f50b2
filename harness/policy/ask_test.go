package policy

import (
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	for text, want := range map[string]Rate{"10/s": {10, time.Second}, "1/m": {1, time.Minute}, "3600/h": {3600, time.Hour}} {
		if got, ok := parseRate(text); !ok || got != want || got.String() != text {
			t.Errorf("%s: %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "10", "/s", "10/", "0/s", "-1/s", "+1/s", "1.5/s", "10/d", "10/S", "10 /s", "10/s/s", "99999999999999999999/s"} {
		if got, ok := parseRate(text); ok {
			t.Errorf("%q is %v, want none", text, got)
		}
	}
	for rate, want := range map[Rate]time.Duration{{}: 0, {10, time.Second}: 100 * time.Millisecond, {1, time.Minute}: time.Minute} {
		if got := rate.Every(); got != want {
			t.Errorf("%v: every %s, want %s", rate, got, want)
		}
	}
}

package cputime

import (
	"testing"
	"time"
)

func TestStart(t *testing.T) {
	const limit = 10 * time.Second
	began := time.Now()
	spent := Start()
	for spent() < 20*time.Millisecond {
		if time.Since(began) > limit {
			t.Fatalf("%s of work counted as %s", limit, spent())
		}
	}
}

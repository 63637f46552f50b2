package bidi

import (
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Firefox may begin a request once more, without an answer in between: that is no redirect.
func TestRequestBeginsOnceMore(t *testing.T) {
	const url = "https://api.test/1"
	begins := func(url string) (e networkEvent) {
		e.Request.ID, e.Request.Method, e.Request.URL = "1", "PUT", url
		return e
	}
	for _, test := range []struct {
		name   string
		status int // of the answer in between
		url    string
		want   int // requests
	}{
		{"no answer", 0, url, 1},
		{"a redirect to the same URL", 302, url, 2},
		{"another URL", 0, "https://api.test/2", 2},
	} {
		r := &record{target: url, requests: []*request{
			{Request: engine.Request{Preflight: true, Method: "OPTIONS", URL: url, Status: 204}, id: "2", ended: true},
			{Request: engine.Request{Method: "PUT", URL: url, Status: test.status}, id: "1"},
		}}
		p := &Page{asked: map[int64]*record{1: r}}
		p.requested(begins(test.url))
		if got := len(r.requests) - 1; got != test.want {
			t.Errorf("%s: %d requests", test.name, got)
		}
		if last := r.last(); last.ended || last.URL != test.url {
			t.Errorf("%s: the last is %+v", test.name, last)
		}
	}
}

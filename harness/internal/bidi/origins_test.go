package bidi

import (
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Of a request without an answer Firefox may say that the answer has several origins.
func TestSeveralOriginsOfNoAnswer(t *testing.T) {
	const url, next = "https://api.test/1", "https://api.test/2"
	asked := func(url string, preflight bool, status int) *request {
		q := &request{Request: engine.Request{URL: url, Status: status, Preflight: preflight}, ended: true}
		if status == 0 {
			q.err = "NS_ERROR_DOM_BAD_URI"
		}
		return q
	}
	for _, test := range []struct {
		name     string
		requests []*request
		code     string
	}{
		{"answered", []*request{asked(url, false, 200)}, "MultipleAllowOriginValues"},
		{"redirected", []*request{asked(url, false, 302), asked(next, false, 0)}, "MultipleAllowOriginValues"},
		{"not answered", []*request{asked(url, false, 0)}, ""},
		{"not answered after its preflight", []*request{asked(url, true, 204), asked(url, false, 0)}, ""},
		{"preflight not answered", []*request{asked(url, true, 0), asked(url, false, 0)}, ""},
	} {
		r := &record{
			target: url, requests: test.requests, answer: []byte("{}"), said: said{Error: "TypeError"},
			notes: []note{{Category: severalOrigins, Text: "Cross-Origin Request Blocked: " + url + ". (Reason: Multiple CORS header)."}},
		}
		failure, _ := r.failure()
		if failure == nil || failure.Code != test.code || failure.Code == "" && failure.NetError != "net::ERR_FAILED" {
			t.Errorf("%s: %+v", test.name, failure)
		}
	}
}

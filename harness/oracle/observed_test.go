package oracle

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestObserved(t *testing.T) {
	const url = "https://api.test/"
	star := harness.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Allow-Headers", Value: "*"}}
	preflight := harness.Exchange{Kind: harness.Preflight, Method: "OPTIONS", URL: url, Status: 204, ResponseHeaders: star}
	get := harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: url, Status: 200, ResponseHeaders: star}
	authorized := harness.Request{From: "https://app.test", URL: url, Headers: harness.Header{{Name: "Authorization", Value: "x"}}}

	for _, c := range []struct {
		name     string
		seen     harness.Observation
		standard harness.Verdict // empty: not known
		chrome   harness.Verdict
	}{
		{"* covers Authorization in Chrome", harness.Observation{Request: authorized, Exchanges: []harness.Exchange{preflight, get}}, harness.Blocked, harness.Readable},
		{"a preflight that a cache replaced", harness.Observation{Request: authorized, Exchanges: []harness.Exchange{get}}, "", ""},
		{"a simple request", harness.Observation{Request: harness.Request{From: "https://app.test", URL: url}, Exchanges: []harness.Exchange{get}}, harness.Readable, harness.Readable},
		{"nothing was answered", harness.Observation{Request: harness.Request{From: "https://app.test", URL: url}}, "", ""},
		{"an upload that is listened to", harness.Observation{
			Request:   harness.Request{From: "https://app.test", URL: url, Via: harness.ViaXHRUpload, Method: "POST", Body: harness.Text("x")},
			Exchanges: []harness.Exchange{{Kind: harness.Preflight, Method: "OPTIONS", URL: url, Status: 404}},
		}, harness.Blocked, harness.Blocked},
		{"an image", harness.Observation{Request: harness.Request{From: "https://app.test", URL: url, Via: harness.ViaImage}, Exchanges: []harness.Exchange{get}}, "", ""},
	} {
		for as, want := range map[As]harness.Verdict{Standard: c.standard, Chrome: c.chrome} {
			d, known := Observed(c.seen, as)
			if known != (want != "") || known && d.Verdict != want {
				t.Errorf("%s, as %s: %q, %v; want %q", c.name, as, d.Verdict, known, want)
			}
		}
	}
}

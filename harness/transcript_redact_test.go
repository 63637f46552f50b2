package harness

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// secretive is an Observation with the secret s3cret in every place that can hold
// a secret.
func secretive() Observation {
	h := func() Header {
		return Header{{"Authorization", "Bearer s3cret"}, {"proxy-authorization", "Basic s3cret"}, {"Cookie", "sid=s3cret; theme=s3cret;s3cret"},
			{"Set-Cookie", "sid=s3cret; Path=/; HttpOnly"}, {"X-Api-Key", "s3cret"}, {"X-Auth-Token", "s3cret"}, {"Location", "https://u:s3cret@a.test/"},
			{"Access-Control-Allow-Credentials", "true"}, {"Sec-WebSocket-Key", "shown"}, {"Accept", "*/*"}}
	}
	return Observation{
		Request: Request{From: "https://a.test", URL: "https://u:s3cret@a.test/x", Headers: h(),
			Body: Body{Kind: FormBody, Content: "s3cret", Raw: []byte("s3cret"), Fields: []Field{{"pin", "s3cret"}}}},
		Verdict: Readable, Parameter: "https://u:s3cret@a.test",
		Script:    Script{Error: "TypeError: https://u:s3cret@a.test", URL: "https://u:s3cret@a.test", Headers: h(), Body: "s3cret"},
		Exchanges: []Exchange{{URL: "https://u:s3cret@a.test", RequestHeaders: h(), ResponseHeaders: h()}},
		Console:   []Message{{Text: "see https://u:s3cret@a.test"}},
		Arrivals:  []Arrival{{URL: "https://u:s3cret@a.test", Headers: h()}},
	}
}

func TestRedacted(t *testing.T) {
	before := secretive()
	after := before.Redacted()
	text, err := json.Marshal(after)
	if err != nil {
		t.Fatal(err)
	}
	raw := "czNjcmV0" // s3cret in base64, as JSON writes bytes
	if strings.Contains(string(text), "s3cret") || strings.Contains(string(text), raw) {
		t.Errorf("a secret is left:\n%s", text)
	}
	if !reflect.DeepEqual(before, secretive()) {
		t.Error("the Observation itself was changed")
	}
	for _, got := range []Header{after.Request.Headers, after.Script.Headers, after.Exchanges[0].RequestHeaders, after.Exchanges[0].ResponseHeaders, after.Arrivals[0].Headers} {
		want := Header{{"Authorization", "(hidden)"}, {"proxy-authorization", "(hidden)"}, {"Cookie", "sid=(hidden); theme=(hidden); (hidden)"},
			{"Set-Cookie", "sid=(hidden); Path=/; HttpOnly"}, {"X-Api-Key", "(hidden)"}, {"X-Auth-Token", "(hidden)"}, {"Location", "https://(hidden)@a.test/"},
			{"Access-Control-Allow-Credentials", "true"}, {"Sec-WebSocket-Key", "shown"}, {"Accept", "*/*"}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	}
	if after.Request.Body.Fields[0].Name != "pin" {
		t.Errorf("the name of a field is gone: %v", after.Request.Body)
	}
}

func TestRedactedKeepsNilAndEmptyApart(t *testing.T) {
	if got := (Observation{}).Redacted(); got.Arrivals != nil {
		t.Errorf("nil became %v", got.Arrivals)
	}
	if got := (Observation{Arrivals: []Arrival{}}).Redacted(); got.Arrivals == nil {
		t.Error("empty became nil")
	}
}

package harness

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The secret parameters of a URL are in no output, wherever a server or Chrome says the
// URL again.
func TestSecretParametersAreHidden(t *testing.T) {
	const url = "https://api.test/s?access_token=s3cret&page=2"
	h := Header{{"Location", url}, {"Link", "<" + url + ">; rel=next"}, {"Referer", url}}
	o := Observation{
		Request: Request{From: "https://a.test", URL: url, Headers: h}, Verdict: Blocked, Reason: MissingAllowOriginHeader, Parameter: url,
		Script:    Script{Error: "TypeError: " + url, URL: url, Headers: h},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: url, Sent: true, Status: 200, RequestHeaders: h, ResponseHeaders: h}},
		Console:   []Message{{Text: "Access to fetch at '" + url + "' from origin"}},
		Issues:    []Issue{{Code: "CorsIssue", Detail: url}},
		Arrivals:  []Arrival{{Method: "GET", URL: url, Headers: h}},
	}
	document, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	fault := Request{From: url, URL: "x?token=s3cret"}.Validate()
	missing := NewInconclusiveError(o.Request, "no answer to GET "+url, nil)
	for name, text := range map[string]string{
		"transcript": o.String(), "JSON": string(document), "fault": fault.Error(), "error": missing.Error(), "error's request": fmt.Sprintf("%+v", missing.Request),
		"explanation": fmt.Sprintf("%+v", Explain(o)),
	} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("%s tells the secret:\n%s", name, text)
		}
	}
	if o.Request.URL != url || o.Exchanges[0].URL != url {
		t.Error("the Observation itself was changed")
	}
	if !strings.Contains(o.String(), "access_token=(hidden)&page=2") {
		t.Errorf("the rest of the URL is gone:\n%s", o)
	}
}

package harness

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// blockedDocument is an Observation with a value in every field of its document.
func blockedDocument() Observation {
	return Observation{
		Request: Request{From: "https://app.test", URL: "https://api.test/", Headers: Header{{"Authorization", "Bearer s3cret"}}, Body: Text("s3cret")},
		Verdict: Blocked, Reason: AllowOriginMismatch, Parameter: "https://other.test", NetError: "net::ERR_FAILED",
		Script: Script{Error: "TypeError: Failed to fetch", Headers: Header{}},
		Exchanges: []Exchange{{
			Kind: ActualRequest, Method: "GET", URL: "https://api.test/", Sent: true, Status: 200, Protocol: "http/1.1",
			RequestHeaders:  Header{{"Cookie", "sid=s3cret"}},
			ResponseHeaders: Header{{"Set-Cookie", "sid=s3cret; Secure"}, {"X-A", "1"}, {"X-A", "2"}},
		}},
		Console:  []Message{{Source: "javascript", Level: "error", Text: "Access to fetch ..."}},
		Arrivals: []Arrival{{Time: time.Unix(1, 5).UTC(), Method: "GET", URL: "https://api.test/", Headers: Header{{"Cookie", "sid=s3cret"}}, Protocol: "HTTP/1.1"}},
		Page:     Page{Origin: "https://app.test", SecureContext: true, AddressSpace: SpaceLoopback, LocalNetwork: PermissionGranted},
		Browser:  UserAgent{Name: "Chrome", Version: "156", Flags: []string{"--headless"}},
	}
}

func TestDocument(t *testing.T) {
	data, err := json.Marshal(blockedDocument())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "s3cret") {
		t.Errorf("a secret is in the document: %s", data)
	}
	var d map[string]json.RawMessage
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"request", "verdict", "reason", "script", "exchanges", "console", "arrivals", "browser", "chrome", "page"} {
		if d[key] == nil {
			t.Errorf("no %s in %s", key, data)
		}
	}
	var reason map[string]string
	if err := json.Unmarshal(d["reason"], &reason); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"code", "parameter", "blockedReason", "netError", "meaning", "remedy", "anchor"} {
		if _, ok := reason[key]; !ok {
			t.Errorf("no reason.%s in %s", key, d["reason"])
		}
	}
	if !strings.Contains(string(d["exchanges"]), `["X-A","1"],["X-A","2"]`) {
		t.Errorf("headers are not pairs in wire order: %s", d["exchanges"])
	}
}

// A document of the first release names the browser only in the key chrome.
func TestDocumentWithoutBrowser(t *testing.T) {
	var o Observation
	if err := json.Unmarshal([]byte(`{"chrome": {"version": "Chrome/155.0.1.2", "flags": ["--headless"]}}`), &o); err != nil {
		t.Fatal(err)
	}
	if o.Browser.Name != "Chrome" || o.Browser.Version != "155.0.1.2" || len(o.Browser.Flags) != 1 {
		t.Errorf("%+v", o.Browser)
	}
}

func TestDocumentOfNoVerdict(t *testing.T) {
	data, err := json.Marshal(Observation{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"verdict":null`, `"reason":null`, `"arrivals":null`, `"exchanges":[]`, `"console":[]`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in %s", want, data)
		}
	}
	if data, err = json.Marshal(Observation{Arrivals: []Arrival{}}); err != nil || !strings.Contains(string(data), `"arrivals":[]`) {
		t.Errorf("one of our servers that received nothing: %s, %v", data, err)
	}
}

func TestDocumentReadsBack(t *testing.T) {
	o := blockedDocument()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back Observation
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	want := o.Redacted()
	if !reflect.DeepEqual(back.Exchanges, want.Exchanges) || back.Reason != o.Reason || back.Parameter != o.Parameter ||
		!slices.Equal(back.Console, o.Console) || back.Verdict != o.Verdict {
		t.Errorf("came back as %+v\nwant %+v", back, want)
	}
}

package harness

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const appPage = "capacitor://localhost"

// Chrome is not even started: it cannot have the page.
func TestChromeHasNoPageOfAnApp(t *testing.T) {
	b := Browser{Path: "/no/such/chrome"}
	_, err := b.Fetch(t.Context(), Request{From: appPage, URL: "https://api.test/"})
	if err == nil || err.Error() != "Chrome cannot open a page at capacitor://localhost: use package wire, or corsproof ask, which ask without a browser" {
		t.Error(err)
	}
}

func TestWireHasNoBrowser(t *testing.T) {
	for field, r := range map[string]Request{
		"Within":             {Within: "https://app.test"},
		"PagePath":           {PagePath: "/a"},
		"Document":           {Document: BlobDocument},
		"PageHeaders":        {PageHeaders: Header{{Name: "Referrer-Policy", Value: "no-referrer"}}},
		"Where":              {Where: WhereWorker},
		"Via":                {Via: ViaImage},
		"Cache":              {Cache: CacheDefault},
		"Referrer":           {Referrer: "/a"},
		"Keepalive":          {Keepalive: true},
		"Priority":           {Priority: PriorityHigh},
		"AbortAfter":         {AbortAfter: time.Second},
		"TimeoutAfter":       {TimeoutAfter: time.Second},
		"XHR":                {Via: ViaXHR, XHR: XHR{ResponseType: ResponseText}},
		"Integrity":          {Integrity: "sha256-x"},
		"AddressSpace":       {AddressSpace: SpaceLocal},
		"TargetAddressSpace": {TargetAddressSpace: SpaceLocal},
		"Body":               {Method: "POST", Body: Stream("a")},
		"Before":             {Before: []Request{{From: appPage, URL: "https://api.test/"}}},
	} {
		r.From, r.URL = appPage, "https://api.test/"
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), strings.ToLower(field)) || !strings.Contains(err.Error(), "a question without a browser does not have this option: remove it") {
			t.Errorf("%s: %v", field, err)
		}
	}
	can := Request{
		From: appPage, URL: "https://api.test/", Method: "PUT", Headers: Header{{Name: "X-A", Value: "1"}}, Body: JSON("{}"), Credentials: Include,
		Mode: CORS, Redirect: RedirectError, ReferrerPolicy: NoReferrer, DryRun: true,
	}
	if err := can.Validate(); err != nil {
		t.Error(err)
	}
	for want, r := range map[string]Request{
		"want an http or https origin":                              {From: "https://app.test", Within: appPage},
		"before 1 \"https://api.test/\": Chrome cannot open a page": {From: "https://app.test", Before: []Request{{From: appPage, URL: "https://api.test/"}}},
		"beside 1 \"https://api.test/\": Chrome cannot open a page": {From: "https://app.test", Beside: []Request{{From: appPage, URL: "https://api.test/"}}},
	} {
		r.URL = "https://api.test/"
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// The hosts are the same, and the schemes are not.
func TestDifferenceOfApps(t *testing.T) {
	for _, allowed := range []string{"https://localhost", "ionic://localhost"} {
		if said := difference(allowed, appPage); said != "the scheme differs" {
			t.Errorf("%s: %s", allowed, said)
		}
	}
}

// No browser decided, and every form of the Observation says so.
func TestWireIsLabelled(t *testing.T) {
	o := Observation{Wire: true, Request: Request{From: appPage, URL: "https://api.test/"}, Verdict: Blocked, Reason: MissingAllowOriginHeader,
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/", Sent: true, Status: 200}}}
	text := o.String()
	for _, want := range []string{"asked without a browser (on the wire): Chrome cannot open this page", "no browser was used", "nothing: no script asked. A script would see an error", "A browser would block it: MissingAllowOriginHeader"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, never := range []string{"the browser blocked", "Blocked:", "Chrome was"} {
		if strings.Contains(text+BeReadable().FailureMessage(o)+BeBlocked("csp").FailureMessage(o), never) {
			t.Errorf("%q is in the text", never)
		}
	}
	data, err := json.Marshal(o)
	var back Observation
	if err != nil || !strings.Contains(string(data), `"wire":true`) || json.Unmarshal(data, &back) != nil || !back.Wire || !o.Redacted().Wire {
		t.Errorf("%s (%v)", data, err)
	}
	o.Exchanges[0] = Exchange{Kind: ActualRequest, Method: "PUT", URL: "https://api.test/", Withheld: true}
	o.Verdict, o.Reason = Readable, ""
	if text := o.String(); strings.Contains(text, "Chrome was") || !strings.Contains(text, "a browser would send it") {
		t.Error(text)
	}
}

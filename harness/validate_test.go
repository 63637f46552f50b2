package harness

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestValidateFindsAllFaultsAtOnce(t *testing.T) {
	err := Request{
		From: "app.example.com", URL: "api.example.com/x", Method: "GE T",
		Headers:     Header{{Name: "X A", Value: "1"}, {Name: "X-B", Value: "a\r\nb"}},
		Credentials: "always", Mode: "navigate", Redirect: "maybe", Cache: "on", AddressSpace: "Moon",
		Body: Body{Kind: "tape"},
	}.Validate()
	want := `from "app.example.com": an origin has a scheme: did you mean https://app.example.com?
url "api.example.com/x": not absolute: did you mean http://api.example.com/x?
method "GE T": not an HTTP token
header "X A": a header name is an HTTP token, without space or colon
header "X-B": its value has a character that no header can carry
credentials "always": want omit, same-origin, include
mode "navigate": want cors, no-cors, same-origin
redirect "maybe": want follow, error, manual
cache "on": want default, no-store, reload, no-cache, force-cache, only-if-cached
addressspace "Moon": want Loopback, Local, Public
body "tape": want text, json, form, multipart, bytes, stream`
	if err == nil || err.Error() != want {
		t.Errorf("Validate:\n%v\nwant\n%s", err, want)
	}
	var fault *FaultError
	if !errors.As(err, &fault) || fault.Field != "From" {
		t.Errorf("not a FaultError: %v", err)
	}
}

func TestOrigins(t *testing.T) {
	for origin, problem := range map[string]string{
		"https://app.example.com":       "",
		"http://localhost:3000":         "",
		"http://127.0.0.1:8080":         "",
		"http://[::1]:8080":             "",
		"https://xn--bcher-kva.test":    "",
		"https://app.example.com.":      "",
		"null":                          "",
		"data:":                         "",
		"file:":                         "",
		"":                              "missing",
		"https://app.example.com/":      "browsers write this origin https://app.example.com",
		"https://app.example.com/path":  "browsers write this origin https://app.example.com",
		"https://App.Example.com":       "browsers write this origin https://app.example.com",
		"https://app.example.com:443":   "browsers write this origin https://app.example.com",
		"http://app.example.com:80":     "browsers write this origin http://app.example.com",
		"https://bücher.test":           "browsers write this origin https://xn--bcher-kva.test",
		"https://a:b@app.example.com":   "browsers write this origin https://app.example.com",
		"localhost:3000":                "did you mean",
		"app.example.com":               "did you mean https://app.example.com?",
		"*":                             "not an origin",
		"ftp://app.example.com":         "want http or https",
		"file:///tmp/x.html":            "every page from a file has an opaque origin: write file:",
		"capacitor://localhost":         "",
		"app://.":                       "",
		"tauri://localhost/":            "an origin has no path",
		"capacitor:/localhost":          "an origin has two slashes after its scheme",
		"ionic://":                      "it names no host",
		"chrome-extension://abc":        "the id of an extension is 32 letters from a to p",
		"moz-extension://abc":           "the host is a UUID in lower case",
		"htps://app.example.com":        "want http or https",
		"https://":                      "not an origin",
		"https://a b":                   "not an origin",
		"https://app.example.com:x":     "not an origin",
		"https://app.example.com:99999": "want a number up to 65535",
		"https://app.example.com:0443":  "browsers write this origin https://app.example.com",
		"https://127.1":                 "browsers write this origin https://127.0.0.1",
		"https://999.1.1.1":             "is not an IPv4 address",
		"http://[0:0::1]:3000":          "browsers write this origin http://[::1]:3000",
		"https://a_b.example.com":       "",
		"https://*.example.com":         "without wildcards",
	} {
		got := originProblem(origin)
		if (got == "") != (problem == "") || !strings.Contains(got, problem) {
			t.Errorf("originProblem(%q) = %q, want %q", origin, got, problem)
		}
	}
}

func TestURLs(t *testing.T) {
	for url, problem := range map[string]string{
		"https://api.example.com/v1?x=1#y": "",
		"http://[::1]:8080/":               "",
		"data:text/plain,hi":               "",
		"ftp://example.com/":               "",
		"blob:https://a.test/1":            "",
		"https://me:secret@api.test/":      "",
		"":                                 "missing",
		"/relative":                        "not absolute",
		"//api.example.com":                "did you mean http://api.example.com?",
		"localhost:8000/x":                 "did you mean http://localhost:8000/x?",
		"api.example.com:8000":             "did you mean http://api.example.com:8000?",
		"https://":                         "no host",
		"https:///x":                       "no host",
		"http://a b/":                      "not a URL",
		"http://[::1":                      "not a URL",
	} {
		got := urlProblem(url)
		if (got == "") != (problem == "") || !strings.Contains(got, problem) {
			t.Errorf("urlProblem(%q) = %q, want %q", url, got, problem)
		}
	}
}

func TestXMLHttpRequestHasFewerChoices(t *testing.T) {
	err := Request{From: "null", URL: "http://a.test/", Via: ViaXHR, Mode: NoCORS, Redirect: RedirectManual, Cache: CacheNoStore, Credentials: Omit}.Validate()
	if err == nil || strings.Count(err.Error(), "xhr has no such option") != 4 {
		t.Errorf("Validate: %v", err)
	}
}

// A Request is data: what goes to the page is what was asked.
func TestRequestKeepsItselfThroughJSON(t *testing.T) {
	r := Request{
		From: "https://app.test", URL: "https://api.test/", Method: "patch",
		Headers: Header{{"X-A", "1"}, {"x-a", "2"}}, Body: Multipart(Field{"a", "b"}),
		Credentials: Include, Mode: CORS, Redirect: RedirectManual, Cache: CacheReload, Via: ViaFetch, AddressSpace: SpaceLocal,
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Request
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%s came back as %+v (%v)", data, back, err)
	}
	if data, err = json.Marshal(Request{From: "null", URL: "u"}); err != nil || string(data) != `{"from":"null","url":"u"}` {
		t.Errorf("the defaults of the browser are left out: %s, %v", data, err)
	}
}

func TestHeaderGet(t *testing.T) {
	h := Header{{"Vary", "Origin"}, {"Empty", ""}, {"VARY", "Accept"}}
	if got, ok := h.Get("vary"); got != "Origin, Accept" || !ok {
		t.Errorf("Get(vary) = %q, %v", got, ok)
	}
	if got, ok := h.Get("empty"); got != "" || !ok {
		t.Errorf("an empty line is there: %q, %v", got, ok)
	}
	if _, ok := h.Get("missing"); ok {
		t.Error("a missing line is not there")
	}
}

func TestFaultsHidePasswords(t *testing.T) {
	err := Request{From: "https://me:s3cret@app.test", URL: "http://me:s3cret@ho st/"}.Validate()
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("Validate: %v", err)
	}
}

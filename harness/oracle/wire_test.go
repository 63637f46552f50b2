package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// line prints a header list.
func line(list harness.Header) string {
	var fields []string
	for _, f := range list {
		fields = append(fields, f.Name+": "+f.Value)
	}
	return strings.Join(fields, "; ")
}

func TestPreflightHeaders(t *testing.T) {
	tests := []struct {
		request harness.Request
		want    string
	}{
		{put, "Accept: */*; Access-Control-Request-Method: PUT; Origin: https://app.test"},
		{harness.Request{Method: "patch", From: "null"}, "Accept: */*; Access-Control-Request-Method: patch; Origin: null"},
		{set("X-Z: 1", "X-B: 1", "X-A: 1", "x-b: 2"), "Accept: */*; Access-Control-Request-Method: GET; Access-Control-Request-Headers: x-a,x-b,x-z; Origin: https://app.test"},
		{header128, "Accept: */*; Access-Control-Request-Method: GET; Access-Control-Request-Headers: " +
			"accept,accept-language,content-language,content-type,device-memory,dpr,rtt,viewport-width,width; Origin: https://app.test"},
	}
	for _, test := range tests {
		d := row{request: test.request, preflight: refuses}.put(Chrome)
		if got := line(d.Exchanges[0].Header); got != test.want || d.Exchanges[0].Credentials {
			t.Errorf("%+v: %s, want %s", test.request, got, test.want)
		}
	}
}

// origins are requests with the value of Origin at each hop; a dash means no Origin.
var origins = []struct {
	row              row
	chrome, standard string
}{
	{row{actual: reply(200, "ACAO: *")}, "https://app.test", ""},
	{row{request: from(ownPage, harness.Request{})}, "-", ""},
	{row{request: from(ownPage, put)}, "https://app.test", ""},
	{row{request: from(ownPage, harness.Request{Method: "PUT", ReferrerPolicy: "no-referrer"})}, "https://app.test", ""},
	{row{request: noCORS}, "-", ""},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST"}}, "https://app.test", ""},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", ReferrerPolicy: "no-referrer"}}, "https://app.test", "null"},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", ReferrerPolicy: "same-origin"}}, "https://app.test", "null"},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", URL: "http://api.test/"}}, "https://app.test", "null"},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", URL: ownPage}, hops: map[string]Reply{ownPage: reply(307, "Location: "+ownPage+"2", "Referrer-Policy: no-referrer")}}, "https://app.test https://app.test", "https://app.test null"},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", PageHeaders: headers("Referrer-Policy: no-referrer, origin, unknown")}}, "https://app.test", ""},
	{row{request: harness.Request{Mode: harness.NoCORS, Method: "POST", URL: ownPage}, hops: map[string]Reply{ownPage: reply(307, "Location: "+siteR+"/")}}, "https://app.test null", "https://app.test https://app.test"},
	{row{hops: map[string]Reply{siteR + "/": to(siteR+"/2", "ACAO: *"), siteR + "/2": to(other+"/", "ACAO: *")}}, "https://app.test https://app.test null", ""},
	{row{request: from(ownPage, harness.Request{}), hops: map[string]Reply{ownPage: to(siteR + "/"), siteR + "/": to(ownPage+"2", "ACAO: *")}}, "- https://app.test null", ""},
}

func TestOriginHeader(t *testing.T) {
	for _, test := range origins {
		for _, as := range []As{Chrome, Standard} {
			want := test.chrome
			if as == Standard && test.standard != "" {
				want = test.standard
			}
			var got []string
			for _, e := range test.row.put(as).Exchanges {
				origin, ok := e.Origin()
				if !ok {
					origin = "-"
				}
				got = append(got, origin)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s, %+v: %v, want %s", as, test.row.request, got, want)
			}
		}
	}
}

func TestCredentialsOfExchanges(t *testing.T) {
	tests := []struct {
		credentials harness.Credentials
		want        string // own page, then redirected to another origin
	}{{harness.Omit, "[false false]"}, {"", "[true false]"}, {harness.SameOrigin, "[true false]"}, {harness.Include, "[true true]"}}
	for _, test := range tests {
		c := row{request: from(ownPage, harness.Request{Credentials: test.credentials}), hops: map[string]Reply{ownPage: to(siteR + "/")}}
		var got []bool
		for _, e := range c.put(Standard).Exchanges {
			got = append(got, e.Credentials)
		}
		if fmt.Sprint(got) != test.want {
			t.Errorf("%q: %v, want %s", test.credentials, got, test.want)
		}
	}
	for url, want := range map[string]bool{ownPage: true, siteR + "/": false} {
		c := row{request: harness.Request{URL: url, Mode: harness.NoCORS, Credentials: harness.Include, PageHeaders: headers("COEP: credentialless")}}
		if got := c.put(Standard).Exchanges[0].Credentials; got != want {
			t.Errorf("a credentialless page sends credentials to %s: %v", url, got)
		}
	}
}

func TestExposedHeaders(t *testing.T) {
	all := []string{"X-One: 1", "X-Two: 2", "X-One: 3", "Content-Type: text/html", "Set-Cookie: a=b", "Set-Cookie2: c"}
	tests := []struct {
		credentials harness.Credentials
		lines       []string
		want        string
	}{
		{"", nil, "content-type: text/html"},
		{"", []string{"ACEH: X-One"}, "content-type: text/html; x-one: 1, 3"},
		{"", []string{"ACEH: *"}, "access-control-expose-headers: *; content-type: text/html; x-one: 1, 3; x-two: 2"},
		{harness.Include, []string{"ACEH: *"}, "content-type: text/html"},
		{harness.Include, []string{"ACEH: *, X-One"}, "content-type: text/html; x-one: 1, 3"},
		{"", []string{"ACEH: X-One, no no"}, "content-type: text/html"},
		{"", []string{"ACEH: ", "ACEH: X-Two"}, "content-type: text/html; x-two: 2"},
		{"", []string{"ACEH: X-One", "ACEH: X-Two"}, "content-type: text/html; x-one: 1, 3; x-two: 2"},
		{"", []string{"ACEH: Set-Cookie, set-cookie2"}, "content-type: text/html"},
	}
	for _, test := range tests {
		list := headers(slices.Concat(all, test.lines)...)
		if got := line(CORSExposedHeaders(test.credentials, list)); got != test.want {
			t.Errorf("%v: %s, want %s", test.lines, got, test.want)
		}
	}
	basic := row{request: from(ownPage, harness.Request{}), actual: Reply{Header: headers(all...)}}
	if got, want := line(basic.put(Standard).Exposed), "content-type: text/html; x-one: 1, 3; x-two: 2"; got != want {
		t.Errorf("basic: %s, want %s", got, want)
	}
}

// Headers that a redirect drops are missing in the next exchange.
func TestHeadersAcrossRedirects(t *testing.T) {
	request := from(ownPage, harness.Request{Method: "POST", Body: harness.JSON("{}"), Headers: headers("Authorization: t", "X-A: 1")})
	c := row{request: request, hops: map[string]Reply{ownPage: to(siteR + "/")}, preflight: allowAll, actual: reply(200, "ACAO: *")}
	d := c.put(Standard)
	if got, want := line(d.Exchanges[0].Header), "Authorization: t; X-A: 1; Content-Type: application/json; Accept: */*; Origin: https://app.test"; got != want {
		t.Errorf("first: %s, want %s", got, want)
	}
	if got, want := line(d.Exchanges[2].Header), "X-A: 1; Accept: */*; Origin: https://app.test"; got != want {
		t.Errorf("second: %s, want %s", got, want)
	}
}

func TestTAOCheck(t *testing.T) {
	tests := []struct {
		lines []string
		basic bool
		want  bool
	}{
		{nil, true, true}, {nil, false, false}, {[]string{"Timing-Allow-Origin: *"}, false, true},
		{[]string{"Timing-Allow-Origin: https://b.test, https://app.test"}, false, true},
		{[]string{"Timing-Allow-Origin: https://app.test/"}, false, false},
		{[]string{`Timing-Allow-Origin: "*,https://app.test"`}, false, false},
	}
	for _, test := range tests {
		if got := TAOCheck(pageO, test.basic, headers(test.lines...)); got != test.want {
			t.Errorf("%v: %v", test.lines, got)
		}
	}
	// One hop that fails the check fails the whole chain.
	c := row{hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, actual: reply(200, "ACAO: *", "Timing-Allow-Origin: *")}
	if d := c.put(Standard); d.TimingAllowed {
		t.Error("the timing of a redirect that hides its own is shown")
	}
}

func TestContentTypes(t *testing.T) {
	script := headers("Content-Type: text/plain;charset=latin1;a=b")
	utf8 := headers("Content-Type: text/plain; charset=utf-8")
	tests := []struct {
		via     harness.Via
		body    harness.Body
		headers harness.Header
		want    string
		chrome  string // empty: like the standard
	}{
		{"", harness.Text("x"), nil, "text/plain;charset=UTF-8", ""},
		{"", harness.JSON("x"), nil, "application/json", ""},
		{"", harness.JSON("x"), headers("content-type: text/plain"), "text/plain", ""},
		{"", harness.Form(), nil, "application/x-www-form-urlencoded;charset=UTF-8", ""},
		{"", harness.Multipart(), nil, multipartType, ""},
		{"", harness.Bytes(nil), nil, "", ""},
		{"", harness.Text("x"), script, "text/plain;charset=latin1;a=b", ""},
		{harness.ViaXHR, harness.Text("x"), script, "text/plain;charset=UTF-8;a=b", ""},
		{harness.ViaXHR, harness.Text("x"), utf8, "text/plain; charset=utf-8", "text/plain; charset=UTF-8"},
		{harness.ViaXHR, harness.Form(), script, "text/plain;charset=latin1;a=b", "text/plain;charset=UTF-8;a=b"},
		{harness.ViaXHR, harness.Text("x"), headers(`Content-Type: text/plain; CHARSET="x"`), "text/plain;charset=UTF-8", `text/plain; CHARSET="UTF-8"`},
		{harness.ViaXHR, harness.Text("x"), headers("Content-Type: foo;charset=x"), "foo;charset=x", "foo;charset=UTF-8"},
		{harness.ViaXHR, harness.Text("x"), headers("Content-Type: a/b;xcharset=x"), "a/b;xcharset=x", ""},
		{harness.ViaXHR, harness.JSON("x"), headers("content-type: application/json;charset=latin1"), "application/json;charset=UTF-8", ""},
		{harness.ViaXHR, harness.Text("x"), headers("Content-Type: text/plain; charset=UTF-8"), "text/plain; charset=UTF-8", ""},
		{harness.ViaXHR, harness.Text("x"), headers("Content-Type: text/plain; a=b"), "text/plain; a=b", ""},
		{harness.ViaXHR, harness.Bytes(nil), script, "text/plain;charset=latin1;a=b", ""},
	}
	for _, test := range tests {
		c := row{request: harness.Request{URL: ownPage, Method: "POST", Via: test.via, Body: test.body, Headers: test.headers}}
		for as, want := range map[As]string{Standard: test.want, Chrome: cmp.Or(test.chrome, test.want)} {
			if got, _ := Get(c.put(as).Exchanges[0].Header, "Content-Type"); got != want {
				t.Errorf("%s, %q %s %v: %s, want %s", as, test.via, test.body.Kind, test.headers, got, want)
			}
		}
	}
}

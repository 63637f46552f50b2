package oracle

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// The type that a script reads of a data: URL, by the standard and by Chrome 156.
// https://fetch.spec.whatwg.org/#data-url-processor
func TestDataURLs(t *testing.T) {
	const ascii, refused = "text/plain;charset=US-ASCII", ""
	for url, want := range map[string]string{
		"data:,a": ascii, "data:,": ascii, "data:,a#b": ascii, "data:text/html?,a": ascii, "data:foo,a": ascii, "data:te xt/html,a": ascii,
		"data:/,a": ascii, "data:text/,a": ascii, "data:base64,!": ascii, "data:;base64,YQ": ascii, "data: ; base64 ,YQ": ascii, "data:text/htm(l,a": ascii,
		"data:;base64,Y Q": ascii, "data:;base64,%59%51": ascii, "data:;base64,YQ==": ascii, "data:;base64,YWI=": ascii, "data:;base64,YQ%3D%3D": ascii,
		"data:;base64,YQ%0A==": ascii, "data:;base64,YR": ascii, "data:;base64,": ascii,
		"data:text/html,a": "text/html", "data:Text/HTML,a": "text/html", "data:text/*,a": "text/*", "data:;,a": "text/plain", "data:;;;,a": "text/plain",
		"data:text/plain;charset=x,a": "text/plain;charset=x", "data:;charset=utf-8,a": "text/plain;charset=utf-8", "data:text/html;CHARSET=Q,a": "text/html;charset=Q",
		"data: text/html; charset=q ,a": "text/html;charset=q", "data:text/html;charset=,a": "text/html", "data:text/html;charset=a;charset=b,a": "text/html;charset=a",
		"data:text/plain;x=y,a": "text/plain;x=y", "data:text/plain;y=z;charset=x,a": "text/plain;y=z;charset=x", "data:text/html;charset=\"x\",a": "text/html;charset=x",
		"data:text/plain;base64;x,!": "text/plain", "data:text/plain;x;base64,YQ": "text/plain", "data:text/plain;BASE64,YQ": "text/plain", "data:text/plain;base64x,!": "text/plain", "data:text/plain;abcdef,!": "text/plain",
		"data:text/plain; base64 ,YQ": "text/plain", "data:text/plainbase64,!": "text/plainbase64", "data:text/html;base64;base64,YQ==": "text/html",
		"data:text/html;charset=\u00e9,a": "text/html;charset=%C3%A9", "data:t\u00e9/x,a": "t%c3%a9/x", "data:%74ext/html,a": "%74ext/html",
		"data:": refused, "data:a": refused, "data:text/html#,a": refused, "data:;base64,!": refused, "data:;base64 ,!": refused, "data:;base64,YWJj%": refused, "data:xbase6,!": ascii, "data:;BASE64,!": refused, "data:;base64,Y": refused,
		"data:;base64,YQ=": refused, "data:;base64,YWI==": refused, "data:;base64,=": refused, "data:;base64,Y%00Q": refused, "data:;base64,ab\u00e9d": refused,
	} {
		for _, as := range []As{Standard, Chrome} {
			if got := typeOfData(url, as); got != want {
				t.Errorf("%s, %s: %q, want %q", url, as, got, want)
			}
		}
	}
	for url, want := range map[string][2]string{
		"data:text/plain;charset=x;y=z,a": {"text/plain;charset=x;y=z", "text/plain;y=z;charset=x"},
		"data:text/plain;charset=a b,c":   {`text/plain;charset="a b"`, refused},
		"data:text/plain;charset=a/b,c":   {`text/plain;charset="a/b"`, refused},
		`data:text/plain;charset="a;b",c`: {`text/plain;charset="a;b"`, refused},
		"data://text/html,a":              {ascii, "text/html"},
	} {
		if got := [2]string{typeOfData(url, Standard), typeOfData(url, Chrome)}; got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

// typeOfData is the Content-Type of a data: URL, or empty where there is no response.
func typeOfData(url string, as As) string {
	d := Decide(Question{Request: harness.Request{From: pageO, URL: url}, As: as})
	if d.Verdict == harness.Blocked && d.Reason == "net::ERR_INVALID_URL" && len(d.Exposed) == 0 {
		return ""
	}
	if d.Verdict != harness.Readable || d.Type != typeBasic || d.Status != 200 || len(d.Exposed) != 1 || d.Exposed[0].Name != "content-type" {
		return "no data: URL is like this: " + outcome(d) + " " + line(d.Exposed)
	}
	return d.Exposed[0].Value
}

package wire

import (
	"fmt"
	"net/http"
	"testing"
)

// A report lists the headers of an answer by name, and lines of one name as they came.
func TestWireSortsHeaders(t *testing.T) {
	h := http.Header{"Vary": {"b", "a"}, "Date": {"x"}, "Age": {"1"}, "Etag": {"2"}, "Link": {"3"}, "Allow": {"GET"}}
	want := "[{Age 1} {Allow GET} {Date x} {Etag 2} {Link 3} {Vary b} {Vary a}]"
	for range 20 { // a map has another order each time
		if got := fmt.Sprint(fields(h)); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// A URL is sent as a browser reads it. What no browser reads is left to net/http, which refuses it.
func TestURLsAsBrowsersReadThem(t *testing.T) {
	for url, want := range map[string]string{
		"http:/a.test/x?y#z": "http://a.test/x?y", `http:\\a.test\x`: "http://a.test/x", "HTTP://A.test": "http://a.test/", "http://a b/": "http://a b/", "ws://a.test/": "ws://a.test/",
	} {
		if got := asBrowsersRead(url); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

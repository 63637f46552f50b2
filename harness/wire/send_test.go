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

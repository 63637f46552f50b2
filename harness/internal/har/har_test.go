package har

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

const small = `{"log": {"entries": [{"pageref": "p", "startedDateTime": "2026-11-26T20:00:00.000Z", "request": {"method": "GET", "url": "https://a.test/"}, "response": {"status": 200, "headers": [{"name": "ETag", "value": "1"}]}}, {"request": {"url": "https://b.test/"}}],
"pages": [{"id": "p", "title": "https://app.test/"}], "comment": [{"a": [1]}]}, "x": 1}`

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// A file is read as it is, packed, and with a byte order mark.
func TestRead(t *testing.T) {
	for name, text := range map[string]string{"plain": small, "packed": packed(small), "mark": "\uFEFF" + small, "both": packed("\uFEFF" + small)} {
		var got []string
		log, err := Read(strings.NewReader(text), func(n int, e Entry) {
			got = append(got, fmt.Sprint(n, e.Page, e.Request.URL, e.Answer.Status, len(e.Answer.Headers), e.At().Year()))
		})
		if want := "[1phttps://a.test/200 1 2026 2https://b.test/0 0 1]"; err != nil || fmt.Sprint(got) != want || log.Pages["p"] != "https://app.test/" || log.Entries != 2 {
			t.Errorf("%s: %v, %v, %v", name, got, log, err)
		}
	}
}

// A file that is broken is an error, which tells how far it was read and has none of its content.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"cut off":        {small[:len(small)/2], "after 0 entries: the file ends too early"},
		"cut off later":  {small[:strings.Index(small, `"pages"`)], "after 2 entries: the file ends too early"},
		"packed cut off": {packed(small)[:60], "the file ends too early"},
		"packed broken":  {"\x1f\x8bs3cret", "the file ends too early"},
		"packed wrong":   {"\x1f\x8bs3crets3crets3cret", "packed file is broken"},
		"text":           {`{"log": {"entries": s3cret}}`, "it is not JSON"},
		"type":           {`{"log": {"entries": [{"request": {"url": 1}}]}}`, "the field request.url is of another type"},
		"other JSON":     {`["s3cret"]`, "it is no HAR"},
		"nothing":        {"", "the file ends too early"},
	} {
		_, err := Read(strings.NewReader(c.text), func(int, Entry) {})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A piece that has no end is an error, and a file of many pieces is none.
func TestBound(t *testing.T) {
	read := func(text string) error {
		r := &reader{log: Log{Pages: map[string]string{}}, each: func(int, Entry) {}, most: 4096}
		return r.read(strings.NewReader(text))
	}
	long := strings.Repeat("x", 10_000)
	for name, text := range map[string]string{
		"entry": `{"log": {"entries": [{"x": "` + long + `"}]}}`, "skipped": `{"x": "` + long + `"}`, "pages": `{"log": {"pages": ["` + long + `"]}}`, "blanks": strings.Repeat(" ", 10_000),
	} {
		if err := read(text); err != errTooLong {
			t.Errorf("%s: %v", name, err)
		}
	}
	entry := `{"x": "` + strings.Repeat("x", 2000) + `"}`
	if err := read(`{"log": {"entries": [` + strings.Repeat(entry+",", 50) + entry + `]}, "more": [` + strings.Repeat(entry+",", 50) + entry + `]}`); err != nil {
		t.Error(err)
	}
}

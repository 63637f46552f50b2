package servers

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestCopyBodyKeepsEveryByte(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("t", 5000)
	for name, c := range map[string]struct {
		head head
		body string
	}{
		"none":     {head{}, ""},
		"length":   {head{length: 5}, "a\x00\r\nb"},
		"chunked":  {head{chunked: true}, "5\r\nhello\r\n0\r\n\r\n"},
		"odd":      {head{chunked: true}, "00A;ext=\"x\" \r\n0123456789\r\n1\n.\n000\r\nX-Trailer: 1\r\nx-trailer:2\n\r\n"},
		"trailers": {head{chunked: true}, "0\r\nLong: " + long + "\r\n\r\n"},
	} {
		for _, size := range []int{16, 4096} {
			r := bufio.NewReaderSize(strings.NewReader(c.body+"GET /next"), size)
			var got bytes.Buffer
			err := copyBody(&got, r, &c.head, 0)
			rest, _ := io.ReadAll(r)
			if err != nil || got.String() != c.body || string(rest) != "GET /next" {
				t.Errorf("%s: copied %.80q (%v), leaving %q", name, got.String(), err, rest)
			}
		}
	}
}

func TestCopyBodyRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		head head
		body string
		want error
	}{
		"length over the limit":  {head{length: 11}, "hello, world", errBodyTooLarge},
		"chunks over the limit":  {head{chunked: true}, "6\r\nhello,\r\n6\r\n world\r\n0\r\n\r\n", errBodyTooLarge},
		"cut":                    {head{length: 5}, "hell", io.EOF},
		"chunk cut":              {head{chunked: true}, "5\r\nhell", io.EOF},
		"no number":              {head{chunked: true}, "x\r\n", nil},
		"negative":               {head{chunked: true}, "-1\r\n", nil},
		"huge":                   {head{chunked: true}, "FFFFFFFFFFFFFFFF\r\n", nil},
		"chunk longer than said": {head{chunked: true}, "1\r\nab\r\n0\r\n\r\n", nil},
		"endless trailers":       {head{chunked: true}, "0\r\n" + strings.Repeat("X: y\r\n", maxHead/3), errHeadTooLarge},
		"endless size line":      {head{chunked: true}, "1;" + strings.Repeat("x", maxHead), nil},
	} {
		err := copyBody(io.Discard, bufio.NewReader(strings.NewReader(c.body)), &c.head, 10)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error is %v, want %v", name, err, c.want)
		}
	}
}

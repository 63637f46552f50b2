package servers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/corsproof/corsproof/harness"
)

// maxHead bounds the head of a request, so that a hostile client cannot fill
// memory.
const maxHead = 1 << 20

// errHeadTooLarge says that a request head is longer than maxHead.
var errHeadTooLarge = errors.New("request head is longer than 1 MiB")

// head is the head of an HTTP/1.x request.
type head struct {
	method, target, protocol string
	host                     string
	header                   harness.Header // wire order and case
	length                   int64          // Content-Length, 0 where there is none
	chunked                  bool
	upgrade                  bool
	close                    bool // the client closes after this request
	expectContinue           bool
	preflight                bool // has Access-Control-Request-Method
}

// readHead appends to buf the bytes of a request head, through the empty line,
// after any empty lines before it. The error is io.EOF where the client left
// between two requests.
func readHead(r *bufio.Reader, buf []byte) ([]byte, error) {
	started, lineStart := false, len(buf)
	for {
		part, err := r.ReadSlice('\n')
		buf = append(buf, part...)
		switch {
		case len(buf) > maxHead:
			return buf, errHeadTooLarge
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(buf) > 0:
			return buf, io.ErrUnexpectedEOF
		case err != nil:
			return buf, err
		}
		line := buf[lineStart:]
		empty := len(line) == 1 || len(line) == 2 && line[0] == '\r'
		if empty && started {
			return buf, nil
		}
		started = started || !empty
		lineStart = len(buf)
	}
}

// parseHead parses what readHead returned. The strings share one copy of raw.
func parseHead(raw []byte) (head, error) {
	text := strings.TrimLeft(string(raw), "\r\n")
	var h head
	line, rest := cutLine(text)
	var ok bool
	if h.method, line, ok = strings.Cut(line, " "); !ok || !httpguts.ValidHeaderFieldName(h.method) {
		return h, errors.New("request line has no method")
	}
	if h.target, h.protocol, ok = strings.Cut(line, " "); !ok || h.target == "" {
		return h, errors.New("request line has no target")
	}
	if h.protocol != "HTTP/1.1" && h.protocol != "HTTP/1.0" {
		return h, fmt.Errorf("protocol %q is neither HTTP/1.1 nor HTTP/1.0", h.protocol)
	}
	h.close = h.protocol == "HTTP/1.0"
	h.header = make(harness.Header, 0, strings.Count(rest, "\n"))
	for line, rest = cutLine(rest); line != ""; line, rest = cutLine(rest) {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !httpguts.ValidHeaderFieldName(name) {
			return h, fmt.Errorf("header line %.40q has no name", line)
		}
		value = strings.Trim(value, " \t")
		h.header = append(h.header, harness.Field{Name: name, Value: value})
		if err := h.note(name, value); err != nil {
			return h, err
		}
	}
	if h.chunked && len(h.header.Values("Content-Length")) > 0 {
		return h, errors.New("both Content-Length and Transfer-Encoding")
	}
	return h, nil
}

// note records what the server itself needs from a header line. The switch on the
// length saves comparisons for all other lines.
func (h *head) note(name, value string) error {
	switch len(name) {
	case len("Host"):
		if strings.EqualFold(name, "Host") {
			if h.host != "" {
				return errors.New("more than one Host")
			}
			h.host = value
		}
	case len("Expect"):
		if strings.EqualFold(name, "Expect") {
			h.expectContinue = strings.EqualFold(value, "100-continue")
		}
	case len("Upgrade"):
		h.upgrade = h.upgrade || strings.EqualFold(name, "Upgrade")
	case len("Connection"):
		if strings.EqualFold(name, "Connection") && httpguts.HeaderValuesContainsToken([]string{value}, "close") {
			h.close = true
		}
	case len("Content-Length"):
		if strings.EqualFold(name, "Content-Length") {
			length, err := strconv.ParseUint(value, 10, 62)
			if err != nil || h.length != 0 && h.length != int64(length) {
				return fmt.Errorf("Content-Length %q", value)
			}
			h.length = int64(length)
		}
	case len("Transfer-Encoding"):
		if strings.EqualFold(name, "Transfer-Encoding") {
			if !strings.EqualFold(value, "chunked") {
				return fmt.Errorf("Transfer-Encoding %q", value)
			}
			h.chunked = true
		}
	case len("Access-Control-Request-Method"):
		// https://fetch.spec.whatwg.org/#http-access-control-request-method
		h.preflight = h.preflight || strings.EqualFold(name, "Access-Control-Request-Method")
	}
	return nil
}

// isPreflight says whether the request is a CORS-preflight request.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (h *head) isPreflight() bool { return h.preflight && h.method == "OPTIONS" }

// cutLine returns the first line, without its end, and what follows. A bare LF
// ends a line too.
func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

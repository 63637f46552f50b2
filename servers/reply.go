package servers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// Reply is one answer, to the byte. The zero value is a 200 without a body.
//
//	servers.Reply{
//		Status: 404,
//		Header: harness.Header{{Name: "ACCESS-CONTROL-ALLOW-ORIGIN", Value: "*"}},
//		Body:   "no such thing",
//	}
//
// Nothing is written that it does not say, no Date and no Content-Type, with one
// exception: a Content-Length, so that the connection can be kept. It comes after
// the lines of Header, and is left out where Header has framing of its own.
//
// Values are not checked. A CR LF in one makes two lines, as it does on a server
// with that hole.
type Reply struct {
	_ [0]func() // keyed literals only

	// Status is the status code; 0 is 200.
	Status int
	// Reason is the reason phrase; empty is the standard one, if there is one.
	Reason string
	// Header is written in this order, in this case, as often as it is listed. A
	// Content-Length that is wrong, or any Transfer-Encoding, is written as it
	// is, and the connection closed after the answer.
	Header harness.Header
	// Body is the body. It is not written where HTTP has none: to a HEAD, with
	// 1xx, 204 and 304.
	Body string
	// NoLength leaves out the Content-Length: the end of the connection is the end
	// of the body.
	NoLength bool
	// Chunks follow Body one by one, each after a time, in chunked coding unless
	// Header says otherwise.
	Chunks []Chunk

	// Raw is the whole answer, instead of everything above: bare LFs, a malformed
	// status line, an Early Hints in front, nothing of HTTP at all. The connection
	// is closed after it.
	Raw string

	// After is the time that passes before the answer.
	After time.Duration
	// Until, unless nil, holds the answer back until it is closed: a slow server
	// without a clock.
	Until <-chan struct{}
	// Hang never answers. It ends when the client leaves or the network closes.
	Hang bool

	// Drop closes the connection instead of answering. A browser may ask a second
	// time where it had used that connection before.
	Drop bool
	// DropAfter closes the connection after so many bytes of the answer, head
	// included; 0 is never, and an answer that is shorter is not cut.
	DropAfter int
	// Reset makes Drop and DropAfter a TCP reset rather than an orderly end. Alone
	// it means Drop too.
	Reset bool
	// Close closes the connection after the answer.
	Close bool
}

// Chunk is a part of a body that trickles.
type Chunk struct {
	// After is the time that passes before it; Until as in [Reply].
	After time.Duration
	Until <-chan struct{}
	Text  string
}

// Allow returns the one line by which a server lets an origin read:
// Access-Control-Allow-Origin. Append to it what else there is to say.
//
// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
func Allow(origin string) harness.Header {
	return harness.Header{{Name: "Access-Control-Allow-Origin", Value: origin}}
}

// framing is how the end of an answer is told.
type framing struct {
	body    bool // there is a body
	chunked bool // its parts get chunk sizes
	close   bool // the connection cannot be used again
}

// drops says whether the connection is closed before the first byte.
func (r *Reply) drops() bool {
	return r.Drop || r.Reset && r.DropAfter == 0
}

// status returns the status code.
func (r *Reply) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

// hasBody says whether an answer to the method has a body.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
func (r *Reply) hasBody(method string) bool {
	return method != http.MethodHead && bodyAllowed(r.status())
}

// bodyAllowed says whether a response of that status may have a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// framing returns how the answer to a method ends, and the line that has to be
// added to Header for it, if any.
func (r *Reply) framing(method string, http10 bool) (f framing, name, value string) {
	f.body = r.hasBody(method)
	f.close = r.Close || r.status() < 200 // after a 1xx the client waits for more
	own := false
	for _, line := range r.Header {
		switch len(line.Name) {
		case len("Transfer-Encoding"):
			if strings.EqualFold(line.Name, "Transfer-Encoding") {
				own, f.close = true, true
			}
		case len("Content-Length"):
			if strings.EqualFold(line.Name, "Content-Length") {
				own = true
				if f.body && line.Value != strconv.Itoa(r.size()) {
					f.close = true
				}
			}
		}
	}
	switch {
	case own:
	case !bodyAllowed(r.status()):
	case r.NoLength, len(r.Chunks) > 0 && http10:
		f.close = f.close || f.body
	case len(r.Chunks) > 0:
		f.chunked = f.body
		return f, "Transfer-Encoding", "chunked"
	default:
		return f, "Content-Length", strconv.Itoa(len(r.Body))
	}
	return f, "", ""
}

// size is the size of the whole body.
func (r *Reply) size() int {
	size := len(r.Body)
	for _, c := range r.Chunks {
		size += len(c.Text)
	}
	return size
}

// appendTo appends the answer to a method up to the first Chunk.
func (r *Reply) appendTo(b []byte, method string, http10 bool) ([]byte, framing) {
	if r.Raw != "" {
		return append(b, r.Raw...), framing{close: true}
	}
	f, name, value := r.framing(method, http10)
	status := r.status()
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	if r.Reason != "" {
		b = append(b, r.Reason...)
	} else {
		b = append(b, http.StatusText(status)...)
	}
	b = append(b, "\r\n"...)
	for _, line := range r.Header {
		b = appendLine(b, line.Name, line.Value)
	}
	if name != "" {
		b = appendLine(b, name, value)
	}
	b = append(b, "\r\n"...)
	if f.body && r.Body != "" {
		b = f.appendPart(b, r.Body)
	}
	return b, f
}

// appendLine appends a header line.
func appendLine(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// appendPart appends a part of the body.
func (f framing) appendPart(b []byte, text string) []byte {
	if !f.chunked {
		return append(b, text...)
	}
	if text == "" { // a chunk of size 0 would be the end
		return b
	}
	b = strconv.AppendInt(b, int64(len(text)), 16)
	b = append(b, "\r\n"...)
	b = append(b, text...)
	return append(b, "\r\n"...)
}

// problem is an answer of the network itself, in plain text and without a CORS
// header.
func problem(status int, text string) Reply {
	return Reply{
		Status: status,
		Header: harness.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
		Body:   "corsproof fixture network: " + text + "\n",
	}
}

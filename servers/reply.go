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
// The answer has only what the fields say, no Date and no Content-Type, with one
// exception: a Content-Length, so that the connection can be kept. It comes after
// the lines of Header, and is left out where Header has framing of its own.
//
// Values are not checked. A CR LF in a value makes two lines, as on a server with
// that hole.
type Reply struct {
	_ [0]func() // keyed literals only

	// Status is the status code; 0 means 200.
	Status int
	// Reason is the reason phrase; empty means the standard phrase, if there is
	// one.
	Reason string
	// Header is written in this order, in this case, as often as it is listed. A
	// wrong Content-Length, or any Transfer-Encoding, is written unchanged, and
	// the connection is closed after the answer.
	Header harness.Header
	// Body is the body. It is not written where HTTP allows none: for HEAD, and
	// with 1xx, 204 and 304.
	Body string
	// NoLength leaves out the Content-Length: the end of the connection is the end
	// of the body.
	NoLength bool
	// Chunks follow Body one by one, each after a time, in chunked coding unless
	// Header has other framing.
	Chunks []Chunk

	// Raw is the whole answer and replaces everything above: bare LFs, a
	// malformed status line, an Early Hints in front, or no HTTP at all. The
	// connection is closed after it.
	Raw string

	// After is how long the server waits before it answers.
	After time.Duration
	// Until, unless nil, delays the answer until the channel is closed: a slow
	// server without a clock.
	Until <-chan struct{}
	// Hang means no answer ever. It ends when the client leaves or the network
	// closes.
	Hang bool

	// Drop closes the connection instead of answering. A browser that had used
	// the connection before may ask a second time.
	Drop bool
	// DropAfter closes the connection after so many bytes of the answer, head
	// included. 0 means never, and a shorter answer is not cut.
	DropAfter int
	// Reset makes Drop and DropAfter a TCP reset instead of an orderly end. Alone
	// it also means Drop.
	Reset bool
	// Close closes the connection after the answer.
	Close bool
}

// Chunk is a part of a body that is sent slowly.
type Chunk struct {
	// After is how long the server waits before it; Until is as in [Reply].
	After time.Duration
	Until <-chan struct{}
	Text  string
}

// Allow returns the one line by which a server lets an origin read:
// Access-Control-Allow-Origin. Append the other lines to it.
//
// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
func Allow(origin string) harness.Header {
	return harness.Header{{Name: "Access-Control-Allow-Origin", Value: origin}}
}

// framing says how the client learns where the answer ends.
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

// bodyAllowed says whether a response with the status may have a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// framing returns how the answer to a method ends, and the line to add to Header
// for that, if any.
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

// problem is an answer of the network itself, in plain text and without CORS
// headers.
func problem(status int, text string) Reply {
	return Reply{
		Status: status,
		Header: harness.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
		Body:   "corsproof fixture network: " + text + "\n",
	}
}

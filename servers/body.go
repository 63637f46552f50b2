package servers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxChunkLine bounds the size line of a chunk and each line of a trailer.
const maxChunkLine = 16 << 10

// errBodyTooLarge says that a request body is longer than its limit.
var errBodyTooLarge = errors.New("request body is too long")

// copyBody copies a request body from r to w, byte for byte with its framing, and
// stops where the next request begins. A limit of 0 means no limit.
func copyBody(w io.Writer, r *bufio.Reader, h *head, limit int64) error {
	switch {
	case h.chunked:
		return copyChunked(w, r, limit)
	case limit > 0 && h.length > limit:
		return errBodyTooLarge
	case h.length > 0:
		_, err := io.CopyN(w, r, h.length)
		return err
	}
	return nil
}

// copyChunked copies a chunked body with its trailers.
func copyChunked(w io.Writer, r *bufio.Reader, limit int64) error {
	var total int64
	for {
		line, err := copyLine(w, r)
		if err != nil {
			return err
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 62)
		if err != nil {
			return fmt.Errorf("chunk size %.20q is not a number", digits)
		}
		if size == 0 {
			break
		}
		if total += int64(size); limit > 0 && total > limit {
			return errBodyTooLarge
		}
		if _, err := io.CopyN(w, r, int64(size)); err != nil {
			return err
		}
		if end, err := copyLine(w, r); err != nil {
			return err
		} else if len(end) > 0 {
			return errors.New("chunk is longer than its size")
		}
	}
	for read := 0; ; { // the trailers, through the empty line
		line, err := copyLine(w, r)
		if err != nil || len(line) == 0 {
			return err
		}
		if read += len(line); read > maxHead {
			return errHeadTooLarge
		}
	}
}

// copyLine copies one line and returns it without its end; it is valid until the
// next read.
func copyLine(w io.Writer, r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	var long []byte
	for err == bufio.ErrBufferFull && len(long) <= maxChunkLine {
		long = append(long, line...)
		line, err = r.ReadSlice('\n')
	}
	if long != nil {
		line = append(long, line...)
	}
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(line); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}

// Package har reads HAR files entry by entry, so that memory grows with the largest entry and
// not with the file.
//
// http://www.softwareishard.com/blog/har-12-spec/
package har

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/source"
)

// Entry is what corsproof reads of an entry: the request, and what the answer says of its
// headers.
// http://www.softwareishard.com/blog/har-12-spec/#entries
type Entry struct {
	Page    string   `json:"pageref"`
	Kind    string   `json:"_resourceType"` // Chrome's resource type
	Started string   `json:"startedDateTime"`
	Request Request  `json:"request"`
	Answer  Response `json:"response"`
}

// At is when the request began. It is zero where the file does not say it.
func (e Entry) At() time.Time {
	at, _ := time.Parse(time.RFC3339, e.Started)
	return at
}

// Request is the request of an entry.
type Request struct {
	Method   string   `json:"method"`
	URL      string   `json:"url"`
	Headers  []Pair   `json:"headers"`
	Cookies  []Cookie `json:"cookies"`
	Body     *Body    `json:"postData"`
	BodySize int      `json:"bodySize"`
}

// Response is the answer of an entry. A status of 0 means that the browser has none.
type Response struct {
	Status  int      `json:"status"`
	Headers []Pair   `json:"headers"`
	Cookies []Cookie `json:"cookies"`
}

// Pair is a name with a value.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Cookie is a cookie with the attributes that the file has.
type Cookie struct {
	Pair
	Path     string `json:"path"`
	Domain   string `json:"domain"`
	HTTPOnly bool   `json:"httpOnly"`
	Secure   bool   `json:"secure"`
	SameSite string `json:"sameSite"`
}

// Body is the body of a request.
type Body struct {
	Type   string `json:"mimeType"`
	Text   string `json:"text"`
	Params []Pair `json:"params"`
}

// Log is what a file has besides its entries.
type Log struct {
	Pages   map[string]string // titles by id: Chrome writes the page's URL there
	Entries int
}

// mostInOne bounds an entry, and everything else that the file has in one piece: a file that
// is packed can be a thousand times longer than it looks.
const mostInOne = 512 << 20

// Read calls a function for each entry, with its number counted from 1. A file that is packed
// with gzip is unpacked. The error has no content of the file.
func Read(in io.Reader, each func(number int, e Entry)) (Log, error) {
	r := &reader{log: Log{Pages: map[string]string{}}, each: each, most: mostInOne}
	if err := r.read(in); err != nil {
		return r.log, fmt.Errorf("HAR file: after %d entries: %w", r.log.Entries, fault(err))
	}
	return r.log, nil
}

// reader reads a file.
type reader struct {
	*json.Decoder
	log  Log
	each func(int, Entry)
	in   io.Reader
	left int // bytes that the piece may still have
	most int
}

// Read lets the decoder have no more than one piece at a time.
func (r *reader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLong
	}
	n, err := r.in.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// read reads the whole file.
func (r *reader) read(in io.Reader) error {
	var err error
	if r.in, err = unpacked(in); err != nil {
		return err
	}
	r.left = r.most
	r.Decoder = json.NewDecoder(r)
	return r.inObject(func(key string) error {
		if key != "log" {
			return r.skip()
		}
		return r.inObject(r.part)
	})
}

// unpacked is the text of a file that may be packed with gzip, without a byte order mark.
func unpacked(in io.Reader) (io.Reader, error) {
	b := bufio.NewReader(in)
	if start, _ := b.Peek(2); bytes.Equal(start, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReader(unzipped)
	}
	if start, _ := b.Peek(3); string(start) == "\uFEFF" {
		_, _ = b.Discard(3) // they were there
	}
	return b, nil
}

var (
	errNoHAR   = errors.New(`it is no HAR: want {"log": {"entries": [...]}}`)
	errTooLong = fmt.Errorf("one piece of it has more than %d MB: export it without the bodies of responses", mostInOne>>20)
)

// fault is an error without the content of the file.
func fault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends too early: export it again")
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: it is not JSON, and a HAR is: give the file that DevTools exports (Network, Export HAR)", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("byte %d: the field %s is of another type than in a HAR", kind.Offset, plain.Clean(kind.Field))
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return errors.New("it is packed with gzip, and the packed file is broken: export it again")
	}
	return err
}

// inObject calls a function for each key of an object. The function reads the value.
func (r *reader) inObject(value func(key string) error) error {
	if err := r.open('{'); err != nil {
		return err
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if err := value(name); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

// open reads the bracket that begins an object or a list.
func (r *reader) open(bracket json.Delim) error {
	token, err := r.Token()
	if err == nil && token != bracket {
		err = errNoHAR
	}
	return err
}

// skip reads a value that is not needed. Each token has the room of a piece.
func (r *reader) skip() error {
	return source.SkipValue(func() (json.Token, error) {
		r.left = r.most
		return r.Token()
	})
}

// part reads a part of the log.
func (r *reader) part(key string) error {
	r.left = r.most
	switch key {
	case "pages":
		var list []struct{ ID, Title string }
		err := r.Decode(&list)
		for _, p := range list {
			r.log.Pages[p.ID] = p.Title
		}
		return err
	case "entries":
		return r.entries()
	}
	return r.skip()
}

// entries reads the entries.
func (r *reader) entries() error {
	if err := r.open('['); err != nil {
		return err
	}
	for r.More() {
		r.left = r.most
		var e Entry
		if err := r.Decode(&e); err != nil {
			return err
		}
		r.log.Entries++
		r.each(r.log.Entries, e)
	}
	_, err := r.Token()
	return err
}

package paste

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// body reads what the command sends.
func (c *curlOptions) body(s *sight, o Options) error {
	switch {
	case len(c.forms) > 0:
		return c.multipart(s, o)
	case c.upload != "":
		data, err := o.read(c.upload)
		s.body, s.hasBody = data, true
		return err
	case len(c.data) == 0:
		return nil
	}
	text, err := c.joined(o)
	if err != nil {
		return err
	}
	if c.get {
		s.request.URL = withQuery(s.request.URL, text)
		return nil
	}
	s.body, s.hasBody = []byte(text), true
	c.contentType(s)
	return nil
}

// withQuery appends to the query of a URL.
func withQuery(url, query string) string {
	url, fragment, has := strings.Cut(url, "#")
	mark := "?"
	if strings.Contains(url, "?") {
		mark = "&"
	}
	if url += mark + query; has {
		url += "#" + fragment
	}
	return url
}

// contentType adds the header that curl sends with a body, unless the command says another.
func (c *curlOptions) contentType(s *sight) {
	add := func(name, value string) {
		if len(s.headers.Values(name)) == 0 {
			s.headers = append(s.headers, harness.Field{Name: name, Value: value})
		}
	}
	if c.data[0].option == "json" {
		add("Content-Type", "application/json")
		add("Accept", "application/json")
	}
	add("Content-Type", "application/x-www-form-urlencoded")
}

// joined is the body of the options --data and their like, in their order.
func (c *curlOptions) joined(o Options) (string, error) {
	var b strings.Builder
	for i, d := range c.data {
		text, err := d.content(o)
		if err != nil {
			return "", fmt.Errorf("--%s: %w", d.option, err)
		}
		if i > 0 && d.option != "json" {
			b.WriteByte('&')
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// content is the text of one option, or what is in the file that it names.
func (d datum) content(o Options) (string, error) {
	name, isFile := strings.CutPrefix(d.text, "@")
	switch {
	case d.option == "data-urlencode":
		return encoded(d.text, o)
	case !isFile || d.option == "data-raw":
		return d.text, nil
	}
	data, err := o.read(name)
	if text := string(data); err != nil || d.option == "data-binary" || d.option == "json" {
		return text, err
	}
	return broken.Replace(string(data)), nil // as curl does
}

// encoded is the value of --data-urlencode: content, =content, name=content, @file or
// name@file.
func encoded(text string, o Options) (string, error) {
	at := strings.IndexAny(text, "=@")
	if at < 0 {
		return url.QueryEscape(text), nil
	}
	name, content := text[:at], text[at+1:]
	if text[at] == '@' {
		data, err := o.read(content)
		if err != nil {
			return "", err
		}
		content = string(data)
	}
	if name != "" {
		name += "="
	}
	return name + url.QueryEscape(content), nil
}

// multipart reads the options --form. A page cannot take a file from the disk: its content is
// sent as a text.
func (c *curlOptions) multipart(s *sight, o Options) error {
	var fields []harness.Field
	for i, form := range c.forms {
		name, value, ok := strings.Cut(form, "=")
		if !ok {
			return fmt.Errorf("--form, entry %d: want name=value", i+1) // it may be a secret
		}
		if file := strings.TrimLeft(value, "@<"); file != value {
			file, _, _ = strings.Cut(file, ";")
			data, err := o.read(file)
			if err != nil {
				return fmt.Errorf("--form, entry %d: %w", i+1, err)
			}
			value = string(data)
			s.note("the file of the form's field %s is sent as a text, without its name and type", plain.Clean(name))
		} else {
			value, _, _ = strings.Cut(value, ";type=")
		}
		fields = append(fields, harness.Field{Name: name, Value: value})
	}
	s.request.Body = harness.Multipart(fields...)
	s.headers = withoutMultipart(s.headers)
	return nil
}

// withoutMultipart removes a Content-Type of multipart/form-data: the browser makes one, with
// the boundary that it chose. https://fetch.spec.whatwg.org/#concept-bodyinit-extract
func withoutMultipart(list harness.Header) harness.Header {
	var kept harness.Header
	for _, f := range list {
		if !strings.EqualFold(f.Name, "Content-Type") || !strings.HasPrefix(strings.ToLower(f.Value), "multipart/form-data") {
			kept = append(kept, f)
		}
	}
	return kept
}

var errNoFiles = errors.New("the paste names a file, and none is read here: put its content in its place")

// read reads a file that a command names.
func (o Options) read(name string) ([]byte, error) {
	if o.File == nil {
		return nil, errNoFiles
	}
	return o.File(name)
}

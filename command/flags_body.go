package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// bodyFlags describe the body that a script sends.
type bodyFlags struct {
	text, json, file string
	stream           string
	form, multipart  []string
	given            givenFlags
}

func (b *bodyFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.text, "body", "", "a text body")
	f.StringVar(&b.json, "body-json", "", "a JSON body, with its Content-Type")
	f.StringArrayVar(&b.form, "body-form", nil, "name=value of a URL-encoded form; may be repeated")
	f.StringArrayVar(&b.multipart, "body-multipart", nil, "name=value of a multipart form; may be repeated")
	f.StringVar(&b.stream, "body-stream", "", "a text that is sent as a stream, which needs HTTP/2")
	f.StringVar(&b.file, "body-file", "", "a file whose bytes are the body")
	b.given = f.Changed
}

// read makes the body. At most one of the flags may be given.
func (b *bodyFlags) read() (harness.Body, error) {
	var given []string
	for _, name := range []string{"body", "body-json", "body-form", "body-multipart", "body-stream", "body-file"} {
		if b.given.has(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return harness.Body{}, fmt.Errorf("%s: a request has one body", strings.Join(given, " and "))
	}
	switch strings.Join(given, "") {
	case "--body":
		return harness.Text(b.text), nil
	case "--body-json":
		return harness.JSON(b.json), nil
	case "--body-form":
		fields, err := pairs("--body-form", b.form)
		return harness.Form(fields...), err
	case "--body-multipart":
		fields, err := pairs("--body-multipart", b.multipart)
		return harness.Multipart(fields...), err
	case "--body-stream":
		return harness.Stream(b.stream), nil
	case "--body-file":
		data, err := os.ReadFile(b.file)
		if err != nil {
			return harness.Body{}, fmt.Errorf("--body-file: %w", err)
		}
		return harness.Bytes(data), nil
	}
	return harness.Body{}, nil
}

// pairs reads name=value arguments.
func pairs(flag string, texts []string) ([]harness.Field, error) {
	var fields []harness.Field
	var faults []error
	for i, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			faults = append(faults, fmt.Errorf("%s, entry %d: want name=value", flag, i+1)) // it may be a secret
			continue
		}
		fields = append(fields, harness.Field{Name: name, Value: value})
	}
	return fields, errors.Join(faults...)
}

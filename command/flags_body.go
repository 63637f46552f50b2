package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	in               io.Reader // for @-; nil: there is none
}

func (b *bodyFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.text, "body", "", "a text body, or @FILE for the text in a file (@- for standard input)")
	f.StringVar(&b.json, "body-json", "", "a JSON body, with its Content-Type, or @FILE (@- for standard input)")
	f.StringArrayVar(&b.form, "body-form", nil, "name=value of a URL-encoded form; may be repeated")
	f.StringArrayVar(&b.multipart, "body-multipart", nil, "name=value of a multipart form; may be repeated")
	f.StringVar(&b.stream, "body-stream", "", "a text that is sent as a stream, which needs HTTP/2")
	f.StringVar(&b.file, "body-file", "", "a file whose bytes are the body")
	b.given = f.Changed
}

// bodyNames are the flags that give a body.
var bodyNames = []string{"body", "body-json", "body-form", "body-multipart", "body-stream", "body-file"}

// read makes the body. At most one of the flags may be given.
func (b *bodyFlags) read() (harness.Body, error) {
	var given []string
	for _, name := range bodyNames {
		if b.given.has(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return harness.Body{}, fmt.Errorf("%s: a request has one body: give one of these flags", strings.Join(given, " and "))
	}
	switch strings.Join(given, "") {
	case "--body":
		text, err := b.contents("--body", b.text)
		return harness.Text(text), err
	case "--body-json":
		text, err := b.contents("--body-json", b.json)
		if err != nil {
			return harness.Body{}, err
		}
		return jsonBody(b.json, text)
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

// contents is the value of a flag, or what is in the file that it names with @, as in curl.
func (b *bodyFlags) contents(flag, value string) (string, error) {
	name, isFile := strings.CutPrefix(value, "@")
	if !isFile {
		return value, nil
	}
	var data []byte
	var err error
	switch {
	case name != "-":
		data, err = os.ReadFile(name)
	case b.in == nil:
		err = errors.New("only the main question can read standard input")
	default:
		data, err = io.ReadAll(b.in)
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", flag, value, err)
	}
	return string(data), nil
}

// jsonBody is a body of JSON. given is the value of the flag: a file that was named without @
// is a common mistake. The text itself may be a secret.
func jsonBody(given, text string) (harness.Body, error) {
	if json.Valid([]byte(text)) {
		return harness.JSON(text), nil
	}
	if _, err := os.Stat(given); err == nil {
		return harness.Body{}, fmt.Errorf("--body-json %s: that is a file: did you mean @%s?", given, given)
	}
	var syntax *json.SyntaxError
	where := ""
	if errors.As(json.Unmarshal([]byte(text), new(any)), &syntax) {
		where = fmt.Sprintf(" (byte %d: %v)", syntax.Offset, syntax)
	}
	return harness.Body{}, fmt.Errorf("--body-json: this is not JSON%s. JSON has names in double quotes; --body with -H 'Content-Type: application/json' sends any text", where)
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

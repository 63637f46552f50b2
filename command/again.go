package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
)

// again is the command line that asks a question again, without its secrets. It is empty
// where the question is too long for a line.
func again(seen harness.Observation) string {
	const most = 1000
	question, err := json.Marshal(seen.Redacted().Request)
	if err != nil || len(question) > most {
		return ""
	}
	return "corsproof ask '" + strings.ReplaceAll(string(question), "'", `\u0027`) + "'"
}

// hidden stands for a secret in a document: see [harness.Observation.Redacted].
const hidden = "(hidden)"

// isQuestion says whether an argument is a question as JSON.
func isQuestion(argument string) bool { return strings.HasPrefix(strings.TrimSpace(argument), "{") }

// documentOf returns the question that is in an argument, in a file or, for -, in standard
// input: a Request, or what --json prints.
func documentOf(argument, file string, in io.Reader) (harness.Request, error) {
	name, data, err := "the question", []byte(argument), error(nil)
	switch {
	case file == "-":
		name = "--request -"
		data, err = io.ReadAll(in)
	case file != "":
		name = "--request " + file
		data, err = os.ReadFile(file)
	}
	if err != nil {
		if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, file) {
			return harness.Request{}, fmt.Errorf("--request takes a file: did you mean --method %s?", file)
		}
		return harness.Request{}, fmt.Errorf("--request: %w", err)
	}
	var observed struct {
		Request json.RawMessage `json:"request"`
	}
	if json.Unmarshal(data, &observed) == nil && observed.Request != nil {
		data = observed.Request
	}
	var r harness.Request
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return harness.Request{}, fmt.Errorf("%s: this is not a question in the form that --json prints: %w", name, err)
	}
	return r, nil
}

// over puts the flags of the command line over a question that is there already.
func (r *requestFlags) over(c *cobra.Command, base harness.Request) (*requestFlags, error) {
	merged, with := &requestFlags{}, &cobra.Command{}
	merged.add(with)
	merged.request, merged.body.in = base, r.body.in
	var faults []error
	c.Flags().Visit(func(f *pflag.Flag) {
		if with.Flags().Lookup(f.Name) == nil {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			faults = append(faults, with.Flags().Set(f.Name, value))
		}
	})
	headers, _ := headerLines("header", merged.headers) // read names the faults
	merged.request.Headers = slices.DeleteFunc(merged.request.Headers, func(f harness.Field) bool { return len(headers.Values(f.Name)) > 0 })
	return merged, errors.Join(append(faults, merged.hiddenFaults()...)...)
}

// hiddenFaults name the secrets that a document does not have and that no flag gives.
func (r *requestFlags) hiddenFaults() []error {
	var faults []error
	fault := func(what, flag string) {
		faults = append(faults, fmt.Errorf("%s is hidden in the document: give it again with %s", what, flag))
	}
	for _, f := range r.request.Headers {
		if strings.Contains(f.Value, hidden) {
			fault("the value of "+f.Name, "--header '"+f.Name+": ...'")
		}
	}
	body := r.request.Body
	secret := body.Content == hidden || string(body.Raw) == hidden || slices.ContainsFunc(body.Fields, func(f harness.Field) bool { return f.Value == hidden })
	if given := slices.ContainsFunc(bodyNames, r.body.given.has); secret && !given {
		fault("the body", "--body or --body-json")
	}
	if strings.Contains(r.request.URL, hidden) || strings.Contains(r.request.URL, "%28hidden%29") {
		fault("a part of the URL", "the URL as an argument")
	}
	if r.request.XHR.Password == hidden {
		fault("the password", "--xhr-password")
	}
	if r.request.Controller.Body == hidden {
		fault("the body of the service worker's answer", "--controller-body")
	}
	return faults
}

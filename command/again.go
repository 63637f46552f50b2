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
	"unicode"
	"unicode/utf16"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/syntax"

	"github.com/corsproof/corsproof/harness"
)

// again is the command line by which a verb asks a question again, with the flags that say more than the
// question has. Secrets are left out. It is empty where the question is too long for a line, and
// for a server of our own, which is gone by then.
func again(verb string, seen harness.Observation, flags []string) string {
	const most = 1000
	question, err := json.Marshal(seen.Redacted().Request)
	if err != nil || len(question) > most || seen.Arrivals != nil {
		return ""
	}
	words := []string{"corsproof " + verb + " '" + escaped(string(question)) + "'"}
	return strings.Join(append(words, flags...), " ")
}

// escaped is a JSON document between single quotes, in which a character that cannot be seen is
// spelled out: a server and a page choose some of them, and a terminal obeys some of them.
func escaped(document string) string {
	var b strings.Builder
	for _, r := range document {
		if r != '\'' && unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// again is the command line that asks the question again.
func (o *askOptions) again(verb string, seen harness.Observation) string {
	if o.before.user != "" && len(seen.Request.Before) > 0 { // the flag logs in again
		seen.Request.Before = seen.Request.Before[1:]
	}
	flags := slices.Clone(o.beyond)
	if len(o.pasted.Cookies) > 0 {
		flags = append(flags, "--cookie '...'")
	}
	return again(verb, seen, flags)
}

// inQuestion are flags whose value is in the question that was asked, or that say how its answer
// is printed.
var inQuestion = []string{"json", "for", "html", "markdown", "request", "paste", "har", "entry", "har-before", "har-before-unsafe", "example", "first", "beside", "what-if", "trace", "color", "help", "for-seconds", "script", "watch", "on", "every"}

// beyondQuestion are the flags of a command line that a question does not have, such as --ca. A
// secret is shown as '...'.
func beyondQuestion(c *cobra.Command) []string {
	question := &cobra.Command{}
	new(requestFlags).add(question)
	var flags []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if question.Flags().Lookup(f.Name) != nil || slices.Contains(inQuestion, f.Name) {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			quoted, err := syntax.Quote(value, syntax.LangBash)
			switch {
			case f.Name == "cookie", f.Name == "http-user", f.Name == "browser" && hasMore(value), err != nil:
				quoted = "'...'"
			case f.Value.Type() == "bool":
				flags = append(flags, "--"+f.Name+"="+value)
				continue
			}
			flags = append(flags, "--"+f.Name+" "+quoted)
		}
	})
	return flags
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
	return merged, errors.Join(append(faults, merged.hiddenFaults(c.Flags().Changed)...)...)
}

// hiddenFaults name the secrets that a document does not have and that no flag gives.
func (r *requestFlags) hiddenFaults(given givenFlags) []error {
	var faults []error
	fault := func(what, flag string) {
		faults = append(faults, fmt.Errorf("%s is hidden in the document: give it again with %s", what, flag))
	}
	for _, f := range r.request.Headers {
		if strings.Contains(f.Value, hidden) {
			fault("the value of "+f.Name, "--header '"+f.Name+": ...'")
		}
	}
	q := r.request
	for _, part := range []struct {
		value      any
		what, flag string
		given      bool
	}{
		{q.URL, "a part of the URL", "the URL as an argument", false},
		{q.Body, "the body", "--body or --body-json", slices.ContainsFunc(bodyNames, r.body.given.has)},
		{q.XHR, "the login of XMLHttpRequest", "--xhr-user and --xhr-password", false},
		{q.Controller, "a part of the service worker's answer", "the question as flags", false},
		{q.Before, "a secret of a question before it", "--first for each of them, or --http-user", given.has("first") || given.has("http-user")},
		{q.Beside, "a secret of a question beside it", "--beside for each of them", given.has("beside")},
		{[]any{q.PageHeaders, q.WorkerHeaders, q.WithinHeaders, q.PagePath, q.WithinPath, q.WorkerPath, q.Referrer, q.WhatIf}, "a header or a path of the page", "the question as flags", false},
	} {
		if hides(part.value) && !part.given {
			fault(part.what, part.flag)
		}
	}
	return faults
}

// hides says whether a part of a question has a secret that was left out.
func hides(part any) bool {
	if raw, ok := part.(harness.Body); ok && string(raw.Raw) == hidden { // JSON writes it as base64
		return true
	}
	text, err := json.Marshal(part)
	return err != nil || bytes.Contains(text, []byte(hidden)) || bytes.Contains(text, []byte("%28hidden%29"))
}

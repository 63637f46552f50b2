package policy

import (
	"errors"
	"fmt"
	"strings"
)

// FaultError is one fault of a policy, or of a baseline or a selection: a text that
// cannot be read, or a rule that no browser can follow or that cannot be meant. It holds
// no secret.
type FaultError struct {
	// File, Line and Column are the place of the fault; lines and columns count from 1,
	// columns in characters. A policy that was not read from a text has no place.
	File         string
	Line, Column int

	// Path is the field, such as "resources[3].origins[0]". It is empty for the
	// whole document.
	Path string
	// Value is the value as written: ${VARS} are not replaced. It is empty for a list, a
	// mapping, and for a possible secret.
	Value string
	// Problem says what is wrong.
	Problem string
	// Meant is a guess at the value that was meant, if there is a guess.
	Meant string

	// Excerpt is the line of the source with a caret under the column. Its secrets are
	// hidden.
	Excerpt string
}

// Error returns place, value, problem and guess, above the excerpt.
func (e *FaultError) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "%s:%d:%d: ", e.File, e.Line, e.Column)
	} else if e.File != "" {
		fmt.Fprintf(&b, "%s: ", e.File)
	}
	b.WriteString(e.Path)
	if e.Value != "" {
		fmt.Fprintf(&b, " %q", short(e.Value))
	}
	if e.Path != "" {
		b.WriteString(": ")
	}
	b.WriteString(e.Problem)
	if e.Meant != "" {
		fmt.Fprintf(&b, "; did you mean %s?", e.Meant)
	}
	if e.Excerpt != "" {
		b.WriteString("\n" + e.Excerpt)
	}
	return b.String()
}

// short cuts a value that is too long for a line.
func short(value string) string {
	const most = 80
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return value
}

// Faults returns the faults in an error of [Read], [Parse], [Policy.Validate] or
// [Policy.Probes], in the order of the source. It is nil for any other error.
func Faults(err error) []*FaultError {
	var one *FaultError
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*FaultError
		for _, err := range many.Unwrap() {
			list = append(list, Faults(err)...)
		}
		return list
	}
	if errors.As(err, &one) {
		return []*FaultError{one}
	}
	return nil
}

// faults collects faults.
type faults struct {
	list []*FaultError
	said map[[2]string]bool // path and problem
}

// add adds a fault, unless the path has this problem already.
func (f *faults) add(path, value, problem, meant string) {
	key := [2]string{path, problem}
	if f.said[key] {
		return
	}
	if f.said == nil {
		f.said = map[[2]string]bool{}
	}
	f.said[key] = true
	f.list = append(f.list, &FaultError{Path: path, Value: shown(value), Problem: problem, Meant: shown(meant)})
}

// error joins the faults.
func (f *faults) error() error {
	var errs []error
	for _, e := range f.list {
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

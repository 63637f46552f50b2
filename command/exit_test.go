package command

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// An error has a text and a status, and they are independent.
func TestErrorsAndStatuses(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{nil, exitHeld, ""},
		{&exit{status: exitBlocked}, exitBlocked, ""},
		{usage(errors.New("one\n\ntwo")), exitUsage, "corsproof: one\ncorsproof: two\n"},
		{errors.New("from the parser"), exitUsage, "corsproof: from the parser\n"},
		{noAnswer(errors.New("red \x1b[31m")), exitNoAnswer, "corsproof: red \ufffd[31m\n"},
		{fmt.Errorf("wrapped: %w", noAnswer(errors.New("lost"))), exitNoAnswer, "corsproof: lost\n"},
	} {
		var text bytes.Buffer
		printError(&text, c.err)
		if text.String() != c.text || status(c.err) != c.status {
			t.Errorf("%v: status %d, printed %q", c.err, status(c.err), text.String())
		}
	}
}

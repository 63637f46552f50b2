package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness/draft"
	"github.com/corsproof/corsproof/harness/policy"
)

// errUnanswered says that the input ended before all questions were answered.
var errUnanswered = errors.New("the input ended before all questions were answered: nothing was written")

// askWords asks a person three questions, each until the answer can stand in a policy.
func askWords(s streams) (draft.Draft, error) {
	p := person{in: bufio.NewReader(s.in), out: s.err}
	target, err := p.ask("Which server is asked? Its origin, such as https://api.example.com", func(answer string) error {
		_, err := draft.FromWords(answer, "none", false)
		return err
	})
	if err != nil {
		return draft.Draft{}, err
	}
	origins, err := p.ask("Whose pages may read? Origins with commas, such as https://app.example.com, https://*.example.com; or any, or none", func(answer string) error {
		_, err := draft.FromWords(target, answer, false)
		return err
	})
	if err != nil {
		return draft.Draft{}, err
	}
	var d draft.Draft
	_, err = p.ask("May they read with cookies? yes or no", func(answer string) error {
		credentials, err := yes(answer)
		if err != nil {
			return err
		}
		d, err = draft.FromWords(target, origins, credentials)
		return err
	})
	return d, err
}

// person answers questions.
type person struct {
	in  *bufio.Reader
	out io.Writer
}

// ask asks until the answer has no fault.
func (p person) ask(question string, fault func(answer string) error) (string, error) {
	for {
		fmt.Fprintf(p.out, "%s\n> ", question)
		answer, err := p.in.ReadString('\n')
		if answer = strings.TrimSpace(answer); err != nil && answer == "" {
			return "", errUnanswered
		}
		wrong := fault(answer)
		if wrong == nil {
			return answer, nil
		}
		fmt.Fprintf(p.out, "%s\n", strings.Map(printable, problems(wrong)))
	}
}

// problems says what is wrong with an answer, in one line.
func problems(err error) string {
	var texts []string
	for _, f := range policy.Faults(err) {
		said := policy.FaultError{Value: f.Value, Problem: f.Problem, Meant: f.Meant}
		texts = append(texts, strings.TrimSpace(said.Error()))
	}
	if texts == nil {
		return err.Error()
	}
	return strings.Join(texts, "; ")
}

// yes reads yes or no.
func yes(answer string) (bool, error) {
	switch strings.ToLower(answer) {
	case "yes", "y", "true":
		return true, nil
	case "no", "n", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q: want yes or no", answer)
}

package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/paste"
)

// pasteFlags give the question as what was copied: from a console, from DevTools, as a HAR.
type pasteFlags struct {
	file  string
	har   string
	entry string
	// before is how many requests before the entry of the HAR are asked first.
	before       int
	beforeUnsafe bool
}

func (p *pasteFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.file, "paste", "", "a file with a line of the console, or with what DevTools copies as fetch or as cURL (- for standard input); the flags change it")
	f.StringVar(&p.har, "har", "", "a HAR file with the question (- for standard input); the flags change it")
	f.StringVar(&p.entry, "entry", "", "which question of a HAR or a paste: its number, or its URL")
	f.IntVar(&p.before, "har-before", 0, "how many requests before the entry, of the same page, are asked first: GET, HEAD and OPTIONS alone")
	f.BoolVar(&p.beforeUnsafe, "har-before-unsafe", false, "ask requests of --har-before that may change something, too: a login is a POST")
}

// isPaste says whether an argument was copied from a console or from DevTools, or is another
// text: a URL has no white space.
func isPaste(argument string) bool {
	_, known := paste.Recognize(argument)
	first, _, several := strings.Cut(strings.Join(strings.Fields(argument), " "), " ")
	return several && (known || !strings.ContainsAny(first, "/."))
}

// fileFault says that an argument is a file, where a URL or a text is wanted.
func fileFault(argument string) error {
	if info, err := os.Stat(argument); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	flag := "--paste"
	if strings.HasSuffix(argument, ".har") {
		flag = "--har"
	}
	return fmt.Errorf("%s is a file: did you mean %s %s?", argument, flag, argument)
}

// read reads the question from a file, or from an argument. from is the origin of the page
// where the paste does not say it.
func (p *pasteFlags) read(ctx context.Context, s streams, argument, from string) (paste.Question, error) {
	var files []string
	options := paste.Options{From: from, Entry: p.entry, Before: p.before, BeforeUnsafe: p.beforeUnsafe, File: func(name string) ([]byte, error) {
		files = append(files, name)
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("%w: run corsproof in the folder of the command, or write the content in place of the name", err)
		}
		return data, nil
	}}
	pasted, err := await(ctx, func() (paste.Pasted, error) { return p.open(s, argument, options) })
	if err != nil {
		return paste.Question{}, err
	}
	question, err := pasted.One()
	for _, note := range append(pasted.Notes, question.Notes...) {
		fmt.Fprintf(s.err, "note: %s\n", note)
	}
	for _, name := range files {
		fmt.Fprintf(s.err, "note: the file %s is read and sent, as the command says\n", name)
	}
	return question, err
}

// open reads the paste from where it is.
func (p *pasteFlags) open(s streams, argument string, o paste.Options) (paste.Pasted, error) {
	switch {
	case p.har != "":
		return readFileOr(s, "har", p.har, func(r io.Reader) (paste.Pasted, error) { return paste.ReadHAR(r, o) })
	case p.file != "":
		return readFileOr(s, "paste", p.file, func(r io.Reader) (paste.Pasted, error) {
			data, err := io.ReadAll(r)
			if err != nil {
				return paste.Pasted{}, err
			}
			return paste.Read(data, o)
		})
	}
	return paste.Read([]byte(argument), o)
}

// source says how the question is given: by the flags and a URL, by a document, or by a paste.
type source string

const (
	byFlags    source = ""
	byDocument source = "document"
	byPaste    source = "paste"
)

// sourceOf says how the question is given, which can be in one way alone.
func (o *askOptions) sourceOf(argument string) (source, error) {
	var ways []string
	found := byFlags
	for _, way := range []struct {
		given bool
		name  string
		is    source
	}{
		{o.file != "", "--request", byDocument}, {isQuestion(argument), "a question as an argument", byDocument},
		{o.paste.file != "", "--paste", byPaste}, {o.paste.har != "", "--har", byPaste}, {!isQuestion(argument) && isPaste(argument), "a paste as an argument", byPaste},
	} {
		if way.given {
			ways, found = append(ways, way.name), way.is
		}
	}
	switch {
	case len(ways) > 1:
		return byFlags, fmt.Errorf("%s: give one of the two", strings.Join(ways, " and "))
	case o.paste.entry != "" && found != byPaste:
		return byFlags, errors.New("--entry chooses a question of --har or of --paste: give one of them")
	}
	return found, o.paste.beforeFault()
}

// beforeFault is what is wrong with --har-before.
func (p *pasteFlags) beforeFault() error {
	switch {
	case p.before < 0:
		return fmt.Errorf("--har-before %d: want a number of requests", p.before)
	case p.before > 0 && (p.har == "" || p.entry == ""):
		return errors.New("--har-before is about an entry of a HAR: add --har FILE and --entry NUMBER")
	case p.beforeUnsafe && p.before == 0:
		return errors.New("--har-before-unsafe says how --har-before asks: add --har-before and a number")
	}
	return nil
}

// sayUnsafe says that a pasted request is really sent.
func sayUnsafe(s streams, r harness.Request) {
	switch strings.ToUpper(r.Method) {
	case "", "GET", "HEAD", "OPTIONS":
	default:
		if !r.DryRun {
			fmt.Fprintf(s.err, "note: the %s is sent to the server; --dry-run sends the preflight alone\n", r.Method)
		}
	}
}

// sayClaim compares what a console line said with what was seen.
func sayClaim(s streams, c paste.Claim, seen harness.Observation) {
	switch {
	case len(c.Reasons) == 0 || seen.Verdict == "":
	case seen.Verdict != harness.Blocked:
		fmt.Fprintf(s.err, "The line said %s. Today the answer is %s.\n", c, seen.Verdict)
	case c.Holds(seen.Reason) && len(c.Reasons) == 1:
		fmt.Fprintf(s.err, "The line said %s. Today it is the same.\n", c)
	case c.Holds(seen.Reason):
		fmt.Fprintf(s.err, "The line fits the reason of today, %s.\n", seen.Reason)
	default:
		fmt.Fprintf(s.err, "The line said %s. Today the reason is %s.\n", c, seen.Reason)
	}
}

package paste

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// cmdQuote is what only the Windows command prompt writes: carets before quotes and at ends of
// lines.
var cmdQuote = regexp.MustCompile(`\s\^"|\^[ \t]*\r?\n`)

// commands are the words of the curl commands of a text. Notes say what is left out.
func commands(text string) (list [][]string, notes []string, err error) {
	if cmdQuote.MatchString(text) {
		list, err = cmdCommands(text)
		return list, nil, err
	}
	return bashCommands(text)
}

// bashCommands reads the words as bash does, without running or expanding anything.
func bashCommands(text string) (list [][]string, notes []string, err error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		var fault syntax.ParseError
		if errors.As(err, &fault) {
			return nil, nil, fmt.Errorf("line %d: %s: the paste may end too early", fault.Pos.Line(), fault.Text)
		}
		return nil, nil, errors.New("its quotes cannot be read: the paste may end too early")
	}
	for _, stmt := range file.Stmts {
		call, more := callOf(stmt)
		if more {
			notes = append(notes, "what stands behind the curl command (a pipe, a redirection, another command) is left out")
		}
		if call == nil {
			continue
		}
		words, err := literals(call.Args)
		switch {
		case err != nil:
			return nil, nil, err
		case len(words) == 0:
		case strings.HasPrefix(words[0], "-") && len(list) > 0: // a backslash at the end of a line is lost
			list[len(list)-1] = append(list[len(list)-1], words...)
			notes = append(notes, "lines that begin with an option were taken for a part of the command before")
		case curlStart.MatchString(words[0] + " "):
			list = append(list, words[1:])
		default:
			notes = append(notes, "a command that is not curl is left out")
		}
	}
	return list, notes, nil
}

// Words are the words of a command line, without running or expanding anything: a variable or
// a command in it is an error.
func Words(line string) ([]string, error) {
	if err := readable(line); err != nil {
		return nil, err
	}
	var words []*syntax.Word
	for word, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).WordsSeq(strings.NewReader(line)) {
		if err != nil {
			return nil, errors.New("its quotes or brackets have no end, or it is more than one command: quote each word as in a shell")
		}
		words = append(words, word)
	}
	return literals(words)
}

// callOf is the first command of a statement. more says that the statement has more.
func callOf(stmt *syntax.Stmt) (call *syntax.CallExpr, more bool) {
	switch c := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		return c, len(stmt.Redirs) > 0
	case *syntax.BinaryCmd:
		call, _ = callOf(c.X)
		return call, true
	}
	return nil, true
}

// literals are the texts of words.
func literals(list []*syntax.Word) ([]string, error) {
	var words []string
	for _, word := range list {
		if name := unknownIn(word); name != "" {
			return nil, fmt.Errorf("%s is for a shell to fill in, and corsproof evaluates nothing: put its value in its place", name)
		}
		text, err := expand.Literal(&expand.Config{}, word)
		if err != nil {
			return nil, errors.New("one of its words cannot be read")
		}
		words = append(words, text)
	}
	return words, nil
}

// unknownIn names the first part of a word that only a shell can fill in.
func unknownIn(word *syntax.Word) (name string) {
	syntax.Walk(word, func(node syntax.Node) bool {
		if name != "" {
			return false
		}
		switch n := node.(type) {
		case *syntax.ParamExp:
			name = "a variable"
			if n.Param != nil {
				name = "the variable $" + n.Param.Value
			}
		case *syntax.CmdSubst:
			name = "the command $(...)"
		case *syntax.ProcSubst:
			name = "the command <(...)"
		case *syntax.ArithmExp:
			name = "the sum $((...))"
		case *syntax.ExtGlob, *syntax.BraceExp:
			name = "a pattern"
		}
		return name == ""
	})
	return name
}

// cmdCommands reads the words as the Windows command prompt and curl.exe do, as far as
// DevTools uses it: a caret takes the meaning from the next character, a caret at the end of
// a line continues the line, and before an empty line it is a line break.
func cmdCommands(text string) (list [][]string, err error) {
	r := cmdReader{text: []rune(strings.ReplaceAll(text, "\r\n", "\n"))}
	for r.at < len(r.text) {
		r.step()
	}
	if r.quoted {
		return nil, errors.New("its last quote is missing: the paste may end too early")
	}
	r.endCommand()
	return r.list, nil
}

// cmdReader reads a command character by character.
type cmdReader struct {
	text   []rune
	at     int
	quoted bool
	inWord bool
	word   []rune
	words  []string
	list   [][]string
}

// step reads one character, or one escape.
func (r *cmdReader) step() {
	c, escaped := r.next()
	switch {
	case c == 0: // the line continues
	case c == '\\' && r.at < len(r.text) && r.escapes():
		c, _ = r.next()
		r.add(c)
	case c == '"':
		r.quoted, r.inWord = !r.quoted, true
	case r.quoted:
		r.add(c)
	case c == '&' && !escaped || c == '\n':
		r.endCommand()
	case c == ' ' || c == '\t':
		r.endWord()
	default:
		r.add(c)
	}
}

// next is the next character behind carets, 0 where the line continues.
func (r *cmdReader) next() (c rune, escaped bool) {
	c = r.text[r.at]
	r.at++
	if c != '^' || r.at == len(r.text) {
		return c, false
	}
	c = r.text[r.at]
	r.at++
	if c != '\n' {
		return c, true
	}
	if r.at < len(r.text) && r.text[r.at] == '\n' {
		r.at++
		return '\n', true
	}
	return 0, true
}

// escapes says whether the backslash that was read takes the meaning from the character
// behind it: from a quote, and from a second backslash, which DevTools writes for one.
func (r *cmdReader) escapes() bool {
	ahead := *r
	c, _ := ahead.next()
	return c == '"' || c == '\\'
}

func (r *cmdReader) add(c rune) { r.word, r.inWord = append(r.word, c), true }

func (r *cmdReader) endWord() {
	if r.inWord {
		r.words = append(r.words, string(r.word))
	}
	r.word, r.inWord = nil, false
}

// endCommand keeps the words of a curl command.
func (r *cmdReader) endCommand() {
	r.endWord()
	if len(r.words) > 0 && curlStart.MatchString(r.words[0]+" ") {
		r.list = append(r.list, r.words[1:])
	}
	r.words = nil
}

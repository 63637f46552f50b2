package paste

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// readFetch reads the calls of fetch() in a text.
func readFetch(text string, o Options) ([]Question, error) {
	calls, note, err := callsOf(text)
	if err != nil {
		return nil, err
	}
	var list []Question
	for _, call := range calls {
		s := &sight{}
		if note != "" {
			s.note("%s", note)
		}
		if err := s.takeCall(call); err != nil {
			return nil, err
		}
		q, err := s.question(o)
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, nil
}

// callsOf parses a text. A terminal breaks lines in the middle of a string, where JavaScript has
// no line breaks; what DevTools writes means the same without any.
func callsOf(text string) (calls []*js.CallExpr, note string, err error) {
	ast, err := js.Parse(parse.NewInputString(text), js.Options{})
	if err != nil {
		var again error
		if ast, again = js.Parse(parse.NewInputString(broken.Replace(text)), js.Options{}); again != nil {
			return nil, "", fmt.Errorf("it cannot be read as JavaScript: the paste may end too early%s", firstURL(text))
		}
		note = "the call has line breaks within its strings: they were removed"
	}
	finder := &callFinder{}
	js.Walk(finder, ast)
	if len(finder.calls) == 0 {
		return nil, "", errors.New("there is no fetch(...) in it")
	}
	return finder.calls, note, nil
}

// firstURL says which URL a broken text begins with.
func firstURL(text string) string {
	if url := anyURL.FindString(text); url != "" {
		return " (understood: the URL " + plain.Safe(url) + ")"
	}
	return ""
}

// callFinder finds the calls of fetch().
type callFinder struct{ calls []*js.CallExpr }

func (f *callFinder) Enter(n js.INode) js.IVisitor {
	if call, ok := n.(*js.CallExpr); ok && isFetch(call.X) {
		f.calls = append(f.calls, call)
		return nil
	}
	return f
}

func (*callFinder) Exit(js.INode) {}

// isFetch says whether an expression is fetch, or fetch of the global object.
func isFetch(x js.IExpr) bool {
	name := strings.TrimSpace(x.String())
	for _, global := range []string{"window", "self", "globalThis"} {
		name = strings.TrimPrefix(name, global+".")
	}
	if dot, ok := x.(*js.DotExpr); ok {
		name = dot.Y.String()
	}
	return name == "fetch"
}

// takeCall takes the arguments of a call.
func (s *sight) takeCall(call *js.CallExpr) error {
	if len(call.Args.List) == 0 {
		return errors.New("fetch() has no URL")
	}
	url, err := literal(call.Args.List[0].Value)
	if err != nil {
		return fmt.Errorf("the URL: %w", err)
	}
	text, ok := url.(string)
	if !ok {
		return errors.New("the URL is no string")
	}
	s.request.URL = text
	if len(call.Args.List) == 1 {
		return nil
	}
	options, err := literal(call.Args.List[1].Value)
	if err != nil {
		return err
	}
	list, ok := options.(object)
	if !ok {
		return errors.New("the options of fetch() are no object")
	}
	for _, p := range list {
		if err := s.takeOption(p.name, p.value); err != nil {
			return fmt.Errorf("the option %s: %w", plain.Clean(p.name), err)
		}
	}
	return nil
}

// takeOption takes one option. https://fetch.spec.whatwg.org/#requestinit
func (s *sight) takeOption(name string, value any) error {
	if value == nil || value == undefined {
		return nil
	}
	text, isText := value.(string)
	words := map[string]func(){
		"method":         func() { s.request.Method = text },
		"mode":           func() { s.request.Mode = harness.Mode(text) },
		"credentials":    func() { s.request.Credentials = harness.Credentials(text) },
		"redirect":       func() { s.request.Redirect = harness.Redirect(text) },
		"cache":          func() { s.request.Cache = harness.Cache(text) },
		"referrer":       func() { s.request.Referrer = text },
		"referrerPolicy": func() { s.request.ReferrerPolicy = harness.ReferrerPolicy(text) },
		"integrity":      func() { s.request.Integrity = text },
		"priority":       func() { s.request.Priority = harness.Priority(text) },
	}
	switch take, known := words[name]; {
	case known && !isText:
		return errors.New("it is no string")
	case known:
		take()
	case name == "keepalive":
		s.request.Keepalive = value == true
	case name == "headers":
		return s.takeHeaders(value)
	case name == "body":
		return s.takeBody(value)
	default:
		s.note("the option %s of fetch() is left out", plain.Clean(name))
	}
	return nil
}

// takeHeaders takes an object, or a list of pairs.
func (s *sight) takeHeaders(value any) error {
	pairs, ok := pairsOf(value)
	if !ok {
		return errors.New("it is neither an object nor a list of pairs")
	}
	s.headers = append(s.headers, pairs...)
	return nil
}

// takeBody takes a string or a form.
func (s *sight) takeBody(value any) error {
	switch v := value.(type) {
	case string:
		s.body, s.hasBody = []byte(v), true
	case form:
		s.request.Body = harness.Form(v...)
	default:
		return errors.New("it is no string")
	}
	return nil
}

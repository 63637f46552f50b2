package paste

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2/js"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// object is an object literal, in the order of its properties.
type object []property

type property struct {
	name  string
	value any
}

// MarshalJSON writes the object as JSON.stringify does.
func (o object) MarshalJSON() ([]byte, error) {
	text := "{"
	for _, p := range o {
		if p.value == undefined {
			continue
		}
		value, err := stringify(p.value)
		if err != nil {
			return nil, err
		}
		name, err := stringify(p.name)
		if err != nil {
			return nil, err
		}
		if text != "{" {
			text += ","
		}
		text += name + ":" + value
	}
	return []byte(text + "}"), nil
}

// stringify writes a value as JSON, without the escapes that are for HTML.
func stringify(value any) (string, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// form is a URLSearchParams.
type form []harness.Field

// notGiven is the value undefined.
type notGiven struct{}

var undefined any = notGiven{}

// literal is the value of an expression that has no names in it: a string, number, boolean, nil, list,
// [object], [form] or [undefined]. Nothing is evaluated but the joining of strings and
// JSON.stringify, Headers, URL and URLSearchParams of a literal.
func literal(x js.IExpr) (any, error) {
	switch v := x.(type) {
	case *js.LiteralExpr:
		return token(v)
	case *js.TemplateExpr:
		if v.Tag == nil && len(v.List) == 0 {
			return unescape(strings.Trim(string(v.Tail), "`")), nil
		}
		return nil, errors.New("a template has expressions in it, and nothing is evaluated: put their values in their places")
	case *js.GroupExpr:
		return literal(v.X)
	case *js.UnaryExpr:
		return negative(v)
	case *js.BinaryExpr:
		return joined(v)
	case *js.ArrayExpr:
		return items(v)
	case *js.ObjectExpr:
		return properties(v)
	case *js.CallExpr:
		return builtIn(v.X.String(), &v.Args)
	case *js.NewExpr:
		return builtIn(v.X.String(), v.Args)
	case *js.Var:
		if string(v.Data) == "undefined" {
			return undefined, nil
		}
		return nil, fmt.Errorf("%s is a name of the script, and nothing is evaluated: put its value in its place", plain.Clean(string(v.Data)))
	}
	return nil, errors.New("an expression cannot be read, and nothing is evaluated: put its value in its place")
}

// token is the value of a literal of one token.
func token(x *js.LiteralExpr) (any, error) {
	text := string(x.Data)
	switch x.TokenType {
	case js.StringToken:
		return unescape(text[1 : len(text)-1]), nil
	case js.TrueToken:
		return true, nil
	case js.FalseToken:
		return false, nil
	case js.NullToken:
		return nil, nil
	}
	number, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil {
		return nil, errors.New("a number cannot be read")
	}
	return number, nil
}

// negative is a number with its sign.
func negative(x *js.UnaryExpr) (any, error) {
	value, err := literal(x.X)
	number, ok := value.(float64)
	if err != nil || !ok || x.Op != js.NegToken {
		return nil, errors.Join(err, errors.New("an expression cannot be read, and nothing is evaluated"))
	}
	return -number, nil
}

// joined are two strings with a plus between them.
func joined(x *js.BinaryExpr) (any, error) {
	left, err := literal(x.X)
	if err != nil {
		return nil, err
	}
	right, err := literal(x.Y)
	if err != nil {
		return nil, err
	}
	a, isText := left.(string)
	b, areTexts := right.(string)
	if x.Op != js.AddToken || !isText || !areTexts {
		return nil, errors.New("an expression is more than strings with a plus between them, and nothing is evaluated")
	}
	return a + b, nil
}

// items is a list.
func items(x *js.ArrayExpr) (any, error) {
	list := []any{}
	for _, e := range x.List {
		if e.Spread || e.Value == nil {
			return nil, errors.New("a list has gaps or three dots in it, and nothing is evaluated")
		}
		value, err := literal(e.Value)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

// properties is an object.
func properties(x *js.ObjectExpr) (any, error) {
	list := object{}
	for _, p := range x.List {
		if p.Spread || p.Name == nil || p.Name.IsComputed() {
			return nil, errors.New("an object has names that are computed, and nothing is evaluated: put them in their places")
		}
		name := string(p.Name.Literal.Data)
		if p.Name.Literal.TokenType == js.StringToken {
			name = unescape(name[1 : len(name)-1])
		}
		value, err := literal(p.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", plain.Clean(name), err)
		}
		list = append(list, property{name, value})
	}
	return list, nil
}

// builtIn is what some functions make of a literal.
func builtIn(name string, args *js.Args) (any, error) {
	if args == nil || len(args.List) != 1 {
		return nil, errors.New("a function is called in it, and nothing is evaluated: put its result in its place")
	}
	value, err := literal(args.List[0].Value)
	if err != nil {
		return nil, err
	}
	switch name {
	case "JSON.stringify", "(JSON.stringify)":
		return stringify(value)
	case "Headers", "URL":
		return value, nil
	case "URLSearchParams":
		fields, ok := pairsOf(value)
		if ok {
			return form(fields), nil
		}
	}
	return nil, fmt.Errorf("%s is called in it, and nothing is evaluated: put its result in its place", plain.Clean(name))
}

// pairsOf are the names and values of an object, or of a list of pairs.
func pairsOf(value any) ([]harness.Field, bool) {
	var fields []harness.Field
	switch v := value.(type) {
	case object:
		for _, p := range v {
			fields = append(fields, harness.Field{Name: p.name, Value: textOf(p.value)})
		}
	case []any:
		for _, item := range v {
			pair, ok := item.([]any)
			if !ok || len(pair) != 2 {
				return nil, false
			}
			fields = append(fields, harness.Field{Name: textOf(pair[0]), Value: textOf(pair[1])})
		}
	default:
		return nil, false
	}
	return fields, true
}

// textOf is a value as JavaScript turns it into a string.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}

// simpleEscapes are the escapes of one character.
var simpleEscapes = map[byte]string{'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '0': "\x00", '\n': ""}

// unescape reads the content of a string literal.
// https://tc39.es/ecma262/#sec-literals-string-literals
func unescape(text string) string {
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found || rest == "" {
			break
		}
		if code, length := codeUnit(rest); length > 0 {
			rest = rest[length:]
			if utf16.IsSurrogate(code) && strings.HasPrefix(rest, `\`) {
				if low, more := codeUnit(rest[1:]); more > 0 && utf16.DecodeRune(code, low) != utf8.RuneError {
					code, rest = utf16.DecodeRune(code, low), rest[1+more:]
				}
			}
			b.WriteRune(code)
			text = rest
			continue
		}
		if simple, known := simpleEscapes[rest[0]]; known {
			b.WriteString(simple)
			text = rest[1:]
			continue
		}
		_, size := utf8.DecodeRuneInString(rest)
		b.WriteString(rest[:size])
		text = rest[size:]
	}
	return b.String()
}

// codeUnit reads the escape of a code unit, such as u0041, u{41} or x41. The length is 0 where
// there is none.
func codeUnit(text string) (code rune, length int) {
	digits, end := "", 0
	switch {
	case strings.HasPrefix(text, "u{"):
		if at := strings.IndexByte(text, '}'); at > 0 {
			digits, end = text[2:at], at+1
		}
	case text == "":
	case text[0] == 'u' && len(text) >= 5:
		digits, end = text[1:5], 5
	case text[0] == 'x' && len(text) >= 3:
		digits, end = text[1:3], 3
	}
	number, err := strconv.ParseUint(digits, 16, 21)
	if err != nil {
		return 0, 0
	}
	return rune(number), end
}

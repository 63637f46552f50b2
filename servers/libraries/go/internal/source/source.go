// Package source writes values as Go source, so that an adapter shows the same options
// that it passes to the library.
package source

import (
	"fmt"
	"go/format"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Program joins statements, of which the first may be empty, and formats them. A statement that does not parse is a fault of
// the adapter, and Program panics.
func Program(statements ...string) string {
	text := strings.TrimSpace(strings.Join(statements, "\n"))
	formatted, err := format.Source([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("source: %v in:\n%s", err, text))
	}
	return string(formatted)
}

// Call writes a call of a function with these arguments.
func Call(function string, arguments ...any) string {
	var list []string
	for _, a := range arguments {
		list = append(list, Of(a))
	}
	return function + "(" + strings.Join(list, ", ") + ")"
}

// Of writes a string, a number, a bool, a time.Duration, or a list of them.
func Of(v any) string {
	if d, ok := v.(time.Duration); ok {
		return fmt.Sprintf("%d * time.Second", int(d.Seconds()))
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return quote(r.String())
	case reflect.Int, reflect.Bool:
		return fmt.Sprint(v)
	case reflect.Slice:
		var items []string
		for i := range r.Len() {
			items = append(items, Of(r.Index(i).Interface()))
		}
		return r.Type().String() + "{" + strings.Join(items, ", ") + "}"
	default:
		panic(fmt.Sprintf("source: a value of the type %T", v))
	}
}

// quote writes a string, one with backslashes between backquotes.
func quote(s string) string {
	if strings.Contains(s, `\`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

package source

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Struct is a struct of options.
type Struct struct {
	Options any
	// Show are the fields that are written even where they have their zero value.
	Show []string
	// Functions are the texts of the fields that are functions, and of fields whose value
	// has no text, by name.
	Functions map[string]string
}

// Literal writes the struct as a composite literal, without fields that have their zero
// value.
func (s Struct) Literal() string {
	text := ""
	s.each(reflect.Zero(reflect.TypeOf(s.Options)).Interface(), func(name, value string) {
		text += name + ": " + value + ",\n"
	})
	if text != "" {
		text = "\n" + text
	}
	return reflect.TypeOf(s.Options).String() + "{" + text + "}"
}

// Assignments writes what a program assigns to the fields of a variable that has the
// values of base.
func (s Struct) Assignments(variable string, base any) string {
	var lines []string
	s.each(base, func(name, value string) {
		lines = append(lines, variable+"."+name+" = "+value)
	})
	return strings.Join(lines, "\n")
}

// each calls f for the fields that differ from base, and those of Show.
func (s Struct) each(base any, f func(name, value string)) {
	options, from := reflect.ValueOf(s.Options), reflect.ValueOf(base)
	for i := range options.NumField() {
		name := options.Type().Field(i).Name
		if !options.Type().Field(i).IsExported() {
			continue
		}
		field := options.Field(i)
		if !slices.Contains(s.Show, name) && same(field, from.Field(i)) {
			continue
		}
		text, ok := s.Functions[name]
		if !ok {
			if field.Kind() == reflect.Func {
				panic(fmt.Sprintf("source: no text for the function %s", name))
			}
			text = Of(field.Interface())
		}
		f(name, text)
	}
}

// same compares two fields. Two functions are the same where both are nil.
func same(a, b reflect.Value) bool {
	if a.Kind() == reflect.Func {
		return a.IsNil() && b.IsNil()
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

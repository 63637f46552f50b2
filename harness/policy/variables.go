package policy

import (
	"slices"
	"strings"
)

// expand replaces the variables in a text. After a fault the text is empty.
func (r *reader) expand(at, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	var b strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "${")
		if !found {
			b.WriteString(rest)
			return b.String()
		}
		if literal, escaped := strings.CutSuffix(before, "$"); escaped {
			b.WriteString(literal + "${")
			rest = after
			continue
		}
		b.WriteString(before)
		name, remains, closed := strings.Cut(after, "}")
		value, ok := r.variable(at, name, closed, placeOf(at, b.String()))
		if !ok {
			return ""
		}
		b.WriteString(value)
		rest = remains
	}
}

// variablePlace is what the place of a variable says of its value.
type variablePlace int

const (
	anyPlace variablePlace = iota // hidden, unless it is an address, too
	address                       // shown: every report has target and path
	secret                        // hidden, whatever else it is: a header, a cookie, a query
)

// placeOf is the place of a variable in a field, by the text before it.
func placeOf(at, before string) variablePlace {
	path := strings.HasSuffix(at, ".path")
	switch {
	case strings.HasPrefix(at, "ask."), path && strings.Contains(before, "?"):
		return secret
	case at == "target", path:
		return address
	}
	return anyPlace
}

// secretValues are the values of variables that must not be shown.
func (r *reader) secretValues() []string {
	return slices.DeleteFunc(r.values, func(value string) bool {
		return r.places[value][address] && !r.places[value][secret]
	})
}

// variable looks a variable up.
func (r *reader) variable(at, name string, closed bool, place variablePlace) (string, bool) {
	if !closed || !isVariableName(name) {
		r.fault(at, "want ${NAME} for a variable, or $${ for the text ${", "")
		return "", false
	}
	if r.lookup != nil {
		if value, ok := r.lookup(name); ok {
			r.unsaid[at] = true
			if r.places == nil {
				r.places = map[string]map[variablePlace]bool{}
			}
			if r.places[value] == nil {
				r.places[value] = map[variablePlace]bool{}
			}
			r.places[value][place] = true
			if !slices.Contains(r.values, value) {
				r.values = append(r.values, value)
				if r.variables == nil {
					r.variables = map[string]string{}
				}
				r.variables[value] = name
			}
			return value, true
		}
	}
	r.fault(at, "the variable "+name+" is not set in the environment", "")
	return "", false
}

// isVariableName says whether a shell could have a variable of that name.
func isVariableName(name string) bool {
	for i, c := range name {
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

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
		value, ok := r.variable(at, name, closed)
		if !ok {
			return ""
		}
		b.WriteString(value)
		rest = remains
	}
}

// variable looks a variable up.
func (r *reader) variable(at, name string, closed bool) (string, bool) {
	if !closed || !isVariableName(name) {
		r.fault(at, "want ${NAME} for a variable, or $${ for the text ${", "")
		return "", false
	}
	if r.lookup != nil {
		if value, ok := r.lookup(name); ok {
			r.unsaid[at] = true
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

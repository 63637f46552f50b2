package policy

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

const forbiddenHeader = "no page can set it: the browser drops it without a message"

// checkNames finds the faults of a list of names, and its duplicates.
func checkNames(f *faults, at string, list Names, problemOf func(string) (problem, meant string), fold func(string) string) {
	if list.Any() {
		return
	}
	first := map[string]int{}
	field := at[strings.LastIndex(at, ".")+1:]
	for i, name := range list {
		here := fmt.Sprintf("%s[%d]", at, i)
		if name == Wildcard {
			f.add(here, name, "* cannot be in a list", field+": any")
			continue
		}
		problem, meant := problemOf(name)
		f.addIf(here, name, problem, meant)
		if j, twice := first[fold(name)]; twice {
			f.add(here, name, fmt.Sprintf("listed already at %s[%d]", at, j), "")
		} else {
			first[fold(name)] = i
		}
	}
}

// methodProblem says what is wrong with a method.
func methodProblem(method string) (problem, meant string) {
	switch {
	case method == "":
		return "empty: want a method such as GET", ""
	case strings.ContainsAny(method, ", "):
		return "several methods in one text", bracketed(strings.ToUpper(method))
	case !web.IsToken(method):
		return "not a method: want an HTTP token such as GET", ""
	case web.IsForbiddenMethod(method):
		return "no page can use it: fetch() refuses it", ""
	case strings.ToUpper(method) != method:
		return "methods are compared byte for byte, and are written in upper case", strings.ToUpper(method)
	}
	return "", ""
}

// bracketed writes the names in one text as a list.
func bracketed(text string) string {
	return "[" + strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' }), ", ") + "]"
}

// headerNameProblem says what is wrong with the name of a header.
func headerNameProblem(name string) (problem, meant string) {
	switch {
	case name == "":
		return "empty: want the name of a header", ""
	case strings.Contains(name, ":"):
		before, _, _ := strings.Cut(name, ":")
		return "want only the name, without colon and value", strings.TrimSpace(before)
	case strings.ContainsAny(name, ", "):
		return "several names in one text", bracketed(name)
	case !web.IsToken(name):
		return "not the name of a header: want an HTTP token", ""
	}
	return "", ""
}

// requestHeaderProblem says what is wrong with the name of a request header.
// https://fetch.spec.whatwg.org/#forbidden-request-header
func requestHeaderProblem(name string) (problem, meant string) {
	if problem, meant = headerNameProblem(name); problem != "" {
		return problem, meant
	}
	if web.IsForbiddenRequestHeader(name, "") {
		return forbiddenHeader, ""
	}
	return "", ""
}

// exposeHeaderProblem says what is wrong with the name of a response header.
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func exposeHeaderProblem(name string) (problem, meant string) {
	if problem, meant = headerNameProblem(name); problem != "" {
		return problem, meant
	}
	if web.IsForbiddenResponseHeaderName(name) {
		return "no page can read it: browsers keep cookies to themselves", ""
	}
	return "", ""
}

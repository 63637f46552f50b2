package snippet

import (
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Snippet is what to write, and where.
type Snippet struct {
	_ [0]func() // keyed literals only

	// Software and Name are the id and the name of the software: "nginx", "nginx".
	Software string `json:"software"`
	Name     string `json:"name"`
	// File is the file or the place where the text belongs.
	File string `json:"file"`
	Text string `json:"text"`
	// Note says what else to know; it may be empty.
	Note string `json:"note,omitempty"`
	// Run says that a spec of corsproof starts the software with such a text and asks it in a
	// browser. The texts for other software were written from the documentation, and not run.
	Run bool `json:"run"`
}

// Listed is software that Write has a text for.
type Listed struct {
	_ [0]func() // keyed literals only

	ID   string
	Name string
	Run  bool // see Snippet.Run
}

// software is one row of the table.
type software struct {
	id, name, file, note string
	run                  bool
	source               bool             // of Go, which is formatted
	text                 string           // a template, which is executed with a Need
	lacks                func(Need) error // what the software has no option for; nil: nothing
}

// table has all software: web servers and proxies, clouds, and libraries by language.
var table = slices.Concat(servers, clouds, javascript, python, jvm, dotnet, golang, ruby)

// Software lists the software that Write has a text for.
func Software() []Listed {
	list := make([]Listed, 0, len(table))
	for _, s := range table {
		list = append(list, Listed{ID: s.id, Name: s.name, Run: s.run})
	}
	return list
}

// Write writes what a need takes in a software, which is an id of Software. The error names
// all that cannot be written; it has a line for each fault.
func Write(id string, need Need) (Snippet, error) {
	at := slices.IndexFunc(table, func(s software) bool { return s.id == id })
	if at < 0 {
		var ids []string
		for _, s := range table {
			ids = append(ids, s.id)
		}
		return Snippet{}, fmt.Errorf("no snippet for %q: want one of %s", id, strings.Join(ids, ", "))
	}
	if err := need.check(); err != nil {
		return Snippet{}, fmt.Errorf("snippet for %s: %w", id, err)
	}
	return table[at].write(need.complete())
}

// write fills in the text.
func (s software) write(need Need) (Snippet, error) {
	if s.lacks != nil {
		if err := s.lacks(need); err != nil {
			return Snippet{}, fmt.Errorf("snippet for %s: %w", s.id, err)
		}
	}
	t, err := template.New(s.id).Funcs(functions).Parse(s.text)
	if err != nil {
		return Snippet{}, err
	}
	var text strings.Builder
	if err := t.Execute(&text, need); err != nil {
		return Snippet{}, err
	}
	if s.source {
		formatted, err := format.Source([]byte(text.String()))
		if err != nil {
			return Snippet{}, err
		}
		text.Reset()
		text.Write(formatted)
	}
	return Snippet{Software: s.id, Name: s.name, File: s.file, Text: strings.TrimLeft(text.String(), "\n"), Note: s.note, Run: s.run}, nil
}

// functions write lists in the languages of the texts. No value has a character that needs an
// escape: see Need.check.
var functions = template.FuncMap{
	"comma":   func(names []string) string { return strings.Join(names, ", ") },
	"double":  func(names []string) string { return wrapped(names, `"`, `"`, ", ") },
	"single":  func(names []string) string { return wrapped(names, `'`, `'`, ", ") },
	"blank":   func(names []string) string { return wrapped(names, `"`, `"`, " ") },
	"symbols": func(names []string) string { return strings.ToLower(wrapped(names, ":", "", ", ")) },
	"pattern": regexp.QuoteMeta,
	// Longer origins do not fit into the default bucket of a map of nginx.
	"long": func(origins []string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool { return len(origin) > 40 })
	},
	// jub0bs/cors calls an origin insecure that has no TLS and is not this machine.
	"insecure": func(origins []string) bool {
		return slices.ContainsFunc(origins, func(origin string) bool {
			o := web.ParseOrigin(origin)
			return o.Scheme == "http" && !web.IsLoopback(o.Host)
		})
	},
}

// wrapped joins names, each with a text before and after it.
func wrapped(names []string, before, after, between string) string {
	list := make([]string, 0, len(names))
	for _, name := range names {
		list = append(list, before+name+after)
	}
	return strings.Join(list, between)
}

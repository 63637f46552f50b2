// Package openapi makes a first policy of an OpenAPI file: OpenAPI 3.0 and later, in JSON or
// YAML.
//
//	d, err := openapi.Draft(openapi.File{Name: "openapi.yaml", From: "https://app.example.com"})
//	if err != nil {
//		return err
//	}
//	fmt.Print(d.Text())
//
// The library is github.com/getkin/kin-openapi: it is maintained since 2017, reads 3.0 and 3.1,
// follows references without a stack overflow in cycles, and needs the YAML and JSON Schema
// libraries that corsproof has already. github.com/pb33f/libopenapi also keeps comments and
// lines, which nobody needs here, and brings a YAML parser, JSONPath and ordered maps of its own.
package openapi

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/draft"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// File is a file that a draft is made of.
type File struct {
	_ [0]func() // keyed literals only

	// Name is the file. Files that it refers to are read if they are in the same folder, or
	// below it.
	Name string
	// In is the file where it has no name, such as standard input. Files that it refers to are
	// not read. Nil means that Name is read.
	In io.Reader
	// URL is the server, in place of the servers of the file. Empty means the first of these.
	URL string
	// From are the origins of the pages that may read, with commas, or any, or none. Empty
	// means that nobody has said it yet.
	From string
}

// The bounds of a file. The largest public descriptions have 12 MB and 1,000 paths.
const (
	mostBytes = 16 << 20
	mostPaths = 2000
)

// Draft makes a policy of what the file says. The error joins [policy.FaultError] values where
// an origin cannot stand in a policy.
func Draft(f File) (draft.Draft, error) {
	doc, err := f.load()
	if err != nil {
		return draft.Draft{}, fmt.Errorf("OpenAPI file: %w", err)
	}
	r := reader{doc: doc, draft: draft.Draft{Why: map[string]string{}, Paths: map[string]string{}}}
	if err := r.target(f.URL); err != nil {
		return draft.Draft{}, fmt.Errorf("OpenAPI file: %w", err)
	}
	if err := r.paths(); err != nil {
		return draft.Draft{}, fmt.Errorf("OpenAPI file: %w", err)
	}
	p := &r.draft.Policy
	p.Rules = draft.Inherit(p.Resources)
	if p.Origins, err = originsOf(f.From); err != nil {
		return draft.Draft{}, err
	}
	r.explain(f)
	return r.draft, p.Validate()
}

// originsOf are the origins of the pages. Until somebody names them, no page may read.
func originsOf(from string) (policy.Origins, error) {
	if from == "" {
		return policy.Origins{None: true}, nil
	}
	return draft.Origins(from)
}

// load reads the file, and what it refers to.
func (f File) load() (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		return nil, refused(at, "a file without a name has no folder")
	}
	var data []byte
	var err error
	if f.In != nil {
		if data, err = io.ReadAll(io.LimitReader(f.In, mostBytes+1)); err == nil && len(data) > mostBytes {
			err = fmt.Errorf("it has more than %d MB: is it the right file?", mostBytes>>20)
		}
	} else {
		var root *os.Root
		if root, err = os.OpenRoot(filepath.Dir(f.Name)); err != nil {
			return nil, err
		}
		defer root.Close()
		loader.ReadFromURIFunc = within(root)
		data, err = source.ReadFile(f.Name, mostBytes)
	}
	if err != nil {
		return nil, err
	}
	if err := checkVersion(data); err != nil {
		return nil, err
	}
	doc, err := loader.LoadFromDataWithPath(data, &url.URL{Path: filepath.Base(f.Name)})
	if err != nil {
		return nil, loadFault(err)
	}
	return doc, nil
}

// within reads files of a folder, and no others.
func within(root *os.Root) openapi3.ReadFromURIFunc {
	left := mostBytes
	return func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		if at.Scheme != "" || at.Host != "" {
			return nil, refused(at, "nothing is fetched")
		}
		file, err := root.Open(filepath.FromSlash(at.Path))
		if err != nil {
			return nil, refused(at, "no such file in the folder of the OpenAPI file, or below it")
		}
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, int64(left)+1))
		if left -= len(data); left < 0 {
			return nil, refused(at, fmt.Sprintf("the files have more than %d MB together", mostBytes>>20))
		}
		return data, err
	}
}

// refError is a reference that is not followed.
type refError struct{ to, why string }

func (e *refError) Error() string {
	return fmt.Sprintf("its $ref to %s is not followed: %s. Bundle the file into one first, such as with npx @redocly/cli bundle", plain.Safe(e.to), e.why)
}

func refused(at *url.URL, why string) error { return &refError{at.String(), why} }

// checkVersion reads which version the file has, as the first thing.
func checkVersion(data []byte) error {
	var head struct {
		OpenAPI any `yaml:"openapi"`
		Swagger any `yaml:"swagger"`
	}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return loadFault(err)
	}
	version := fmt.Sprint(head.OpenAPI)
	switch {
	case head.Swagger != nil:
		return errors.New("it is Swagger 2.0: convert it to OpenAPI 3 first, such as with npx swagger2openapi FILE, and give what comes out")
	case head.OpenAPI == nil:
		return errors.New("it has no field openapi: want OpenAPI 3.0 or 3.1, in JSON or YAML")
	case version != "3" && !strings.HasPrefix(version, "3."):
		return fmt.Errorf("its version is %s: want OpenAPI 3.0 or 3.1", plain.Safe(version))
	}
	return nil
}

// mostFault bounds how much of an error of a library is shown.
const mostFault = 300

// loadFault is an error of the parsers, which may quote the file.
func loadFault(err error) error {
	var ref *refError
	if errors.As(err, &ref) {
		return ref
	}
	text := []rune(plain.Safe(strings.ReplaceAll(err.Error(), "\n", " ")))
	if len(text) > mostFault {
		text = append(text[:mostFault], []rune("...")...)
	}
	return fmt.Errorf("it cannot be read: %s", string(text))
}

// reader makes a draft of a document.
type reader struct {
	doc    *openapi3.T
	draft  draft.Draft
	prefix string          // of all paths
	others []string        // further servers
	kinds  map[string]bool // of security schemes, as comments name them
	unread int             // paths beyond mostPaths
}

// target finds the server.
func (r *reader) target(given string) error {
	var at web.URL
	for i, s := range r.doc.Servers {
		text, u, ok := serverURL(s, given)
		if i == 0 && ok {
			at = u
		} else if text != "" {
			r.others = append(r.others, text)
		}
	}
	if given != "" {
		u, err := web.ParseURL(given, nil)
		if err != nil || !u.IsHTTP() {
			return &policy.FaultError{Path: "URL", Value: given, Problem: "want a URL of http or https, such as https://api.example.com"}
		}
		r.draft.Policy.Target = u.Origin().String()
		if r.prefix = strings.TrimSuffix(u.Path, "/"); r.prefix == "" {
			r.prefix = strings.TrimSuffix(at.Path, "/")
		}
		return nil
	}
	if at.Host == "" {
		return errors.New("it names no server with scheme and host: add the URL, as in corsproof init https://api.example.com --openapi FILE")
	}
	r.draft.Policy.Target, r.prefix = at.Origin().String(), strings.TrimSuffix(at.Path, "/")
	return nil
}

// serverURL is the URL of a server, with the default values of its variables. A relative one is
// resolved against the given URL.
// https://spec.openapis.org/oas/v3.1.1.html#server-object
func serverURL(s *openapi3.Server, given string) (text string, u web.URL, ok bool) {
	if s == nil {
		return "", web.URL{}, false
	}
	text = s.URL
	for name, v := range s.Variables {
		if v != nil {
			text = strings.ReplaceAll(text, "{"+name+"}", v.Default)
		}
	}
	var base *web.URL
	if parsed, err := web.ParseURL(given, nil); err == nil {
		base = &parsed
	}
	u, err := web.ParseURL(text, base)
	return plain.Safe(text), u, err == nil && u.IsHTTP()
}

// paths makes a resource of each path.
func (r *reader) paths() error {
	r.kinds = map[string]bool{}
	items := map[string]*openapi3.PathItem{}
	if r.doc.Paths != nil {
		items = r.doc.Paths.Map()
	}
	if len(items) == 0 {
		return errors.New("it has no paths, so it says nothing that a policy could hold")
	}
	seen := map[string]bool{}
	for _, template := range slices.Sorted(maps.Keys(items)) {
		switch item := items[template]; {
		case item == nil:
		case len(seen) == mostPaths:
			r.unread++
		default:
			r.resource(template, item, seen)
		}
	}
	return nil
}

package policy

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// Read reads the policy in a file, with ${VARS} from the environment. See [Parse]. An
// error that is not a fault is the error of reading the file.
func Read(path string) (Policy, error) {
	data, err := source.ReadFile(path, source.MaxText)
	if err != nil {
		return Policy{}, fmt.Errorf("policy: %w", err)
	}
	return Parse(path, data, os.LookupEnv)
}

// Parse reads a policy in YAML; JSON is YAML too. It returns all faults at once, joined:
// each is a *[FaultError] with file, line and column. The name is the file name in the
// faults. Where the YAML itself is broken, there is only one fault.
//
// ${VAR} in a text is replaced by the value that lookupEnv returns. This happens after
// the YAML is parsed, so that a value stays one text, whatever it contains. A missing
// variable is a fault; $${ is a literal ${. A nil lookupEnv knows no variable.
func Parse(name string, data []byte, lookupEnv func(string) (string, bool)) (Policy, error) {
	r := &reader{
		source: source.New(name, data, secretBegin), lookup: lookupEnv,
		at: map[string]*yaml.Node{}, unsaid: map[string]bool{},
	}
	root := r.document()
	if root == nil {
		return Policy{}, r.faults.error()
	}
	p := r.policy(root)
	r.check(p)
	if len(r.faults.list) > 0 {
		r.place(root)
		return Policy{}, r.faults.error()
	}
	return p, nil
}

// reader reads one document.
type reader struct {
	source *source.Text
	lookup func(string) (string, bool)
	faults faults

	at        map[string]*yaml.Node             // the place of each field
	unsaid    map[string]bool                   // fields with a variable in them: a fault does not quote their value
	broken    []string                          // fields that have a fault already
	values    []string                          // the values of variables
	places    map[string]map[variablePlace]bool // of each value
	variables map[string]string                 // value to name
}

// document parses the YAML. It returns nil after a fault.
func (r *reader) document() *yaml.Node {
	root, problem := r.source.Document("policy")
	switch {
	case problem != nil:
		meant := ""
		if problem.Text == source.BareAlias {
			meant = "any"
		}
		r.syntax(problem.Line, problem.Column, problem.Text, meant)
	case root == nil:
		r.syntax(1, 1, "empty: want a policy, with target and origins", "")
	}
	return root
}

// syntax adds the fault of a document that cannot be read.
func (r *reader) syntax(line, column int, problem, meant string) {
	r.faults.list = append(r.faults.list, &FaultError{
		File: r.source.Name, Line: line, Column: column, Problem: problem, Meant: meant,
		Excerpt: r.source.Excerpt(line, column, hiddenWithoutTree(r.source)),
	})
}

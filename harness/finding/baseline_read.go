package finding

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/policy"
)

// ReadBaseline reads the baseline of a policy from a file. See [ParseBaseline]. An error
// without [policy.Faults] is the error of reading the file.
func ReadBaseline(path string, p policy.Policy) (Baseline, error) {
	data, err := source.ReadFile(path, source.MaxText)
	if err != nil {
		return Baseline{}, fmt.Errorf("baseline: %w", err)
	}
	return ParseBaseline(path, data, p)
}

// ParseBaseline reads a baseline in YAML:
//
//   - cause: request-header:x-request-id
//     until: 2027-03-31
//     reason: the old gateway, gone in March (API-4711)
//   - id: K61
//     path: /v1/me
//     reason: the login answers for itself
//   - id: K13
//     key: /v1/me from=https://unlisted.evil.test
//     reason: a partner needs it
//
// An entry names a cause, an id or a path, or more than one of them to list less; an id
// with a key is one probe. After the day of until, the entry no longer counts.
//
// An entry without a reason, an entry that matches nothing of the policy, and a duplicate
// are faults. All are returned at once: see [policy.Faults].
func ParseBaseline(name string, data []byte, p policy.Policy) (Baseline, error) {
	raised, err := raisedBy(p)
	if err != nil {
		return Baseline{}, err
	}
	r := newBaselineReader(name, data)
	entries := r.read()
	r.check(entries, raised)
	return r.result(entries)
}

// BaselineToUpdate reads a baseline that will be updated: a stale entry, an entry without
// a reason, and a missing file are not faults.
func BaselineToUpdate(path string) (Baseline, error) {
	data, err := source.ReadFile(path, source.MaxText)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Baseline{}, nil
	case err != nil:
		return Baseline{}, fmt.Errorf("baseline: %w", err)
	}
	r := newBaselineReader(path, data)
	return r.result(r.read())
}

// baselineReader reads one file.
type baselineReader struct {
	text   *source.Text
	faults []*policy.FaultError
}

func newBaselineReader(name string, data []byte) *baselineReader {
	return &baselineReader{text: source.New(name, data, nil)}
}

// placed is an entry with the places of the entry and its values.
type placed struct {
	Entry
	at     string // such as [3]
	node   *yaml.Node
	values map[string]*yaml.Node
}

// entryKeys are the keys of an entry.
var entryKeys = []string{"id", "key", "path", "cause", "until", "reason"}

// wantEntry says what an entry has.
const wantEntry = "a cause, an id or a path, and a reason"

// read reads the list.
func (r *baselineReader) read() []placed {
	root, problem := r.text.Document("baseline")
	switch {
	case problem != nil:
		r.faultAt(problem.Line, problem.Column, policy.FaultError{Problem: problem.Text})
		return nil
	case root == nil:
		return nil // nothing is known to be broken
	case root.Kind != yaml.SequenceNode:
		r.fault(root, policy.FaultError{Problem: "want a list of entries, each with " + wantEntry + ", not " + source.KindOf(root)})
		return nil
	}
	var entries []placed
	for i, item := range root.Content {
		if e, ok := r.entry(fmt.Sprintf("[%d]", i), source.Target(item)); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// entry reads one entry. It returns false for an entry that does not identify a probe.
func (r *baselineReader) entry(at string, n *yaml.Node) (placed, bool) {
	e := placed{at: at, node: n, values: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		r.fault(n, policy.FaultError{Path: at, Problem: "want an entry with " + wantEntry + ", not " + source.KindOf(n)})
		return e, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], source.Target(n.Content[i+1])
		here := at + "." + name.Value
		switch {
		case !slices.Contains(entryKeys, name.Value):
			r.fault(name, policy.FaultError{Path: here, Problem: "no such key: want " + strings.Join(entryKeys, ", "), Meant: source.Nearest(name.Value, entryKeys)})
		case e.values[name.Value] != nil:
			r.fault(name, policy.FaultError{Path: here, Problem: fmt.Sprintf("the key stands twice: first in line %d", e.values[name.Value].Line)})
		default:
			e.values[name.Value] = value
		}
	}
	e.ID, e.Key, e.Path, e.Cause = r.value(e, "id"), r.value(e, "key"), r.value(e, "path"), r.value(e, "cause")
	e.Until, e.Reason = r.value(e, "until"), r.value(e, "reason")
	switch {
	case e.ID == "" && e.Path == "" && e.Cause == "":
		if e.values["id"] == nil && e.values["path"] == nil && e.values["cause"] == nil { // an empty value has its fault
			r.fault(e.node, policy.FaultError{Path: e.at, Problem: "it names nothing: want " + wantEntry + ", as a report has them"})
		}
		return e, false
	case e.Key != "" && e.ID == "":
		r.fault(e.values["key"], policy.FaultError{Path: e.at + ".key", Problem: "a key without an id: want the id of the probe, as a report has it"})
		return e, false
	}
	return e, true
}

// value returns the text of a key, or an empty text where the key is missing. An empty
// value is a fault; check does so for the reason.
func (r *baselineReader) value(e placed, name string) string {
	n, there := e.values[name]
	switch {
	case !there, n.ShortTag() == "!!null" && name == "reason":
	case name == "until":
		return r.date(e, n)
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
		r.fault(n, policy.FaultError{Path: e.at + "." + name, Problem: "want a text, not " + source.KindOf(n)})
		return unread
	case n.Value == "" && name != "reason":
		r.fault(n, policy.FaultError{Path: e.at + "." + name, Problem: "empty: want the " + name + ", as a report has it"})
	default:
		return strings.TrimSpace(n.Value)
	}
	return ""
}

// date returns a date in the form of [Entry.Until].
func (r *baselineReader) date(e placed, n *yaml.Node) string {
	if _, err := time.Parse(dateForm, n.Value); n.Kind != yaml.ScalarNode || err != nil {
		r.fault(n, policy.FaultError{Path: e.at + ".until", Problem: "want the last day on which the entry counts, such as 2027-03-31"})
		return unread
	}
	return n.Value
}

// unread is the text of a value that has a fault already.
const unread = "\x00"

// check checks that each entry has a reason, and matches something of the policy, once.
func (r *baselineReader) check(entries []placed, of raised) {
	first := map[entryName]placed{}
	for _, e := range entries {
		if e.Reason == "" {
			r.fault(cmp.Or(e.values["reason"], e.node), policy.FaultError{
				Path: e.at + ".reason", Problem: "no reason: say why this stays broken",
			})
		}
		if slices.Contains([]string{e.ID, e.Key, e.Path, e.Cause}, unread) {
			continue
		}
		if before, twice := first[e.name()]; twice {
			r.fault(e.node, policy.FaultError{Path: e.at, Problem: fmt.Sprintf("%s stands twice: first at %s in line %d", e.Entry, before.at, before.node.Line)})
			continue
		}
		if wrong := of.fault(e.Entry); wrong != nil {
			node := e.values[wrong.Path]
			wrong.Path = e.at + "." + wrong.Path
			r.fault(node, *wrong)
		}
		first[e.name()] = e
	}
}

// fault adds a fault at the place of a node.
func (r *baselineReader) fault(n *yaml.Node, f policy.FaultError) { r.faultAt(n.Line, n.Column, f) }

// faultAt adds a fault with an excerpt of the line.
func (r *baselineReader) faultAt(line, column int, f policy.FaultError) {
	f.File, f.Line, f.Column = r.text.Name, line, column
	f.Excerpt = r.text.Excerpt(line, column, nil)
	r.faults = append(r.faults, &f)
}

// result returns the baseline, or all its faults in the order of the source.
func (r *baselineReader) result(entries []placed) (Baseline, error) {
	slices.SortStableFunc(r.faults, func(a, b *policy.FaultError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var errs []error
	for _, f := range r.faults {
		errs = append(errs, f)
	}
	if errs != nil {
		return Baseline{}, errors.Join(errs...)
	}
	var b Baseline
	for _, e := range entries {
		b.Entries = append(b.Entries, e.Entry)
	}
	return b, nil
}

package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// key is one key of a mapping, and the function that reads its value into a T.
type key[T any] struct {
	name string
	read func(r *reader, at string, n *yaml.Node, into *T)
}

// keys are all the keys that a mapping may have.
type keys[T any] []key[T]

func (k keys[T]) names() []string {
	var names []string
	for _, key := range k {
		names = append(names, key.name)
	}
	return names
}

// mapping reads a mapping by its keys.
func mapping[T any](r *reader, at string, n *yaml.Node, known keys[T], into *T) {
	names := known.names()
	r.pairs(at, n, func(name string, value *yaml.Node, nameNode *yaml.Node) {
		i := slices.Index(names, name)
		if i < 0 {
			name = r.unknown(at, nameNode, names)
			if i = slices.Index(names, name); i < 0 || has(n, name) || r.at[join(at, name)] != nil {
				return
			}
		}
		here := join(at, name) // of the key that is meant: its value has its faults in the same pass
		r.at[here] = value
		if value.ShortTag() == "!!null" {
			r.broken = append(r.broken, here)
			r.faultAt(here, nameNode, "no value: give one, or remove the key", "")
			return
		}
		known[i].read(r, here, value, into)
	})
}

// join returns the path of a key. A secret that was written into the key is cut off.
func join(at, name string) string {
	if i := secretText(name); i >= 0 {
		name = name[:i] + source.Mark
	}
	if at == "" {
		return name
	}
	return at + "." + name
}

// pairs calls a function for each key of a mapping, once.
func (r *reader) pairs(at string, n *yaml.Node, each func(name string, value, nameNode *yaml.Node)) {
	n = source.Target(n)
	if n.Kind != yaml.MappingNode {
		r.fault(at, "want keys with values, not "+source.KindOf(n), "")
		return
	}
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		nameNode, value := n.Content[i], source.Target(n.Content[i+1])
		if nameNode.Kind != yaml.ScalarNode {
			r.faultAt(at, nameNode, "want a key, not "+source.KindOf(nameNode), "")
			continue
		}
		if line, twice := first[nameNode.Value]; twice {
			r.faultAt(join(at, nameNode.Value), nameNode, fmt.Sprintf("the key stands twice: first in line %d", line), "")
			continue
		}
		first[nameNode.Value] = nameNode.Line
		each(nameNode.Value, value, nameNode)
	}
}

// has says whether a mapping has a key.
func has(n *yaml.Node, name string) bool {
	n = source.Target(n)
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return true
		}
	}
	return false
}

// unknown adds the fault of a key that is not known, and returns the key that was meant.
func (r *reader) unknown(at string, nameNode *yaml.Node, names []string) string {
	name := nameNode.Value
	meant := otherWords[source.Plain(name)]
	if !slices.Contains(names, meant) {
		meant = source.Nearest(name, names)
	}
	if meant == "" {
		meant = elsewhere(name)
	}
	problem := "no such key: want " + strings.Join(names, ", ")
	if name == "<<" {
		problem, meant = "merge keys are not allowed: resources inherit without them", ""
	}
	r.faultAt(join(at, name), nameNode, problem, meant)
	return meant
}

// otherWords are names that other tools use for our keys.
var otherWords = map[string]string{
	"allowedorigins": "origins", "alloworigins": "origins", "alloworigin": "origins", "origin": "origins",
	"allowedmethods": "methods", "allowmethods": "methods", "method": "methods",
	"allowedheaders": "requestHeaders", "allowheaders": "requestHeaders", "headers": "requestHeaders",
	"exposedheaders": "exposeHeaders", "responseheaders": "exposeHeaders",
	"allowcredentials": "credentials", "supportscredentials": "credentials", "credentialed": "credentials",
	"maxageinseconds": "maxAge", "url": "target", "server": "target", "routes": "resources", "paths": "resources",
	"timeout": "timeLimit", "parallel": "concurrency", "workers": "concurrency",
}

// elsewhere names the mapping that a misplaced key belongs to.
func elsewhere(name string) string {
	switch {
	case slices.Contains(askKeys.names(), name):
		return "ask." + name
	case slices.Contains(policyKeys.names(), name):
		return name + " at the top"
	case name == "path":
		return "resources: [{path: ...}]"
	case name == "list":
		return "origins: [https://app.example.com, {subdomains: [https://example.com]}]"
	}
	return ""
}

// everyKey returns the keys of all mappings.
func everyKey() []string {
	return slices.Concat(policyKeys.names(), resourceKeys.names(), askKeys.names(), originsKeys.names())
}

package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// valuesKey matches a key whose values may be secret, though its name is not.
var valuesKey = regexp.MustCompile(`(^|[^\w-])(headers|cookies)["']?\s*:`)

// hiddenWithoutTree returns the places to hide in a text that is not YAML: everything
// from a secret on to the next line that begins with a key of the policy. The meaning of
// a broken text is not known, so this hides too much.
func hiddenWithoutTree(t *source.Text) source.Hidden {
	h := source.Hidden{}
	var from source.Place
	for i, text := range t.Lines {
		if from.Line > 0 && beginsWithKey(text) {
			h.Hide(from, source.Place{Line: i + 1, Column: 1}, len(t.Lines))
			from = source.Place{}
		}
		if at := secretBegin(text); at >= 0 && from.Line == 0 {
			from = source.Place{Line: i + 1, Column: 1 + utf8.RuneCountInString(text[:at])}
		}
	}
	if from.Line > 0 {
		h.Hide(from, source.End, len(t.Lines))
	}
	return h
}

// secretBegin returns where in a line a secret may begin, or -1.
func secretBegin(text string) int {
	at := secretText(text)
	if found := valuesKey.FindStringIndex(text); found != nil && (at < 0 || found[1] < at) {
		at = found[1]
	}
	return at
}

// beginsWithKey says whether a line begins with a key of the policy itself.
func beginsWithKey(text string) bool {
	key, _, ok := strings.Cut(text, ":")
	return ok && slices.Contains(policyKeys.names(), key)
}

// hiddenIn returns the places to hide in a document: each secret, and what may be a secret
// up to the begin of the next value or key.
func hiddenIn(t *source.Text, root *yaml.Node) source.Hidden {
	var starts []source.Place
	var secrets []*yaml.Node
	collect(root, openly, &starts, &secrets)
	slices.SortFunc(starts, source.Place.Compare)
	starts = slices.Compact(starts)
	h := source.Hidden{}
	for _, n := range secrets {
		next := source.End
		if i, _ := slices.BinarySearchFunc(starts, source.PlaceOf(n), source.Place.Compare); i+1 < len(starts) {
			next = starts[i+1]
		}
		t.HideValue(h, n, next)
	}
	return h
}

// secrecy says which part of a node is secret.
type secrecy int

const (
	openly     secrecy = iota
	openNames          // the values of a mapping are secrets, its names are not
	everything         // the whole node
)

// collect gathers the places where nodes begin, and the secret nodes.
func collect(n *yaml.Node, s secrecy, starts *[]source.Place, secrets *[]*yaml.Node) {
	if s == openNames && n.Kind != yaml.MappingNode {
		s = everything
	}
	*starts = append(*starts, source.PlaceOf(n))
	if s == everything || n.Kind == yaml.ScalarNode && shown(n.Value) != n.Value {
		*secrets = append(*secrets, n)
	}
	for i, child := range n.Content {
		inner := openly
		switch {
		case s == everything:
			inner = everything
		case n.Kind != yaml.MappingNode || i%2 == 0:
		case s == openNames:
			inner = everything
		default:
			inner = secrecyUnder(n.Content[i-1].Value)
		}
		collect(child, inner, starts, secrets)
	}
}

// openKeys are the keys whose values have open names and secret values.
var openKeys = []string{"headers", "cookies"}

// secrecyUnder says which part of the value under a key is secret.
func secrecyUnder(key string) secrecy {
	switch {
	case slices.Contains(openKeys, key):
		return openNames
	case slices.Contains(everyKey(), key):
		return openly
	case secretName(key):
		return everything
	case source.Nearest(key, openKeys) != "":
		return openNames
	}
	return openly
}

package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness/internal/source"
)

// valuesKey is a key whose values may be secret, though its name is not.
var valuesKey = regexp.MustCompile(`(^|[^\w-])(headers|cookies)["']?\s*:`)

// hiddenWithoutTree is what to hide in a text that is no YAML: everything from a
// secret on to the next line that begins with a key of the policy. What the
// broken text means is anybody's guess, so this hides too much.
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

// secretBegin is where in a line a secret may begin, or -1.
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

// hiddenIn is what to hide in a document: each secret up to where the next value
// or key begins.
func hiddenIn(t *source.Text, root *yaml.Node) source.Hidden {
	var starts, secrets []source.Place
	collect(root, openly, &starts, &secrets)
	slices.SortFunc(starts, source.Place.Compare)
	starts = slices.Compact(starts)
	h := source.Hidden{}
	for _, from := range secrets {
		to := source.End
		if i, _ := slices.BinarySearchFunc(starts, from, source.Place.Compare); i+1 < len(starts) {
			to = starts[i+1]
		}
		h.Hide(from, to, len(t.Lines))
	}
	return h
}

// secrecy is how much of a node is a secret.
type secrecy int

const (
	openly     secrecy = iota
	openNames          // the values of a mapping are secrets, its names are not
	everything         // all of it
)

// collect gathers where nodes begin, and where secrets do.
func collect(n *yaml.Node, s secrecy, starts, secrets *[]source.Place) {
	if s == openNames && n.Kind != yaml.MappingNode {
		s = everything
	}
	at := source.Place{Line: n.Line, Column: n.Column}
	*starts = append(*starts, at)
	if s == everything || n.Kind == yaml.ScalarNode && shown(n.Value) != n.Value {
		*secrets = append(*secrets, at)
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

// secrecyUnder is how much is secret of what stands under a key.
func secrecyUnder(key string) secrecy {
	switch {
	case key == "headers" || key == "cookies":
		return openNames
	case !slices.Contains(everyKey(), key) && secretName(key):
		return everything
	}
	return openly
}

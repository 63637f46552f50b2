package policy

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// hidden are the parts of lines that no excerpt shows, by line. Lines and columns
// count from 1.
type hidden map[int][]columns

// columns are those from one up to another, which is not among them.
type columns struct{ from, to int }

// place is where something begins.
type place struct{ line, column int }

func (p place) compare(q place) int {
	if p.line != q.line {
		return p.line - q.line
	}
	return p.column - q.column
}

// hide hides what is between two places. last is the number of lines.
func (h hidden) hide(from, to place, last int) {
	for line := from.line; line <= min(to.line, last); line++ {
		part := columns{1, math.MaxInt}
		if line == from.line {
			part.from = from.column
		}
		if line == to.line {
			part.to = to.column
		}
		h[line] = append(h[line], part)
	}
}

// end is after every place.
var end = place{math.MaxInt, 1}

var (
	// quoted is what the YAML library repeats from the text.
	quoted = regexp.MustCompile(`'[^']{2,}' `)
	// headersKey is a key whose values may be secret, though its name is not.
	headersKey = regexp.MustCompile(`(^|[^\w-])headers["']?\s*:`)
)

// hiddenWithoutTree is what to hide in a text that is no YAML: everything from a
// secret on to the next line that begins with a key of the policy. What the
// broken text means is anybody's guess, so this hides too much.
func (s *source) hiddenWithoutTree() hidden {
	h := hidden{}
	var from place
	for i, text := range s.lines {
		if from.line > 0 && beginsWithKey(text) {
			h.hide(from, place{i + 1, 1}, len(s.lines))
			from = place{}
		}
		if at := secretBegin(text); at >= 0 && from.line == 0 {
			from = place{i + 1, 1 + utf8.RuneCountInString(text[:at])}
		}
	}
	if from.line > 0 {
		h.hide(from, end, len(s.lines))
	}
	return h
}

// secretBegin is where in a line a secret may begin, or -1.
func secretBegin(text string) int {
	at := secretText(text)
	if found := headersKey.FindStringIndex(text); found != nil && (at < 0 || found[1] < at) {
		at = found[1]
	}
	return at
}

// beginsWithKey says whether a line begins with a key of the policy itself.
func beginsWithKey(text string) bool {
	key, _, ok := strings.Cut(text, ":")
	return ok && slices.Contains(policyKeys.names(), key)
}

// hiddenInLine is what to hide in a line wherever it stands: user names and
// passwords in URLs, and secrets in a comment.
func hiddenInLine(text string) []columns {
	var parts []columns
	for _, at := range userinfo.FindAllStringIndex(text, -1) {
		from, to := utf8.RuneCountInString(text[:at[0]])+2, utf8.RuneCountInString(text[:at[1]])-1
		parts = append(parts, columns{from + 1, to + 1})
	}
	if comment := strings.Index(text, "#"); comment >= 0 {
		if at := secretBegin(text[comment:]); at >= 0 {
			parts = append(parts, columns{1 + utf8.RuneCountInString(text[:comment+at]), math.MaxInt})
		}
	}
	return parts
}

// hiddenIn is what to hide in a document: each secret up to where the next value
// or key begins.
func (s *source) hiddenIn(root *yaml.Node) hidden {
	var starts, secrets []place
	collect(root, openly, &starts, &secrets)
	slices.SortFunc(starts, place.compare)
	starts = slices.Compact(starts)
	h := hidden{}
	for _, from := range secrets {
		to := end
		if i, _ := slices.BinarySearchFunc(starts, from, place.compare); i+1 < len(starts) {
			to = starts[i+1]
		}
		h.hide(from, to, len(s.lines))
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
func collect(n *yaml.Node, s secrecy, starts, secrets *[]place) {
	if s == openNames && n.Kind != yaml.MappingNode {
		s = everything
	}
	at := place{n.Line, n.Column}
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
	case key == "headers":
		return openNames
	case !slices.Contains(everyKey(), key) && secretName(key):
		return everything
	}
	return openly
}

package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/source"
)

// The keys of each mapping. They are filled in init, because these tables and their
// functions refer to each other.
var (
	policyKeys   keys[Policy]
	resourceKeys keys[Resource]
	askKeys      keys[Ask]
	originsKeys  keys[Origins]
)

func init() {
	policyKeys = slices.Concat(keys[Policy]{
		{"target", func(r *reader, at string, n *yaml.Node, p *Policy) { p.Target = r.text(at, n) }},
	}, rulesKeys(func(p *Policy) *Rules { return &p.Rules }), keys[Policy]{
		{"resources", func(r *reader, at string, n *yaml.Node, p *Policy) { p.Resources = r.resources(at, n) }},
		{"ask", func(r *reader, at string, n *yaml.Node, p *Policy) { mapping(r, at, n, askKeys, &p.Ask) }},
	})
	resourceKeys = append(keys[Resource]{
		{"path", func(r *reader, at string, n *yaml.Node, x *Resource) { x.Path = r.text(at, n) }},
	}, rulesKeys(func(x *Resource) *Rules { return &x.Rules })...)
	askKeys = keys[Ask]{
		{"headers", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Headers = r.headers(at, n) }},
		{"cookies", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Cookies = r.headers(at, n) }},
		{"ca", func(r *reader, at string, n *yaml.Node, a *Ask) { a.CA = r.certificates(at, n) }},
		{"resolve", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Resolve = r.oneOrMore(at, n) }},
		{"unsafe", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Unsafe = Unsafe(r.text(at, n)) }},
		{"rate", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Rate = r.rate(at, n) }},
		{"concurrency", func(r *reader, at string, n *yaml.Node, a *Ask) { a.Concurrency = r.count(at, n) }},
		{"timeLimit", func(r *reader, at string, n *yaml.Node, a *Ask) { a.TimeLimit = r.duration(at, n) }},
	}
	originsKeys = keys[Origins]{
		{"subdomains", func(r *reader, at string, n *yaml.Node, o *Origins) { o.Subdomains = r.list(at, n) }},
	}
}

// rulesKeys are the keys of the rules in a T.
func rulesKeys[T any](of func(*T) *Rules) keys[T] {
	return keys[T]{
		{"origins", func(r *reader, at string, n *yaml.Node, x *T) { of(x).Origins = r.origins(at, n) }},
		{"allowNull", func(r *reader, at string, n *yaml.Node, x *T) { of(x).AllowNull = r.boolean(at, n) }},
		{"credentials", func(r *reader, at string, n *yaml.Node, x *T) { of(x).Credentials = r.boolean(at, n) }},
		{"methods", func(r *reader, at string, n *yaml.Node, x *T) { of(x).Methods = r.names(at, n) }},
		{"requestHeaders", func(r *reader, at string, n *yaml.Node, x *T) { of(x).RequestHeaders = r.names(at, n) }},
		{"exposeHeaders", func(r *reader, at string, n *yaml.Node, x *T) { of(x).ExposeHeaders = r.names(at, n) }},
		{"maxAge", func(r *reader, at string, n *yaml.Node, x *T) { of(x).MaxAge = r.seconds(at, n) }},
		{"errors", func(r *reader, at string, n *yaml.Node, x *T) { of(x).Errors = r.boolean(at, n) }},
		{"redirects", func(r *reader, at string, n *yaml.Node, x *T) { of(x).Redirects = r.boolean(at, n) }},
	}
}

// policy reads the whole document.
func (r *reader) policy(root *yaml.Node) Policy {
	var p Policy
	mapping(r, "", root, policyKeys, &p)
	p.values, p.names = r.secretValues(), r.variables
	p.lines = r.linesOf(p)
	return p
}

func (r *reader) resources(at string, n *yaml.Node) []Resource {
	items := r.items(at, n, "a list of resources, each with a path")
	if items != nil && len(items) == 0 {
		r.fault(at, "an empty list: to ask for / alone, remove the key", "")
	}
	resources := make([]Resource, len(items))
	for i, item := range items {
		here := fmt.Sprintf("%s[%d]", at, i)
		r.at[here] = item
		if item.Kind == yaml.ScalarNode && strings.HasPrefix(item.Value, "/") {
			r.fault(here, "want a mapping with a path", "{path: "+item.Value+"}")
			continue
		}
		mapping(r, here, item, resourceKeys, &resources[i])
	}
	return resources
}

// items returns the nodes of a list. It is nil after a fault.
func (r *reader) items(at string, n *yaml.Node, want string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fault(at, "want "+want+", not "+source.KindOf(n), "")
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = source.Target(item)
	}
	return items
}

// list reads a list of texts. An item that is not a text has a fault and is empty.
func (r *reader) list(at string, n *yaml.Node) []string {
	items := r.items(at, n, "a list")
	if items == nil {
		return nil
	}
	list := make([]string, len(items))
	for i, item := range items {
		here := fmt.Sprintf("%s[%d]", at, i)
		r.at[here] = item
		list[i] = r.text(here, item)
	}
	return list
}

// names reads any, or a list of names.
func (r *reader) names(at string, n *yaml.Node) Names {
	if n.Kind == yaml.ScalarNode {
		return r.scalarNames(at, n)
	}
	list := Names(r.list(at, n))
	if list.Any() {
		r.fault(at+"[0]", "* cannot be in a list", "any")
	}
	return list
}

// scalarNames reads the word any instead of a list.
func (r *reader) scalarNames(at string, n *yaml.Node) Names {
	switch text := r.text(at, n); text {
	case "any":
		return Names{Wildcard}
	case Wildcard:
		r.fault(at, "want any or a list", "any")
	case "none":
		r.fault(at, "want any or a list", "[]")
	case "":
	default:
		r.fault(at, "want any or a list", r.guess(at, bracketed(text)))
	}
	return nil
}

// origins reads any, none, a list, or subdomains.
func (r *reader) origins(at string, n *yaml.Node) Origins {
	switch n.Kind {
	case yaml.SequenceNode:
		return r.originList(at, n)
	case yaml.MappingNode:
		var o Origins
		mapping(r, at, n, originsKeys, &o)
		return o
	}
	const want = "want any, none, a list, or {subdomains: [...]}"
	switch text := n.Value; {
	case n.ShortTag() != "!!str":
		r.fault(at, want+", not "+source.KindOf(n), "")
	case text == "any":
		return Origins{Any: true}
	case text == "none":
		return Origins{None: true}
	case text == Wildcard:
		r.fault(at, want, "any")
	default:
		text = r.text(at, n)
		r.fault(at, want, r.guess(at, bracketed(text)))
	}
	return Origins{}
}

// originList reads a list of origins, patterns and subdomains.
func (r *reader) originList(at string, n *yaml.Node) Origins {
	list, bases := []string{}, []string(nil)
	var listed, based []member
	for i, item := range r.items(at, n, "a list") {
		place := fmt.Sprintf("[%d]", i)
		r.at[at+place] = item
		if item.Kind == yaml.MappingNode {
			for k, base := range r.subdomains(at+place, item) {
				bases, based = append(bases, base), append(based, member{at: fmt.Sprintf("%s.subdomains[%d]", place, k)})
			}
			continue
		}
		text := r.origin(at+place, item)
		if base, ok := cutStar(text); ok {
			bases, based = append(bases, base), append(based, member{place, true})
			continue
		}
		list, listed = append(list, text), append(listed, member{at: place})
	}
	switch {
	case bases == nil:
		return Origins{List: list}
	case len(list) == 0:
		return Origins{Subdomains: bases, written: based}
	}
	return Origins{List: list, Subdomains: bases, written: append(listed, based...)}
}

// subdomains reads {subdomains: [...]} as an item of a list.
func (r *reader) subdomains(at string, n *yaml.Node) []string {
	var o Origins
	before := len(r.faults.list)
	mapping(r, at, n, originsKeys, &o)
	if o.Subdomains == nil && len(r.faults.list) == before {
		r.fault(at, "want subdomains in it, such as {subdomains: [https://example.com]}", "")
	}
	if o.Subdomains != nil && len(o.Subdomains) == 0 {
		r.fault(at+".subdomains", "an empty list allows no origin: give an origin, or remove the item", "")
	}
	return o.Subdomains
}

// origin reads the text of one origin or pattern.
func (r *reader) origin(at string, n *yaml.Node) string {
	if n.ShortTag() == "!!str" && n.Kind == yaml.ScalarNode {
		return r.expand(at, n.Value)
	}
	meant := ""
	if n.ShortTag() == "!!null" {
		meant = "allowNull: true"
	}
	r.fault(at, "want an origin, a pattern such as https://*.example.com, or {subdomains: [...]}, not "+source.KindOf(n), meant)
	return ""
}

// guess returns a guess if it may be shown: it must hold nothing from a variable.
func (r *reader) guess(at, meant string) string {
	if r.unsaid[at] {
		return ""
	}
	return meant
}

// headers reads a mapping of names to values.
func (r *reader) headers(at string, n *yaml.Node) harness.Header {
	var header harness.Header
	r.pairs(at, n, func(name string, value, nameNode *yaml.Node) {
		here := join(at, name)
		r.at[here] = nameNode // never the value
		if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" {
			r.fault(here, "want a text, not "+source.KindOf(value), "")
			return
		}
		header = append(header, harness.Field{Name: name, Value: r.expand(here, value.Value)})
	})
	return header
}

// text reads a text.
func (r *reader) text(at string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		r.fault(at, "want a text, not "+source.KindOf(n), "")
		return ""
	}
	return r.expand(at, n.Value)
}

// boolean reads true or false.
func (r *reader) boolean(at string, n *yaml.Node) *bool {
	if n.ShortTag() == "!!bool" {
		return new(strings.EqualFold(n.Value, "true"))
	}
	meant := map[string]string{"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}[strings.ToLower(n.Value)]
	r.fault(at, "want true or false, not "+source.KindOf(n), meant)
	return nil
}

// number reads a whole number with a lower bound.
func (r *reader) number(at string, n *yaml.Node, least int, want string) (int, bool) {
	number, err := strconv.Atoi(n.Value)
	if n.ShortTag() == "!!int" && err == nil && number >= least {
		return number, true
	}
	meant := strings.TrimSuffix(n.Value, "s")
	if number, err := strconv.Atoi(meant); n.ShortTag() != "!!str" || err != nil || number < least {
		meant = ""
	}
	r.fault(at, want, meant)
	return 0, false
}

func (r *reader) seconds(at string, n *yaml.Node) *int {
	if seconds, ok := r.number(at, n, 0, "want a whole number of seconds, such as 600; 0 means that no answer is kept"); ok {
		return &seconds
	}
	return nil
}

func (r *reader) count(at string, n *yaml.Node) int {
	count, _ := r.number(at, n, 1, "want how many questions may be in flight, 1 or more")
	return count
}

func (r *reader) rate(at string, n *yaml.Node) Rate {
	rate, ok := parseRate(r.scalar(at, n))
	if !ok {
		r.fault(at, wantRate, "")
	}
	return rate
}

func (r *reader) duration(at string, n *yaml.Node) time.Duration {
	limit, err := time.ParseDuration(r.scalar(at, n))
	if err != nil || limit <= 0 {
		meant := ""
		if n.ShortTag() == "!!int" {
			meant = n.Value + "s"
		}
		r.fault(at, wantTime, meant)
		return 0
	}
	return limit
}

// scalar returns the text of a value that may look like a number.
func (r *reader) scalar(at string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	return r.expand(at, n.Value)
}

// Package draft makes a first policy: from the answers of a person, or from what a target
// answers today. Each line of it has a comment that says where the line comes from.
//
//	d, err := draft.FromTarget(ctx, draft.Target{URL: "https://api.example.com/v1/me", From: "https://app.example.com", Ask: chrome.Fetch})
//	if err != nil {
//		return err // evidence is missing: there is no policy
//	}
//	fmt.Print(d.Text())
//
// A draft says what is, and not what should be: a person reads it and changes what is not
// meant. Further sources of a policy make a [Draft] too, and share its text.
package draft

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/policy"
)

// Draft is a policy with a comment for each of its fields.
type Draft struct {
	_ [0]func() // keyed literals only

	// Policy is the policy.
	Policy policy.Policy
	// Head says what the policy is made of.
	Head string
	// Why says of a field, by its name in a policy file, why it has its value, or why it is
	// absent.
	Why map[string]string
	// Paths says of a resource, by its path, why it is there or where its rules come from.
	Paths map[string]string
	// Left are resources that cannot be asked as they are. They are written as comments.
	Left []Left
}

// Left is a resource that a person has to complete.
type Left struct {
	_ [0]func()

	policy.Resource
	Why string
}

// Text is the policy file. [policy.Parse] reads it.
func (d Draft) Text() string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + policy.SchemaURL + "\n") // for editors
	comment(&b, "", d.Head)
	for _, line := range append([]line{{"target", scalar(d.Policy.Target)}}, linesOf(d.Policy.Rules)...) {
		if line.value == "" && d.Why[line.key] == "" {
			continue
		}
		b.WriteString("\n")
		comment(&b, "", d.Why[line.key])
		if line.value != "" {
			b.WriteString(line.key + ": " + line.value + "\n")
		}
	}
	d.resources(&b)
	return b.String()
}

// resources writes the resources of the policy, and as comments the resources that cannot be asked.
func (d Draft) resources(b *strings.Builder) {
	if len(d.Policy.Resources)+len(d.Left) == 0 && d.Why["resources"] == "" {
		return
	}
	b.WriteString("\n")
	comment(b, "", d.Why["resources"])
	key := "resources:\n"
	if len(d.Policy.Resources) == 0 && len(d.Left) > 0 {
		key = "# " + key // without any, it is /
	}
	if len(d.Policy.Resources)+len(d.Left) > 0 {
		b.WriteString(key)
	}
	for _, r := range d.Policy.Resources {
		comment(b, "  ", d.Paths[r.Path])
		resource(b, "  ", r)
	}
	for _, l := range d.Left {
		comment(b, "  ", l.Why)
		resource(b, "  # ", l.Resource)
	}
}

// resource writes a resource, each line behind an indent.
func resource(b *strings.Builder, indent string, r policy.Resource) {
	b.WriteString(indent + "- path: " + scalar(plain.Clean(r.Path)) + "\n")
	for _, line := range linesOf(r.Rules) {
		if line.value != "" {
			b.WriteString(indent + "  " + line.key + ": " + line.value + "\n")
		}
	}
}

// line is a field of the policy. An empty value is absent.
type line struct{ key, value string }

// linesOf are rules in the order of a policy file.
func linesOf(r policy.Rules) []line {
	return []line{
		{"origins", origins(r.Origins)},
		{"allowNull", optional(r.AllowNull)},
		{"credentials", optional(r.Credentials)},
		{"methods", names(r.Methods)},
		{"requestHeaders", names(r.RequestHeaders)},
		{"exposeHeaders", names(r.ExposeHeaders)},
		{"maxAge", optional(r.MaxAge)},
		{"errors", optional(r.Errors)},
		{"redirects", optional(r.Redirects)},
	}
}

// origins writes origins as a policy file does.
func origins(o policy.Origins) string {
	switch {
	case o.Any:
		return "any"
	case o.None:
		return "none"
	case len(o.List)+len(o.Subdomains) == 0:
		return ""
	}
	list := slices.Clone(o.List)
	for _, base := range o.Subdomains {
		list = append(list, policy.Pattern(base))
	}
	return flow(list)
}

// names writes names as a policy file does. Nil is absent.
func names(n policy.Names) string {
	switch {
	case n == nil:
		return ""
	case n.Any():
		return "any"
	}
	return flow(n)
}

// flow writes a list in one line.
func flow(list []string) string {
	var items []string
	for _, item := range list {
		items = append(items, scalar(item))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// optional writes a field that may be absent.
func optional[T any](field *T) string {
	if field == nil {
		return ""
	}
	return fmt.Sprint(*field)
}

// plainScalar matches texts that YAML reads as they are, and as texts.
// https://yaml.org/spec/1.2.2/#733-plain-style
var plainScalar = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9/.*?=&+_-]*(:[A-Za-z0-9/.*?=&+_-]+)*$`)

// words are the plain texts that YAML may read as something else.
var words = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// scalar writes a text so that a policy file has exactly this text.
func scalar(text string) string {
	if plainScalar.MatchString(text) && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	var quoted strings.Builder
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ReplaceAll(text, "${", "$${")) // a text has no error
	return strings.TrimSuffix(quoted.String(), "\n")
}

// comment writes a comment in lines of a readable length, each behind an indent. It may quote a
// server, or a file of somebody else.
func comment(b *strings.Builder, indent, text string) {
	const width = 96
	if text == "" {
		return
	}
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, line := range plain.Wrap(plain.Safe(paragraph), width, width) {
			b.WriteString(strings.TrimRight(indent+"# "+line, " ") + "\n")
		}
	}
}

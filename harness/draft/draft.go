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
}

// Text is the policy file. [policy.Parse] reads it.
func (d Draft) Text() string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + policy.SchemaURL + "\n") // for editors
	comment(&b, d.Head)
	for _, line := range d.lines() {
		if line.value == "" && d.Why[line.key] == "" {
			continue
		}
		b.WriteString("\n")
		comment(&b, d.Why[line.key])
		if line.value != "" {
			b.WriteString(line.key + ":" + line.value + "\n")
		}
	}
	return b.String()
}

// line is a field of the policy. An empty value is absent.
type line struct{ key, value string }

// inLine is a value in the line of its key.
func inLine(value string) string {
	if value == "" {
		return ""
	}
	return " " + value
}

// lines are the fields in the order of a policy file.
func (d Draft) lines() []line {
	p := d.Policy
	list := []line{
		{"target", scalar(p.Target)},
		{"origins", origins(p.Origins)},
		{"allowNull", optional(p.AllowNull)},
		{"credentials", optional(p.Credentials)},
		{"methods", names(p.Methods)},
		{"requestHeaders", names(p.RequestHeaders)},
		{"exposeHeaders", names(p.ExposeHeaders)},
		{"maxAge", optional(p.MaxAge)},
		{"errors", optional(p.Errors)},
		{"redirects", optional(p.Redirects)},
	}
	resources := ""
	for _, r := range p.Resources {
		resources += "\n  - path: " + scalar(r.Path)
	}
	for i := range list {
		list[i].value = inLine(list[i].value)
	}
	return append(list, line{"resources", resources})
}

// origins writes origins as a policy file does.
func origins(o policy.Origins) string {
	switch {
	case o.Any:
		return "any"
	case o.None:
		return "none"
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

// comment writes a comment in lines of a readable length. It may quote a server.
func comment(b *strings.Builder, text string) {
	const width = 96
	if text == "" {
		return
	}
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, line := range plain.Wrap(plain.Safe(paragraph), width, width) {
			b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
		}
	}
}

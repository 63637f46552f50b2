package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/explain"
	"github.com/corsproof/corsproof/harness/policy"
)

// explainOptions are the options of explain.
type explainOptions struct {
	name string // of a behaviour or a reason; empty lists all
	json bool
}

func explainCommand(s streams) *cobra.Command {
	o := &explainOptions{}
	c := &cobra.Command{
		Use:   "explain [ID]",
		Short: "Explain a behaviour or a reason, with the headers of responses before and after",
		Long: `explain shows what an id of a report means, such as K56, or a reason why a browser
blocked, such as MissingAllowOriginHeader: what to change, the place in the standard,
and the headers of a response that breaks and of a response that holds.

Without an argument it lists all behaviours and all reasons. Nothing is asked, and no
Chrome is started.

Exit status: 0 explained, 2 there is no such behaviour or reason.`,
		Example: `  corsproof explain K56
  corsproof explain MissingAllowOriginHeader
  corsproof explain --json`,
		Args: count(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.name = args[0]
				return o.run(s)
			}
			return o.list(s)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, e := range explain.All() {
				if len(args) == 0 {
					names = append(names, cobra.CompletionWithDesc(e.Name, e.Sentence))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON document instead of text")
	return c
}

// run explains one behaviour or reason.
func (o *explainOptions) run(s streams) error {
	e, ok := explain.Of(o.name)
	if !ok {
		return usage(&policy.FaultError{
			Path: "ID", Value: o.name, Meant: explain.Nearest(o.name),
			Problem: "no such behaviour or reason: want an id such as K13 or a reason such as MissingAllowOriginHeader; corsproof explain lists all",
		})
	}
	if o.json {
		return written(writeJSON(s.out, e))
	}
	_, err := io.WriteString(s.out, entryText(e))
	return written(err)
}

// list prints every behaviour and every reason.
func (o *explainOptions) list(s streams) error {
	all := explain.All()
	if o.json {
		return written(writeJSON(s.out, struct {
			Entries []explain.Entry `json:"entries"`
		}{all}))
	}
	var b strings.Builder
	b.WriteString("Behaviours, by their ids:\n\n")
	for i, e := range all {
		switch {
		case e.Behaviour != nil:
			fmt.Fprintf(&b, "%s  %-9s  %s\n", e.Name, e.Behaviour.Level.Name(), e.Sentence)
		default:
			if all[i-1].Behaviour != nil {
				b.WriteString("\nReasons why a browser blocks:\n\n")
			}
			fmt.Fprintf(&b, "%s\n    %s\n", e.Name, e.Sentence)
		}
	}
	_, err := io.WriteString(s.out, b.String())
	return written(err)
}

// written gives an error of writing its exit status.
func written(err error) error {
	if err == nil {
		return nil
	}
	return noAnswer(err)
}

// judgedBy names the judge of a behaviour.
var judgedBy = map[behaviour.Judged]string{
	behaviour.ByPolicy:   "A policy judges it: corsproof verify --only ",
	behaviour.NeedsRoute: "No policy judges it: it needs a route that is made for it.",
	behaviour.ByEffect:   "No policy judges it: other behaviours judge how a browser reads the header.",
	behaviour.OfLibrary:  "No policy judges it: it is about a library and its options.",
}

// entryText is an entry for a person.
func entryText(e explain.Entry) string {
	var b strings.Builder
	b.WriteString(e.Name)
	if e.Behaviour != nil {
		b.WriteString("  " + e.Behaviour.Level.Name() + ", " + strings.Join(e.Behaviour.Tags, ", "))
	}
	b.WriteString("\n\n")
	paragraph(&b, e.Sentence)
	if e.Remedy != "" {
		paragraph(&b, "Remedy: "+e.Remedy)
	}
	if e.Behaviour != nil {
		for _, aim := range e.Behaviour.Sides {
			paragraph(&b, "If it breaks: "+aim.Harm.Sentence())
		}
		how := judgedBy[e.Behaviour.Judged]
		if e.Behaviour.Judged == behaviour.ByPolicy {
			how += e.Name
		}
		paragraph(&b, how)
	}
	b.WriteString("  " + e.Anchor + "\n\n")
	if e.Example == nil {
		paragraph(&b, "No headers to show. "+e.NoExample)
		return b.String()
	}
	paragraph(&b, "Example: "+e.Example.Question())
	if e.Example.Note != "" {
		paragraph(&b, e.Example.Note)
	}
	outcomeText(&b, "Before", e.Example.Before)
	outcomeText(&b, "After", e.Example.After)
	return b.String()
}

// outcomeText adds one outcome with every response.
func outcomeText(b *strings.Builder, name string, o explain.Outcome) {
	fmt.Fprintf(b, "\n  %s: %s\n", name, o)
	for _, r := range o.Responses {
		fmt.Fprintf(b, "    %s\n", r)
		for _, f := range r.Headers {
			fmt.Fprintf(b, "      %s: %s\n", f.Name, f.Value)
		}
		if len(r.Headers) == 0 {
			b.WriteString("      (no header of CORS)\n")
		}
	}
}

// paragraph adds running text, indented.
func paragraph(b *strings.Builder, words string) {
	const width = 96
	for line := range strings.SplitSeq(text.WrapSoft(words, width), "\n") {
		b.WriteString("  " + strings.TrimRight(line, " ") + "\n")
	}
}

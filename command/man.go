package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// manCommand writes a page of the manual for each verb. It is hidden: packagers call it. The
// module cobra/doc is not used: it reads help texts as Markdown, which they are not.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the pages of the manual into a folder",
		Hidden: true,
		Args:   count(cobra.ExactArgs(1)),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return usage(err)
			}
			for _, page := range documented(c.Root()) {
				if err := os.WriteFile(filepath.Join(args[0], manName(page)+".1"), []byte(manPage(page)), 0o644); err != nil {
					return usage(err)
				}
			}
			return nil
		},
	}
}

// documented are the program and its verbs that have a page.
func documented(root *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{root}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			list = append(list, c)
		}
	}
	return list
}

// manName is the name of the page of a verb, such as corsproof-ask.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page of a verb, in the format of man(7).
func manPage(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", roff(strings.ToUpper(manName(c))), roff(manName(c)), roff(c.Short))
	section := func(name, text string) {
		if text = strings.Trim(text, "\n"); text != "" {
			fmt.Fprintf(&b, ".SH %s\n.nf\n%s\n.fi\n", name, roff(text))
		}
	}
	section("SYNOPSIS", c.UseLine())
	section("DESCRIPTION", c.Long)
	section("OPTIONS", c.NonInheritedFlags().FlagUsagesWrapped(78))
	section("OPTIONS OF ALL VERBS", c.InheritedFlags().FlagUsagesWrapped(78))
	section("EXAMPLES", c.Example)
	var others []string
	for _, other := range documented(c.Root()) {
		if other != c {
			others = append(others, manName(other)+"(1)")
		}
	}
	section("SEE ALSO", strings.Join(others, "\n"))
	return b.String()
}

// roff writes text so that man shows it as it is: no character begins an escape, and no line a
// request.
func roff(text string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

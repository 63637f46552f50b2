package command

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/draft"
	"github.com/corsproof/corsproof/harness/draft/openapi"
)

// initSources are the files, and the templates, that a policy is made of.
type initSources struct {
	har, openapi, template string
}

func (i *initSources) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&i.har, "har", "", "a HAR file of the app at work (- for standard input)")
	f.StringVar(&i.openapi, "openapi", "", "an OpenAPI file, 3.0 or 3.1, in YAML or JSON (- for standard input)")
	f.StringVar(&i.template, "template", "", "a template: "+strings.Join(draft.Templates(), ", "))
	// The only possible error is that the flag does not exist.
	_ = c.RegisterFlagCompletionFunc("template", cobra.FixedCompletions(draft.Templates(), cobra.ShellCompDirectiveNoFileComp))
}

// given says whether the policy is made of one of them.
func (i *initSources) given() bool { return i.har+i.openapi+i.template != "" }

// fault is what is wrong with the flags.
func (i *initSources) fault() error {
	given := slices.DeleteFunc([]string{i.har, i.openapi, i.template}, func(value string) bool { return value == "" })
	if len(given) > 1 {
		return errors.New("--har, --openapi and --template: a policy is made of one of them: give one")
	}
	return nil
}

// draft makes the policy. It is nil where no flag says of what.
func (i *initSources) draft(s streams, url, from string) func() (draft.Draft, error) {
	switch {
	case i.har != "":
		return func() (draft.Draft, error) {
			return readFileOr(s, "har", i.har, func(in io.Reader) (draft.Draft, error) {
				return draft.FromHAR(draft.HAR{In: in, URL: url, From: from})
			})
		}
	case i.openapi != "":
		return func() (draft.Draft, error) {
			file := openapi.File{Name: i.openapi, URL: url, From: from}
			if i.openapi == "-" {
				file.In = s.in
			}
			d, err := openapi.Draft(file)
			if err != nil {
				err = fmt.Errorf("--openapi %s: %w", i.openapi, err)
			}
			return d, err
		}
	case i.template != "":
		return func() (draft.Draft, error) { return draft.FromTemplate(i.template, url, from) }
	}
	return nil
}

package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versions are the versions of the program, of what it was built with, and of
// Chrome.
type versions struct {
	Corsproof string   `json:"corsproof"`
	Go        string   `json:"go"`
	Chromedp  string   `json:"chromedp"`
	CDProto   string   `json:"cdproto"`
	Chrome    string   `json:"chrome"`
	Build     string   `json:"build"` // of Chrome: see [harness.Chrome.Build]
	Flags     []string `json:"flags"`
}

// versionOptions are the options of version.
type versionOptions struct {
	browser browserFlags
	json    bool
}

func versionCommand(s streams) *cobra.Command {
	o := &versionOptions{}
	c := &cobra.Command{
		Use:   "version",
		Short: "Show the versions of corsproof, of chromedp and of the Chrome that is asked, with its build and its flags",
		Example: `  corsproof version
  corsproof version --json --chrome /usr/bin/chromium`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), s)
		},
	}
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON document")
	o.browser.add(c)
	return c
}

// run prints the versions. Without a Chrome it prints the versions of the build.
func (o *versionOptions) run(ctx context.Context, s streams) error {
	v := built()
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return err
	}
	found, err := chrome.Chrome(ctx)
	v.Chrome, v.Build, v.Flags = found.Version, found.Build(), found.Flags
	err = errors.Join(err, chrome.Close(), closeTrace())
	if failed := v.print(s.out, o.json); failed != nil {
		return noAnswer(failed)
	}
	if err != nil {
		return failure(ctx, err)
	}
	return nil
}

// built reads the versions that the linker wrote into the binary.
func built() versions {
	v := versions{Corsproof: "unknown", Flags: []string{}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Corsproof, v.Go = info.Main.Version, info.GoVersion
	for _, d := range info.Deps {
		switch d.Path {
		case "github.com/chromedp/chromedp":
			v.Chromedp = d.Version
		case "github.com/chromedp/cdproto":
			v.CDProto = d.Version
		}
	}
	return v
}

func (v versions) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, v)
	}
	text := fmt.Sprintf("corsproof  %s\ngo         %s\nchromedp   %s\ncdproto    %s\n", v.Corsproof, v.Go, v.Chromedp, v.CDProto)
	if v.Chrome != "" {
		text += "browser    " + v.Chrome
		if v.Build != "" {
			text += ", " + v.Build
		}
		text += "\n"
	}
	for _, f := range v.Flags {
		text += "           " + f + "\n"
	}
	_, err := fmt.Fprint(w, text)
	return err
}

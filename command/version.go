package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versions is what was built from what.
type versions struct {
	Corsproof string   `json:"corsproof"`
	Go        string   `json:"go"`
	Chromedp  string   `json:"chromedp"`
	CDProto   string   `json:"cdproto"`
	Chrome    string   `json:"chrome"`
	Flags     []string `json:"flags"`
}

func versionCommand() *cobra.Command {
	var flags browserFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Show the versions of corsproof, of chromedp and of the Chrome that is asked, with its flags",
		Example: `  corsproof version
  corsproof version --json --chrome /usr/bin/chromium`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v := built()
			chrome, closeTrace, err := flags.browser()
			if err != nil {
				return err
			}
			found, err := chrome.Chrome(c.Context())
			v.Chrome, v.Flags = found.Version, found.Flags
			err = errors.Join(err, chrome.Close(), closeTrace())
			if printErr := v.print(asJSON); printErr != nil {
				return noAnswer(printErr)
			}
			if err != nil {
				return failure(c.Context(), err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	flags.add(c)
	return c
}

// built reads the versions that the linker has left in the binary.
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

func (v versions) print(asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(v)
	}
	text := fmt.Sprintf("corsproof  %s\ngo         %s\nchromedp   %s\ncdproto    %s\n", v.Corsproof, v.Go, v.Chromedp, v.CDProto)
	if v.Chrome != "" {
		text += "chrome     " + v.Chrome + "\n"
	}
	for _, f := range v.Flags {
		text += "           " + f + "\n"
	}
	_, err := fmt.Print(text)
	return err
}

package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// runExample asks a server of our own, which sends a good 200 and forgets one
// header, and asks again when it does not.
func (a *asking) runExample(c *cobra.Command, args []string) error {
	var own browserFlags
	choices := &cobra.Command{}
	own.add(choices)
	var foreign []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "example" && choices.Flags().Lookup(f.Name) == nil {
			foreign = append(foreign, "--"+f.Name)
		}
	})
	if len(args) > 0 || len(foreign) > 0 {
		return usage(fmt.Errorf("--example brings its own question: leave out %s", strings.Join(append(args, foreign...), " ")))
	}
	ctx := c.Context()
	var net servers.Network
	if err := net.Start(); err != nil {
		return noAnswer(err)
	}
	defer net.Close()
	chrome, closeTrace, err := a.browser()
	if err != nil {
		return err
	}
	chrome.Network = &net
	err = errors.Join(example(ctx, chrome, &net), chrome.Close(), closeTrace())
	if err != nil {
		return failure(ctx, err)
	}
	fmt.Println("Ask about your own server:  corsproof ask URL --from ORIGIN")
	return nil
}

// example asks both questions and prints both transcripts.
func example(ctx context.Context, chrome *harness.Browser, net *servers.Network) error {
	steps := []struct {
		title string
		reply servers.Reply
		want  harness.Verdict
	}{
		{"A server sends a good 200. The page gets a TypeError.", servers.Reply{Body: "42 orders"}, harness.Blocked},
		{"The same server, with one header more.", servers.Reply{Header: servers.Allow("https://app.test"), Body: "42 orders"}, harness.Readable},
	}
	for _, step := range steps {
		place, err := net.Handle("https://api.test", "/orders", servers.Case{Reply: step.reply})
		if err != nil {
			return err
		}
		a := asking{request: harness.Request{From: "https://app.test", URL: place.URL("")}}
		seen, err := a.ask(ctx, chrome)
		if err != nil {
			return err
		}
		fmt.Printf("%s\n\n", step.title)
		if err := printTranscript(seen); err != nil {
			return err
		}
		fmt.Println()
		if seen.Verdict != step.want {
			return fmt.Errorf("the example ended otherwise than it should: %s, want %s", seen.Verdict, step.want)
		}
		if err := place.Close(); err != nil {
			return err
		}
	}
	return nil
}

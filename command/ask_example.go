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

// onlyExample refuses arguments and flags that describe a question: the example
// has its own question.
func onlyExample(c *cobra.Command, args []string) error {
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
		return usage(fmt.Errorf("--example has its own question: remove %s", strings.Join(append(args, foreign...), " ")))
	}
	return nil
}

// runExample asks a server of our own, which sends a good 200 without any CORS
// header, and asks again when the server sends the missing one.
func (o *askOptions) runExample(ctx context.Context, s streams) error {
	var net servers.Network
	if err := net.Start(); err != nil {
		return noAnswer(err)
	}
	defer net.Close()
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return err
	}
	chrome.Network = &net
	err = errors.Join(example(ctx, s, chrome, &net), chrome.Close(), closeTrace())
	if err != nil {
		return failure(ctx, err)
	}
	fmt.Fprintln(s.out, "Ask about your own server:  corsproof ask URL --from ORIGIN")
	return nil
}

// example asks both questions and prints both transcripts.
func example(ctx context.Context, s streams, chrome *harness.Browser, net *servers.Network) error {
	steps := []struct {
		title string
		reply servers.Reply
		want  harness.Verdict
	}{
		{"A server sends a good 200. The page gets a TypeError.", servers.Reply{Body: "42 orders"}, harness.Blocked},
		{"The same server, with one more header.", servers.Reply{Header: servers.Allow("https://app.test"), Body: "42 orders"}, harness.Readable},
	}
	for _, step := range steps {
		place, err := net.Handle("https://api.test", "/orders", servers.Case{Reply: step.reply})
		if err != nil {
			return err
		}
		seen, err := fetch(ctx, s, chrome, harness.Request{From: "https://app.test", URL: place.URL("")})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n\n", step.title)
		if err := printTranscript(s, seen, ""); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
		if seen.Verdict != step.want {
			return fmt.Errorf("the example ended with an unexpected result: %s, want %s", seen.Verdict, step.want)
		}
		if err := place.Close(); err != nil {
			return err
		}
	}
	return nil
}

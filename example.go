package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// runExample asks a server of our own, which sends a good 200 and forgets one
// header, and asks again when it does not.
func (a *asking) runExample(ctx context.Context, args []string) error {
	if len(args) > 0 || a.json || a.request.From != "" {
		return usage(errors.New("--example brings its own question: give neither URL nor --from nor --json"))
	}
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
		printTranscript(seen)
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

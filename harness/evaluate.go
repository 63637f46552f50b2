package harness

import (
	"context"
	"encoding/json"
	"fmt"
)

// Evaluate runs a JavaScript expression in a page at an origin and returns its
// value as JSON; a promise is waited for. It is for questions that no Request
// can ask: may this page read that frame, or that storage?
//
//	value, err := chrome.Evaluate(ctx, "https://app.test", "localStorage.length")
//
// An exception is an error. The page stays open for later questions, so leave
// nothing behind in it.
func (b *Browser) Evaluate(ctx context.Context, from, expression string) (json.RawMessage, error) {
	if problem := originProblem(from); problem != "" {
		return nil, &FaultError{"From", from, problem}
	}
	is, err := b.ready(ctx, Request{From: from, URL: from, Credentials: Omit}, nil, 0) // which keeps its window
	if err != nil {
		return nil, err
	}
	defer is.release()
	ctx, cancel := b.bounded(ctx)
	defer cancel()
	value, err := is.page.Value(ctx, expression)
	if err != nil {
		return nil, fmt.Errorf("evaluate in the page at %s: %w", from, err)
	}
	return value, nil
}

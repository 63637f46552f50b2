package chrome

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// The canary of a Chrome that somebody else started: questions whose answers are known. Its
// flags may be unknown, so this is what shows that it enforces CORS and tells of it.
const (
	canaryPage = "https://corsproof.test"
	canaryHost = "https://canary.corsproof.test"
)

// canarySong is one question with the answer that is known.
type canarySong struct {
	path, method string
	code         string // of Chrome's refusal; empty: the page may read the response
}

var canarySongs = []canarySong{
	{path: "/silent", code: "MissingAllowOriginHeader"},
	{path: "/open"},
	{path: "/open?put", method: "PUT", code: "MethodDisallowedByPreflightResponse"},
}

// ErrInsecure says that a Chrome does not enforce CORS.
var ErrInsecure = fmt.Errorf("%w: its web security is off", ErrFlag)

// canary asks the questions. It refuses a Chrome that gives one wrong answer, or tells of a
// refusal without an issue of DevTools.
func (c *Chrome) canary(ctx context.Context) error {
	p := c.newPage(engine.PageOptions{Origin: canaryPage, AddressSpace: public}, &tab{})
	p.server = canaryServer{}
	opened, err := c.openPage(ctx, p)
	if err != nil {
		return fmt.Errorf("the page of the canary: %w", err)
	}
	defer opened.Close()
	told := make(chan struct{}, len(canarySongs))
	if err := chromedp.Listen(p.ctx, func(event any) {
		if e, ok := event.(*audits.EventIssueAdded); ok && e.Issue.Details.CorsIssueDetails != nil {
			select {
			case told <- struct{}{}:
			default:
			}
		}
	}); err != nil {
		return err
	}
	for _, song := range canarySongs {
		url := canaryHost + song.path
		question, err := json.Marshal(map[string]string{"url": url, "method": cmp.Or(song.method, "GET")})
		if err != nil {
			return err
		}
		seen, err := opened.Ask(ctx, engine.Question{JSON: question, URL: url, Request: true, Preflights: func(string) bool { return song.method != "" }})
		if err == nil {
			err = song.judge(seen)
		}
		if err != nil {
			return fmt.Errorf("the canary (a question whose answer is known) failed: %w", err)
		}
	}
	return issueTold(ctx, told)
}

// issueLimit bounds the wait for an issue, which may come after the verdict.
const issueLimit = 10 * time.Second

// issueTold waits for the issue of a refusal.
func issueTold(ctx context.Context, told <-chan struct{}) error {
	timer := time.NewTimer(issueLimit)
	defer timer.Stop()
	select {
	case <-told:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return fmt.Errorf("DevTools told of no issue within %s after a refusal, and issues say why Chrome refuses: this Chrome cannot be relied on", issueLimit)
	}
}

// judge compares what was seen with the known answer.
func (s canarySong) judge(seen engine.Evidence) error {
	code := ""
	if failure := seen.LastFailure(); failure != nil {
		code = failure.Code
	}
	switch {
	case s.code != "" && code == "" && !strings.Contains(string(seen.Answer), `"error"`):
		return ErrInsecure
	case code != s.code:
		return fmt.Errorf("Chrome said %q and should have said %q, and the script got %s", code, s.code, seen.Answer)
	}
	return nil
}

// canaryServer answers in the place of [canaryHost].
type canaryServer struct{}

func (canaryServer) patterns() []*fetch.RequestPattern {
	return []*fetch.RequestPattern{{URLPattern: canaryHost + "/*"}}
}

func (canaryServer) answer(_ context.Context, e *fetch.EventRequestPaused) (fetch.FulfillRequestParams, error) {
	answer := fetch.FulfillRequestParams{ResponseCode: 200}
	if !strings.HasSuffix(e.Request.URL, "/silent") {
		answer.ResponseHeaders = []*fetch.HeaderEntry{{Name: web.NameAllowOrigin, Value: canaryPage}}
	}
	if trace.IsPreflight(e) {
		answer.ResponseCode = 204
	}
	return answer, nil
}

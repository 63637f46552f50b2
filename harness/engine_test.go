package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/format"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// fakeBrowser is a browser of a few lines, which answers every question with the same
// Evidence. It shows that the seam is enough for Fetch, the matchers and the
// transcript.
type fakeBrowser struct {
	engine.Browser // nil: only the methods below are called

	mu       sync.Mutex
	evidence engine.Evidence
	err      error
	asked    []engine.Question
	opened   []engine.PageOptions
	profiles []engine.ProfileID // the open ones
	closed   bool
	silent   bool // it answers nothing
	visited  engine.Visited

	diesAsked bool   // it ends when it is asked
	meets     func() // called by each question; nil: none

	opens func(engine.PageOptions) bool // nil: every page; others are never opened
}

func (f *fakeBrowser) Name() string    { return "Fake" }
func (f *fakeBrowser) Version() string { return "1.2" }
func (f *fakeBrowser) Flags() []string { return []string{"-fake"} }
func (f *fakeBrowser) Alive() bool     { return !f.closed }

func (f *fakeBrowser) Answers(ctx context.Context) bool {
	if f.silent {
		<-ctx.Done()
	}
	return !f.silent
}

func (f *fakeBrowser) Open(ctx context.Context, o engine.PageOptions) (engine.Page, error) {
	if f.opens != nil && !f.opens(o) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if o.Worker == engine.SharedWorker {
		return nil, &engine.CannotError{Browser: "Fake 1.2", What: "run a shared worker"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, o)
	return &fakePage{browser: f}, nil
}

func (f *fakeBrowser) NewProfile(context.Context, []engine.SetCookie) (engine.ProfileID, error) {
	f.profiles = append(f.profiles, "one")
	return "one", nil
}

func (f *fakeBrowser) CloseProfile(engine.ProfileID) error {
	f.profiles = nil
	return nil
}

func (f *fakeBrowser) Close() error {
	f.closed = true
	return nil
}

type fakePage struct {
	engine.Page

	browser *fakeBrowser
}

func (p *fakePage) Ask(_ context.Context, q engine.Question) (engine.Evidence, error) {
	p.browser.mu.Lock()
	p.browser.asked = append(p.browser.asked, q)
	p.browser.closed = p.browser.diesAsked
	p.browser.mu.Unlock()
	if p.browser.meets != nil {
		p.browser.meets()
	}
	return p.browser.evidence, p.browser.err
}

func (p *fakePage) Value(_ context.Context, expression string) (json.RawMessage, error) {
	return json.Marshal(expression)
}

func (p *fakePage) In() engine.Browser { return p.browser }
func (p *fakePage) Secure() bool       { return true }
func (p *fakePage) Isolated() bool     { return false }
func (p *fakePage) Barred(string) bool { return false }
func (p *fakePage) Alive() bool        { return true }
func (p *fakePage) Retired() bool      { return false }
func (p *fakePage) Retire()            {}
func (p *fakePage) Late() int          { return 0 }
func (p *fakePage) Close()             {}

// faked is a Browser with a fake engine.
func faked(t *testing.T, f *fakeBrowser) *Browser {
	t.Helper()
	b := &Browser{engine: func(context.Context, engine.Options) (engine.Browser, error) { return f, nil }}
	t.Cleanup(func() {
		if err := b.Close(); err != nil || !f.closed {
			t.Errorf("closed: %t, %v", f.closed, err)
		}
	})
	return b
}

func TestAnotherEngine(t *testing.T) {
	g := gomega.NewWithT(t)
	f := &fakeBrowser{evidence: engine.Evidence{
		Answer: []byte(`{"error": "TypeError: NetworkError when attempting to fetch resource."}`),
		Requests: []engine.Request{{
			Method: "GET", URL: "https://api.test/", Sent: true, Status: 200, Protocol: "h2",
			RequestHeaders:  []engine.Header{{Name: "Origin", Value: "https://app.test"}},
			ResponseHeaders: []engine.Header{{Name: "content-type", Value: "text/plain"}},
			Failure:         &engine.Failure{Code: "MissingAllowOriginHeader", NetError: "NS_ERROR_DOM_BAD_URI"},
		}},
		Console: []engine.Message{{Source: "javascript", Level: "error", Text: "Cross-Origin Request Blocked"}},
	}}
	fake := faked(t, f)
	seen, err := fake.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"})
	g.Expect(seen, err).To(BeBlocked(MissingAllowOriginHeader))
	g.Expect(seen).NotTo(BeReadable())
	g.Expect(seen.Browser).To(gomega.Equal(UserAgent{Name: "Fake", Version: "1.2", Flags: []string{"-fake"}}))
	for _, want := range []string{"Blocked: MissingAllowOriginHeader", "> Origin: https://app.test", "Cross-Origin Request Blocked", "NetworkError when attempting"} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("the transcript says nothing of %q:\n%s", want, seen)
		}
	}
	if len(f.asked) != 1 || f.opened[0].Origin != "https://app.test" {
		t.Errorf("opened %+v, asked %d", f.opened, len(f.asked))
	}
}

func TestAnotherEngineWithoutEvidence(t *testing.T) {
	f := &fakeBrowser{evidence: engine.Evidence{Missing: []string{"the end"}}}
	_, err := faked(t, f).Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"})
	var inconclusive *InconclusiveError
	if !errors.As(err, &inconclusive) || !strings.Contains(err.Error(), "missing: the end") {
		t.Errorf("%v", err)
	}
}

// A question that a browser cannot ask gives its own error: no verdict, and no
// InconclusiveError.
func TestAnEngineThatCannotAsk(t *testing.T) {
	fake := faked(t, &fakeBrowser{})
	_, err := fake.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/", Via: ViaSharedWorker})
	var inconclusive *InconclusiveError
	if err == nil || errors.As(err, &inconclusive) || err.Error() != "Fake 1.2 cannot run a shared worker" {
		t.Errorf("%v", err)
	}
}

func TestProfilesOfAnotherEngine(t *testing.T) {
	f := &fakeBrowser{evidence: told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})}
	profile := Profile{Browser: faked(t, f)}
	seen, err := profile.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"})
	if err != nil || seen.Verdict != Readable || len(f.profiles) != 1 || f.opened[0].Profile != "one" {
		t.Errorf("%s, %v, profiles %v, opened %+v", seen.Verdict, err, f.profiles, f.opened)
	}
	if err := profile.Close(); err != nil || len(f.profiles) != 0 {
		t.Errorf("%v, profiles %v", err, f.profiles)
	}
}

// A profile whose browser was lost says so, instead of answering like a fresh one.
func TestAProfileIsLostWithItsBrowser(t *testing.T) {
	evidence := told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})
	var started []*fakeBrowser
	b := &Browser{engine: func(context.Context, engine.Options) (engine.Browser, error) {
		started = append(started, &fakeBrowser{evidence: evidence})
		return started[len(started)-1], nil
	}}
	defer b.Close()
	profile := Profile{Browser: b}
	r := Request{From: "https://app.test", URL: "https://api.test/"}
	if _, err := profile.Fetch(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	started[0].closed = true // as if it had been killed
	for range 2 {
		if _, err := profile.Fetch(t.Context(), r); !errors.Is(err, ErrProfileLost) {
			t.Errorf("after its browser was lost: %v", err)
		}
	}
	if err := profile.Close(); err != nil {
		t.Error(err)
	}
	if seen, err := profile.Fetch(t.Context(), r); err != nil || seen.Verdict != Readable {
		t.Errorf("closed and begun again: %s, %v", seen.Verdict, err)
	}
}

// A profile without earlier questions is not lost with its browser.
func TestAnUnusedProfileIsNotLost(t *testing.T) {
	evidence := told(`{"type": "cors", "status": 200}`, engine.Request{Status: 200})
	var started []*fakeBrowser
	b := &Browser{engine: func(context.Context, engine.Options) (engine.Browser, error) {
		f := &fakeBrowser{evidence: evidence}
		if len(started) == 0 {
			f.err, f.diesAsked = engine.ErrLost, true
		}
		started = append(started, f)
		return f, nil
	}}
	defer b.Close()
	profile := Profile{Browser: b}
	if seen, err := profile.Fetch(t.Context(), Request{From: "https://app.test", URL: "https://api.test/"}); err != nil || seen.Verdict != Readable || len(started) != 2 {
		t.Errorf("%s, %v, %d started", seen.Verdict, err, len(started))
	}
}

// An error contains no secret, however it is printed.
func TestErrorsTellNoSecret(t *testing.T) {
	r := Request{
		From: "https://app.test", URL: "https://user:s3cret@api.test/", Headers: Header{{"Authorization", "Bearer s3cret"}},
		PageHeaders: Header{{"Set-Cookie", "sid=s3cret"}}, Body: Text("s3cret"), Method: "POST",
	}
	err := error(NewInconclusiveError(r, "missing", errors.New("cause")))
	for _, printed := range []string{
		format.Object(err, 0), format.Object(fmt.Errorf("wrapped: %w", err), 0), format.Object(errors.Join(err, err), 0),
		fmt.Sprintf("%+v %#v", err, *err.(*InconclusiveError)),
	} {
		if strings.Contains(printed, "s3cret") {
			t.Errorf("a secret is in %s", printed)
		}
	}
	if again := format.Object(NewInconclusiveError(r, "missing", errors.New("cause")), 0); !strings.Contains(again, err.Error()) {
		t.Errorf("Gomega prints %s", again)
	}
}

package chrome

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// startError is why Chrome did not start, in one line.
type startError struct {
	err   error
	words string // the last that Chrome printed
}

func (e *startError) Error() string {
	first, _, _ := strings.Cut(strings.TrimSpace(e.err.Error()), "\n")
	// chromedp ends in a colon where the program ended before it could be talked
	// to, and then in what it printed.
	first, ended := strings.CutSuffix(first, ":")
	if ended && e.words == "" {
		return first + "; it printed nothing: is it a Chrome?"
	}
	return first + e.words
}

func (e *startError) Unwrap() error { return e.err }

// notStarted is the error of a Chrome that did not start. It is ErrLost where the process
// was killed: another start may succeed.
func (c *Chrome) notStarted(err error) error {
	how := killed(err)
	if c.process != nil && c.ctx.Err() == nil && how == "" && strings.HasPrefix(err.Error(), "chrome failed to start") {
		how = killedProcess(c.process) // whose end chromedp has waited for
	}
	if how != "" {
		return fmt.Errorf("%w while it started: it was killed (%s)", engine.ErrLost, how)
	}
	if _, cannot := errors.AsType[*engine.CannotError](err); cannot || errors.Is(err, ErrCookies) {
		return err // what Chrome printed explains nothing
	}
	return &startError{err, c.output.String()}
}

// killed says how the process of Chrome was killed, where an error of chromedp tells of
// it, such as "signal: killed".
func killed(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && wasKilled(exit.ExitCode()) {
		return exit.ProcessState.String()
	}
	return ""
}

// killedProcess says how a process that has ended was killed. It is empty where it was not.
func killedProcess(process *exec.Cmd) string {
	if state := process.ProcessState; state != nil && wasKilled(state.ExitCode()) {
		return state.String()
	}
	return ""
}

// wasKilled says whether a process, or the process that its shell started, was ended by a
// signal.
func wasKilled(code int) bool { return code == -1 || code > 128 }

// lost turns the error of a call into ErrLost where Chrome is gone, and says how it ended.
func (c *Chrome) lost(err error) error {
	if err == nil || c.Alive() {
		return err
	}
	if c.foreign != nil {
		return crashError{"the connection to the Chrome ended"}
	}
	how := killed(err)
	if how == "" {
		_, err := chromedp.CallBrowser(c.ctx, browser.GetVersion, cdp.Empty{}) // it fails, and tells
		how = killed(err)
	}
	if how != "" {
		return fmt.Errorf("%w: it was killed (%s)", engine.ErrLost, how)
	}
	return fmt.Errorf("%w%s", engine.ErrLost, c.output)
}

// crashError is ErrLost for a page, or for what asks in it.
type crashError struct{ what string }

func (e crashError) Error() string { return e.what }

func (crashError) Is(target error) bool { return target == engine.ErrLost }

// lost turns the error of a call into ErrLost where Chrome is gone, or what asks in the
// page.
func (p *Page) lost(err error) error {
	switch {
	case err == nil:
		return nil
	case !p.chrome.Alive():
		return p.chrome.lost(err)
	case p.crashed.Load():
		return crashError{"the page crashed"}
	case p.orphaned.Load(), errors.Is(err, chromedp.ErrTargetDetached):
		if p.asker != p.ctx {
			return crashError{"the worker or frame that asks ended"}
		}
		return crashError{"the page ended"}
	}
	return err
}

// tail keeps the end of what Chrome prints, for the error that it may explain.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-4096):]
	return len(p), nil
}

// String is the last line, as the end of a sentence.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.text), []byte("\n"))
	text := strings.TrimSpace(string(lines[len(lines)-1]))
	if text == "" {
		return ""
	}
	return "; its last words: " + text
}

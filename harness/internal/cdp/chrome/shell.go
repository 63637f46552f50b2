package chrome

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// shellName is how the headless shell calls itself. A full Chrome, with a window or
// without, calls itself Chrome.
const shellName = "HeadlessChrome"

// shell says whether the running Chrome is the headless shell.
func (c *Chrome) shell() bool { return c.Name() == shellName }

// namedShell says whether a program is named as a headless shell is. Before the start there is
// nothing else to go by: Debian's program is a script.
func namedShell(path string) bool {
	return strings.Contains(strings.ReplaceAll(filepath.Base(path), "_", "-"), "headless-shell")
}

// fits says whether the build can have what the options want.
func (c *Chrome) fits() error {
	switch {
	case !c.shell():
		return nil
	case c.options.Visible:
		return c.shellCannot("open a window")
	case c.options.Extensions:
		return c.shellCannot("load an extension")
	case len(c.options.CA) > 0: // it does not read the database of the profile: see [trustDatabase]
		return c.shellCannot("trust the certificates of Browser.CA (--ca)")
	}
	return nil
}

// showsEmptyError says whether the document is empty and has an error status.
const showsEmptyError = parsed + `.then(() => performance.getEntriesByType("navigation").some((e) => e.responseStatus >= 400 && e.decodedBodySize === 0))`

// emptyError is the error of a page that answers with an error status and an empty body: a
// full Chrome shows a page of its own there, and calls it so. The headless shell shows the
// empty document.
func (v *visit) emptyError(ctx context.Context) error {
	if !v.chrome.shell() {
		return nil
	}
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: showsEmptyError, AwaitPromise: new(true), ReturnByValue: new(true)})
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case string(result.Result.Value) == "true":
		return &engine.LoadError{NetError: "net::ERR_HTTP_RESPONSE_CODE_FAILURE"}
	}
	return nil
}

// shellCannot is the error for what the headless shell has not.
func (c *Chrome) shellCannot(what string) error {
	instead := "install a full Chrome (Debian: apt-get install chromium), or name it in " + PathVariable + " or with --chrome"
	if c.foreign != nil {
		instead = "ask a full Chrome: name another one with Endpoint (--browser), or remove it"
	}
	return &engine.CannotError{Browser: strings.Replace(c.product, "/", " ", 1) + ", the headless shell,", What: what + ": " + instead}
}

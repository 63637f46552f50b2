package chrome

import (
	"path/filepath"
	"strings"

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
	}
	return nil
}

// shellCannot is the error for what the headless shell has not.
func (c *Chrome) shellCannot(what string) error {
	instead := "install a full Chrome (Debian: apt-get install chromium), or name it in " + PathVariable + " or with --chrome"
	if c.foreign != nil {
		instead = "ask a full Chrome: name another one with Endpoint (--browser), or leave it out"
	}
	return &engine.CannotError{Browser: strings.Replace(c.product, "/", " ", 1) + ", the headless shell,", What: what + ": " + instead}
}

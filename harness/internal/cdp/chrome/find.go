package chrome

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// PathVariable is the environment variable that names the Chrome to use.
const PathVariable = "CORSPROOF_CHROME"

// candidates are the places to look for a Chrome, in this order. A full Chrome
// comes before the headless shell: the network and security stack is under test,
// and should be the stack that users have.
var candidates = []string{
	"google-chrome",
	"google-chrome-stable",
	"chromium",
	"chromium-browser",
	"chrome-headless-shell",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
}

// ErrNoChrome says that there is no Chrome on this machine.
var ErrNoChrome = errors.New("no Chrome found: install one (Debian and Ubuntu: apt-get install chromium, Fedora: dnf install chromium, " +
	"macOS: brew install --cask google-chrome), or name it in " + PathVariable)

// find returns the path of the Chrome to start.
func find(path string) (string, error) {
	whence := ""
	if path == "" {
		path, whence = os.Getenv(PathVariable), ", which "+PathVariable+" names"
	}
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("no Chrome at %s%s: %w", path, whence, innermost(err))
		}
		return found, nil
	}
	for _, name := range candidates {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNoChrome
}

// innermost is the last cause in the chain: the other errors would repeat the path.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

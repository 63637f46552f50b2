package chrome

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// PathVariable is the environment variable that names the Chrome to use.
const PathVariable = "CORSPROOF_CHROME"

// ErrNoChrome says that there is no Chrome on this machine.
var ErrNoChrome = errors.New("no Chrome found: install one (Debian and Ubuntu: apt-get install chromium, Fedora: dnf install chromium, " +
	"macOS: brew install --cask google-chrome, Windows: winget install Google.Chrome), or name the program in " + PathVariable + " or with --chrome")

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
	home, _ := os.UserHomeDir() // without one, nothing is there
	if found := (system{runtime.GOOS, home, os.Getenv}).chrome(); found != "" {
		return found, nil
	}
	return "", ErrNoChrome
}

// chrome returns the first Chrome of a system that can be started, or nothing.
func (s system) chrome() string {
	places := slices.Concat(s.names(), s.installed())
	for _, pattern := range s.downloaded() {
		places = append(places, newest(pattern)...)
	}
	for _, place := range places {
		if found, err := exec.LookPath(filepath.FromSlash(place)); err == nil {
			return found
		}
	}
	return ""
}

// innermost is the last cause in the chain: the other errors would repeat the path.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

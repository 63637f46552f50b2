package chrome

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
)

// PathVariable is the environment variable that names the Chrome to use.
const PathVariable = "CORSPROOF_CHROME"

// ErrNoChrome says that there is no Chrome on this machine.
var ErrNoChrome = errors.New("no Chrome found: install one (Debian and Ubuntu: apt-get install chromium, Fedora: dnf install chromium, " +
	"macOS: brew install --cask google-chrome, Windows: winget install Google.Chrome), or name the program in " + PathVariable + " or with --chrome")

// find returns the path of the Chrome to start.
func find(o engine.Options) (string, error) {
	if found, err := process.Named("Chrome", o.Path, PathVariable); found != "" || err != nil {
		return found, err
	}
	if found := thisSystem().chrome(!needsFull(o)); found != "" {
		return found, nil
	}
	return "", ErrNoChrome
}

// HasBoth says that nobody has named a Chrome, and that Launch starts a headless shell
// although there is a full Chrome, too.
func HasBoth(o engine.Options) bool {
	if o.Path != "" || os.Getenv(PathVariable) != "" || needsFull(o) {
		return false
	}
	s := thisSystem()
	return first(s.full()) != "" && s.chrome(true) != first(s.full())
}

// needsFull says whether the headless shell is no choice.
func needsFull(o engine.Options) bool {
	return o.Visible || o.Extensions || len(o.CA) > 0 || o.Full
}

func thisSystem() system {
	home, _ := os.UserHomeDir() // without one, nothing is there
	return system{runtime.GOOS, home, os.Getenv}
}

// chrome returns the Chrome of a system that is preferred, or nothing. A headless shell is
// preferred where it does, and is on the PATH: what a test tool has downloaded may be old.
// Where it does not do, it is the last choice, and its start says why.
func (s system) chrome(shellDoes bool) string {
	names, downloads := s.shells()
	if shellDoes {
		return first(slices.Concat(names, s.full(), downloads))
	}
	return first(slices.Concat(s.full(), names, downloads))
}

// full are the places of a full Chrome, in this order.
func (s system) full() []string {
	full, _ := s.downloaded()
	return slices.Concat(s.names(), s.installed(), newest(full))
}

// shells are the names of a headless shell on the PATH, and the files that test tools keep.
func (s system) shells() (names, downloads []string) {
	_, shells := s.downloaded()
	return []string{"chrome-headless-shell", "chromium-headless-shell", "headless-shell"}, newest(shells)
}

// first returns the first of the programs that can be started, or nothing.
func first(places []string) string {
	for _, place := range places {
		if found, err := exec.LookPath(filepath.FromSlash(place)); err == nil {
			return found
		}
	}
	return ""
}

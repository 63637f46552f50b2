package bidi

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// PathVariable is the environment variable that names the Firefox to use.
const PathVariable = "CORSPROOF_FIREFOX"

// ErrNoFirefox says that there is no Firefox on this machine.
var ErrNoFirefox = errors.New("no Firefox found: install one (Debian: apt-get install firefox-esr, Fedora: dnf install firefox, " +
	"macOS: brew install --cask firefox, Windows: winget install Mozilla.Firefox), or name the program in " + PathVariable)

// find returns the path of the Firefox to start.
func find(path string) (string, error) {
	whence := ""
	if path == "" {
		path, whence = os.Getenv(PathVariable), ", which "+PathVariable+" names"
	}
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("no Firefox at %s%s: %w", path, whence, innermost(err))
		}
		return found, nil
	}
	for _, place := range places() {
		if found, err := exec.LookPath(place); err == nil {
			return found, nil
		}
	}
	return "", ErrNoFirefox
}

// places are the names of programs on the PATH, and the files of an installation, in this order.
func places() []string {
	list := []string{"firefox", "firefox-esr"}
	switch runtime.GOOS {
	case "darwin":
		list = append(list, "/Applications/Firefox.app/Contents/MacOS/firefox")
	case "windows":
		for _, folder := range []string{os.Getenv("ProgramFiles"), os.Getenv("ProgramFiles(x86)"), os.Getenv("LocalAppData")} {
			if folder != "" {
				list = append(list, filepath.Join(folder, "Mozilla Firefox", "firefox.exe"))
			}
		}
	}
	return list
}

// innermost is the last cause in the chain: the other errors would repeat the path.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

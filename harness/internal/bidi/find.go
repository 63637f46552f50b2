package bidi

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/corsproof/corsproof/harness/internal/process"
)

// PathVariable is the environment variable that names the Firefox to use.
const PathVariable = "CORSPROOF_FIREFOX"

// ErrNoFirefox says that there is no Firefox on this machine.
var ErrNoFirefox = errors.New("no Firefox found: install one (Debian: apt-get install firefox-esr, Fedora: dnf install firefox, " +
	"macOS: brew install --cask firefox, Windows: winget install Mozilla.Firefox), or name the program in " + PathVariable)

// find returns the path of the Firefox to start.
func find(path string) (string, error) {
	if found, err := process.Named(name, path, PathVariable); found != "" || err != nil {
		return found, err
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

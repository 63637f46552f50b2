package webkit

import (
	"errors"
	"os/exec"
	"path/filepath"

	"github.com/corsproof/corsproof/harness/internal/process"
)

// PathVariable is the environment variable that names the browser to use.
const PathVariable = "CORSPROOF_WEBKIT"

// ErrNoWebKit says that there is no WebKit on this machine.
var ErrNoWebKit = errors.New("no MiniBrowser of WebKitGTK found: install one (Debian: apt-get install libwebkit2gtk-4.1-0 xvfb, " +
	"Fedora: dnf install webkit2gtk4.1 xorg-x11-server-Xvfb), or name the program in " + PathVariable + "; WebKitGTK runs on Linux alone")

// errNoDisplay says that a browser with windows has nothing to show them on.
var errNoDisplay = errors.New("WebKitGTK shows its pages in windows, and there is no display for them: install Xvfb (Debian: apt-get install xvfb)")

// places are where distributions install the browser, which comes with the library and stands on no PATH.
var places = []string{
	"/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser", "/usr/lib/webkit2gtk-4.1/MiniBrowser",
	"/usr/lib/*/webkitgtk-6.0/MiniBrowser", "/usr/libexec/webkitgtk-6.0/MiniBrowser", "/usr/lib/webkitgtk-6.0/MiniBrowser",
}

// find returns the path of the browser to start.
func find(path string) (string, error) {
	if found, err := process.Named(name, path, PathVariable); found != "" || err != nil {
		return found, err
	}
	for _, place := range places {
		files, _ := filepath.Glob(place) // the pattern is right
		for _, file := range files {
			if found, err := exec.LookPath(file); err == nil {
				return found, nil
			}
		}
	}
	return "", ErrNoWebKit
}

package chrome

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Where Chrome is looked for, on each system.
func TestPlaces(t *testing.T) {
	none := func(string) string { return "" }
	windows := func(name string) string {
		return map[string]string{"ProgramFiles": `C:\Program Files`, "ProgramFiles(x86)": `C:\Program Files (x86)`, "LocalAppData": `C:\Users\ann\AppData\Local`}[name]
	}
	for _, c := range []struct {
		system                system
		installed, downloaded []string // some of them, in this order
	}{
		{system{"linux", "/home/ann", none}, nil, []string{
			"/home/ann/.cache/ms-playwright/chromium-*/chrome-linux*/chrome", "/home/ann/.cache/puppeteer/chrome/*/chrome-linux*/chrome",
			"/home/ann/.cache/ms-playwright/chromium_headless_shell-*/*-linux*/headless_shell", "/home/ann/.cache/puppeteer/chrome-headless-shell/*/*-linux*/chrome-headless-shell",
		}},
		{system{"darwin", "/Users/ann", none},
			[]string{"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Users/ann/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"},
			[]string{"/Users/ann/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*", "/Users/ann/.cache/puppeteer/chrome/*/chrome-mac*/*.app/Contents/MacOS/*"}},
		{system{"windows", `C:\Users\ann`, windows},
			[]string{"C:/Program Files/Google/Chrome/Application/chrome.exe", "C:/Users/ann/AppData/Local/Google/Chrome/Application/chrome.exe", "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"},
			[]string{"C:/Users/ann/AppData/Local/ms-playwright/chromium-*/chrome-win*/chrome.exe", "C:/Users/ann/.cache/puppeteer/chrome/*/chrome-win*/chrome.exe"}},
		{system{"linux", "/home/ann", func(name string) string { return "/opt/" + strings.ToLower(name) }}, nil,
			[]string{"/opt/playwright_browsers_path/chromium-*/chrome-linux*/chrome", "/opt/puppeteer_cache_dir/chrome/*/chrome-linux*/chrome"}},
	} {
		full, shells := c.system.downloaded()
		for _, list := range [][2][]string{{c.system.installed(), c.installed}, {append(full, shells...), c.downloaded}} {
			at := -1
			for _, want := range list[1] {
				if next := slices.Index(list[0], want); next > at {
					at = next
				} else {
					t.Errorf("%s: %s is not there, or stands before another one:\n%s", c.system.name, want, strings.Join(list[0], "\n"))
				}
			}
		}
	}
}

// programs makes files in a folder that is the PATH and the home of a system.
func programs(t *testing.T) (s system, file func(name string) string) {
	home := t.TempDir()
	t.Setenv("PATH", home)
	t.Setenv("HOME", home)
	t.Setenv("PLAYWRIGHT_BROWSERS_PATH", "")
	t.Setenv("PUPPETEER_CACHE_DIR", "")
	return system{"linux", home, func(name string) string { return map[string]string{"PATH": home}[name] }}, func(name string) string {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// The newest of the Chromes that a test tool has downloaded is taken, and a headless shell
// where there is no full Chrome.
func TestDownloadedChrome(t *testing.T) {
	s, file := programs(t)
	finds := func(full, headless string) {
		t.Helper()
		if found := s.chrome(false); found != full {
			t.Errorf("found %q for a window, want %q", found, full)
		}
		if found := s.chrome(true); found != headless {
			t.Errorf("found %q, want %q", found, headless)
		}
	}
	finds("", "")
	shell := file(".cache/ms-playwright/chromium_headless_shell-1187/chrome-linux/headless_shell")
	finds(shell, shell)
	file(".cache/puppeteer/chrome/linux-99.0.1.2/chrome-linux64/chrome")
	newer := file(".cache/puppeteer/chrome/linux-148.0.1.2/chrome-linux64/chrome")
	finds(newer, newer)
	onPath := file("chromium")
	finds(onPath, onPath)
}

// A headless shell on the PATH is preferred, and a full Chrome where there is to be a window.
// Where both are there and nobody has named one, each gets its own questions.
func TestTheHeadlessShellIsPreferred(t *testing.T) {
	t.Setenv(PathVariable, "")
	_, file := programs(t)
	headless, window := engine.Options{}, engine.Options{Visible: true}
	finds := func(o engine.Options, want string, both bool) {
		t.Helper()
		if found, err := find(o); err != nil || found != want || HasBoth(o) != both {
			t.Errorf("%+v: found %q, %v, both %t: want %q, both %t", o, found, err, HasBoth(o), want, both)
		}
	}
	shell := file("headless-shell")
	for _, o := range []engine.Options{headless, window} {
		finds(o, shell, false) // a window is refused when it starts
	}
	shell = file("chromium-headless-shell")
	chromium := file("chromium")
	finds(headless, shell, true)
	for _, o := range []engine.Options{window, {Extensions: true}, {Full: true}} {
		finds(o, chromium, false)
	}
	finds(engine.Options{Path: shell}, shell, false)
	t.Setenv(PathVariable, shell)
	finds(headless, shell, false)
}

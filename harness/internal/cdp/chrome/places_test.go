package chrome

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
		for _, list := range [][2][]string{{c.system.installed(), c.installed}, {c.system.downloaded(), c.downloaded}} {
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

// The newest of the Chromes that a test tool has downloaded is taken, and a headless shell
// where there is no full Chrome.
func TestDownloadedChrome(t *testing.T) {
	home := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := system{"linux", home, func(name string) string { return map[string]string{"PATH": home}[name] }}
	t.Setenv("PATH", home)
	if found := s.chrome(); found != "" {
		t.Errorf("an empty home has %s", found)
	}
	shell := file(".cache/ms-playwright/chromium_headless_shell-1187/chrome-linux/headless_shell")
	if found := s.chrome(); found != shell {
		t.Errorf("found %q, want the shell", found)
	}
	file(".cache/puppeteer/chrome/linux-99.0.1.2/chrome-linux64/chrome")
	newer := file(".cache/puppeteer/chrome/linux-148.0.1.2/chrome-linux64/chrome")
	if found := s.chrome(); found != newer {
		t.Errorf("found %q, want %q", found, newer)
	}
	onPath := file("chromium")
	if found := s.chrome(); found != onPath {
		t.Errorf("found %q, want the one on the PATH", found)
	}
}

package chrome

import (
	"cmp"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A full Chrome comes before the headless shell: the network and security stack is under test,
// and should be the stack that users have. Edge, which is built on Chromium, comes after
// Chrome, and what test tools have downloaded comes last.

// system is the part of an operating system that says where a Chrome may be.
type system struct {
	name string // as runtime.GOOS
	home string
	env  func(string) string
}

// names are the names of programs on the PATH, in this order.
func (s system) names() []string {
	if s.name == "windows" {
		return []string{"chrome", "chromium", "msedge", "chrome-headless-shell"}
	}
	return []string{"google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge", "microsoft-edge-stable", "chrome-headless-shell"}
}

// installed are the files of an installation, with slashes, in this order.
func (s system) installed() []string {
	var folders, programs []string
	switch s.name {
	case "darwin":
		folders = []string{"/Applications", path.Join(s.home, "Applications")}
		programs = []string{"Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium", "Microsoft Edge.app/Contents/MacOS/Microsoft Edge"}
	case "windows":
		folders = []string{s.env("ProgramFiles"), s.env("ProgramFiles(x86)"), s.env("LocalAppData")}
		programs = []string{"Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"}
	}
	var files []string
	for _, program := range programs {
		for _, folder := range folders {
			if folder != "" {
				files = append(files, path.Join(slashed(folder), program))
			}
		}
	}
	return files
}

// slashed is a path with slashes, whatever system reads it.
func slashed(path string) string { return strings.ReplaceAll(path, `\`, "/") }

// downloaded are patterns of files that test tools keep, with slashes, in this order.
// https://playwright.dev/docs/browsers#managing-browser-binaries
// https://pptr.dev/guides/configuration
func (s system) downloaded() []string {
	playwright, puppeteer := s.env("PLAYWRIGHT_BROWSERS_PATH"), s.env("PUPPETEER_CACHE_DIR")
	local := map[string]string{"darwin": path.Join(slashed(s.home), "Library/Caches"), "windows": slashed(s.env("LocalAppData"))}
	if playwright == "" || playwright == "0" { // 0 means: in the folder of the package
		playwright = path.Join(cmp.Or(local[s.name], path.Join(slashed(s.home), ".cache")), "ms-playwright")
	}
	puppeteer = cmp.Or(puppeteer, path.Join(slashed(s.home), ".cache/puppeteer"))
	full, shell := map[string][]string{
		"darwin":  {"chrome-mac*/*.app/Contents/MacOS/*"},
		"windows": {"chrome-win*/chrome.exe"},
	}[s.name], map[string][]string{
		"darwin":  {"*-mac*/chrome-headless-shell", "*-mac*/headless_shell"},
		"windows": {"*-win*/chrome-headless-shell.exe", "*-win*/headless_shell.exe"},
	}[s.name]
	if full == nil {
		full, shell = []string{"chrome-linux*/chrome"}, []string{"*-linux*/chrome-headless-shell", "*-linux*/headless_shell"}
	}
	var patterns []string
	for _, kind := range []struct {
		folders, programs []string
	}{
		{[]string{slashed(playwright) + "/chromium-*", slashed(puppeteer) + "/chrome/*"}, full},
		{[]string{slashed(playwright) + "/chromium_headless_shell-*", slashed(puppeteer) + "/chrome-headless-shell/*"}, shell},
	} {
		for _, folder := range kind.folders {
			for _, program := range kind.programs {
				patterns = append(patterns, folder+"/"+program)
			}
		}
	}
	return patterns
}

// newest returns the files that match a pattern, the highest version first.
func newest(pattern string) []string {
	files, _ := filepath.Glob(filepath.FromSlash(pattern)) // a folder of a strange name has no Chrome for us
	slices.SortStableFunc(files, func(a, b string) int { return slices.Compare(numbers(b), numbers(a)) })
	return files
}

var digits = regexp.MustCompile(`\d+`)

// numbers are the numbers in a path, which hold the version.
func numbers(path string) []int {
	var list []int
	for _, text := range digits.FindAllString(path, -1) {
		n, _ := strconv.Atoi(text) // too long a number is the highest
		list = append(list, n)
	}
	return list
}

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

// There are two builds. The headless shell is Chrome's network, its renderer and the security
// between them without windows and without the features of a window; it starts and opens pages
// at less than half the cost.
// Edge, which is built on Chromium, comes after Chrome, and what test tools have downloaded
// comes last.

// system is the part of an operating system that says where a Chrome may be.
type system struct {
	name string // as runtime.GOOS
	home string
	env  func(string) string
}

// names are the names of full Chromes on the PATH, in this order.
func (s system) names() []string {
	if s.name == "windows" {
		return []string{"chrome", "chromium", "msedge"}
	}
	return []string{"google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge", "microsoft-edge-stable"}
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

// downloaded are patterns of files that test tools keep, with slashes, in this order: full
// Chromes and headless shells.
// https://playwright.dev/docs/browsers#managing-browser-binaries
// https://pptr.dev/guides/configuration
func (s system) downloaded() (full, shells []string) {
	playwright, puppeteer := s.env("PLAYWRIGHT_BROWSERS_PATH"), s.env("PUPPETEER_CACHE_DIR")
	local := map[string]string{"darwin": path.Join(slashed(s.home), "Library/Caches"), "windows": slashed(s.env("LocalAppData"))}
	if playwright == "" || playwright == "0" { // 0 means: in the folder of the package
		playwright = path.Join(cmp.Or(local[s.name], path.Join(slashed(s.home), ".cache")), "ms-playwright")
	}
	puppeteer = cmp.Or(puppeteer, path.Join(slashed(s.home), ".cache/puppeteer"))
	folder, fullProgram, suffix := "linux", "chrome", ""
	switch s.name {
	case "darwin":
		folder, fullProgram = "mac", "*.app/Contents/MacOS/*"
	case "windows":
		folder, fullProgram, suffix = "win", "chrome.exe", ".exe"
	}
	fullProgram = "/chrome-" + folder + "*/" + fullProgram
	full = []string{slashed(playwright) + "/chromium-*" + fullProgram, slashed(puppeteer) + "/chrome/*" + fullProgram}
	for _, tool := range []string{slashed(playwright) + "/chromium_headless_shell-*", slashed(puppeteer) + "/chrome-headless-shell/*"} {
		for _, program := range []string{"chrome-headless-shell", "headless_shell"} {
			shells = append(shells, tool+"/*-"+folder+"*/"+program+suffix)
		}
	}
	return full, shells
}

// newest returns the files that match the patterns, for each pattern the highest version
// first.
func newest(patterns []string) (all []string) {
	for _, pattern := range patterns {
		files, _ := filepath.Glob(filepath.FromSlash(pattern)) // a folder of a strange name has no Chrome for us
		slices.SortStableFunc(files, func(a, b string) int { return slices.Compare(numbers(b), numbers(a)) })
		all = append(all, files...)
	}
	return all
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

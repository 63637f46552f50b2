package chrome

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// The flags are part of the claim that a verdict makes: a new flag is added to
// this list, too.
func TestFlags(t *testing.T) {
	rooms, err := newStandIn()
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	list, err := flagsOf(engine.Options{HostRules: []string{"MAP *.test 127.0.0.1:1"}, KeyPins: []string{"pin"}, HTTP1: true}, rooms)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		if f.Reason == "" {
			t.Errorf("--%s has no reason", f.Name)
		}
		if err := weakened(f.Name, f.Value); err != nil && f.Name != "ip-address-space-overrides" && f.Name != "ignore-certificate-errors-spki-list" {
			t.Errorf("of ours: %v", err)
		}
		if strings.HasPrefix(f.Name, "-") || slices.Contains(names, f.Name) {
			t.Errorf("--%s stands twice, or is misspelt", f.Name)
		}
		names = append(names, f.Name)
	}
	slices.Sort(names)
	want := []string{
		"component-updater", "disable-back-forward-cache", "disable-background-networking", "disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
		"disable-breakpad", "disable-client-side-phishing-detection", "disable-component-update", "disable-default-apps",
		"disable-dev-shm-usage", "disable-domain-reliability", "disable-extensions", "disable-features", "disable-hang-monitor",
		"disable-http2", "disable-ipc-flooding-protection", "disable-popup-blocking", "disable-quic",
		"disable-renderer-backgrounding", "disable-sync", "enable-automation", "gaia-url", "headless", "hide-scrollbars",
		"host-resolver-rules", "ignore-certificate-errors-spki-list", "ip-address-space-overrides", "metrics-recording-only",
		"mute-audio", "no-default-browser-check", "no-first-run", "no-proxy-server", "password-store",
		"safebrowsing-disable-auto-update", "short-reporting-delay", "use-mock-keychain",
	}
	if os.Getuid() == 0 {
		want = slices.Insert(want, slices.Index(want, "no-proxy-server")+1, "no-sandbox")
	}
	if !slices.Equal(names, want) {
		t.Errorf("flags\n%v\nwant\n%v", names, want)
	}
}

func TestFlagsOfTheUser(t *testing.T) {
	rooms, err := newStandIn()
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	list, err := flagsOf(engine.Options{Path: "/opt/headless_shell", Flags: []string{"--lang=de", "--disable-features=A"}}, rooms)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range list {
		text += f.String() + " "
	}
	if !strings.Contains(text, "--lang=de ") || !strings.Contains(text, "--"+phaseout+" ") || !strings.Contains(text, ",WebUIOmniboxAimPopup,A ") {
		t.Errorf("flags %s", text)
	}
	for _, text := range []string{"lang=de", "-lang=de", "--", "", "--disable-web-security", "--disable-features=Translate,LocalNetworkAccessChecks"} {
		if _, err := flagsOf(engine.Options{Flags: []string{text}}, rooms); !errors.Is(err, ErrFlag) {
			t.Errorf("%q is let through: %v", text, err)
		}
	}
}

func TestNewEnough(t *testing.T) {
	for product, ok := range map[string]bool{
		"Chrome/156.0.8078.79":         true,
		"HeadlessChrome/148.0.0.0":     true,
		"Chrome/147.9.9.9":             false,
		"Chrome/99.0.4844.51":          false,
		"Firefox":                      false,
		"":                             false,
		"Chrome/99999999999999999999.": false,
	} {
		if err := newEnough(product); (err == nil) != ok {
			t.Errorf("newEnough(%q) = %v", product, err)
		}
	}
}

func TestFind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	t.Setenv("HOME", folder)
	t.Setenv("PLAYWRIGHT_BROWSERS_PATH", "")
	t.Setenv("PUPPETEER_CACHE_DIR", "")
	t.Setenv(PathVariable, "")
	if _, err := find(engine.Options{}); !errors.Is(err, ErrNoChrome) {
		t.Errorf("nothing installed: %v", err)
	}
	for _, name := range []string{"chromium", "google-chrome", "special"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := find(engine.Options{}); err != nil || filepath.Base(got) != "google-chrome" {
		t.Errorf("find: %s, %v", got, err)
	}
	t.Setenv(PathVariable, filepath.Join(folder, "special"))
	if got, err := find(engine.Options{}); err != nil || filepath.Base(got) != "special" {
		t.Errorf("find by variable: %s, %v", got, err)
	}
	if got, err := find(engine.Options{Path: "chromium"}); err != nil || filepath.Base(got) != "chromium" {
		t.Errorf("find by name: %s, %v", got, err)
	}
	t.Setenv(PathVariable, "/nonexistent/chrome")
	if _, err := find(engine.Options{}); err == nil || !strings.Contains(err.Error(), "no Chrome at /nonexistent/chrome, which "+PathVariable+" names: ") {
		t.Errorf("a variable that leads nowhere: %v", err)
	}
}

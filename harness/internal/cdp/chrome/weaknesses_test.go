package chrome

import (
	"errors"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A flag that weakens what is under test is refused, from the user and from a wrapper,
// in every spelling, and the error says what it weakens.
func TestWeaknesses(t *testing.T) {
	rooms, err := newStandIn()
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	for _, test := range []struct{ flag, feature, weakens string }{
		{"--disable-web-security", "", "CORS"},
		{"--disable-web-security=", "", "CORS"},
		{"--Disable-Web-Security", "", "CORS"},
		{"--disable-site-isolation-trials", "", "opaque response blocking"},
		{"--allow-running-insecure-content", "", "mixed content"},
		{"--allow-file-access-from-files", "", "file: pages"},
		{"--explicitly-allowed-ports=25", "", "port blocking"},
		{"--unsafely-treat-insecure-origin-as-secure=http://a.test", "", "secure contexts"},
		{"--ignore-certificate-errors", "", "certificates"},
		{"--ignore-certificate-errors-spki-list=abc", "", "certificates"},
		{"--ip-address-space-overrides=127.0.0.1:80=public", "", "local network access"},
		{"--enable-experimental-web-platform-features", "", "users' Chromes"},
		{"--blink-settings=imagesEnabled=false,webSecurityEnabled=false", "webSecurityEnabled=false", "CORS"},
		{"--user-data-dir=/home/me", "", "fresh profile"},
		{"--remote-debugging-port=9222", "", "connection"},

		{"--disable-features=LocalNetworkAccessChecks", "LocalNetworkAccessChecks", "local network access"},
		{"--disable-features=A,LocalNetworkAccessChecksWebSockets", "LocalNetworkAccessChecksWebSockets", "local network access"},
		{"--disable-features=A, *LocalNetworkAccessForSubframeNavigations", "LocalNetworkAccessForSubframeNavigations", "local network access"},
		{"--disable-features=localnetworkaccesschecks", "localnetworkaccesschecks", "local network access"},
		{"--disable-features=LocalNetworkAccessChecks<Trial.Group", "LocalNetworkAccessChecks", "local network access"},
		{"--disable-features=OpaqueResponseBlocking", "OpaqueResponseBlocking", "opaque response blocking"},
		{"--disable-features=DocumentIsolationPolicy", "DocumentIsolationPolicy", "document isolation"},
		{"--disable-features=CORSNonWildcardRequestHeadersSupport", "CORSNonWildcardRequestHeadersSupport", "CORS"},
		{"--disable-blink-features=LocalNetworkAccessPermissionPolicy", "LocalNetworkAccessPermissionPolicy", "local network access"},

		{"--enable-features=LocalNetworkAccessChecks:LocalNetworkAccessChecksWarn/true", "LocalNetworkAccessChecks", "local network access"},
		{"--enable-features=A,*LocalNetworkAccessChecks<T.G:LocalNetworkAccessChecksWarn/%74rue", "LocalNetworkAccessChecks", "local network access"},
		{"--enable-features=LocalNetworkAccessChecks<T", "LocalNetworkAccessChecks", "local network access"},
		{"--force-fieldtrial-params=T.G:LocalNetworkAccessChecksWarn/true", "", "parameters"},
		{"--enable-features=LocalNetworkAccessForSubframeNavigationsWarningOnly", "LocalNetworkAccessForSubframeNavigationsWarningOnly", "local network access"},
	} {
		_, fromUser := flagsOf(engine.Options{Flags: []string{test.flag}}, rooms)
		// The last occurrence of a switch counts; its position among the flags is unknown.
		_, fromWrapper := accept([]string{"/usr/lib/chromium", test.flag[1:], "--enable-features=B", "--disable-features=C", "https://a.test"}, always)
		name, _, _ := strings.Cut(test.flag, "=")
		for by, err := range map[string]error{"the user": fromUser, "a wrapper": fromWrapper} {
			if !errors.Is(err, ErrFlag) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), test.feature) || !strings.Contains(err.Error(), test.weakens) {
				t.Errorf("%s by %s: %v", test.flag, by, err)
			}
		}
	}
}

// A flag that changes no verdict is accepted.
func TestNoWeaknesses(t *testing.T) {
	for _, flag := range []string{
		"--lang=de", "--proxy-server=http://proxy.test:3128", "--load-extension=", "--disable-features=Translate", "--enable-features=LocalNetworkAccessChecks",
		"--enable-features=LocalNetworkAccessForNavigations", "--blink-settings=imagesEnabled=false", "--disable-blink-features=AutomationControlled",
		"--force-fieldtrials=A/B",
	} {
		if flags, err := accept([]string{flag, "--user-data-dir=/p"}, []Flag{{"user-data-dir", "/p", ""}}); err != nil || len(flags) != 1 || flags[0] != flag {
			t.Errorf("%s: %v, %v", flag, flags, err)
		}
	}
}

// Our own flags are accepted only with our own values.
func TestOursAreNotReplaced(t *testing.T) {
	ours := []Flag{{"ignore-certificate-errors-spki-list", "pin", ""}, {"user-data-dir", "/p", ""}}
	for argument, accepted := range map[string]bool{
		"--ignore-certificate-errors-spki-list=pin":   true,
		"--ignore-certificate-errors-spki-list=other": false,
		"--user-data-dir=/p":                          true,
		"--user-data-dir=/home/me/.config/chromium":   false,
	} {
		if _, err := accept([]string{"--no-first-run", argument}, ours); (err == nil) != accepted {
			t.Errorf("%s: %v", argument, err)
		}
	}
}

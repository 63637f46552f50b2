package chrome

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrFlag says that a flag turns off what is under test.
var ErrFlag = errors.New("refused: it would make every verdict of this Chrome worthless")

// weakness is a flag, or a feature that a flag turns on or off, that stops Chrome
// from enforcing what is under test.
type weakness struct {
	flag string
	// part is a part of the name of a feature or of a setting in the flag's list, in
	// lower case; empty: the flag alone is enough.
	part string
	// parameters says that the feature is refused only where the list gives it
	// parameters, or a field trial that may have some.
	parameters bool
	weakens    string
}

// weaknesses are the flags that change an answer to the questions of this package in
// Chrome 156. Where the effect changes from release to release, the purpose of the flag
// decides. These are not refused, because no answer changes: other parameters of a proxy
// (the canary of verify finds a proxy that hides the address space of servers on this
// machine), --test-type, --single-process, --load-extension (which --disable-extensions
// defeats, and which Debian adds; a Chrome for pages of extensions refuses what it loads).
var weaknesses = slices.Concat([]weakness{
	{flag: "disable-web-security", weakens: "the same-origin policy and CORS"},
	{flag: "blink-settings", part: "websecurity", weakens: "the same-origin policy and CORS"},
	{flag: "blink-settings", part: "fromfileurls", weakens: "the opaque origin of file: pages"},
	{flag: "blink-settings", part: "insecure", weakens: "mixed content"},
	{flag: "blink-settings", part: "mixedcontent", weakens: "mixed content"},
	{flag: "disable-site-isolation-trials", weakens: "opaque response blocking, which relies on the isolation of sites"},
	{flag: "allow-running-insecure-content", weakens: "mixed content"},
	{flag: "allow-file-access-from-files", weakens: "the opaque origin of file: pages"},
	{flag: "allow-cross-origin-auth-prompt", weakens: "HTTP authentication of requests across origins"},
	{flag: "explicitly-allowed-ports", weakens: "port blocking"},
	{flag: "disable-extensions-except", weakens: "the headers as the server sent them: an extension can change them"},
	{flag: "ignore-certificate-errors", weakens: "the verification of certificates"},
	{flag: "ignore-certificate-errors-spki-list", weakens: "the verification of certificates"},
	{flag: "allow-insecure-localhost", weakens: "the verification of certificates"},
	{flag: "ip-address-space-overrides", weakens: "local network access"},
	{flag: "unsafely-treat-insecure-origin-as-secure", weakens: "secure contexts"},
	{flag: "enable-experimental-web-platform-features", weakens: "the verdict of users' Chromes: it enables features that they do not have"},
	{flag: "enable-blink-test-features", weakens: "the verdict of users' Chromes: it enables features that they do not have"},
	{flag: "force-fieldtrial-params", weakens: "features, by parameters that stand outside their list"},
	{flag: "user-data-dir", weakens: "the fresh profile: a used profile has permissions and cookies"},
	{flag: "remote-debugging-port", weakens: "the connection that events are read from"},
	{flag: "remote-debugging-pipe", weakens: "the connection that events are read from"},
	{flag: "enable-features", part: "localnetworkaccess", parameters: true, weakens: "local network access: a parameter makes the check a mere warning"},
	{flag: "enable-features", part: "warningonly", weakens: "local network access: the check becomes a mere warning"},
	{flag: "enable-features", part: "allowcrossoriginauthprompt", weakens: "HTTP authentication of requests across origins"},
}, turnedOff("disable-features"), turnedOff("disable-blink-features"))

// turnedOff are the families of features that must stay on.
func turnedOff(flag string) []weakness {
	return []weakness{
		{flag: flag, part: "localnetwork", weakens: "local network access"},
		{flag: flag, part: "privatenetwork", weakens: "local network access"},
		{flag: flag, part: "opaqueresponseblocking", weakens: "opaque response blocking"},
		{flag: flag, part: "crossorigin", weakens: "a policy across origins"},
		{flag: flag, part: "documentisolation", weakens: "the document isolation policy"},
		{flag: flag, part: "cors", weakens: "CORS"},
		{flag: flag, part: "mixedcontent", weakens: "mixed content"},
	}
}

// weakened returns an error where a flag weakens what is under test. Chrome 156
// distinguishes the case of names on Linux; other systems and releases may not.
func weakened(name, value string) error {
	for _, w := range weaknesses {
		if w.flag != strings.ToLower(name) {
			continue
		}
		if w.part == "" {
			return fmt.Errorf("flag --%s: %w: it weakens %s", name, ErrFlag, w.weakens)
		}
		for item := range strings.SplitSeq(value, ",") {
			if feature, parameters := featureOf(item); strings.Contains(strings.ToLower(feature), w.part) && (parameters || !w.parameters) {
				return fmt.Errorf("flag --%s: %w: %s weakens %s", name, ErrFlag, strings.TrimSpace(item), w.weakens)
			}
		}
	}
	return nil
}

// featureOf reads an item of a list of features: Name, *Name, Name:key/value,
// Name<Trial or Name<Trial.Group:key/value; or a setting: name=value.
func featureOf(item string) (name string, parameters bool) {
	item = strings.TrimLeft(item, " *")
	end := strings.IndexAny(item, "<:=")
	if end < 0 {
		return item, false
	}
	return item[:end], true
}

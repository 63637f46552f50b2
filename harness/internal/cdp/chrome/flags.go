package chrome

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Flag is a command line flag of Chrome with the reason why it is given. Each flag
// is part of the claim that a verdict makes, so each has a reason of its own.
type Flag struct {
	Name   string
	Value  string // empty for a switch
	Reason string
}

// String writes the flag as on a command line.
func (f Flag) String() string {
	if f.Value == "" {
		return "--" + f.Name
	}
	return "--" + f.Name + "=" + f.Value
}

// nowhere stands for the services of Chrome's maker that no flag turns off. Chrome
// refuses to connect to the port. https://fetch.spec.whatwg.org/#port-blocking
const nowhere = "http://127.0.0.1:9/"

// always are the flags of every Chrome. They do not change how Chrome decides
// about origins, except that HttpsUpgrades is off: it would replace the
// requested page by another.
var always = []Flag{
	{"no-first-run", "", "no welcome page"},
	{"no-default-browser-check", "", "no question to the user"},
	{"disable-background-networking", "", "no traffic but that of the question"},
	{"disable-component-update", "", "no traffic but that of the question"},
	{"component-updater", "url-source=" + nowhere, "no traffic but that of the question: Chrome still asks for some components"},
	{"gaia-url", nowhere, "no traffic but that of the question: Chrome asks at each start who is signed in with Google"},
	{"disable-default-apps", "", "no traffic but that of the question"},
	{"disable-sync", "", "no traffic but that of the question"},
	{"disable-domain-reliability", "", "no traffic but that of the question"},
	{"disable-client-side-phishing-detection", "", "no traffic but that of the question"},
	{"safebrowsing-disable-auto-update", "", "no traffic but that of the question"},
	{"metrics-recording-only", "", "nothing is sent to Google"},
	{"short-reporting-delay", "", "a report of the Reporting API leaves at once, and not after a minute"},
	{"disable-breakpad", "", "no crash reports"},
	{"disable-extensions", "", "an extension of the system could alter requests"},
	{"disable-features", "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,MediaRouter,Translate,NetworkTimeServiceQuerying," +
		"WebUIOmniboxPopup,WebUIOmniboxAimPopup",
		"Chrome must not turn an http: page into an https: page; OptimizationHints to NetworkTimeServiceQuerying make traffic; " +
			"the two WebUIOmnibox features open two pages for the address bar in each window, which cost more than the page that asks"},
	{"disable-back-forward-cache", "", "a page whose tab shows another one is gone"},
	{"disable-popup-blocking", "", "a script may open what it wants to test"},
	{"disable-hang-monitor", "", "no dialog about a slow page"},
	{"disable-background-timer-throttling", "", "every page asks at full speed"},
	{"disable-backgrounding-occluded-windows", "", "every page asks at full speed"},
	{"disable-renderer-backgrounding", "", "every page asks at full speed"},
	{"disable-ipc-flooding-protection", "", "thousands of questions are no attack"},
	{"disable-dev-shm-usage", "", "/dev/shm is too small in many containers"},
	{"password-store", "basic", "no prompt of the desktop's keyring"},
	{"use-mock-keychain", "", "no prompt of the macOS keychain"},
	{"mute-audio", "", "silence"},
	{"enable-automation", "", "no bubbles that ask the user something"},
}

// refuse returns the error for a flag of the user.
func refuse(text, name, value string) error {
	if !strings.HasPrefix(text, "--") || name == "" {
		return fmt.Errorf("flag %q: want --name or --name=value: %w", text, ErrFlag)
	}
	return weakened(name, value)
}

// flagsOf lists the flags for the options.
func flagsOf(o engine.Options, rooms *standIn) ([]Flag, error) {
	list := slices.Clone(always)
	if o.Extensions {
		list = withExtensions(list)
	}
	if !o.Visible {
		list = append(list,
			Flag{"headless", "", "no window"},
			Flag{"hide-scrollbars", "", "as headless browsers do"})
	}
	if os.Getuid() == 0 {
		list = append(list, Flag{"no-sandbox", "", "Chrome refuses its sandbox to root"})
	}
	if !o.ThirdPartyCookies && namedShell(o.Path) {
		list = append(list, Flag{phaseout, "", "third-party cookies are denied, and the headless shell reads no preference"})
	}
	if len(o.HTTP3) > 0 {
		list = append(list, Flag{"origin-to-force-quic-on", strings.Join(o.HTTP3, ","), "HTTP/3 was asked for"})
	} else {
		list = append(list, Flag{"disable-quic", "", "a target that offers HTTP/3 is asked the same way each time"})
	}
	if o.HTTP1 {
		list = append(list, Flag{"disable-http2", "", "HTTP/1.1 was asked for"})
	}
	if rules := append(addressRules(o.Addresses), o.HostRules...); len(rules) > 0 {
		list = append(list, Flag{"host-resolver-rules", strings.Join(rules, ","), "the addresses that were asked for, and the names of the fixture network"})
	}
	if len(o.HostRules) > 0 {
		list = append(list, Flag{"no-proxy-server", "", "a proxy does not know the names of the fixture network"})
	}
	if len(o.KeyPins) > 0 {
		list = append(list, Flag{"ignore-certificate-errors-spki-list", strings.Join(o.KeyPins, ","),
			"the throw-away key of the fixture network; the errors of every other certificate stay errors"})
	}
	list = append(list, Flag{"ip-address-space-overrides", rooms.overrides(),
		"the documents of pages outside this machine come from these two ports, and from no other server"})
	return merge(list, o.Flags)
}

// merge adds the user's flags. A list of features is joined, not replaced.
func merge(list []Flag, flags []string) ([]Flag, error) {
	for _, text := range flags {
		name, value, _ := strings.Cut(strings.TrimLeft(text, "-"), "=")
		if err := refuse(text, name, value); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(f Flag) bool { return f.Name == name })
		switch {
		case i < 0:
			list = append(list, Flag{name, value, "asked for"})
		case name == "disable-features" || name == "enable-features" || name == "host-resolver-rules":
			list[i].Value += "," + value
		default:
			list[i].Value = value
		}
	}
	return list, nil
}

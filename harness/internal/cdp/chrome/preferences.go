package chrome

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// cookieControls are the values of Chrome's preference for cookies across sites.
// Distributions change its default (Debian blocks them), and no flag and no
// command of the DevTools Protocol sets it. The headless shell does not read it: see
// [phaseout].
const (
	cookieControlsOff   = 0
	cookieControlsBlock = 1
)

// contentSettings are the answers that a content setting can have.
var contentSettings = map[string]int{"granted": 1, "denied": 2}

// localNetworkSettings are the content settings of local network access. As a setting
// the answer goes through all that decides in a user's Chrome, the permissions policies
// of page and frame among it. Browser.setPermission, with an origin or without, goes
// past them (measured with Chrome 156).
// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
var localNetworkSettings = []string{"loopback_network", "local_network", "local_network_access"}

// predictNothing is the value of Chrome's preference for the prediction of network
// actions that turns it off. A navigation makes connections to the site of a page
// before anybody can say that its document comes from elsewhere; for a page at
// https://app.example that is a look-up, a connection and a TLS handshake. No flag turns
// it off: neither --dns-prefetch-disable nor a feature.
const predictNothing = 2

// preferences is what a fresh profile starts with. Profiles in memory have it from that
// one.
func preferences(o engine.Options) ([]byte, error) {
	mode := cookieControlsBlock
	if o.ThirdPartyCookies {
		mode = cookieControlsOff
	}
	answers := map[string]int{}
	for _, name := range localNetworkSettings {
		answers[name] = contentSettings[o.LocalNetwork]
	}
	return json.Marshal(map[string]any{
		"profile": map[string]any{
			"default_content_setting_values": answers,
			"cookie_controls_mode":           mode,
			"block_third_party_cookies":      mode == cookieControlsBlock,
		},
		"net": map[string]any{"network_prediction_options": predictNothing},
		// Chrome asks a service of Google's about the URLs of pages.
		"safebrowsing": map[string]any{"enabled": false},
	})
}

// prepareProfile prepares the profile folder for a command that is about to
// start. It is Chrome's temporary folder, too: a killed Chrome leaves a folder
// with a socket there, and the profile folder is removed.
func prepareProfile(o engine.Options, cmd *exec.Cmd) (folder string, err error) {
	data, err := preferences(o)
	if err != nil {
		return "", err
	}
	trusted, err := trustDatabase(o.CA)
	if err != nil {
		return "", err
	}
	cmd.Env = append(cmd.Env, direct(o.Addresses, cmd.Environ())...)
	for _, arg := range cmd.Args {
		if dir, ok := strings.CutPrefix(arg, "--user-data-dir="); ok {
			cmd.Env = append(cmd.Env, "TMPDIR="+dir)
			profile := filepath.Join(dir, "Default")
			if err := os.MkdirAll(profile, 0o700); err != nil {
				return "", fmt.Errorf("make a profile: %w", err)
			}
			return dir, errors.Join(os.WriteFile(filepath.Join(profile, "Preferences"), data, 0o600), trust(profile, trusted))
		}
	}
	return "", errors.New("make a profile: Chrome is started without a folder for it")
}

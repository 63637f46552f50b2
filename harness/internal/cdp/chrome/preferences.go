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
// command of the DevTools Protocol sets it.
const (
	cookieControlsOff   = 0
	cookieControlsBlock = 1
)

// preferences is what a fresh profile starts with.
func preferences(o engine.Options) ([]byte, error) {
	mode := cookieControlsBlock
	if o.ThirdPartyCookies {
		mode = cookieControlsOff
	}
	return json.Marshal(map[string]any{
		"profile": map[string]any{
			"cookie_controls_mode":      mode,
			"block_third_party_cookies": mode == cookieControlsBlock,
		},
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
	for _, arg := range cmd.Args {
		if dir, ok := strings.CutPrefix(arg, "--user-data-dir="); ok {
			cmd.Env = append(cmd.Env, "TMPDIR="+dir)
			profile := filepath.Join(dir, "Default")
			if err := os.MkdirAll(profile, 0o700); err != nil {
				return "", fmt.Errorf("make a profile: %w", err)
			}
			return dir, os.WriteFile(filepath.Join(profile, "Preferences"), data, 0o600)
		}
	}
	return "", errors.New("make a profile: Chrome is started without a folder for it")
}

package command

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	r := end(t, (&versionOptions{json: true}).run)
	var v versions
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil || r.status != exitHeld {
		t.Fatalf("status %d, %v\n%s\n%s", r.status, err, r.stdout, r.stderr)
	}
	if shell := strings.HasPrefix(v.Chrome, "HeadlessChrome/"); shell != (v.Build == "headless shell") || !shell && v.Build != "full Chrome" {
		t.Errorf("%s is the build %q", v.Chrome, v.Build)
	}
	if !strings.Contains(v.Chrome, "Chrome/") || len(v.Flags) == 0 || v.Go == "" {
		t.Errorf("%+v", v)
	}
	// Without a Chrome, the versions of the build are still printed.
	r = end(t, (&versionOptions{browser: browserFlags{chrome: "/nonexistent"}}).run)
	if r.status != exitNoAnswer || !strings.HasPrefix(r.stdout, "corsproof  ") || !strings.Contains(r.stderr, "no Chrome at /nonexistent") {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

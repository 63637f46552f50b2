package broken

import (
	"errors"
	"os"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// start returns a network, and a Chrome with cookies that takes it for somebody else's.
func start(t *testing.T, cookies []harness.SetCookie) (*servers.Network, *harness.Browser) {
	t.Helper()
	net := &servers.Network{}
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	chrome := &harness.Browser{Network: servers.Foreign{Network: net}, Cookies: cookies, Windowless: true}
	t.Cleanup(func() {
		if err := errors.Join(chrome.Close(), net.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := chrome.Start(t.Context()); errors.Is(err, harness.ErrNoChrome) && os.Getenv("CI") == "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return net, chrome
}

// judged verifies the shop, as users do, and returns the broken probes, each with the
// reason.
func judged(t *testing.T, net *servers.Network, chrome *harness.Browser, p policy.Policy, only []string) map[Probe]string {
	t.Helper()
	run := verify.Run{Policy: p, Browser: chrome, Client: net.Client(), Select: verify.Select{Only: only}}
	report, err := run.Verify(t.Context())
	if err != nil || report.Ended != "" {
		t.Fatalf("%v %s", err, report.Ended)
	}
	broken := map[Probe]string{}
	for _, f := range report.Findings {
		switch f.Outcome {
		case finding.Broken:
			broken[Probe{f.ID, f.Key}] = f.Why
		case finding.Held:
		default:
			t.Errorf("%s %s is %s: %s", f.ID, f.Key, f.Outcome, f.Why)
		}
	}
	return broken
}

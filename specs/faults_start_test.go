package specs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// installedChrome is the Chrome of this machine.
func installedChrome() string {
	GinkgoHelper()
	for _, name := range []string{os.Getenv("CORSPROOF_CHROME"), "google-chrome", "chromium", "chrome-headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	Fail("no Chrome is installed")
	return ""
}

// dyingChrome is a Chrome whose first starts are killed before they answer.
func dyingChrome(kills int) string {
	GinkgoHelper()
	if runtime.GOOS != "linux" {
		Skip("a Chrome of a shell script")
	}
	folder := GinkgoT().TempDir()
	script := filepath.Join(folder, "chrome")
	Expect(os.WriteFile(script, fmt.Appendf(nil, `#!/bin/sh
for i in $(seq %d); do
	if mkdir %s/$i 2>/dev/null; then kill -KILL $$; fi
done
exec %s "$@"
`, kills, folder, installedChrome()), 0o700)).To(Succeed())
	return script
}

var _ = Describe("Chrome killed while it starts", Label("scenario:faults", "fetch:concept-network-error"), func() {
	It("is started again, since nothing was sent", func(ctx SpecContext) {
		mortal := harness.Browser{Network: &net, Timeout: patience, Path: dyingChrome(2)}
		DeferCleanup(mortal.Close)
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		Expect(mortal.Fetch(ctx, harness.Request{From: app, URL: url, Method: "POST"})).To(read(200))
	}, SpecTimeout(2*patience))

	It("again and again is an error that says so", func(ctx SpecContext) {
		mortal := harness.Browser{Network: &net, Timeout: patience, Path: dyingChrome(100)}
		DeferCleanup(mortal.Close)
		_, err := mortal.Fetch(ctx, harness.Request{From: app, URL: api})
		Expect(err).To(MatchError(harness.ErrLost))
		Expect(err).To(MatchError(ContainSubstring("it was killed (signal: killed)")))
	}, SpecTimeout(2*patience))

	It("leaves verify its report", func(ctx SpecContext) {
		server := startTarget(keeper)
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Path: dyingChrome(100)}
		DeferCleanup(own.Close)
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Browser: own})
		Expect(report.Ended).To(ContainSubstring("it was killed (signal: killed)"))
		Expect(report.Findings).To(BeEmpty())
		Expect(written(report)).NotTo(BeEmpty())
	}, SpecTimeout(2*patience))

	It("costs verify nothing but time", func(ctx SpecContext) {
		server := startTarget(keeper)
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Path: dyingChrome(1)}
		DeferCleanup(own.Close)
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Browser: own, Select: only("K01")})
		Expect(report.Ended).To(BeEmpty())
		Expect(report).To(allBe(finding.Held))
	}, SpecTimeout(2*patience))
})

package specs_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// wrappedFirefox is a Firefox that a shell script starts. The script has the path as %s.
func wrappedFirefox(script string) string {
	GinkgoHelper()
	if runtime.GOOS != "linux" {
		Skip("elsewhere a Firefox is no shell script")
	}
	found, err := exec.LookPath("firefox-esr")
	if err != nil {
		found, err = exec.LookPath("firefox")
	}
	Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(GinkgoT().TempDir(), "firefox")
	Expect(os.WriteFile(path, fmt.Appendf(nil, "#!/bin/sh\n"+script, found), 0o700)).To(Succeed())
	return path
}

// firefoxes are the numbers of the main processes of Firefoxes that use a folder below the text.
func firefoxes(text string) (numbers []int) {
	for _, line := range processes(text) {
		number, command, _ := strings.Cut(line, " ")
		if strings.Contains(command, "--remote-debugging-port") && !strings.Contains(command, "-contentproc") {
			n, _ := strconv.Atoi(number)
			numbers = append(numbers, n)
		}
	}
	return numbers
}

var _ = Describe("A Firefox that", Label("scenario:firefox", "fetch:concept-network-error"), func() {
	start := func(ctx context.Context, path string) error {
		browser := harness.Browser{Kind: harness.Firefox, Path: path}
		DeferCleanup(browser.Close)
		return browser.Start(ctx)
	}

	It("is not there", func(ctx SpecContext) {
		Expect(start(ctx, "/no/firefox")).To(MatchError(ContainSubstring("no Firefox at /no/firefox")))
	})

	It("lets nobody read its own console says which flag is missing", func(ctx SpecContext) {
		path := wrappedFirefox(`for a; do shift; [ "$a" = --remote-allow-system-access ] || set -- "$@" "$a"; done
exec %s "$@"
`)
		Expect(start(ctx, path)).To(MatchError(ContainSubstring("start it with --remote-allow-system-access")))
	})

	It("ends before it listens says what it printed", func(ctx SpecContext) {
		Expect(start(ctx, wrappedFirefox("echo no display >&2\nexit 1 # %s\n"))).To(MatchError(And(ContainSubstring("it ended before it listened"), ContainSubstring("no display"))))
	})

	It("is killed in the middle of a question is started again, and asked again", func(ctx SpecContext) {
		folder := GinkgoT().TempDir()
		path := wrappedFirefox("CORSPROOF_SPEC=" + folder + " exec %s \"$@\"\n")
		browser := harness.Browser{Kind: harness.Firefox, Path: path, Network: &net, Timeout: patience}
		DeferCleanup(browser.Close)
		killed := false
		url := serve(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			if !killed {
				killed = true
				for _, n := range firefoxes(folder) {
					if p, err := os.FindProcess(n); err == nil {
						_ = p.Kill()
					}
				}
				return servers.Reply{Hang: true}
			}
			return servers.Reply{Header: allow("*")}
		}})
		Expect(browser.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
		Expect(killed).To(BeTrue())
	})

	It("gets no answer to a preflighted request says so, and counts no origins of it", func(ctx SpecContext) {
		url := serve(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			return servers.Reply{Drop: a.Method == "PUT", Header: allow("*", acam, "PUT")}
		}})
		short, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		seen, err := firefox.Fetch(short, harness.Request{From: app, URL: url, Method: "PUT"})
		Expect(err).To(MatchError(ContainSubstring("no verdict on PUT"))) // Firefox may not tell its end
		Expect(seen.Verdict).To(BeEmpty())
	})

	It("is asked for a range of a blob: of another origin prints nothing, and refuses it", Label("fetch:main-fetch"), func(ctx SpecContext) {
		Expect(firefox.Fetch(ctx, harness.Request{From: app, URL: "blob:https://api.test/a", Headers: header("Range", "bytes=a-")})).To(harness.BeBlocked(harness.CorsDisabledScheme))
	})

	It("is asked to keep what it cannot keep names it, all at once", func(ctx SpecContext) {
		browser := harness.Browser{Kind: harness.Firefox, Flags: []string{"--lang=de"}, LocalNetwork: harness.PermissionDenied}
		DeferCleanup(browser.Close)
		Expect(browser.Start(ctx)).To(MatchError(And(ContainSubstring("cannot be started with flags of Chrome"), ContainSubstring("cannot deny local network access"))))
	})
})

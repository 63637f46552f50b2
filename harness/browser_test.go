package harness_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// asked is a Chrome with a fixture network.
func asked(t *testing.T) (*harness.Browser, *servers.Network) {
	t.Helper()
	net := &servers.Network{}
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	chrome := &harness.Browser{Network: net, Timeout: time.Minute}
	t.Cleanup(func() {
		late := chrome.LateEvents()
		if err := errors.Join(chrome.Close(), net.Close()); err != nil || late > 0 {
			t.Errorf("closed with %v, %d events came after their verdict", err, late)
		}
	})
	return chrome, net
}

// Many callers ask, from more origins than pages stay open, and half of them
// give up at a random moment. Each answer belongs to its question, and a caller
// with time gets an answer.
func TestManyCallersAndSomeGiveUp(t *testing.T) {
	chrome, net := asked(t)
	var askers sync.WaitGroup
	for n := range 24 {
		askers.Go(func() {
			for i := range 30 {
				place := net.Add(servers.Case{Reply: servers.Reply{Header: servers.Allow("*"), Body: fmt.Sprint(n, i)}})
				ctx, cancel := context.WithCancel(context.Background())
				if n%2 == 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(30_000))*time.Microsecond)
				}
				o, err := chrome.Fetch(ctx, harness.Request{From: fmt.Sprintf("https://app%d.test", (n*30+i)%24), URL: place.URL(api)})
				switch {
				case err != nil && ctx.Err() == nil:
					t.Errorf("no answer to a question that was not given up: %v", err)
				case err == nil && (o.Verdict != harness.Readable || o.Script.Body != fmt.Sprint(n, i) || len(o.Exchanges) != 1 || len(o.Arrivals) != 1):
					t.Errorf("the answer to another question:\n%s", o)
				}
				cancel()
				if err := place.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	askers.Wait()
	if open := chrome.OpenPages(); open > 16 {
		t.Errorf("%d pages stay open", open)
	}
}

// Questions that ask for one URL at the same time see only their own console
// lines and arrivals.
func TestQuestionsForOneURL(t *testing.T) {
	chrome, net := asked(t)
	url := net.Add(servers.Case{}).URL(api)
	var askers sync.WaitGroup
	for n := range 20 {
		askers.Go(func() {
			o, err := chrome.Fetch(context.Background(), harness.Request{From: fmt.Sprintf("https://app%d.test", n%2), URL: url})
			if err != nil || len(o.Console) != 2 || len(o.Arrivals) != 1 {
				t.Errorf("%v\n%s", err, o)
			}
		})
	}
	askers.Wait()
}

// A question waits for Chrome no longer than its own context.
func TestStartIsBoundedByTheQuestion(t *testing.T) {
	mute := filepath.Join(t.TempDir(), "mute-chrome")
	if err := os.WriteFile(mute, []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	chrome := harness.Browser{Path: mute}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := chrome.Fetch(ctx, harness.Request{From: app, URL: api})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("asked a mute Chrome: %v", err)
	}
	if err := chrome.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s to give up", took)
	}
}

// A Browser that is closed before its Chrome exists ends.
func TestCloseBeforeTheProcess(t *testing.T) {
	for _, delay := range []time.Duration{0, 5 * time.Millisecond, 10 * time.Millisecond} {
		var chrome harness.Browser
		ctx, cancel := context.WithTimeout(context.Background(), delay)
		started := make(chan error, 1)
		go func() { started <- chrome.Start(ctx) }()
		<-ctx.Done()
		if err := chrome.Close(); err != nil {
			t.Error(err)
		}
		if err := <-started; err == nil {
			t.Error("it started")
		}
		cancel()
	}
}

// A wrapper that turns off what is under test is refused, however it spells the flag.
func TestUnsafeWrappersAreRefused(t *testing.T) {
	for flag, named := range map[string]string{
		"--disable-web-security":                          "--disable-web-security",
		"-disable-web-security":                           "--disable-web-security",
		"--disable-features=LocalNetworkAccessChecks":     "LocalNetworkAccessChecks weakens local network access",
		"--ip-address-space-overrides=127.0.0.1:1=public": "--ip-address-space-overrides",
		"--enable-features=Some '--enable-features=LocalNetworkAccessChecks<T.G:LocalNetworkAccessChecksWarn/true'": "LocalNetworkAccessChecksWarn/true weakens local network access",
	} {
		wrapper := filepath.Join(t.TempDir(), "wrapped")
		script := "#!/bin/sh\nexec " + chromePath(t) + " " + flag + ` "$@"` + "\n"
		if err := os.WriteFile(wrapper, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		chrome := harness.Browser{Path: wrapper}
		_, err := chrome.Chrome(context.Background())
		if !errors.Is(err, harness.ErrFlag) || !strings.Contains(err.Error(), named) {
			t.Errorf("%s: %v", flag, err)
		}
		if err := chrome.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A Chrome whose third-party cookies are not as the settings say is refused when it starts.
func TestThirdPartyCookiesAreCheckedAtTheStart(t *testing.T) {
	for _, wish := range []harness.Permission{harness.PermissionGranted, harness.PermissionDenied} {
		chrome := harness.Browser{ThirdPartyCookies: wish, Flags: []string{"--test-third-party-cookie-phaseout"}}
		_, err := chrome.Chrome(context.Background())
		if refused := wish == harness.PermissionGranted; errors.Is(err, harness.ErrCookies) != refused || !refused && err != nil {
			t.Errorf("%s, in a Chrome that sends none: %v", wish, err)
		}
		if err := chrome.Close(); err != nil {
			t.Error(err)
		}
	}
}

// chromePath is the Chrome of this machine.
func chromePath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CORSPROOF_CHROME"); path != "" {
		return path
	}
	for _, name := range []string{"chrome-headless-shell", "chromium-headless-shell", "headless-shell", "google-chrome", "google-chrome-stable", "chromium", "chromium-browser"} {
		for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
			if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
				return filepath.Join(folder, name)
			}
		}
	}
	t.Fatal("no Chrome on this machine: make setup")
	return ""
}

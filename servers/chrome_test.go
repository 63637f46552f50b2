package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// findChrome returns a Chrome, or skips the test. In CI it fails instead, since
// no test may be skipped there.
func findChrome(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CORSPROOF_CHROME"), "chrome-headless-shell", "chromium-headless-shell", "headless-shell", "google-chrome", "chromium", "chromium-browser"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	skip := t.Skip
	if os.Getenv("CI") != "" {
		skip = t.Fatal
	}
	skip("no Chrome: neither CORSPROOF_CHROME nor google-chrome, chromium or a headless shell in PATH")
	return ""
}

// dumpDOM opens a page in Chrome and returns the DOM after its scripts ran.
func dumpDOM(t *testing.T, n *Network, pins []string, url string) string {
	t.Helper()
	dom, err := askDOM(t, n, pins, url)
	if err != nil {
		t.Fatal(err)
	}
	return dom
}

// askDOM is dumpDOM of a page that need not open.
func askDOM(t *testing.T, n *Network, pins []string, url string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, findChrome(t), "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000",
		"--host-resolver-rules="+strings.Join(n.HostRules(), ","),
		"--ignore-certificate-errors-spki-list="+strings.Join(pins, ","), "--dump-dom", url)
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w", cmd.Path, err)
	}
	return string(out), err
}

// One page in one Chrome asks every kind of name and port.
func TestChromeReachesEveryNameAndPort(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.OfferHTTP2("h2.test")
	const page = "https://app.test"
	api := n.Add(Case{Reply: Reply{Header: Allow(page), Body: "hello"}})
	backend := newBackend(t, func(b *backendConn) {
		b.readHead()
		b.write("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 5\r\n\r\nhello")
	})
	if _, err := n.Record("https://recorded.test", backend.addr); err != nil {
		t.Fatal(err)
	}
	urls := []string{
		api.URL("https://api.test"), api.URL("https://api.test:8443"), api.URL("https://h2.test"),
		api.URL("https://deep.name.of.api.test"), api.URL("https://x.localhost:9443"),
		api.URL("http://x.localhost:8080"), "https://recorded.test/x",
	}
	home := n.Add(Case{Reply: Reply{
		Header: harness.Header{{Name: "Content-Type", Value: "text/html"}},
		Body: `<!doctype html><pre id=out></pre><script type=module>
			for (const url of ["` + strings.Join(urls, `","`) + `"]) {
				let line
				try { const r = await fetch(url); line = await r.text() + " " + performance.getEntriesByName(url)[0]?.nextHopProtocol }
				catch (e) { line = String(e) }
				out.textContent += url + " " + line + "\n"
			}
			out.textContent += "done"
		</script>`,
	}})
	dom := dumpDOM(t, n, n.KeyPins(), home.URL(page))
	if !strings.Contains(dom, "done</pre>") {
		t.Fatalf("the page did not run to its end:\n%s", dom)
	}
	for _, url := range urls {
		if !strings.Contains(dom, url+" hello") {
			t.Errorf("Chrome did not read %s:\n%s", url, dom)
		}
		if len(n.Arrivals(0, []string{url})) == 0 {
			t.Errorf("no arrival at %s", url)
		}
	}
	if seen := n.Arrivals(0, []string{api.URL("https://h2.test")}); len(seen) != 1 || seen[0].Protocol != "HTTP/2.0" {
		t.Errorf("at h2.test arrived %+v, want one request of HTTP/2.0", seen)
	}
	if seen := n.Arrivals(0, []string{api.URL("https://api.test")}); len(seen) != 1 || seen[0].Protocol != "HTTP/1.1" {
		t.Errorf("at api.test arrived %+v, want one request of HTTP/1.1", seen)
	}
}

// A name with a dot at its end is another name, with host rules of its own.
func TestChromeReachesNamesWithADotAtTheEnd(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{Reply: Reply{Body: "hello"}})
	if dom := dumpDOM(t, n, nil, p.URL("http://api.test.")); !strings.Contains(dom, "hello") {
		t.Errorf("Chrome shows %q, want hello", dom)
	}
}

// Nothing but the pin makes Chrome trust the network.
func TestChromeRefusesTheNetworkWithoutItsPin(t *testing.T) {
	t.Parallel()
	n, other := start(t), start(t)
	p := n.Add(Case{Reply: Reply{Body: "hello"}})
	dom, _ := askDOM(t, n, other.KeyPins(), p.URL("https://api.test")) // a headless shell ends with an error
	if strings.Contains(dom, "hello") {
		t.Error("Chrome shows a page of a network whose key it was not told to trust")
	}
	if n.LastSeq() != 0 {
		t.Error("Chrome asked a network whose key it was not told to trust")
	}
}

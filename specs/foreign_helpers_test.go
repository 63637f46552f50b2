package specs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// outsider is a Chrome that the suite starts as somebody else would: package harness does not
// know of its start.
type outsider struct {
	at      string // http://127.0.0.1:PORT
	command *exec.Cmd
	end     func()
}

// startOutsider starts a Chrome with a debugging port; port 0: any.
func startOutsider(ctx context.Context, port int, flags ...string) *outsider {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	all := append([]string{"--headless", fmt.Sprint("--remote-debugging-port=", port), "--user-data-dir=" + folder, "--no-first-run"}, flags...)
	if os.Getuid() == 0 {
		all = append(all, "--no-sandbox")
	}
	o := &outsider{command: exec.Command(installedChrome(), append(all, "about:blank")...)}
	o.command.Env = append(os.Environ(), "TMPDIR="+folder)
	printed, err := o.command.StderrPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(o.command.Start()).To(Succeed())
	o.end = sync.OnceFunc(func() {
		for _, line := range processes("--user-data-dir=" + folder) { // Debian's headless shell is started by a script, and does not end with it
			if pid, err := strconv.Atoi(strings.Fields(line)[0]); err == nil {
				if process, err := os.FindProcess(pid); err == nil {
					_ = process.Kill() // it may have ended
				}
			}
		}
		_ = o.command.Process.Kill()
		_ = o.command.Wait() // it was killed
	})
	DeferCleanup(o.end)
	listens := make(chan string, 1)
	go func() { // it reads to the end: Chrome may have more to print
		for lines := bufio.NewScanner(printed); lines.Scan(); {
			if _, at, told := strings.Cut(lines.Text(), "DevTools listening on ws://"); told {
				listens <- at
			}
		}
	}()
	var at string
	Eventually(ctx, listens).WithTimeout(patience).Should(Receive(&at))
	host, _, _ := strings.Cut(at, "/")
	o.at = "http://" + host
	return o
}

// socket is the address of the browser itself.
func (o *outsider) socket() string {
	GinkgoHelper()
	var version struct {
		WebSocketDebuggerURL string
	}
	getJSON(o.at+"/json/version", &version)
	return version.WebSocketDebuggerURL
}

// pages counts the pages of all browser contexts.
func (o *outsider) pages() int {
	GinkgoHelper()
	var list []struct{ Type string }
	getJSON(o.at+"/json/list", &list)
	n := 0
	for _, one := range list {
		if one.Type == "page" {
			n++
		}
	}
	return n
}

// browser asks the Chrome at an address.
func browserAt(endpoint string) *harness.Browser {
	b := &harness.Browser{Endpoint: endpoint, Network: &net, Timeout: patience}
	DeferCleanup(b.Close)
	return b
}

// gate stands before a Chrome, as the gate of a grid does: it lets only what is allowed through.
func gate(o *outsider, allowed func(*http.Request) bool) *httptest.Server {
	target, err := url.Parse(o.at)
	Expect(err).NotTo(HaveOccurred())
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = target.Host
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		r.Header.Del("Authorization")
		through.ServeHTTP(w, r)
	}))
	DeferCleanup(server.Close)
	return server
}

// getJSON reads a JSON document.
func getJSON(url string, into any) {
	GinkgoHelper()
	answer, err := http.Get(url)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close()
	Expect(json.NewDecoder(answer.Body).Decode(into)).To(Succeed())
}

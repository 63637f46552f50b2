package specs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// The origins of the comparison: the server, and another origin that it redirects to.
const (
	compared = "https://compared.test"
	moved    = "https://moved.test"
)

// comparedHandler is a server with one rule that is right, and three common mistakes.
func comparedHandler(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch r.URL.Path {
	case "/data": // right: one origin, and GET alone
		if origin := r.Header.Get("Origin"); origin == app {
			h.Set(acao, origin)
			h.Set(acam, "GET")
		}
	case "/me": // every origin, with credentials, which browsers refuse together
		h.Set(acao, "*")
		h.Set(acac, "true")
	case "/twice": // the application and the proxy in front of it both add the header
		h.Add(acao, app)
		h.Add(acao, app)
	case "/old": // another origin has the answer, and a browser asks it with Origin: null
		h.Set(acao, app)
		http.Redirect(w, r, moved+"/new", http.StatusFound)
	case "/new":
		h.Set(acao, app)
	}
}

// check is a test that somebody writes: may a page read a path?
type check struct {
	Text        string `json:"-"`
	From        string `json:"from"`
	Path        string `json:"-"`
	URL         string `json:"url"`
	Page        string `json:"page"` // of a server of the test
	Method      string `json:"method"`
	Credentials string `json:"credentials"`
	readable    bool   // what users see
}

// checks are the six checks of COMPARISON.md. The page of each has a server in the network, too.
func checks() []check {
	page := serve(servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/html"), Body: "<!doctype html>"}})
	list := []check{
		{Text: "the app can read `/data`", From: app, Path: "/data", readable: true},
		{Text: "the app cannot `DELETE /data`", From: app, Path: "/data", Method: "DELETE"},
		{Text: "a look-alike, `https://app.test.evil.test`, cannot read `/data`", From: app + ".evil.test", Path: "/data"},
		{Text: "the app cannot read `/me` with credentials: `*` and `true`", From: app, Path: "/me", Credentials: "include"},
		{Text: "the app cannot read `/twice`: two lines of `Access-Control-Allow-Origin`", From: app, Path: "/twice"},
		{Text: "the app cannot read `/old`: it redirects to another origin, which allows the app", From: app, Path: "/old"},
	}
	for i := range list {
		c := &list[i]
		c.URL, c.Page = compared+c.Path, strings.Replace(page, api, c.From, 1)
		if c.Method == "" {
			c.Method = "GET"
		}
		if c.Credentials == "" {
			c.Credentials = "same-origin"
		}
	}
	return list
}

// byHeaders is the check as a test of header strings, with net/http/httptest. It follows
// redirects and looks for the headers that each tutorial names.
func byHeaders(c check) bool {
	answer := func(method, path string) http.Header {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Origin", c.From)
		w := httptest.NewRecorder()
		comparedHandler(w, r)
		return w.Header()
	}
	h := answer("GET", c.Path)
	if to, ok := strings.CutPrefix(h.Get("Location"), moved); ok {
		h = answer("GET", to)
	}
	allowed := h.Get(acao) == c.From || h.Get(acao) == "*"
	if c.Credentials == "include" {
		allowed = allowed && h.Get(acac) == "true"
	}
	if c.Method != "GET" {
		allowed = allowed && strings.Contains(answer("OPTIONS", c.Path).Get(acam), c.Method)
	}
	return allowed
}

// byPlaywright runs the checks in Playwright, in each of its ways.
func byPlaywright(ctx SpecContext, list []check) (seen map[string][]played) {
	GinkgoHelper()
	folder := filepath.Join("bench", "playwright")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		Skip("Playwright is not installed: .ci/setup npm:specs/bench/playwright installs it")
	}
	order, err := json.Marshal(map[string]any{"executablePath": installedChrome(), "checks": list, "args": []string{
		"--host-resolver-rules=" + strings.Join(net.HostRules(), ","),
		"--ignore-certificate-errors-spki-list=" + strings.Join(net.KeyPins(), ","),
		"--no-proxy-server",
	}})
	Expect(err).NotTo(HaveOccurred())
	node := exec.CommandContext(ctx, "node", "compare.js", string(order))
	node.Dir, node.Stderr = folder, GinkgoWriter
	out, err := node.Output()
	Expect(err).NotTo(HaveOccurred())
	Expect(json.Unmarshal(out, &seen)).To(Succeed())
	return seen
}

// played is what Playwright says of a check.
type played struct {
	Readable bool     `json:"readable"`
	Console  []string `json:"console"`
}

// cell is the answer of a tool, bold where a browser of a user does otherwise.
func (c check) cell(readable bool, more string) string {
	word := map[bool]string{true: "readable", false: "blocked"}[readable]
	if readable != c.readable {
		return "**" + word + "**" + more
	}
	return word + more
}

// cellOf is the cell of an answer of Playwright. A page that was kept from this machine was not
// refused by the server: the answer is right by chance, or wrong.
func (c check) cellOf(p played) string {
	if strings.Contains(strings.Join(p.Console, ""), "address space") {
		return c.cell(p.Readable, ", not by the server")
	}
	return c.cell(p.Readable, "")
}

var _ = Describe("COMPARISON.md", Label("scenario:documents", "fetch:cors-check", "fetch:cors-preflight-fetch"), func() {
	It("has the answers that header tests, Playwright and corsproof give", func(ctx SpecContext) {
		deleted := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "DELETE" {
				deleted++
			}
			comparedHandler(w, r)
		}))
		DeferCleanup(server.Close)
		for _, origin := range []string{compared, moved} {
			recorder, err := net.Record(origin, server.Listener.Addr().String())
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(recorder.Close)
		}
		list := checks()
		var ours []string
		for _, c := range list {
			seen, err := chrome.Fetch(ctx, harness.Request{From: c.From, URL: c.URL, Method: c.Method, Credentials: harness.Credentials(c.Credentials)})
			Expect(err).NotTo(HaveOccurred())
			reason := ""
			if seen.Reason != "" {
				reason = ", `" + string(seen.Reason) + "`"
			}
			ours = append(ours, c.cell(seen.Verdict == harness.Readable, reason))
		}
		Expect(deleted).To(BeZero(), "the preflight refuses DELETE")

		theirs := byPlaywright(ctx, list)
		Expect(deleted).To(Equal(1), "page.route answers the preflight itself, so that the DELETE is sent")
		table := ""
		for i, c := range list {
			table += fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", c.Text, c.cell(byHeaders(c), ""),
				c.cellOf(theirs["route"][i]), c.cellOf(theirs["permitted"][i]), c.cellOf(theirs["served"][i]), ours[i])
		}
		document, err := os.ReadFile("COMPARISON.md")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(document)).To(ContainSubstring(table))
	}, SpecTimeout(5*patience))
})

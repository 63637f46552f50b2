package specs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// quiet drops the complaints of servers about clients that leave.
var quiet = log.New(io.Discard, "", 0)

// head is the head of the answer to a GET that a Reply makes.
func head(r servers.Reply) string {
	r.DropAfter = 0
	size := len(r.Body)
	text := "HTTP/1.1 200 OK\r\n"
	for _, f := range r.Header {
		text += f.Name + ": " + f.Value + "\r\n"
	}
	if r.Chunks != nil {
		return text + "Transfer-Encoding: chunked\r\n\r\n"
	}
	return text + "Content-Length: " + strconv.Itoa(size) + "\r\n\r\n"
}

var _ = Describe("Chrome", Label("scenario:faults", "fetch:concept-network-error"), func() {
	ask := func(ctx SpecContext, b *harness.Browser) error {
		DeferCleanup(b.Close)
		_, err := b.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{})})
		return err
	}
	path := func(name string) string {
		found, err := exec.LookPath(name)
		Expect(err).NotTo(HaveOccurred())
		return found
	}

	It("that is not there is named", func(ctx SpecContext) {
		Expect(ask(ctx, &harness.Browser{Path: "/nonexistent"})).To(MatchError(SatisfyAll(
			ContainSubstring("/nonexistent"), ContainSubstring("no such file"))))
	})

	It("that is not there is named with the environment variable that set its path", func(ctx SpecContext) {
		GinkgoT().Setenv("CORSPROOF_CHROME", "/nonexistent")
		Expect(ask(ctx, &harness.Browser{})).To(MatchError(ContainSubstring("no Chrome at /nonexistent, which CORSPROOF_CHROME names: ")))
	})

	It("that is nowhere makes an error that says what to type", func(ctx SpecContext) {
		if runtime.GOOS == "darwin" {
			Skip("on macOS Chrome is looked for at its place, whatever the PATH")
		}
		GinkgoT().Setenv("CORSPROOF_CHROME", "")
		GinkgoT().Setenv("PATH", "")
		Expect(ask(ctx, &harness.Browser{})).To(MatchError(ContainSubstring("apt-get install chromium")))
	})

	It("that is another program makes an error, and no hang", func(ctx SpecContext) {
		Expect(ask(ctx, &harness.Browser{Path: path("true")})).To(MatchError(ContainSubstring("start " + path("true"))))
		Expect(ask(ctx, &harness.Browser{Path: path("false")})).To(MatchError(ContainSubstring("start " + path("false"))))
	})

	It("that is too old is refused", func(ctx SpecContext) {
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		GinkgoT().Setenv(fakeVersion, "Chrome/100.0.4896.60")
		Expect(ask(ctx, &harness.Browser{Path: self})).To(MatchError(ContainSubstring("Chrome/100.0.4896.60 is too old: corsproof needs Chrome ")))
	})

	It("that never answers is an error when the time limit is over", func(ctx SpecContext) {
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		GinkgoT().Setenv(fakeVersion, "mute")
		mute := harness.Browser{Path: self}
		DeferCleanup(mute.Close)
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err = mute.Fetch(short, harness.Request{From: app, URL: api})
		Expect(err).To(MatchError(context.DeadlineExceeded))
	})

	It("with a flag that makes verdicts worthless is refused", func(ctx SpecContext) {
		Expect(ask(ctx, &harness.Browser{Flags: []string{"--disable-web-security"}})).To(MatchError(ContainSubstring("--disable-web-security: refused")))
	})

	It("that was closed asks no more", func(ctx SpecContext) {
		var closed harness.Browser
		Expect(closed.Close()).To(Succeed())
		Expect(closed.Close()).To(Succeed())
		Expect(ask(ctx, &closed)).To(MatchError(harness.ErrClosed))
		Expect(closed.Chrome(ctx)).Error().To(MatchError(harness.ErrClosed))
		Expect(closed.Evaluate(ctx, app, "1")).Error().To(MatchError(harness.ErrClosed))
	})

	It("whose first page was closed answers for as many pages as there are", func(ctx SpecContext) {
		own := harness.Browser{Network: &net, Timeout: 20 * time.Second}
		DeferCleanup(own.Close)
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		for i := range 17 { // one more than the number that stay open
			Expect(own.Fetch(ctx, harness.Request{From: fmt.Sprintf("https://app%d.test", i), URL: url})).To(read(200))
		}
		// Every tab gets an event for every worker.
		Expect(own.Evaluate(ctx, "https://app16.test", `(async () => {
			const script = URL.createObjectURL(new Blob(["postMessage(0)"]))
			for (let i = 0; i < 400; i++) {
				const worker = new Worker(script)
				await new Promise((resolve) => worker.onmessage = resolve)
				worker.terminate()
			}
			return "done"
		})()`)).To(MatchJSON(`"done"`))
		Expect(own.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
	}, SpecTimeout(2*patience))

	It("twice at once: neither disturbs the other", func(ctx SpecContext) {
		browsers := []*harness.Browser{{Network: &net, Timeout: patience}, {Network: &net, Timeout: patience, LocalNetwork: harness.PermissionDenied}}
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		var answers sync.WaitGroup
		for i, b := range browsers {
			DeferCleanup(b.Close)
			answers.Go(func() {
				defer GinkgoRecover()
				for range 10 {
					want := read(200)
					if i == 1 {
						want = harness.BeBlocked(harness.LocalNetworkAccessPermissionDenied)
					}
					Expect(b.Fetch(ctx, harness.Request{From: foreign, URL: url})).To(want)
				}
			})
		}
		answers.Wait()
		Expect(browsers[0].Close()).To(Succeed())
		Expect(browsers[1].Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200), "after the other was closed")
	})
})

var _ = Describe("Chrome killed in the middle of a question", Label("scenario:faults", "fetch:concept-network-error"), func() {
	// killed asks with a method, by one way, kills a kind of process of Chrome once the
	// request has arrived, and returns how often the request arrived and its
	// outcome.
	killed := func(ctx SpecContext, method string, via harness.Via, kind kind) (int, harness.Observation, error) {
		if runtime.GOOS != "linux" {
			Skip("Chrome's process is found in /proc")
		}
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		mortal := harness.Browser{Network: &net, Flags: []string{mark}, Timeout: patience}
		DeferCleanup(mortal.Close)

		arrived, release := make(chan struct{}, 8), make(chan struct{})
		DeferCleanup(func() { close(release) })
		var count sync.Map
		url := serve(servers.Case{
			Preflight: &servers.Reply{Header: allow("*", acam, "PUT")},
			Answer: func(a harness.Arrival) servers.Reply {
				if a.Method == "OPTIONS" {
					return servers.Reply{Header: allow("*", acam, "PUT")}
				}
				defer func() { arrived <- struct{}{} }()
				if _, again := count.LoadOrStore("first", true); again {
					return servers.Reply{Header: allow("*"), Body: "at last"}
				}
				return servers.Reply{Until: release}
			},
		})
		type answer struct {
			seen harness.Observation
			err  error
		}
		done := make(chan answer, 1)
		go func() {
			seen, err := mortal.Fetch(ctx, harness.Request{From: app, URL: url, Method: method, Via: via})
			done <- answer{seen, err}
		}()
		Eventually(ctx, arrived).Should(Receive())
		kill(mark, kind)
		var got answer
		Eventually(ctx, done).Should(Receive(&got))
		return 1 + len(arrived), got.seen, got.err
	}

	It("gives a PUT an error, where only the page crashed", func(ctx SpecContext) {
		arrived, _, err := killed(ctx, "PUT", "", rendererProcess)
		Expect(err).To(inconclusive("the page crashed"))
		Expect(arrived).To(Equal(1))
	}, SpecTimeout(2*patience))

	It("gives a GET a verdict, where only the network service ended", func(ctx SpecContext) {
		arrived, seen, err := killed(ctx, "GET", "", networkProcess)
		Expect(seen, err).To(read(200))
		Expect(arrived).To(Equal(2))
	}, SpecTimeout(2*patience))

	It("gives a PUT an error, where only the network service ended", func(ctx SpecContext) {
		arrived, _, err := killed(ctx, "PUT", "", networkProcess)
		Expect(err).To(MatchError(harness.ErrLost))
		Expect(err).To(inconclusive("its network service"))
		Expect(arrived).To(Equal(1))
	}, SpecTimeout(2*patience))

	It("gives a GET of a worker a fresh page and a verdict, where its process ended", func(ctx SpecContext) {
		arrived, seen, err := killed(ctx, "GET", harness.ViaWorker, rendererProcess)
		Expect(seen, err).To(read(200))
		Expect(arrived).To(Equal(2))
	}, SpecTimeout(2*patience))

	It("gives a PUT of a worker an error for a person, where its process ended", func(ctx SpecContext) {
		arrived, _, err := killed(ctx, "PUT", harness.ViaWorker, rendererProcess)
		Expect(err).To(MatchError(harness.ErrLost))
		Expect(err).To(Or(inconclusive("the page crashed"), inconclusive("the worker or frame that asks ended")))
		Expect(arrived).To(Equal(1))
	}, SpecTimeout(2*patience))

	It("gives a GET a fresh Chrome and a verdict", func(ctx SpecContext) {
		arrived, seen, err := killed(ctx, "GET", "", browserProcess)
		Expect(seen, err).To(read(200))
		Expect(seen.Script.Body).To(Equal("at last"))
		Expect(arrived).To(Equal(2))
	}, SpecTimeout(2*patience))

	It("gives a PUT an error, since it may have been done", func(ctx SpecContext) {
		arrived, _, err := killed(ctx, "PUT", "", browserProcess)
		Expect(err).To(inconclusive("the browser ended unexpectedly: it was killed (signal: killed)"))
		Expect(arrived).To(Equal(1))
	}, SpecTimeout(2*patience))

	It("between two questions costs nothing but time", func(ctx SpecContext) {
		if runtime.GOOS != "linux" {
			Skip("Chrome's process is found in /proc")
		}
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		mortal := harness.Browser{Network: &net, Flags: []string{mark}, Timeout: patience}
		DeferCleanup(mortal.Close)
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		Expect(mortal.Fetch(ctx, harness.Request{From: app, URL: url})).To(read(200))
		kill(mark, browserProcess)
		Eventually(ctx, processes).WithArguments(mark).WithTimeout(patience).Should(BeEmpty())
		Expect(mortal.Fetch(ctx, harness.Request{From: app, URL: url, Method: "GET"})).To(read(200))
	}, SpecTimeout(2*patience))
})

var _ = Describe("the processes of Chrome", Label("scenario:faults", "fetch:http-network-fetch"), func() {
	It("are those of the pages that ask: the address bar of a window has none", func(ctx SpecContext) {
		if runtime.GOOS != "linux" {
			Skip("Chrome's processes are found in /proc")
		}
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		chrome := harness.Browser{Network: &net, Flags: []string{mark}, Timeout: patience}
		DeferCleanup(chrome.Close)
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		for i := range 3 {
			Expect(chrome.Fetch(ctx, harness.Request{From: fmt.Sprintf("https://page%d.test", i), URL: url})).To(read(200))
		}
		all := processesOf(mark)
		Expect(all).To(ContainElement(ContainSubstring(string(rendererProcess))))
		Expect(all).NotTo(ContainElement(ContainSubstring("--top-chrome-webui")))
	}, SpecTimeout(2*patience))
})

// kind is a kind of process of a Chrome.
type kind string

const (
	browserProcess  kind = ""
	rendererProcess kind = "--type=renderer"
	networkProcess  kind = "--utility-sub-type=network.mojom.NetworkService"
)

// kill kills the processes of a kind of the Chrome that was started with the flag.
func kill(mark string, kind kind) {
	GinkgoHelper()
	killed := 0
	for _, line := range processesOf(mark) {
		text, command, _ := strings.Cut(line, " ")
		if strings.Contains(command, "--type=") == (kind == browserProcess) || !strings.Contains(command, string(kind)) {
			continue
		}
		pid, err := strconv.Atoi(text)
		Expect(err).NotTo(HaveOccurred())
		process, err := os.FindProcess(pid)
		Expect(err).NotTo(HaveOccurred())
		Expect(process.Kill()).To(Succeed())
		killed++
	}
	Expect(killed).NotTo(BeZero(), "processes of that kind")
}

// processesOf lists the processes of the Chrome that was started with the flag. Only the
// browser process has the flag, and the script that starts it; the others descend from it.
func processesOf(mark string) []string {
	GinkgoHelper()
	found := processes(mark)
	Expect(found).NotTo(BeEmpty(), "the browser process of that Chrome")
	family := map[string]bool{}
	for _, line := range found {
		family[strings.Fields(line)[0]] = true
	}
	for grown := true; grown; {
		grown = false
		for _, line := range processes("") {
			pid := strings.Fields(line)[0]
			if !family[pid] && family[parentOf(pid)] {
				family[pid], grown = true, true
				found = append(found, line)
			}
		}
	}
	return found
}

// parentOf is the number of the process that started a process, empty where that has ended.
func parentOf(pid string) string {
	status, _ := os.ReadFile("/proc/" + pid + "/status")
	_, rest, _ := strings.Cut(string(status), "\nPPid:\t")
	parent, _, _ := strings.Cut(rest, "\n")
	return parent
}

// fakeVersion is the environment variable that turns the test binary into a
// Chrome of that version. The version "mute" never answers.
const fakeVersion = "CORSPROOF_SPECS_FAKE_CHROME"

// fakeChrome speaks enough of the DevTools Protocol for a first contact. It reads
// commands from descriptor 3 and answers on 4, each ended by a NUL.
// https://chromium.googlesource.com/chromium/src/+/main/content/public/common/content_switches.cc
func fakeChrome(version string) {
	commands := bufio.NewReader(os.NewFile(3, "commands"))
	answers := os.NewFile(4, "answers")
	for {
		text, err := commands.ReadBytes(0)
		if err != nil {
			return
		}
		var command struct {
			ID     int64  `json:"id"`
			Method string `json:"method"`
		}
		if version == "mute" || json.Unmarshal(text[:len(text)-1], &command) != nil {
			continue
		}
		result := `{}`
		if command.Method == "Browser.getVersion" {
			result = fmt.Sprintf(`{"protocolVersion":"1.3","product":%q,"revision":"","userAgent":"","jsVersion":""}`, version)
		}
		fmt.Fprintf(answers, `{"id":%d,"result":%s}`+"\x00", command.ID, result)
		if command.Method == "Browser.close" {
			return
		}
	}
}

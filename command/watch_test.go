package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/finding"
)

// watchedTarget allows the origin that a file names, and can go away and come back.
type watchedTarget struct {
	t       *testing.T
	conf    string // the file
	address string
	server  *http.Server

	mu   sync.Mutex
	held map[string]chan struct{} // the origins that get no answer until the channel is closed
}

func newWatchedTarget(t *testing.T) *watchedTarget {
	w := &watchedTarget{t: t, conf: fileOf(t, "server.conf", page), address: "127.0.0.1:0"}
	w.start()
	t.Cleanup(w.stop)
	return w
}

func (w *watchedTarget) url() string { return "http://" + w.address }

func (w *watchedTarget) start() {
	w.t.Helper()
	listener, err := net.Listen("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.address, w.server = listener.Addr().String(), &http.Server{Handler: w}
	go func() { _ = w.server.Serve(listener) }()
}

func (w *watchedTarget) stop() { _ = w.server.Close() }

// hold answers nothing to an origin until the returned function is called.
func (w *watchedTarget) hold(origin string) (release func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	until := make(chan struct{})
	w.held = map[string]chan struct{}{origin: until}
	release = sync.OnceFunc(func() { close(until) })
	w.t.Cleanup(release)
	return release
}

func (w *watchedTarget) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	until := w.held[r.Header.Get("Origin")]
	w.mu.Unlock()
	if until != nil {
		<-until
	}
	origin, _ := os.ReadFile(w.conf)
	rw.Header().Set("Vary", "Origin")
	if from := r.Header.Get("Origin"); from != "" && (string(origin) == from || string(origin) == "any") {
		rw.Header().Set("Access-Control-Allow-Origin", from)
	}
}

// replace replaces a file by another one, as editors do.
func replace(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// liveText is a stream that is read while it is written.
type liveText struct {
	mu    sync.Mutex
	text  bytes.Buffer
	read  int
	grown chan struct{} // closed by the next Write; nil: nobody waits
}

func (w *liveText) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.grown != nil {
		close(w.grown)
		w.grown = nil
	}
	return w.text.Write(p)
}

// find looks for a text behind what was read before. Where it is not there yet, grown is closed
// when there is more.
func (w *liveText) find(want string) (fresh string, found bool, grown <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh = w.text.String()[w.read:]
	if at := strings.Index(fresh, want); at >= 0 {
		w.read += at + len(want)
		return fresh[:at+len(want)], true, nil
	}
	if w.grown == nil {
		w.grown = make(chan struct{})
	}
	return fresh, false, w.grown
}

// next waits for a text behind what was read before.
func (w *liveText) next(t *testing.T, want string) string {
	t.Helper()
	for late := time.After(40 * time.Second); ; {
		fresh, found, grown := w.find(want)
		if found {
			return fresh
		}
		select {
		case <-grown:
		case <-late:
			t.Fatalf("no %q in\n%s", want, fresh)
		}
	}
}

// watching runs the program until the test interrupts it.
type watching struct {
	out, err liveText
	stop     func() (status int)
}

func watch(t *testing.T, args ...string) *watching {
	t.Helper()
	folder := temporaryFolder(t)
	t.Setenv("TMPDIR", folder)
	ctx, cancel := context.WithCancel(t.Context())
	w, ended := &watching{}, make(chan error, 1)
	go func() {
		ended <- execute(ctx, streams{in: strings.NewReader(""), out: &w.out, err: &w.err}, args)
	}()
	w.stop = func() int {
		cancel()
		err := <-ended
		printError(&w.err, err)
		nothingLeft(t, folder)
		return status(err)
	}
	return w
}

// verify --watch prints what changed, whatever changed it, and outlives each mistake.
func TestVerifyWatch(t *testing.T) {
	target := newWatchedTarget(t)
	text := fmt.Sprintf("target: %s\norigins: [%s]\n", target.url(), page)
	policy := fileOf(t, "policy.yaml", text)
	saved := filepath.Join(t.TempDir(), "report.json")
	w := watch(t, "verify", policy, "--only", "K01,K13", "--watch", "--on", target.conf, "--json-file", saved)
	w.out.next(t, "probes held")
	w.err.next(t, "asking again when "+policy+", "+target.conf+" changes; Ctrl-C ends it")

	replace(t, target.conf, "any")
	change := w.out.next(t, "held → broken  high  K13")
	w.out.next(t, "Remedy: make the server compare")
	if strings.Contains(change, "K01") {
		t.Errorf("K01 did not change:\n%s", change)
	}

	replace(t, policy, text+"originz: any\n")
	w.err.next(t, "originz")
	w.err.next(t, "the policy stays as it was before, until the file is right")

	replace(t, policy, strings.Replace(text, page, page+", https://second.test", 1))
	w.out.next(t, "not in the policy → held  K01")

	target.stop()
	replace(t, target.conf, "any")
	w.out.next(t, "held → inconclusive  K01")
	target.start()
	w.out.next(t, "inconclusive → held  K01")
	complete := func() bool { // a server that starts may answer one page, and not yet the other
		document, err := os.ReadFile(saved)
		return err == nil && json.Valid(document) && readReport(t, document).Count(finding.Inconclusive) == 0
	}
	for late := time.Now().Add(40 * time.Second); !complete(); time.Sleep(10 * time.Millisecond) { // a run writes its files at its end
		if time.Now().After(late) {
			t.Fatal("the file is not of the last change")
		}
	}
	if status := w.stop(); status != exitBlocked {
		t.Errorf("status %d\n%s", status, w.err.text.String())
	}
}

// verify --watch prints a verdict when it has it: the first does not wait for the last.
func TestVerifyWatchPrintsAtOnce(t *testing.T) {
	target := newWatchedTarget(t)
	policy := fileOf(t, "policy.yaml", fmt.Sprintf("target: %s\norigins: [%s]\n", target.url(), page))
	saved := filepath.Join(t.TempDir(), "report.json")
	w := watch(t, "verify", policy, "--only", "K01,K13", "--watch", "--on", target.conf, "--json-file", saved)
	w.err.next(t, "Ctrl-C ends it")
	release := target.hold(page)
	replace(t, target.conf, "any")
	w.out.next(t, "held → broken  high  K13")
	document, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	if broken := readReport(t, document).Count(finding.Broken); broken != 0 {
		t.Errorf("the run was over: its report has %d broken probes", broken)
	}
	release()
	replace(t, target.conf, page)
	fresh := w.out.next(t, "broken → held  K13")
	if strings.Contains(fresh, "held → held") || strings.Contains(fresh, "broken → broken") {
		t.Errorf("a line about nothing:\n%s", fresh)
	}
	if status := w.stop(); status > exitBlocked {
		t.Errorf("status %d\n%s", status, w.err.text.String())
	}
}

// A Ctrl-C ends it with the exit status of the last answer.
func TestWatchInterrupted(t *testing.T) {
	target := newWatchedTarget(t)
	if err := os.WriteFile(target.conf, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := corsproof(t, "ask", target.url(), "--from", page, "--watch", "--every", "100ms")
	var out, errs liveText
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.next(t, "MissingAllowOriginHeader")
	errs.next(t, "asking again every 100ms")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != exitBlocked {
		t.Errorf("status %d\n%s", got, errs.text.String())
	}
}

// ask --watch prints the answers that are others than before.
func TestAskWatch(t *testing.T) {
	target := newWatchedTarget(t)
	w := watch(t, "ask", target.url(), "--from", page, "--watch", "--on", target.conf)
	w.out.next(t, "script saw 200")
	w.err.next(t, "asking again when "+target.conf+" changes")
	replace(t, target.conf, "")
	w.out.next(t, "readable 200 → blocked by MissingAllowOriginHeader")
	w.out.next(t, "script saw TypeError")
	target.stop()
	replace(t, target.conf, page)
	w.out.next(t, "blocked by MissingAllowOriginHeader → no verdict")
	w.err.next(t, "net::ERR_CONNECTION_REFUSED")
	target.start()
	w.out.next(t, "no verdict → readable 200") // a server that starts is asked without another change
	if status := w.stop(); status != exitHeld {
		t.Errorf("status %d", status)
	}
}

// With --json, each document is one line.
func TestWatchJSON(t *testing.T) {
	target := newWatchedTarget(t)
	policy := fileOf(t, "policy.yaml", fmt.Sprintf("target: %s\norigins: [%s]\n", target.url(), page))
	for name, args := range map[string][]string{
		"ask":    {"ask", target.url(), "--from", page},
		"verify": {"verify", policy, "--only", "K01"},
	} {
		replace(t, target.conf, page)
		w := watch(t, append(args, "--json", "--watch", "--on", target.conf)...)
		first := w.out.next(t, "\n")
		w.err.next(t, "Ctrl-C")
		replace(t, target.conf, "")
		second := w.out.next(t, "\n")
		for _, line := range []string{first, second} {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if status := w.stop(); status != exitBlocked || w.out.text.Len() != w.out.read {
			t.Errorf("%s: status %d, and more than two lines:\n%s", name, status, w.out.text.String())
		}
	}
}

// All faults of the flags are told at once.
func TestWatchFaults(t *testing.T) {
	policy := policyOf(t, "http://127.0.0.1:9", "")
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"nothing to wait for": {[]string{"ask", "http://127.0.0.1:9", "--from", page, "--watch"}, []string{"--on FILE", "--every 2s"}},
		"without --watch":     {[]string{"verify", policy, "--on", policy, "--every", "2s"}, []string{"--on says when --watch asks again: add --watch", "--every says"}},
		"all of verify": {
			[]string{"verify", policy, "--watch", "--on", "nowhere.conf", "--on", "[", "--every", "1ms", "--shard", "1/2", "--list", "--update-baseline", "--github"},
			[]string{"--on nowhere.conf: no such file", "--on [: syntax error", "--every 1ms: want 100ms or more", "--watch and --shard", "--watch and --list", "--watch and --update-baseline", "--watch and --github"},
		},
		"the example of verify": {[]string{"verify", "--watch", "--every", "1s"}, []string{"name a policy"}},
		"the example of ask":    {[]string{"ask", "--example", "--watch", "--every", "1s"}, []string{"--example has its own question: remove --watch --every"}},
	} {
		r := run(t, test.args...)
		for _, want := range test.want {
			if r.status != exitUsage || !strings.Contains(r.stderr, want) {
				t.Errorf("%s: status %d, want %q in\n%s", name, r.status, want, r.stderr)
			}
		}
	}
}

package command

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary the program, for tests that need a process:
// signals, exit statuses, and what a process leaves behind.
func TestMain(m *testing.M) {
	if os.Getenv("CORSPROOF_TEST_MAIN") != "" {
		Main()
	}
	os.Exit(m.Run())
}

// result is what a user of the program gets.
type result struct {
	status         int
	stdout, stderr string
}

// corsproof prepares a process of the program with a temporary folder of its own.
// The folder must be empty at the end.
func corsproof(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := temporaryFolder(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), "CORSPROOF_TEST_MAIN=1", "TMPDIR="+folder)
	t.Cleanup(func() {
		cancel()
		nothingLeft(t, folder)
	})
	return cmd
}

// temporaryFolder makes a folder for TMPDIR. Its path is short: Chrome makes a
// socket below it, and the socket's path must fit in 108 bytes.
func temporaryFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "cp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// nothingLeft checks that a temporary folder has no file, and that no process
// uses it.
func nothingLeft(t *testing.T, folder string) {
	t.Helper()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v (%v)", left, err)
	}
	if orphans := processesWith(t, folder); orphans != nil {
		t.Errorf("processes left: %v", orphans)
	}
}

// run runs the program in this process with arguments.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return end(t, func(ctx context.Context, s streams) error { return execute(ctx, s, args) })
}

// end calls the run function of a verb in this process, with a temporary folder
// of its own, which must be empty at the end.
func end(t *testing.T, verb func(context.Context, streams) error) result {
	t.Helper()
	// No deadline: a deadline would hide the time limit of a question.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer time.AfterFunc(time.Minute, cancel).Stop()
	before, folder := os.Getenv("TMPDIR"), temporaryFolder(t)
	t.Setenv("TMPDIR", folder)
	var stdout, stderr bytes.Buffer
	err := verb(ctx, streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	t.Setenv("TMPDIR", before)
	printError(&stderr, err)
	nothingLeft(t, folder)
	return result{status(err), stdout.String(), stderr.String()}
}

// processesWith lists the processes whose command line contains a text.
func processesWith(t *testing.T, text string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(text)) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// finish runs a process of the program to its end.
func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// server answers like a user's server: with or without the header.
func server(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/open" {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Headers", "*, Authorization")
		}
		w.Header().Set("Set-Cookie", "session=s3cret")
		_, _ = io.WriteString(w, "hello")
	}))
	t.Cleanup(s.Close)
	return s
}

const page = "https://app.example.com"

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"origin", []string{"ask", "http://a.test/", "--from", "app.example.com"}, []string{`from "app.example.com"`, "did you mean https://app.example.com?"}},
		{"no origin", []string{"ask", "http://a.test/"}, []string{"from", "give the origin of the page that asks"}},
		{"URL", []string{"ask", "api.example.com:8000", "--from", page}, []string{`url "api.example.com:8000"`, "did you mean http://api.example.com:8000?"}},
		{"no URL", []string{"ask", "--from", page}, []string{"url", "give the URL to ask for"}},
		{"header", []string{"ask", "http://a.test/", "--from", page, "-H", "Authorization s3cret"}, []string{`header "Authorization": no colon`}},
		{"method", []string{"ask", "http://a.test/", "--from", page, "-X", "G T"}, []string{`method "G T"`}},
		{"all at once", []string{"ask", "x", "--from", "y", "-X", "G T", "-H", "no"}, []string{`"x"`, `"y"`, `"G T"`, `"no"`}},
		{"choice", []string{"ask", "http://a.test/", "--from", page, "--mode", "cros"}, []string{"--mode", "cors|no-cors|same-origin", "--help"}},
		{"flag", []string{"ask", "--form", page}, []string{"--form", "--help"}},
		{"verb", []string{"aks"}, []string{`"aks"`}},
		{"two bodies", []string{"ask", "http://a.test/", "--from", page, "--body", "a", "--body-json", "{}"}, []string{"--body and --body-json"}},
		{"body file", []string{"ask", "http://a.test/", "--from", page, "--body-file", "/nonexistent"}, []string{"--body-file", "/nonexistent"}},
		{"example", []string{"ask", "--example", "-X", "PUT", "--via", "xhr"}, []string{"remove --method --via"}},
		{"form", []string{"ask", "http://a.test/", "--from", page, "--body-form", "s3cret"}, []string{"--body-form, entry 1: want name=value"}},
		{"served name", []string{"serve", "--http2", "example.com", "--record", "https://api.test=127.0.0.1:99999"}, []string{`"example.com"`, "port 99999"}},
		{"forbidden flag", []string{"ask", "http://a.test/", "--from", page, "--chrome-flag", "--disable-web-security"}, []string{"--disable-web-security", "refused"}},
		{"forbidden feature", []string{"ask", "http://a.test/", "--from", page, "--chrome-flag=--enable-features=LocalNetworkAccessChecks:LocalNetworkAccessChecksWarn/true"},
			[]string{"--enable-features", "LocalNetworkAccessChecksWarn/true weakens local network access", "refused"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, c.args...)
			if r.status != exitUsage || r.stdout != "" {
				t.Errorf("status %d, want %d\n%s", r.status, exitUsage, r.stdout)
			}
			if strings.Contains(r.stderr, "s3cret") {
				t.Errorf("a secret is in %q", r.stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(r.stderr, want) {
					t.Errorf("no %q in %q", want, r.stderr)
				}
			}
		})
	}
}

// Scripts see the status of a process, and each stream has only its own part.
func TestExitStatuses(t *testing.T) {
	s := server(t)
	for _, c := range []struct {
		args           []string
		status         int
		stdout, stderr string // a part of it; empty: nothing is printed
	}{
		{[]string{"ask", s.URL + "/open", "--from", page}, exitHeld, "script saw 200", ""},
		{[]string{"ask", s.URL + "/", "--from", page}, exitBlocked, "Blocked: MissingAllowOriginHeader", ""},
		{[]string{"ask", s.URL + "/"}, exitUsage, "", "corsproof: from"},
		{[]string{"ask", "http://" + unusedAddress(t) + "/", "--from", page}, exitNoAnswer, "", "corsproof: "},
	} {
		r := finish(t, corsproof(t, c.args...))
		has := func(text, want string) bool { return strings.Contains(text, want) && (text == "") == (want == "") }
		if r.status != c.status || !has(r.stdout, c.stdout) || !has(r.stderr, c.stderr) {
			t.Errorf("%q: status %d\n%s\n%s", c.args, r.status, r.stdout, r.stderr)
		}
	}
}

// silentServer never answers. It tells of each request, as long as somebody listens.
func silentServer(t *testing.T, asked chan<- struct{}) (url string) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	return silent.URL
}

// An interrupt in the middle of a question leaves nothing behind: no process, no folder.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{}, 1)
	cmd := corsproof(t, "ask", silentServer(t, asked), "--from", page, "--timeout", "1m")
	go func() {
		<-asked
		_ = cmd.Process.Signal(syscall.SIGINT)
	}()
	r := finish(t, cmd)
	if r.status != exitNoAnswer || r.stderr != "corsproof: interrupted: no verdict\n" {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

// A reader that goes away, as head does, leaves nothing behind either.
func TestBrokenPipe(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	cmd := corsproof(t, "ask", "--example")
	cmd.Stdout = writer
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != exitNoAnswer {
		t.Errorf("status %d, %v", cmd.ProcessState.ExitCode(), err)
	}
}

func TestTwoAtOnce(t *testing.T) {
	s := server(t)
	for _, path := range []string{"/", "/open"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			r := finish(t, corsproof(t, "ask", s.URL+path, "--from", page))
			if want := map[string]int{"/": exitBlocked, "/open": exitHeld}[path]; r.status != want {
				t.Errorf("status %d, want %d\n%s", r.status, want, r.stderr)
			}
		})
	}
}

func TestHelpAndCompletion(t *testing.T) {
	for _, verb := range []string{"ask", "serve", "version"} {
		if r := run(t, verb, "--help"); r.status != exitHeld || !strings.Contains(r.stdout, "Examples:") {
			t.Errorf("%s --help: status %d\n%s", verb, r.status, r.stdout)
		}
	}
	if r := run(t, "completion", "bash"); r.status != exitHeld || !strings.Contains(r.stdout, "corsproof") {
		t.Errorf("completion: status %d", r.status)
	}
	if r := run(t, "__complete", "ask", "--mode", ""); !strings.Contains(r.stdout, "no-cors") {
		t.Errorf("completion of --mode: %s", r.stdout)
	}
}

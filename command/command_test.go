package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary the command itself, where a test asks for it.
func TestMain(m *testing.M) {
	if os.Getenv("CORSPROOF_TEST_MAIN") != "" {
		Main()
	}
	os.Exit(m.Run())
}

// result is what a run of the command left.
type result struct {
	status         int
	stdout, stderr string
}

// corsproof prepares a run of the command with a temporary folder of its own, in
// which nothing may be left.
func corsproof(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Short: Chrome makes a socket below it, whose path must fit in 108 bytes.
	folder, err := os.MkdirTemp("", "cp")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), "CORSPROOF_TEST_MAIN=1", "TMPDIR="+folder)
	t.Cleanup(func() {
		cancel()
		left, err := os.ReadDir(folder)
		if err != nil || len(left) > 0 {
			t.Errorf("left in the temporary folder: %v (%v)", left, err)
		}
		if orphans := processesWith(t, folder); orphans != nil {
			t.Errorf("processes left: %v", orphans)
		}
		_ = os.RemoveAll(folder)
	})
	return cmd
}

// processesWith lists the processes that have a text in their command line.
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

// run runs the command to its end.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, corsproof(t, args...))
}

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

// server answers like a server that somebody has: with or without the header.
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

func TestAskBlocked(t *testing.T) {
	r := run(t, "ask", server(t).URL+"/", "--from", page)
	if r.status != exitBlocked {
		t.Errorf("status %d, want %d\n%s", r.status, exitBlocked, r.stderr)
	}
	for _, want := range []string{"from " + page, "script saw TypeError: Failed to fetch", "(no Access-Control-Allow-Origin)", "Remedy: "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r.stderr != "" || strings.Contains(r.stdout, "\x1b[") {
		t.Errorf("not for a terminal: %q, %q", r.stdout, r.stderr)
	}
}

func TestAskReadableAsJSON(t *testing.T) {
	r := run(t, "ask", server(t).URL+"/open", "--from", page, "--json", "--header", "Authorization: Bearer s3cret", "--body", "s3cret")
	if r.status != exitHeld {
		t.Fatalf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	if strings.Contains(r.stdout, "s3cret") {
		t.Errorf("a secret is in the document:\n%s", r.stdout)
	}
	var d struct {
		Verdict   string
		Reason    any
		Arrivals  any
		Exchanges []struct {
			Kind            string
			Method          string
			Sent            bool
			Status          int
			ResponseHeaders [][2]string
		}
		Script struct{ Type, Body string }
		Chrome struct {
			Version string
			Flags   []string
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("not one JSON document: %v\n%s", err, r.stdout)
	}
	if d.Verdict != "readable" || d.Reason != nil || d.Arrivals != nil || d.Script.Type != "cors" || d.Script.Body != "hello" {
		t.Errorf("%+v", d)
	}
	if len(d.Exchanges) != 2 || d.Exchanges[0].Kind != "preflight" || d.Exchanges[1].Method != "POST" || !d.Exchanges[1].Sent ||
		len(d.Exchanges[1].ResponseHeaders) == 0 {
		t.Errorf("exchanges %+v", d.Exchanges)
	}
	if !strings.HasPrefix(d.Chrome.Version, "Chrome/") && !strings.HasPrefix(d.Chrome.Version, "HeadlessChrome/") || len(d.Chrome.Flags) == 0 {
		t.Errorf("chrome %+v", d.Chrome)
	}
}

// The server of TestAskReadableAsJSON lists Authorization beside *; this one does not.
func TestAskWhereTheStandardSaysOtherwise(t *testing.T) {
	lax := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	defer lax.Close()
	for _, c := range []struct{ url, want string }{
		{lax.URL, "The Fetch standard says otherwise: blocked, HeaderDisallowedByPreflightResponse (authorization)."},
		{server(t).URL + "/open", ""},
	} {
		r := run(t, "ask", c.url, "--from", page, "--header", "Authorization: Bearer x")
		if said := strings.Contains(r.stdout, "The Fetch standard"); r.status != exitHeld || said != (c.want != "") || !strings.Contains(r.stdout, c.want) {
			t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
		}
		r = run(t, "ask", c.url, "--from", page, "--header", "Authorization: Bearer x", "--json")
		var d struct {
			Standard *struct {
				Verdict    string
				Deviations []struct{ ID string }
			}
		}
		if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || (d.Standard != nil) != (c.want != "") {
			t.Errorf("%v\n%s", err, r.stdout)
		}
		if d.Standard != nil && (d.Standard.Verdict != "blocked" || len(d.Standard.Deviations) != 1 || d.Standard.Deviations[0].ID != "D1") {
			t.Errorf("%+v", d.Standard)
		}
	}
}

// What the page is like is said by flags: its policies, and where it runs.
func TestAskFromPagesOfAllKinds(t *testing.T) {
	url := server(t).URL + "/open"
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"--from", page, "--page-header", "Content-Security-Policy: connect-src 'self'"}, exitBlocked, "Remedy: add " + strings.TrimSuffix(url, "/open") + " to connect-src"},
		{[]string{"--from", page, "--within", "https://shop.example.com", "--via", "worker"}, exitHeld, "in a frame of https://shop.example.com, via worker"},
		{[]string{"--from", "file:"}, exitHeld, "> Origin: null"},
		{[]string{"--from", page, "--target-address-space", "local"}, exitBlocked, "InvalidLocalNetworkAccess"},
		{[]string{"--from", page, "--page-header", "Content-Security-Policy"}, exitUsage, `page-header "Content-Security-Policy": no colon`},
	} {
		r := run(t, append([]string{"ask", url}, c.args...)...)
		if r.status != c.status || !strings.Contains(r.stdout+r.stderr, c.want) {
			t.Errorf("%q: status %d\n%s\n%s", c.args, r.status, r.stdout, r.stderr)
		}
	}
}

func TestAskOpaque(t *testing.T) {
	if r := run(t, "ask", server(t).URL+"/", "--from", page, "--mode", "no-cors"); r.status != exitHeld {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

func TestAskExample(t *testing.T) {
	r := run(t, "ask", "--example")
	if r.status != exitHeld || strings.Count(r.stdout, "from https://app.test") != 2 {
		t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
}

func TestAskWithoutVerdict(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"refused", []string{"http://" + unusedAddress(t) + "/"}, "nothing listens there"},
		{"no such name", []string{"https://no-such-name.invalid/"}, "its name does not resolve"},
		{"silent", []string{silent.URL, "--timeout", "4s"}, "nothing within 4s: missing the script's answer, an answer to GET " + silent.URL},
		{"not a Chrome", []string{silent.URL, "--chrome", "/bin/false"}, "start /bin/false: "},
		{"not even that", []string{silent.URL, "--chrome", "/bin/true"}, "start /bin/true: "},
		{"no Chrome", []string{silent.URL, "--chrome", "/nonexistent/chrome"}, "no Chrome at /nonexistent/chrome: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, append([]string{"ask", "--from", page}, c.args...)...)
			if r.status != exitNoAnswer || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, c.want) {
				t.Errorf("status %d\n%s\n%s", r.status, r.stdout, r.stderr)
			}
		})
	}
}

// unusedAddress is an address at which nothing listens.
func unusedAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestAskWithoutVerdictAsJSON(t *testing.T) {
	r := run(t, "ask", "http://"+unusedAddress(t)+"/", "--from", page, "--json")
	var d struct {
		Verdict *string
		Error   string
	}
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || d.Verdict != nil || !strings.Contains(d.Error, "refused") {
		t.Errorf("%+v %v\n%s", d, err, r.stdout)
	}
	if r.status != exitNoAnswer {
		t.Errorf("status %d", r.status)
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"origin", []string{"ask", "http://a.test/", "--from", "app.example.com"}, []string{`from "app.example.com"`, "did you mean https://app.example.com?"}},
		{"no origin", []string{"ask", "http://a.test/"}, []string{"from", "whose page asks?"}},
		{"URL", []string{"ask", "localhost:8000", "--from", page}, []string{`url "localhost:8000"`, "did you mean http://localhost:8000?"}},
		{"no URL", []string{"ask", "--from", page}, []string{"url", "what is asked for?"}},
		{"header", []string{"ask", "http://a.test/", "--from", page, "-H", "Authorization s3cret"}, []string{`header "Authorization": no colon`}},
		{"method", []string{"ask", "http://a.test/", "--from", page, "-X", "G T"}, []string{`method "G T"`}},
		{"all at once", []string{"ask", "x", "--from", "y", "-X", "G T", "-H", "no"}, []string{`"x"`, `"y"`, `"G T"`, `"no"`}},
		{"choice", []string{"ask", "http://a.test/", "--from", page, "--mode", "cros"}, []string{"--mode", "cors|no-cors|same-origin", "--help"}},
		{"flag", []string{"ask", "--form", page}, []string{"--form", "--help"}},
		{"verb", []string{"aks"}, []string{`"aks"`}},
		{"two bodies", []string{"ask", "http://a.test/", "--from", page, "--body", "a", "--body-json", "{}"}, []string{"--body and --body-json"}},
		{"body file", []string{"ask", "http://a.test/", "--from", page, "--body-file", "/nonexistent"}, []string{"--body-file", "/nonexistent"}},
		{"example", []string{"ask", "--example", "-X", "PUT", "--via", "xhr"}, []string{"leave out --method --via"}},
		{"form", []string{"ask", "http://a.test/", "--from", page, "--body-form", "s3cret"}, []string{"--body-form, entry 1: want name=value"}},
		{"served name", []string{"serve", "--http2", "example.com", "--record", "https://api.test=127.0.0.1:99999"}, []string{`"example.com"`, "port 99999"}},
		{"forbidden flag", []string{"ask", "http://a.test/", "--from", page, "--chrome-flag", "--disable-web-security"}, []string{"--disable-web-security", "refused"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
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

// An interrupt in the middle of a question leaves nothing behind: no process, no
// folder. What corsproof leaves is checked by the clean-up of every run.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{})
	var once sync.Once
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done()
	}))
	defer silent.Close()
	cmd := corsproof(t, "ask", silent.URL, "--from", page, "--timeout", "1m")
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
			r := run(t, "ask", s.URL+path, "--from", page)
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

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/specs/internal/measure"
)

// watchedChanges is how often the server changes under a watch.
const watchedChanges = 10

// watched are seconds from the first answer that is another than before to the verdict on it, by
// what is watched.
type watched struct {
	names []string
	took  [][]float64
}

// watches lets the program watch a server that changes: a question, two probes, and a whole policy.
func watches(ctx context.Context, s settings, c *contestants) (outcome, error) {
	var found watched
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return found, err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "corsproof")
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/corsproof/corsproof").CombinedOutput(); err != nil {
		return found, fmt.Errorf("build corsproof: %w: %s", err, text)
	}
	server := newChanging(filepath.Join(folder, "server.conf"))
	defer server.Close()
	policy := filepath.Join(folder, "policy.yaml")
	text := fmt.Sprintf("target: %s\norigins: [%s, https://admin.app.test]\ncredentials: true\nmethods: [GET, PUT, DELETE]\nrequestHeaders: [Authorization]\nmaxAge: 600\nresources: [{path: /a}, {path: /b}]\n", server.URL, pageOrigin)
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		return found, err
	}
	for _, w := range []struct {
		name string
		args []string
	}{
		{"ask --watch", []string{"ask", server.URL + "/a", "--from", strangerOrigin}},
		{"verify --watch, two probes", []string{"verify", policy, "--only", "K01,K13"}},
		{"verify --watch, a policy", []string{"verify", policy}},
	} {
		measure.Progress(w.name)
		took, err := server.watch(ctx, min(watchedChanges, 2*s.rounds), program, append(w.args, "--watch", "--on", server.conf, "--chrome", c.world.chrome))
		if err != nil {
			return found, fmt.Errorf("%s: %w", w.name, err)
		}
		found.names, found.took = append(found.names, w.name), append(found.took, took)
	}
	return found, nil
}

func (w watched) wanted() (list []result) {
	for i, name := range w.names {
		r := atMost(name+": milliseconds from the first changed answer to the verdict", 1000*median(w.took[i]), 50)
		r.note = fmt.Sprintf("of %d changes: %.0f to %.0f ms", len(w.took[i]), 1000*slices.Min(w.took[i]), 1000*slices.Max(w.took[i]))
		list = append(list, r)
	}
	return list
}

// strangerOrigin is an origin that the server lets read only now and then.
const strangerOrigin = "https://stranger.test"

// changing is a server that keeps to the policy, or lets every page read: its file changes with it.
type changing struct {
	*httptest.Server
	conf string

	mu    sync.Mutex
	open  bool      // to every page
	first time.Time // when the first answer left that is another than before the change; zero: none has
}

func newChanging(conf string) *changing {
	c := &changing{conf: conf}
	c.Server = httptest.NewServer(c)
	return c
}

// ServeHTTP answers.
func (c *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin, header := r.Header.Get("Origin"), w.Header()
	listed := origin == pageOrigin || origin == "https://admin.app.test"
	header.Set("Vary", "Origin")
	c.mu.Lock()
	defer c.mu.Unlock()
	if origin != "" && (listed || c.open) {
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
		if r.Method == http.MethodOptions {
			header.Set("Access-Control-Allow-Methods", "GET, PUT, DELETE")
			header.Set("Access-Control-Allow-Headers", "Authorization")
			header.Set("Access-Control-Max-Age", "600")
		}
	}
	if origin != "" && !listed && c.first.IsZero() {
		c.first = time.Now()
	}
}

// change makes the server another one, and then its file.
func (c *changing) change() error {
	c.mu.Lock()
	c.open, c.first = !c.open, time.Time{}
	text := fmt.Sprint(c.open)
	c.mu.Unlock()
	if err := os.WriteFile(c.conf+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(c.conf+".new", c.conf)
}

// watch runs the program, changes the server n times and returns how long each verdict took.
func (c *changing) watch(ctx context.Context, n int, program string, args []string) ([]float64, error) {
	c.open = true
	if err := c.change(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	says, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	printed, said := make(chan string), make(chan string)
	go lines(out, printed)
	go lines(says, said)
	took, err := c.verdicts(n, printed, said)
	_ = cmd.Process.Signal(os.Interrupt)
	go func() { // it may still print
		for range said {
		}
	}()
	for range printed {
	}
	_ = cmd.Wait() // its exit status is that of the last verdict
	return took, err
}

// verdicts changes the server and waits for the verdicts.
func (c *changing) verdicts(n int, printed, said <-chan string) (took []float64, err error) {
	if !await(said, printed, "Ctrl-C ends it") {
		return nil, errors.New("it ended before it watched")
	}
	for range n {
		if err := c.change(); err != nil {
			return nil, err
		}
		if !await(printed, said, " → ") {
			return nil, errors.New("it ended before it saw a change")
		}
		at := time.Now()
		c.mu.Lock()
		took = append(took, at.Sub(c.first).Seconds())
		c.mu.Unlock()
		quiet(printed, said)
	}
	return took, nil
}

// await waits for a line with a text. It reads the other stream, too.
func await(lines, other <-chan string, text string) bool {
	for {
		select {
		case line, open := <-lines:
			if !open {
				return false
			}
			if strings.Contains(line, text) {
				return true
			}
		case _, open := <-other:
			if !open {
				other = nil
			}
		}
	}
}

// quietFor is how long nothing is printed before the next change. The machine may be busy.
const quietFor = time.Second

// quiet waits until nothing is printed any more.
func quiet(printed, said <-chan string) {
	for {
		select {
		case <-printed:
		case <-said:
		case <-time.After(quietFor):
			return
		}
	}
}

// lines reads lines until the end.
func lines(from interface{ Read([]byte) (int, error) }, to chan<- string) {
	defer close(to)
	for s := bufio.NewScanner(from); s.Scan(); {
		to <- s.Text()
	}
}

package servers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Process is a server in a program of its own, such as the Express and Flask
// servers beside this package.
//
//	p, err := servers.Express("document.js")
//	if err := p.Start(ctx); err != nil { ... }
//	defer p.Close()
//	rec, err := net.Record("https://express.test", p.Addr())
//
// The program keeps the start contract: it listens on a free port of 127.0.0.1,
// prints one line of JSON when it is ready,
//
//	{"ready":true,"port":40001,"library":"express","version":"5.3.0"}
//
// and ends when its standard input ends. So it does not outlive the process that
// started it, even if that process was killed.
type Process struct {
	_ [0]func() // keyed literals only

	// Command is the program and its arguments.
	Command []string
	// Dir is the folder that it starts in; empty means the current folder.
	Dir string
	// Env is added to the environment: "NODE_ENV=production".
	Env []string

	ready    announcement
	cmd      *exec.Cmd
	stdin    io.Closer
	said     said
	exited   chan struct{} // closed when exit is set
	exit     error
	patience time.Duration // how long Close waits before it kills; 0 means 5 s
}

// announcement is the line by which a program says that it is ready.
type announcement struct {
	Ready   bool   `json:"ready"`
	Port    int    `json:"port"`
	Library string `json:"library"`
	Version string `json:"version"`
}

// maxAnnouncement bounds the line by which a program says that it is ready.
const maxAnnouncement = 64 << 10

// Start starts the program and waits until it is ready. The context bounds the
// start, not the life of the program: Close ends that. A Process is started once.
func (p *Process) Start(ctx context.Context) error {
	switch {
	case len(p.Command) == 0:
		return errors.New("server process: no command")
	case p.cmd != nil:
		return fmt.Errorf("server %s is started already", p)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("server %s: %w", p, err)
	}
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stderr = &p.said
	line := &firstLine{got: make(chan struct{})}
	cmd.Stdout = line
	// A child of the program may keep its output open; do not wait for it.
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("server %s: %w", p, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("server %s: %w", p, err)
	}
	p.cmd, p.stdin, p.exited = cmd, stdin, make(chan struct{})
	go func() {
		p.exit = cmd.Wait()
		close(p.exited)
	}()
	if err := p.await(ctx, line); err != nil {
		p.kill()
		return fmt.Errorf("server %s: %w%s", p, err, &p.said)
	}
	return nil
}

// await waits for the announcement.
func (p *Process) await(ctx context.Context, line *firstLine) error {
	select {
	case <-line.got:
	case <-p.exited:
		if !line.complete() { // once it has ended, all its output is here
			return fmt.Errorf("ended before it was ready (%s)", ending(p.exit))
		}
	case <-ctx.Done():
		return fmt.Errorf("not ready: %w", context.Cause(ctx))
	}
	if err := json.Unmarshal(line.text(), &p.ready); err != nil {
		return fmt.Errorf("said %q, want one line of JSON with ready and port", line.text())
	}
	if !p.ready.Ready || p.ready.Port < 1 || p.ready.Port > 65535 {
		return fmt.Errorf(`said %q, want "ready":true and a port`, line.text())
	}
	return nil
}

// Addr returns the address that the server listens on, and an empty string before
// Start.
func (p *Process) Addr() string {
	if p.ready.Port == 0 {
		return ""
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.ready.Port))
}

// Library returns the name and the version of the library that answers, such as
// "express 5.3.0".
func (p *Process) Library() string {
	return strings.TrimSpace(p.ready.Library + " " + p.ready.Version)
}

// Close closes the program's standard input and waits until the program ends.
// After five seconds it kills the program and returns an error. It also returns
// an error if the program ended earlier, or with a status other than 0. It may be
// called twice, and without a Start.
func (p *Process) Close() error {
	if p.stdin == nil {
		return nil
	}
	select {
	case <-p.exited:
		p.stdin = nil
		return fmt.Errorf("server %s ended by itself (%s)%s", p, ending(p.exit), &p.said)
	default:
	}
	_ = p.stdin.Close()
	p.stdin = nil
	patience := p.patience
	if patience == 0 {
		patience = 5 * time.Second
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.kill()
		return fmt.Errorf("server %s: still running %v after its standard input had ended; killed%s", p, patience, &p.said)
	}
	if p.exit != nil {
		return fmt.Errorf("server %s: %s%s", p, ending(p.exit), &p.said)
	}
	return nil
}

// kill ends the program without asking.
func (p *Process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
	p.stdin = nil
}

// String names the server by its command: "node document.js".
func (p *Process) String() string {
	if len(p.Command) == 0 {
		return "process"
	}
	words := append([]string{filepath.Base(p.Command[0])}, p.Command[1:]...)
	return strings.Join(words, " ")
}

// ending says how a program ended.
func ending(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// firstLine takes the first line that a program prints and forgets the rest.
type firstLine struct {
	mu   sync.Mutex
	line []byte
	done bool
	got  chan struct{} // closed when the line is whole
}

func (l *firstLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return len(b), nil
	}
	part, _, whole := bytes.Cut(b, []byte("\n"))
	l.line = append(l.line, part...)
	if whole || len(l.line) >= maxAnnouncement {
		l.line = l.line[:min(len(l.line), maxAnnouncement)]
		l.done = true
		close(l.got)
	}
	return len(b), nil
}

func (l *firstLine) complete() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done
}

func (l *firstLine) text() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}

// said keeps the end of a program's standard error, which may explain an error.
type said struct {
	mu   sync.Mutex
	text []byte
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, b...)
	s.text = s.text[max(0, len(s.text)-4096):]
	return len(b), nil
}

// String returns what the program said, as the end of a sentence.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.TrimSpace(string(s.text))
	if text == "" {
		return ""
	}
	return "; it said:\n" + text
}

// Express returns one of the Express servers of this repository, such as
// "document.js". Its error says which command installs what is missing.
func Express(app string, env ...string) (*Process, error) {
	dir, err := appDir("express")
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("express server %s: there is no node on the PATH; type: make setup", app)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "express", "package.json")); err != nil {
		return nil, fmt.Errorf("express server %s: Express is not installed in %s; type: make setup", app, dir)
	}
	return &Process{Command: []string{node, app}, Dir: dir, Env: env}, nil
}

// Flask returns one of the Flask servers of this repository, such as
// "document.py". Its error says which command installs what is missing.
func Flask(ctx context.Context, app string, env ...string) (*Process, error) {
	dir, err := appDir("flask")
	if err != nil {
		return nil, err
	}
	venv := filepath.Join(dir, "..", "..", ".tools", "venv", "bin", "python")
	python, err := flaskPython(ctx, os.Getenv("CORSPROOF_PYTHON"), venv, "/usr/bin/python3", "python3")
	if err != nil {
		return nil, fmt.Errorf("flask server %s: %w", app, err)
	}
	return &Process{Command: []string{python, app}, Dir: dir, Env: env}, nil
}

// flaskPython returns the first Python that finds Flask and Flask-CORS. .ci/setup
// looks in the same places in the same order: /usr/bin/python3 stands before
// python3 because only Debian's own Python sees Debian's packages.
func flaskPython(ctx context.Context, candidates ...string) (string, error) {
	const finds = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ["flask", "flask_cors"])))`
	for _, candidate := range candidates {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		if exec.CommandContext(ctx, path, "-c", finds).Run() == nil {
			return path, nil
		}
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("look for Flask-CORS: %w", context.Cause(ctx))
		}
	}
	return "", errors.New("no Python here finds flask and flask_cors; type: make setup")
}

// DirVariable is the environment variable that names the folder servers/ of this
// repository, for a test binary that was built elsewhere.
const DirVariable = "CORSPROOF_SERVERS"

// appDir returns the folder of the servers of a framework. They are not Go code,
// so a binary does not contain them: they are beside this file, in the repository
// that it was compiled in.
func appDir(framework string) (string, error) {
	_, source, _, _ := runtime.Caller(0)
	places := []func() string{
		func() string { return os.Getenv(DirVariable) },
		func() string { return filepath.Dir(source) },
		moduleDir,
	}
	for _, place := range places {
		servers := place()
		dir := filepath.Join(servers, framework)
		if info, err := os.Stat(dir); servers != "" && err == nil && info.IsDir() {
			return filepath.Abs(dir)
		}
	}
	return "", fmt.Errorf("there is no folder servers/%s: run this in a clone of the repository, or name its folder servers in %s", framework, DirVariable)
}

// moduleDir returns the folder servers/ of the module that the current folder
// belongs to. It also works for a binary that was built with -trimpath.
func moduleDir() string {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if mod := strings.TrimSpace(string(out)); err == nil && filepath.Base(mod) == "go.mod" {
		return filepath.Join(filepath.Dir(mod), "servers")
	}
	return ""
}

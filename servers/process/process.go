package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Process is a server in a program of its own, such as the Express and Flask
// servers of this repository.
//
//	p, err := process.Express("document.js")
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

	label    string // unless empty, what String returns
	ready    contract.Announcement
	cmd      *exec.Cmd
	stdin    io.Closer
	said     said
	exited   chan struct{} // closed when exit is set
	exit     error
	left     bool          // children were still running when the program had ended
	patience time.Duration // how long Close waits before it kills; 0 means 5 s
}

// maxAnnouncement bounds the line by which a program says that it is ready.
const maxAnnouncement = 64 << 10

// Start starts the program and waits until it is ready. The context bounds the
// start, not the life of the program: Close ends that. A Process is started once.
func (p *Process) Start(ctx context.Context) error {
	said, err := p.Announce(ctx)
	if err != nil {
		return err
	}
	if !said.Ready {
		return fmt.Errorf(`server %s is not ready: want "ready":true and a port`, p)
	}
	return nil
}

// Announce starts the program and returns what it announces: that it is ready, or that
// the library refused the policy or has no option for it. A program that is not ready
// has ended then, and needs no Close.
func (p *Process) Announce(ctx context.Context) (contract.Announcement, error) {
	switch {
	case len(p.Command) == 0:
		return contract.Announcement{}, errors.New("server process: no command")
	case p.cmd != nil:
		return contract.Announcement{}, fmt.Errorf("server %s is started already", p)
	}
	if ctx.Err() != nil {
		return contract.Announcement{}, fmt.Errorf("server %s: %w", p, context.Cause(ctx))
	}
	line, err := p.begin()
	if err != nil {
		return contract.Announcement{}, fmt.Errorf("server %s: %w", p, err)
	}
	if err = p.await(ctx, line); err == nil && !p.ready.Ready {
		err = p.end(ctx)
	}
	if err != nil {
		p.kill()
		return contract.Announcement{}, fmt.Errorf("server %s: %w%s", p, err, &p.said)
	}
	return p.ready, nil
}

// begin starts the program.
func (p *Process) begin() (*firstLine, error) {
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stderr = &p.said
	line := &firstLine{got: make(chan struct{})}
	cmd.Stdout = line
	// A child of the program may keep its output open; do not wait for it.
	cmd.WaitDelay = time.Second
	inGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.cmd, p.stdin, p.exited = cmd, stdin, make(chan struct{})
	go func() {
		p.exit = cmd.Wait()
		close(p.exited)
	}()
	return line, nil
}

// end waits until a program that is not ready has ended, as it has to without asking.
func (p *Process) end(ctx context.Context) error {
	_ = p.stdin.Close()
	p.stdin = nil
	ctx, stop := context.WithTimeoutCause(ctx, p.longest(), errors.New("it is still running"))
	defer stop()
	select {
	case <-p.exited:
		p.killGroup()
		if p.exit != nil {
			return fmt.Errorf("it printed a refusal or unsupported fields, then ended with %w: want exit status 0", p.exit)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("it is not ready and should have ended: %w", context.Cause(ctx))
	}
}

// await waits for the announcement.
func (p *Process) await(ctx context.Context, line *firstLine) error {
	select {
	case <-line.got:
	case <-p.exited:
		if !line.complete() { // once it has ended, all its output is here
			if p.exit != nil {
				return fmt.Errorf("ended before it was ready (%w)", p.exit)
			}
			return errors.New("ended before it was ready (exit status 0)")
		}
	case <-ctx.Done():
		return fmt.Errorf("not ready: %w", context.Cause(ctx))
	}
	said, err := contract.ReadAnnouncement(line.text())
	switch {
	case err != nil:
		return fmt.Errorf("said %q, %w", line.text(), err)
	case said.Ready && (said.Port < 1 || said.Port > 65535):
		return fmt.Errorf(`said %q, want "ready":true and a port`, line.text())
	}
	p.ready = said
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
		p.killGroup()
		return fmt.Errorf("server %s ended on its own (%s)%s", p, ending(p.exit), &p.said)
	default:
	}
	_ = p.stdin.Close()
	p.stdin = nil
	patience := p.longest()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.exited:
		p.left = p.killGroup()
	case <-timer.C:
		p.kill()
		return fmt.Errorf("server %s: still running %v after its standard input had ended; killed%s", p, patience, &p.said)
	}
	if p.exit != nil {
		return fmt.Errorf("server %s ended with %s: want exit status 0%s", p, ending(p.exit), &p.said)
	}
	return nil
}

// longest is how long a program may take to end.
func (p *Process) longest() time.Duration {
	if p.patience == 0 {
		return 5 * time.Second
	}
	return p.patience
}

// kill ends the program and its children without asking.
func (p *Process) kill() {
	_ = p.cmd.Process.Kill()
	p.killGroup()
	<-p.exited
	p.stdin = nil
}

// String names the server by its command: "node document.js".
func (p *Process) String() string {
	switch {
	case p.label != "":
		return p.label
	case len(p.Command) == 0:
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

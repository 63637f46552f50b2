package webserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// guardCommand is the first argument of a guard. An adapter starts itself once more as the
// guard of its server: only a process that outlives the adapter can end the server and
// remove its files when the adapter is killed. A Pdeathsig alone does not do it: a server
// that changes its user loses it, and it does not reach the server's own children.
const guardCommand = "guard"

// guard runs a command until standard input ends, ends it with all its children, and
// removes dir. What the command prints is shown only if it ends on its own.
func guard(dir string, command []string) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP) // standard input ends then
	runtime.LockOSThread()                                         // a Pdeathsig is about the thread that started the process
	var stopped atomic.Bool
	var output bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	err := cmd.Start()
	if err == nil {
		kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // it may have ended
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // an error ends the input, too
			stopped.Store(true)
			kill()
		}()
		err = cmd.Wait()
		kill()
	}
	_ = os.RemoveAll(dir) // what cannot be removed stays
	if !stopped.Load() {
		fmt.Fprintf(os.Stderr, "%s ended: %v\n%s", command[0], err, output.Bytes())
		os.Exit(1)
	}
}

// guarded is a server with its guard.
type guarded struct {
	input io.Closer     // of the guard
	ended chan struct{} // closed when the guard has ended
}

// start prepares the files of a server and runs it. It returns the
// address where the server answers.
func (g *guarded) start(p program, write func(Files) error) (string, error) {
	files, err := p.prepare(write)
	if err != nil {
		return "", err
	}
	defer files.release()
	if err := g.run(p, files); err != nil {
		return "", errors.Join(err, os.RemoveAll(files.Dir))
	}
	address := fmt.Sprint("127.0.0.1:", files.Port)
	return address, g.wait(address)
}

// run starts the guard, which owns the files from then on.
func (g *guarded) run(p program, files Files) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, append([]string{guardCommand, files.Dir, p.path}, p.Run(files)...)...)
	cmd.Env = p.environment(files.Dir)
	cmd.Stderr = os.Stderr
	// A signal for the adapter's process group, such as Control-C, does not reach the guard.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if g.input, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	g.ended = make(chan struct{})
	go func() {
		defer close(g.ended)
		_ = cmd.Wait() // the server's own message says why it ended
	}()
	return nil
}

// wait returns when the server accepts connections.
func (g *guarded) wait(address string) error {
	limit := time.After(50 * time.Second)
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			return conn.Close()
		}
		select {
		case <-g.ended:
			return errors.New("the server ended before it answered")
		case <-limit:
			return errors.New("the server does not answer")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop ends the server and returns when it is gone.
func (g *guarded) stop() {
	if g.input == nil {
		return
	}
	_ = g.input.Close() // the guard may have ended
	<-g.ended
}

// serve passes bytes between the connections of l and the server, unchanged, until the
// server ends.
func (g *guarded) serve(l net.Listener, address string) error {
	go func() {
		<-g.ended
		_ = l.Close() // Accept returns an error then
	}()
	for {
		client, err := l.Accept()
		if err != nil {
			return fmt.Errorf("the server ended: %w", err)
		}
		go pass(client, address)
	}
}

// pass passes bytes between a client and the server until the server ends the connection.
func pass(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client) // an error ends the request, too
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server) // an error ends the connection, too
}

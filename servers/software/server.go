package software

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/process"
)

// Server is software with a configuration. It is a literal; Start may be called several times.
type Server struct {
	_ [0]func() // keyed literals only

	// Kind is the software: see Kinds.
	Kind string
	// Config is the whole configuration or program. A program has the application: app in
	// Python, the default export in JavaScript, func handler() http.Handler in Go, the class
	// Application in Java, and a config.ru in Ruby.
	Config string
	// Snippet is a second file of a program in Go or Java.
	Snippet string
	// Behind is the application of a proxy. Nil means the one of package adapter, without CORS.
	Behind *Server
}

// Running is software that answers.
type Running struct {
	_ [0]func() // keyed literals only

	// Address is the host and the port where it listens, on 127.0.0.1.
	Address string
	// Library is the name and the version of the software.
	Library string
	// Upstream is the URL of the application behind a web server; empty for programs.
	Upstream string

	ends []func() error // last first
}

// Start installs the software, where that is necessary, starts it and waits until it answers.
// The error is a *process.MissingError where something has to be installed first, or says what
// the software printed. The context bounds the start; Close ends the software.
func (s Server) Start(ctx context.Context) (_ *Running, err error) {
	k, ok := kinds[s.Kind]
	if !ok {
		return nil, fmt.Errorf("no software %q: want one of %s", s.Kind, strings.Join(Kinds(), ", "))
	}
	running := &Running{}
	defer func() {
		if err != nil {
			err = errors.Join(err, running.Close())
		}
	}()
	libraries, err := process.FindLibraries("")
	if err != nil {
		return nil, err
	}
	if err := libraries.Setup(ctx, k.language, k.setup); err != nil {
		return nil, err
	}
	upstream, err := running.upstream(ctx, s.Behind)
	if err != nil {
		return nil, err
	}
	if k.language == "config" {
		running.Upstream = upstream
	}
	dir, err := os.MkdirTemp("", "corsproof-software-")
	if err != nil {
		return nil, err
	}
	running.ends = append(running.ends, func() error { return os.RemoveAll(dir) })
	policy, err := s.write(dir, k)
	if err != nil {
		return nil, err
	}
	command, err := k.command(ctx, libraries, dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Kind, err)
	}
	program := &process.Process{
		Command: append(command, "--policy", policy, "--upstream", upstream),
		Env:     []string{"CORSPROOF_TEXT=" + filepath.Join(dir, k.file), "CORSPROOF_LIBRARY=" + k.library},
	}
	if err := program.Start(ctx); err != nil {
		return nil, err
	}
	running.ends = append(running.ends, program.Close)
	running.Address, running.Library = program.Addr(), program.Library()
	return running, nil
}

// upstream starts what stands behind a proxy, and returns its URL.
func (r *Running) upstream(ctx context.Context, behind *Server) (string, error) {
	if behind == nil {
		url, server, err := process.Upstream()
		if err == nil {
			r.ends = append(r.ends, server.Close)
		}
		return url, err
	}
	application, err := behind.Start(ctx)
	if err != nil {
		return "", err
	}
	r.ends = append(r.ends, application.Close)
	return "http://" + application.Address, nil
}

// write writes the files of the program and its policy, which says nothing: the contract of
// adapters asks for one.
func (s Server) write(dir string, k kind) (policy string, err error) {
	none, err := json.Marshal(contract.Policy{
		Version: 1, Name: "given", Kind: contract.Default, Origins: contract.Origins{Mode: contract.NoOrigin},
	})
	if err != nil {
		return "", err
	}
	policy = filepath.Join(dir, "policy.json")
	files := map[string]string{policy: string(none), filepath.Join(dir, k.file): s.Config}
	if s.Snippet != "" {
		files[filepath.Join(dir, k.second)] = k.before + s.Snippet
	}
	for name, text := range k.host {
		files[filepath.Join(dir, name)] = text
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return policy, nil
}

// Close ends the software and what stands behind it, and removes its files. It may be called
// twice.
func (r *Running) Close() (err error) {
	for i := len(r.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, r.ends[i]())
	}
	r.ends = nil
	return err
}

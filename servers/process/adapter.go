package process

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers"
)

// Adapter is a library in a program of its own, which keeps the contract of
// servers/libraries/README.md. It is a [conform.Library].
type Adapter struct {
	_ [0]func()

	// Command starts the adapter; the arguments of the contract are added.
	Command []string
	// Dir is the folder that it starts in; empty means the current folder.
	Dir string
	// Called is the name of the library, such as rs-cors.
	Called string
	// Of is the language of a library of this repository, such as go.
	Of string
	// Network serves the adapter under its names. It has to be started.
	Network *servers.Network
	readyIn time.Duration // how long it may take to be ready; 0 means 60 s
	endIn   time.Duration // how long it may take to end; 0 means 5 s
}

var _ conform.Library = Adapter{}

// Name is the name of the library.
func (a Adapter) Name() string { return a.Called }

// Language is the language of the library.
func (a Adapter) Language() string { return a.Of }

// ready bounds the start of an adapter.
func (a Adapter) ready(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := cmp.Or(a.readyIn, 60*time.Second)
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("it printed no line of JSON within %v", limit))
}

// Start starts the adapter with a policy, behind a recorder.
func (a Adapter) Start(ctx context.Context, p contract.Policy, host string) (conform.Served, error) {
	program, cleanUp, err := a.program(p)
	if err != nil {
		return conform.Served{}, err
	}
	ctx, stop := a.ready(ctx)
	defer stop()
	said, err := program.Announce(ctx)
	if err != nil || !said.Ready {
		cleanUp()
		return conform.Served{Announcement: said}, err
	}
	closeNames, err := a.serve(host, program.Addr())
	end := func() error {
		defer cleanUp()
		return errors.Join(closeNames(), program.Close())
	}
	if err != nil {
		return conform.Served{}, errors.Join(err, end())
	}
	return conform.Served{Announcement: said, Close: end}, nil
}

// String names the adapter by its command, without the arguments of the contract.
func (a Adapter) String() string { return (&Process{Command: a.Command}).String() }

// program is the adapter with its arguments, and the function that removes the file of
// the policy and ends the routes without CORS: each program has its own, so that runs of a
// handler are counted apart.
func (a Adapter) program(p contract.Policy) (program *Process, cleanUp func(), err error) {
	dir, err := os.MkdirTemp("", "corsproof-adapter-")
	if err != nil {
		return nil, nil, err
	}
	upstream, server, err := Upstream()
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	cleanUp = func() {
		_ = server.Close()
		_ = os.RemoveAll(dir) // nothing else is in it
	}
	text, err := json.MarshalIndent(p, "", "  ")
	file := filepath.Join(dir, p.Name+".json")
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		cleanUp()
		return nil, nil, err
	}
	command := append(append([]string{}, a.Command...), "--policy", file, "--upstream", upstream)
	return &Process{Command: command, Dir: a.Dir, label: a.String(), patience: a.endIn}, cleanUp, nil
}

// serve gives an address its names: the host, and the host behind a shared cache.
func (a Adapter) serve(host, address string) (closeNames func() error, err error) {
	return Serve(a.Network, host, address)
}

// Serve makes an address answer as https://HOST, and through a shared cache as
// https://cached-HOST. The function that it returns ends that; it is never nil.
func Serve(network *servers.Network, host, address string) (end func() error, err error) {
	cache, err := startCache(address)
	if err != nil {
		return func() error { return nil }, err
	}
	ends := []func() error{cache.Close}
	end = func() (err error) {
		for _, e := range ends {
			err = errors.Join(err, e())
		}
		return err
	}
	for name, at := range map[string]string{host: address, conform.CachedHost(host): cache.address} {
		recorder, err := network.Record("https://"+name, at)
		if err != nil {
			return end, err
		}
		ends = append(ends, recorder.Close)
	}
	return end, nil
}

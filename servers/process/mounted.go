package process

import (
	"context"
	"errors"
	"net"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Mounted is a library of this program: an adapter without a process. It is a
// [conform.Library].
//
//	library := process.Mounted{Called: "mine", Network: &net, Mount: mount}
type Mounted struct {
	_ [0]func()

	// Called is the name of the library.
	Called string
	// Network serves the library under its names. It has to be started.
	Network *servers.Network
	// Mount configures the library, as the function that [adapter.Main] takes.
	Mount func(p contract.Policy, upstream string) (adapter.Served, error)
}

var _ conform.Library = Mounted{}

// Name is the name of the library.
func (m Mounted) Name() string { return m.Called }

// Start mounts the library and serves it.
func (m Mounted) Start(_ context.Context, p contract.Policy, host string) (conform.Served, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return conform.Served{}, err
	}
	said, serve, err := adapter.Mount(m.Mount, p, "")
	if err != nil || !said.Ready {
		return conform.Served{Announcement: said}, errors.Join(err, listener.Close())
	}
	go func() { _ = serve(listener) }() // it ends when the listener is closed
	closeNames, err := Serve(m.Network, host, listener.Addr().String())
	end := func() error { return errors.Join(closeNames(), listener.Close()) }
	if err != nil {
		return conform.Served{}, errors.Join(err, end())
	}
	return conform.Served{Announcement: said, Close: end}, nil
}

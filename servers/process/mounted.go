package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

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
	if err == nil {
		if err = said.Fault(); err != nil {
			err = fmt.Errorf("library %s: the announcement, %w", m.Called, err)
		}
	}
	if err != nil {
		return conform.Served{}, errors.Join(err, listener.Close())
	}
	if !said.Ready {
		return conform.Served{Announcement: said}, listener.Close()
	}
	server := &closer{Listener: listener}
	go func() { _ = serve(server) }() // it ends when the server is closed
	closeNames, err := Serve(m.Network, host, listener.Addr().String())
	end := func() error { return errors.Join(closeNames(), server.Close()) }
	if err != nil {
		return conform.Served{}, errors.Join(err, end())
	}
	return conform.Served{Announcement: said, Close: end}, nil
}

// closer is a listener that closes its connections, too: a server that only gets a
// listener cannot be closed otherwise, and answers on open connections for ever.
type closer struct {
	net.Listener

	mu     sync.Mutex
	open   map[*connection]struct{}
	closed bool
}

// Accept returns the next connection.
func (c *closer) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	if c.open == nil {
		c.open = map[*connection]struct{}{}
	}
	accepted := &connection{Conn: conn, of: c}
	c.open[accepted] = struct{}{}
	return accepted, nil
}

// Close closes the listener and all connections.
func (c *closer) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	err := c.Listener.Close()
	for conn := range c.open {
		_ = conn.Conn.Close() // the client may be gone
	}
	return err
}

// connection is a connection that its listener forgets when it is closed.
type connection struct {
	net.Conn
	of *closer
}

// Close closes the connection.
func (c *connection) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

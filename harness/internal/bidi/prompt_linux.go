package bidi

import (
	"net"
	"syscall"
)

// prompt makes the system acknowledge at once what comes. Firefox sends the head and the rest
// of a message apart, and holds the rest back until the head is acknowledged: that costs 40 ms
// for nearly every message otherwise.
// https://man7.org/linux/man-pages/man7/tcp.7.html
func prompt(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	p := promptConn{Conn: c, raw: raw}
	p.acknowledge()
	return p
}

// promptConn acknowledges after each read: the system forgets the wish now and then.
type promptConn struct {
	net.Conn
	raw syscall.RawConn
}

func (c promptConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.acknowledge()
	return n, err
}

func (c promptConn) acknowledge() {
	_ = c.raw.Control(func(fd uintptr) { // without it everything works, and is slow
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}

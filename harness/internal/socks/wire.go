package socks

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// The bytes of https://www.rfc-editor.org/rfc/rfc1928#section-3 and of the sections after it.
const (
	version      = 5
	noPassword   = 0
	noneAccepted = 0xff
	connect      = 1

	ipv4 = 1
	name = 3
	ipv6 = 4

	succeeded      = 0
	notAllowed     = 2
	refused        = 5
	unknownCommand = 7
	unknownAddress = 8
)

// readWish agrees on no password, and reads where the client wants to go.
func readWish(client io.ReadWriter) (host string, port uint16, err error) {
	if err := agree(client); err != nil {
		return "", 0, err
	}
	var head [4]byte
	if _, err := io.ReadFull(client, head[:]); err != nil {
		return "", 0, err
	}
	if head[1] != connect {
		return "", 0, errors.Join(fmt.Errorf("command %d: want CONNECT", head[1]), reply(client, unknownCommand))
	}
	host, err = readHost(client, head[3])
	if err != nil {
		return "", 0, err
	}
	var number [2]byte
	if _, err := io.ReadFull(client, number[:]); err != nil {
		return "", 0, err
	}
	return host, binary.BigEndian.Uint16(number[:]), nil
}

// agree reads the methods that the client offers, and chooses: no password.
func agree(client io.ReadWriter) error {
	var head [2]byte
	if _, err := io.ReadFull(client, head[:]); err != nil {
		return err
	}
	if head[0] != version {
		return fmt.Errorf("version %d: want SOCKS 5", head[0])
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(client, methods); err != nil {
		return err
	}
	for _, m := range methods {
		if m == noPassword {
			_, err := client.Write([]byte{version, noPassword})
			return err
		}
	}
	_, err := client.Write([]byte{version, noneAccepted})
	return errors.Join(errors.New("the client offers passwords only"), err)
}

// readHost reads a host of one of the three kinds.
func readHost(client io.ReadWriter, kind byte) (string, error) {
	var length [1]byte
	switch kind {
	case ipv4:
		length[0] = 4
	case ipv6:
		length[0] = 16
	case name:
		if _, err := io.ReadFull(client, length[:]); err != nil {
			return "", err
		}
	default:
		return "", errors.Join(fmt.Errorf("address of the kind %d", kind), reply(client, unknownAddress))
	}
	host := make([]byte, length[0])
	if _, err := io.ReadFull(client, host); err != nil {
		return "", err
	}
	if kind == name {
		return string(host), nil
	}
	address, _ := netip.AddrFromSlice(host)
	return address.String(), nil
}

// reply tells the client how its wish ended. The address that we connected from is not told.
func reply(client io.Writer, code byte) error {
	_, err := client.Write([]byte{version, code, 0, ipv4, 0, 0, 0, 0, 0, 0})
	return err
}

package adapter

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Served is a library that is configured and ready to answer.
type Served struct {
	_ [0]func()

	// Handler answers. A framework that has its own server sets Serve instead.
	Handler http.Handler
	Serve   func(net.Listener) error

	// Library, Version and Config are the fields of the [contract.Announcement].
	Library, Version, Config string
	// Unsupported are the fields of the policy that the library has no option for.
	Unsupported []string
}

// RefusedError says that the library does not accept the policy.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return "refused: " + e.Text }

// UnsupportedError says that the library has no option for fields of the policy, such as
// "origins.mode=regex".
type UnsupportedError struct{ Fields []string }

func (e *UnsupportedError) Error() string { return fmt.Sprintf("unsupported: %q", e.Fields) }

// Unsupported returns an *UnsupportedError.
func Unsupported(fields ...string) error { return &UnsupportedError{fields} }

// Refused returns a *RefusedError with the text of the library's error.
func Refused(err error) error { return &RefusedError{err.Error()} }

// Configure calls the library and returns its result, or its panic as a *RefusedError:
// several libraries panic at a configuration that they do not accept. A panic anywhere
// else is a fault of the adapter, and ends it.
func Configure[T any](library func() T) (result T, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			panic(r) // a crash refuses nothing
		default:
			err = &RefusedError{fmt.Sprint(r)}
		}
	}()
	return library(), nil
}

// Main is the main function of an adapter. It reads the policy, has the library
// configured, announces it, and serves until standard input ends. Where mount returns a
// *RefusedError or an *UnsupportedError, it announces that instead.
func Main(mount func(p contract.Policy, upstream string) (Served, error)) {
	if err := run(mount, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "adapter:", err)
		os.Exit(1)
	}
}

func run(mount func(contract.Policy, string) (Served, error), args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("adapter", flag.ContinueOnError)
	file := flags.String("policy", "", "the file of the policy")
	upstream := flags.String("upstream", "", "the URL of the routes without CORS")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	var p contract.Policy
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	said, serve, err := Mount(mount, p, *upstream)
	switch {
	case err != nil:
		return err
	case !said.Ready:
		return announce(out, said)
	}
	return answer(said, serve, in, out)
}

// Mount has the library configured. The announcement has no port yet, and serve is nil
// unless it is ready. The error is the error of mount that is neither a refusal nor a
// missing option.
func Mount(mount func(contract.Policy, string) (Served, error), p contract.Policy, upstream string) (said contract.Announcement, serve func(net.Listener) error, err error) {
	served, err := mount(p, upstream)
	var refused *RefusedError
	var unsupported *UnsupportedError
	switch {
	case errors.As(err, &refused):
		return contract.Announcement{Refused: refused.Text}, nil, nil
	case errors.As(err, &unsupported):
		return contract.Announcement{Unsupported: unsupported.Fields}, nil, nil
	case err != nil:
		return contract.Announcement{}, nil, err
	}
	serve = served.Serve
	if serve == nil {
		serve = func(l net.Listener) error { return http.Serve(l, served.Handler) }
	}
	return contract.Announcement{
		Ready: true, Library: served.Library, Version: served.Version, Config: served.Config, Unsupported: served.Unsupported,
	}, serve, nil
}

// answer announces the library, and answers until the input ends.
func answer(said contract.Announcement, serve func(net.Listener) error, in io.Reader, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- serve(listener) }()
	said.Port = listener.Addr().(*net.TCPAddr).Port
	if err := announce(out, said); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, in) // an error ends the input, too
	}()
	select {
	case err := <-failed:
		return err
	case <-ended:
		return nil
	}
}

func announce(out io.Writer, a contract.Announcement) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", line)
	return err
}

// ModuleVersion is the version of a module in this program, without the v. It is empty
// for a module that is not in it.
func ModuleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Path == path {
			return m.Version[min(1, len(m.Version)):]
		}
	}
	return ""
}

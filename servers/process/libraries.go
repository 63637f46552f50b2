package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/servers/adapter"
)

// Listed is an adapter of this repository.
type Listed struct {
	_ [0]func()

	// Name is unique over all languages, such as rs-cors.
	Name string
	// Language is the folder that it stands in, such as go.
	Language string
}

// Libraries is the folder servers/libraries of a clone of the repository.
type Libraries struct{ dir string }

// FindLibraries finds the folder: the one that is given, or that of the clone that the
// current folder or this program belongs to.
func FindLibraries(given string) (Libraries, error) {
	if given == "" {
		dir, err := appDir("libraries")
		return Libraries{dir}, err
	}
	info, err := os.Stat(given)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return Libraries{}, fmt.Errorf("the libraries in %s: %w", given, err)
	}
	dir, err := filepath.Abs(given)
	return Libraries{dir}, err
}

// List lists the adapters, by language and name. A folder of a language has the files
// setup and run, and a folder for each adapter.
func (l Libraries) List() ([]Listed, error) {
	languages, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, err
	}
	var list []Listed
	for _, language := range languages {
		if _, err := os.Stat(filepath.Join(l.dir, language.Name(), "run")); err != nil {
			continue
		}
		folders, err := os.ReadDir(filepath.Join(l.dir, language.Name()))
		if err != nil {
			return nil, err
		}
		for _, folder := range folders {
			if folder.IsDir() && isAdapter(folder.Name()) {
				list = append(list, Listed{Name: folder.Name(), Language: language.Name()})
			}
		}
	}
	return list, nil
}

// isAdapter says whether a folder of a language is one of an adapter.
func isAdapter(folder string) bool {
	return folder[0] != '.' && !strings.HasPrefix(folder, "shared") && !slices.Contains([]string{"contract", "internal", "node_modules", "target"}, folder)
}

// Command is the command that starts an adapter.
func (l Libraries) Command(of Listed) []string {
	return []string{"sh", filepath.Join(l.dir, of.Language, "run"), of.Name}
}

// Dir is the folder of an adapter.
func (l Libraries) Dir(of Listed) string { return filepath.Join(l.dir, of.Language, of.Name) }

// MissingError says what is missing on this machine, and how to install it.
type MissingError struct{ Text string }

func (e *MissingError) Error() string { return e.Text }

// missingStatus is the exit status of a setup that needs something to be installed.
const missingStatus = 3

// Setup builds or installs what adapters of one language need. The error is a
// *MissingError where something has to be installed first. One setup of a language runs at a
// time, also where several programs ask for it.
func (l Libraries) Setup(ctx context.Context, language string, names ...string) error {
	script := filepath.Join(l.dir, language, "setup")
	unlock, err := lock(ctx, script)
	if err != nil {
		return fmt.Errorf("wait for another setup of %s: %w", language, err)
	}
	defer unlock()
	cmd := exec.CommandContext(ctx, "sh", append([]string{script}, names...)...)
	var said said
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second
	inGroup(cmd)
	cmd.Cancel = func() error {
		p := &Process{cmd: cmd}
		p.killGroup()
		return cmd.Process.Kill()
	}
	err = cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == missingStatus {
		return &MissingError{strings.TrimSpace(string(bytes.TrimSpace(said.text)))}
	}
	if err != nil {
		return fmt.Errorf("%s/setup %s: %w%s", language, strings.Join(names, " "), err, &said)
	}
	return nil
}

// Upstream serves the routes without CORS, for adapters of servers and proxies. Close the
// server to end it.
func Upstream() (url string, server *http.Server, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server = &http.Server{Handler: (&adapter.App{}).Mux()}
	go func() { _ = server.Serve(listener) }() // Serve ends when the server is closed
	return "http://" + listener.Addr().String(), server, nil
}

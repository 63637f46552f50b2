// Package bidi starts Firefox, opens pages and asks from them, by WebDriver BiDi.
//
// Firefox tells less than Chrome. A preflight has no link to its request: they are joined by the
// URL and their order. Why CORS refused is in no event: Firefox keeps the category of each line of
// the console, such as CORSMissingAllowOrigin2, where only its own code can read it, so that a
// listener of ours runs there. Categories and errors are mapped to the names of the Fetch steps
// that both browsers share, and kept beside them: see [engine.Failure].
package bidi

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
	"github.com/corsproof/corsproof/harness/internal/socks"
)

// oldestMajor is the oldest Firefox that this package was tried with.
const oldestMajor = 153

// profiles are the folders of profiles, below the folder for temporary files.
const profiles = "corsproof-firefox*"

// Launch starts a Firefox and makes sure that its reports can be read. The context bounds
// the start, not the life of the browser: Close ends that.
func Launch(ctx context.Context, o engine.Options) (engine.Browser, error) {
	if err := refuse(o); err != nil {
		return nil, err
	}
	path, err := find(o.Path)
	if err != nil {
		return nil, err
	}
	process.Sweep(profiles)
	f := newFirefox(o)
	if err := f.launch(ctx, path); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return f, nil
}

// refuse names the options that Firefox cannot keep, all at once.
func refuse(o engine.Options) error {
	var faults []error
	cannot := func(wanted bool, what string) {
		if wanted {
			faults = append(faults, &engine.CannotError{Browser: name, What: what})
		}
	}
	cannot(len(o.Flags) > 0, "be started with flags of Chrome")
	cannot(len(o.HTTP3) > 0, "be told to ask by HTTP/3 alone")
	cannot(o.Extensions, "open the page of an extension of Chrome")
	cannot(o.LocalNetwork == "denied", "deny local network access: it does not check such access")
	return errors.Join(faults...)
}

// launch starts the process and makes the first contact.
func (f *Firefox) launch(ctx context.Context, path string) error {
	if len(f.options.HostRules)+len(f.options.Addresses) > 0 {
		proxy, err := socks.Serve("127.0.0.1:0", socks.ByRules(f.options.HostRules).With(f.options.Addresses), nil)
		if err != nil {
			return err
		}
		f.proxy = proxy
	}
	if err := f.makeProfile(); err != nil {
		return err
	}
	address, err := f.run(ctx, path)
	if err != nil {
		return err
	}
	if f.conn, err = dial(ctx, address+"/session", f.options.Trace, f.listen); err != nil {
		return fmt.Errorf("connect to it: %w", f.ended(err))
	}
	if err := f.firstContact(ctx); err != nil {
		return f.ended(err)
	}
	f.tied = process.Tie(f.command.Process)
	return nil
}

// makeProfile makes the folder of the profile.
func (f *Firefox) makeProfile() (err error) {
	if f.profile, err = os.MkdirTemp("", profiles); err != nil {
		return fmt.Errorf("make a profile: %w", err)
	}
	if f.owner, err = process.Own(f.profile); err != nil {
		return err
	}
	address := ""
	if f.proxy != nil {
		address = f.proxy.Addr()
	}
	file, err := userFile(preferencesOf(f.options, address))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.profile, "user.js"), file, 0o600)
}

// flags are the flags of the command line, without the folder of the profile.
func (f *Firefox) flags() []string {
	list := []string{"--no-remote", "--remote-debugging-port=0", systemAccess}
	if !f.options.Visible {
		list = append(list, "--headless")
	}
	return list
}

// systemAccess lets a session read the console of the browser itself, which has the categories.
const systemAccess = "--remote-allow-system-access"

// listening is the line by which Firefox says where it listens.
var listening = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

// run starts the process and returns the address that it listens at.
func (f *Firefox) run(ctx context.Context, path string) (string, error) {
	cmd := exec.Command(path, append(f.flags(), "--profile", f.profile)...)
	// Firefox makes a folder for temporary files, and leaves it: in the profile it goes with that.
	cmd.Env = append(os.Environ(), "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_DATA_REPORTING=0", "TMPDIR="+f.profile)
	process.NoOrphan(cmd)
	out, in, err := os.Pipe()
	if err != nil {
		return "", err
	}
	cmd.Stdout, cmd.Stderr = in, in
	err = cmd.Start()
	_ = in.Close() // the process has its own
	if err != nil {
		_ = out.Close()
		return "", err
	}
	f.command, f.exited = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait() // the connection tells that it ended
		close(f.exited)
	}()
	said := make(chan string, 1)
	f.silent = make(chan struct{})
	go func() {
		f.output.follow(out, said)
		close(f.silent)
	}()
	select {
	case address := <-said:
		return address, nil
	case <-f.exited:
		f.waitForAll() // the last that it printed may not be read yet
		return "", f.ended(errors.New("it ended before it listened"))
	case <-ctx.Done():
		return "", f.ended(context.Cause(ctx))
	}
}

// ended adds what Firefox printed last to the error of a start.
func (f *Firefox) ended(err error) error {
	if text := f.output.last(); text != "" {
		return fmt.Errorf("%w; it printed: %s", err, text)
	}
	return err
}

// output is what Firefox printed last.
type output struct {
	mu    sync.Mutex
	lines []string
}

// follow reads what Firefox prints until it ends, and tells where it listens.
func (o *output) follow(r io.ReadCloser, listens chan<- string) {
	defer r.Close()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			listens <- m[1]
			continue
		}
		o.mu.Lock()
		if o.lines = append(o.lines, lines.Text()); len(o.lines) > 3 {
			o.lines = o.lines[1:]
		}
		o.mu.Unlock()
	}
}

func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(strings.Join(o.lines, "; "))
}

// newEnough judges a version such as 153.7.0.
func newEnough(version string) error {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return fmt.Errorf("version %q: not the version of a Firefox", version)
	}
	if n < oldestMajor {
		return fmt.Errorf("Firefox %s is too old: corsproof needs Firefox %d or newer", cmp.Or(version, "?"), oldestMajor)
	}
	return nil
}

// Package webkit starts WebKit, opens pages and asks from them, by the protocol of its Web Inspector.
//
// The browser is MiniBrowser of WebKitGTK, as distributions have it. Each page is a browser process
// with a folder of its own: that protocol opens no tab, and a process has one proxy. WebKit tells of
// requests, redirects and responses, and gives a text where it refused one. It tells nothing of
// preflights, and of a response that CORS refused its text has the status alone.
//
// The certificate of the fixture network is in no list of the system, so that WebKit accepts every
// certificate, and the proxy, by which all connections go, refuses what no browser would accept.
package webkit

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
	"github.com/corsproof/corsproof/harness/internal/socks"
)

// name is the name of the browser.
const name = "WebKit"

// profiles are the folders of profiles, below the folder for temporary files.
const profiles = "corsproof-webkit*"

// WebKit is a browser whose pages are processes.
type WebKit struct {
	options engine.Options
	path    string
	version string // such as 2.50.6
	trust   *trust
	proxy   *socks.Proxy
	display display
	env     []string

	mu      sync.Mutex
	closed  bool
	pages   map[*Page]bool
	cookies map[engine.ProfileID][]engine.SetCookie
	last    int // profile
}

// Launch makes sure that WebKit can be started. The context bounds that, not the life of the
// browser: Close ends that.
func Launch(ctx context.Context, o engine.Options) (engine.Browser, error) {
	if err := refuse(o); err != nil {
		return nil, err
	}
	path, err := find(o.Path)
	if err != nil {
		return nil, err
	}
	process.Sweep(profiles)
	w := &WebKit{options: o, path: path, pages: map[*Page]bool{}, cookies: map[engine.ProfileID][]engine.SetCookie{"": o.Cookies}}
	if err := w.launch(ctx); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return w, nil
}

// refuse names the options that WebKit cannot keep, all at once.
func refuse(o engine.Options) error {
	var faults []error
	cannot := func(wanted bool, what string) {
		if wanted {
			faults = append(faults, &engine.CannotError{Browser: name, What: what})
		}
	}
	cannot(len(o.Flags) > 0, "be started with flags of Chrome")
	cannot(o.Visible, "open a window: its profile does not know your display")
	cannot(o.HTTP1, "be told to ask without HTTP/2")
	cannot(len(o.HTTP3) > 0, "be told to ask by HTTP/3 alone")
	cannot(o.Extensions, "open the page of an extension of Chrome")
	cannot(o.LocalNetwork == "denied", "deny local network access: it does not check such access")
	return errors.Join(faults...)
}

// launch starts the proxy and the display, and asks for the version.
func (w *WebKit) launch(ctx context.Context) (err error) {
	if w.trust, err = newTrust(w.options); err != nil {
		return fmt.Errorf("read the authorities that this system trusts: %w", err)
	}
	rules := socks.ByRules(w.options.HostRules)
	lead := socks.Lead(func(host string, port uint16) string { return cmp.Or(rules(host, port), socks.Directly(host, port)) })
	if w.proxy, err = socks.Serve("127.0.0.1:0", lead.With(w.options.Addresses), w.trust); err != nil {
		return err
	}
	if w.env, err = w.display.open(ctx); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, w.path, "--version")
	cmd.Env, cmd.WaitDelay = w.env, endLimit
	said, err := cmd.Output()
	if err != nil {
		if failed, is := errors.AsType[*exec.ExitError](err); is {
			err = fmt.Errorf("%w; it printed: %s", err, bytes.TrimSpace(failed.Stderr))
		}
		return fmt.Errorf("ask for its version: %w", err)
	}
	w.version, err = versionOf(string(bytes.TrimSpace(said)))
	return err
}

// oldestMinor is the oldest WebKitGTK 2 that this package was tried with.
const oldestMinor = 50

// versionOf reads what the browser says its version is, such as "WebKitGTK 2.50.6".
func versionOf(said string) (string, error) {
	version, is := strings.CutPrefix(said, "WebKitGTK ")
	parts := strings.Split(version, ".")
	if !is || len(parts) < 2 {
		return "", fmt.Errorf("it says that it is %q: not a WebKitGTK", said)
	}
	major, wrong := strconv.Atoi(parts[0])
	minor, err := strconv.Atoi(parts[1])
	if err := errors.Join(wrong, err); err != nil {
		return "", fmt.Errorf("it says that it is %q: %w", said, err)
	}
	if major < 2 || major == 2 && minor < oldestMinor {
		return "", fmt.Errorf("WebKitGTK %s is too old: corsproof needs WebKitGTK 2.%d or newer", version, oldestMinor)
	}
	return version, nil
}

// Name is WebKit.
func (w *WebKit) Name() string { return name }

// Version is the version of WebKitGTK, such as 2.50.6.
func (w *WebKit) Version() string { return w.version }

// Flags are the flags of each browser process, without the address of the proxy.
func (w *WebKit) Flags() []string { return w.flags() }

// flags are the flags of each browser process.
func (w *WebKit) flags() []string {
	cookies := "no-third-party"
	if w.options.ThirdPartyCookies {
		cookies = "always"
	}
	return []string{"--private", "--ignore-tls-errors", "--enable-developer-extras=true", "--allow-top-navigation-to-data-urls=true", "--cookies-policy=" + cookies}
}

// Alive says whether pages can be opened: there is no process beside them but the display.
func (w *WebKit) Alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.closed && w.display.there()
}

// Answers says whether pages can be opened.
func (w *WebKit) Answers(context.Context) bool { return w.Alive() }

// Visit is not possible.
func (w *WebKit) Visit(context.Context, engine.Visit) (engine.Visited, error) {
	return engine.Visited{}, w.cannot("visit a page and watch it: ask Chrome")
}

// NewProfile makes a profile that holds these cookies, and the cookies of the Options. Each of its
// pages begins with these cookies, and keeps its own.
func (w *WebKit) NewProfile(_ context.Context, cookies []engine.SetCookie) (engine.ProfileID, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	id := engine.ProfileID(strconv.Itoa(w.last))
	w.cookies[id] = slices.Concat(w.options.Cookies, cookies)
	return id, nil
}

// CloseProfile closes the pages of a profile and forgets what it kept.
func (w *WebKit) CloseProfile(id engine.ProfileID) error {
	for _, p := range w.all() {
		if p.options.Profile == id {
			p.Close()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.cookies, id)
	return nil
}

// all are the open pages.
func (w *WebKit) all() []*Page {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*Page
	for p := range w.pages {
		list = append(list, p)
	}
	return list
}

// cannot says what this browser cannot do.
func (w *WebKit) cannot(what string) error {
	return &engine.CannotError{Browser: name + " " + w.version, What: what}
}

// Close ends the pages, and waits until their processes and folders are gone.
func (w *WebKit) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	var ending sync.WaitGroup
	for _, p := range w.all() {
		ending.Go(p.Close)
	}
	ending.Wait()
	var err error
	if w.proxy != nil {
		err = w.proxy.Close()
	}
	w.display.close()
	return err
}

// environment is the environment of a browser process with a folder of its own, whose inspector
// listens at an address.
func (w *WebKit) environment(folder, inspector string) []string {
	return append(slices.Clone(w.env),
		"HOME="+folder, "XDG_RUNTIME_DIR="+folder, "XDG_CACHE_HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder, "TMPDIR="+folder,
		"WEBKIT_INSPECTOR_HTTP_SERVER="+inspector, "GSETTINGS_BACKEND=memory", "NO_AT_BRIDGE=1", "GTK_USE_PORTAL=0", "LC_ALL=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:")
}

var _ engine.Browser = (*WebKit)(nil)

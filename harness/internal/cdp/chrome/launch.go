// Package chrome starts Chrome, opens pages and asks from them. No other
// package imports chromedp.
package chrome

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
)

// oldestMajor is the oldest Chrome whose reports this package understands: the
// codes of local network access have had their names since then.
const oldestMajor = 148

// profiles are the folders that chromedp makes.
const profiles = "chromedp-runner*"

// Chrome is a running browser.
type Chrome struct {
	options engine.Options
	given   []Flag   // the flags from this package
	flags   []string // the flags of the running Chrome
	product string   // such as Chrome/156.0.8078.79

	ctx    context.Context // of the browser and its first tab
	stop   context.CancelFunc
	rooms  *standIn
	output *tail
	// profile is the folder that Chrome keeps everything in, and owner the file in it
	// that says whose it is.
	profile string
	owner   io.Closer
	process *exec.Cmd
	tied    io.Closer // ends Chrome when this process ends; nil: nothing to close

	firstTab sync.Mutex // held for good by the page in the first tab
	trace    sync.Mutex

	extending   sync.Mutex   // held while an extension is loaded
	registering sync.Mutex   // held while the script of a service worker is intercepted
	answers     answers      // to the prompts of profiles
	workers     atomic.Int64 // that were started: each has a URL of its own

	foreign *foreign // nil: this package started the Chrome
}

// Launch starts a Chrome and makes sure that its verdicts can be relied on. The
// context bounds the start, not the life of the browser: Close ends that.
func Launch(ctx context.Context, o engine.Options) (engine.Browser, error) {
	path, err := find(o)
	if err != nil {
		return nil, err
	}
	o.Path = path
	rooms, err := newStandIn()
	if err != nil {
		return nil, err
	}
	process.Sweep(profiles)
	c := &Chrome{options: o, rooms: rooms, output: &tail{}}
	list, err := flagsOf(o, rooms)
	if err != nil {
		_ = rooms.Close()
		return nil, err
	}
	c.given = list
	var unprepared error // written before the browser starts, read after
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.CombinedOutput(c.output),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			process.NoOrphan(cmd)
			c.process = cmd
			if c.profile, unprepared = prepareProfile(o, cmd); unprepared == nil {
				c.owner, unprepared = process.Own(c.profile)
			}
		}),
	}
	for _, f := range list {
		if f.Value == "" {
			options = append(options, chromedp.Flag(f.Name, true))
		} else {
			options = append(options, chromedp.Flag(f.Name, f.Value))
		}
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	browserContext, stopBrowser := chromedp.NewContext(allocator,
		chromedp.WithLogf(func(string, ...any) {}), chromedp.WithErrorf(func(string, ...any) {}))
	c.ctx = browserContext
	// Before the process exists, a second call of chromedp's cancel waits for ever.
	c.stop = sync.OnceFunc(func() {
		stopBrowser()
		stopAllocator()
	})
	err = c.check(ctx)
	if err = errors.Join(unprepared, err); err != nil {
		failed := c.notStarted(err)
		_ = c.Close()
		return nil, fmt.Errorf("start %s: %w", path, failed)
	}
	c.tied = process.Tie(c.process.Process)
	return c, nil
}

// check makes the first contact and refuses a Chrome that is too old.
func (c *Chrome) check(ctx context.Context) error {
	abort := context.AfterFunc(ctx, c.stop)
	err := c.firstContact()
	if !abort() {
		return context.Cause(ctx)
	}
	return err
}

func (c *Chrome) firstContact() error {
	v, err := chromedp.CallBrowser(c.ctx, browser.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	c.product = v.Product
	if err := errors.Join(newEnough(v.Product), c.fits()); err != nil {
		return err
	}
	if err := c.readFlags(); err != nil {
		return err
	}
	// The first tab's messages must be read for as long as Chrome runs, also when
	// its page is closed: chromedp delivers no message at all while one tab's
	// messages are unread.
	if err := chromedp.Do(c.ctx); err != nil {
		return err
	}
	if err := c.checkCookies(); err != nil {
		return err
	}
	return errors.Join(c.answerPrompts(c.ctx, ""), c.prepare(c.ctx, "", nil))
}

// readFlags asks Chrome which flags it has: a distribution's wrapper may have
// added some to ours.
func (c *Chrome) readFlags() error {
	line, err := chromedp.CallBrowser(c.ctx, browser.GetBrowserCommandLine, cdp.Empty{})
	if err != nil {
		return fmt.Errorf("read Chrome's flags: %w", err)
	}
	c.flags, err = accept(line.Arguments, append(c.given, Flag{"user-data-dir", c.profile, "from chromedp"}, Flag{"remote-debugging-pipe", "", "from chromedp"}))
	return err
}

// accept returns the flags of a command line, without the folder of the profile. Ours
// are accepted with the value that we gave them: another value of the same flag may have
// replaced ours.
func accept(arguments []string, ours []Flag) (flags []string, err error) {
	for _, argument := range arguments {
		if !strings.HasPrefix(argument, "-") {
			continue
		}
		// Chrome takes a switch with one dash, too.
		name, value, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if !slices.ContainsFunc(ours, func(f Flag) bool { return f.Name == name && f.Value == value }) {
			if err := weakened(name, value); err != nil {
				return nil, fmt.Errorf("something started it with a %w", err)
			}
		}
		if name != "user-data-dir" {
			flags = append(flags, argument)
		}
	}
	return flags, nil
}

var major = regexp.MustCompile(`/(\d+)\.`)

// newEnough judges a product name such as Chrome/156.0.8078.79.
func newEnough(product string) error {
	m := major.FindStringSubmatch(product)
	if m == nil {
		return fmt.Errorf("version %q: not that of a Chrome", product)
	}
	if n, err := strconv.Atoi(m[1]); err != nil || n < oldestMajor {
		return fmt.Errorf("%s is too old: corsproof needs Chrome %d or newer", product, oldestMajor)
	}
	return nil
}

// prepare sets the cookies of a browser context: those of all contexts, and more. An
// empty id is the default context.
func (c *Chrome) prepare(ctx context.Context, id cdp.BrowserContextID, more []engine.SetCookie) error {
	id = cmp.Or(id, c.contextOf(engine.PageOptions{}))
	for _, cookie := range slices.Concat(c.options.Cookies, more) { // one by one: an error does not name the cookie
		params := storage.SetCookiesParams{Cookies: []*network.CookieParam{cookieParam(cookie)}, BrowserContextID: id}
		if _, err := chromedp.CallBrowser(ctx, storage.SetCookies, params); err != nil {
			return fmt.Errorf("set the cookie %s for %s: %w", cookie.Name, cookie.URL, err)
		}
	}
	return nil
}

// sameSites are Chrome's names for the attribute. Where the attribute is absent,
// Chrome decides.
var sameSites = map[http.SameSite]network.CookieSameSite{
	http.SameSiteLaxMode:    network.CookieSameSiteLax,
	http.SameSiteStrictMode: network.CookieSameSiteStrict,
	http.SameSiteNoneMode:   network.CookieSameSiteNone,
}

// cookieParam is a cookie in the terms of the DevTools Protocol. Without a dot in front,
// Chrome takes the domain for the only host that gets the cookie.
func cookieParam(c engine.SetCookie) *network.CookieParam {
	domain := c.Domain
	if domain != "" {
		domain = "." + strings.TrimPrefix(domain, ".")
	}
	return &network.CookieParam{
		Name: c.Name, Value: c.Value, URL: c.URL, Domain: domain, Path: c.Path,
		Secure: c.Secure, HTTPOnly: c.HttpOnly, SameSite: sameSites[c.SameSite],
	}
}

// within is the context of the browser, which also ends with ctx.
func (c *Chrome) within(ctx context.Context) (context.Context, context.CancelFunc) {
	joined, cancel := context.WithCancel(c.ctx)
	stop := context.AfterFunc(ctx, cancel)
	return joined, func() {
		stop()
		cancel()
	}
}

// Name is the name of the product, such as Chrome.
func (c *Chrome) Name() string {
	name, _, _ := strings.Cut(c.product, "/")
	return name
}

// Version is the version of the product, such as 156.0.8078.79.
func (c *Chrome) Version() string {
	_, version, _ := strings.Cut(c.product, "/")
	return version
}

// Flags are the flags that Chrome was started with.
func (c *Chrome) Flags() []string { return c.flags }

// Alive says whether the browser still runs.
func (c *Chrome) Alive() bool { return c.ctx.Err() == nil }

// Answers says whether the browser process and the network service answer: the latter has
// the cookies.
func (c *Chrome) Answers(ctx context.Context) bool {
	joined, cancel := c.within(ctx)
	defer cancel()
	_, err := chromedp.CallBrowser(joined, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: c.contextOf(engine.PageOptions{})})
	return err == nil
}

// processes are the processes that Chrome has started. A network service that a server
// keeps busy for ever does not notice that Chrome has ended.
func (c *Chrome) processes() []process.Process {
	if b := chromedp.FromContext(c.ctx).Browser; b != nil && b.Process() != nil {
		return process.Descendants(b.Process().Pid)
	}
	return nil
}

// Close ends the browser, and waits until its processes and its temporary
// directory are gone.
func (c *Chrome) Close() error {
	list := c.processes()
	c.stop()
	process.Kill(list)
	if c.tied != nil {
		_ = c.tied.Close()
	}
	if c.owner != nil {
		_ = c.owner.Close() // its file is gone
	}
	if c.foreign == nil {
		process.Sweep(profiles) // of what could not be removed at the start
	}
	if c.foreign != nil && c.foreign.proxy != nil {
		_ = c.foreign.proxy.Close()
	}
	return c.rooms.Close()
}

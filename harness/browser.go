package harness

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/patience"
	"github.com/corsproof/corsproof/harness/internal/turns"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Browser is a real Chrome to ask. The zero Browser is ready to use: it starts
// Chrome at the first question. Set fields before that, and call Close at the end.
type Browser struct {
	_ [0]func() // keyed literals only

	// Kind is the browser to ask: empty means Chrome. See [Firefox] and [WebKit] for
	// what differs there.
	Kind Kind

	// Path is the Chrome to start. Empty means the Chrome that the environment
	// variable CORSPROOF_CHROME names, or the first of chrome-headless-shell,
	// chromium-headless-shell, headless-shell, google-chrome and chromium that is installed.
	// The headless shell starts and opens pages at less than half the cost of a full Chrome
	// and decides in the same way, but it has no window and no extensions, trusts no CA,
	// fetches no manifest and no icon, and sends no reports of the Reporting API. Where
	// nothing is named, a full Chrome is started for these.
	Path string

	// Endpoint, unless empty, is the address of a Chrome that somebody else started, such as
	// "http://127.0.0.1:9222" or "ws://…": it is asked, and none is started. Everything is done
	// in a browser context of its own, which is disposed of at the end; that Chrome stays. What
	// such a Chrome cannot be told is a fault or an error: see [Browser.Validate]. Its Flags
	// are known only where it was started with --enable-automation, so each connection begins
	// with questions whose answers are known.
	Endpoint string

	// Network is a set of servers with their own host names; see package servers.
	Network Network

	// LocalNetwork is the answer to Chrome's prompts for local network access. Chrome
	// still checks such access. Empty means Granted, as if a user had clicked Allow.
	// https://wicg.github.io/local-network-access/#permission-prompt
	LocalNetwork Permission

	// ThirdPartyCookies says whether Chrome sends cookies across sites. Empty means
	// Granted, whatever the default of the distribution's Chrome is. With Endpoint, empty
	// keeps the setting of that Chrome. Granted there has a side effect: requests of mode
	// no-cors carry the header Origin, too.
	ThirdPartyCookies Permission

	// CA are certificates that Chrome trusts in addition to its own list: your own
	// authority, or a self-signed certificate. The name and the dates of a server's
	// certificate must still be right. See [ReadCA].
	//
	//	harness.Browser{CA: []*x509.Certificate{server.Certificate()}} // of package httptest
	CA []*x509.Certificate

	// Resolve says where hosts lead, each as HOST:PORT:ADDRESS, as curl's --resolve has
	// it: "api.example.com:443:127.0.0.1". Neither a resolver nor a proxy is asked for such
	// a host. The certificate of the server there must be for HOST.
	Resolve []string

	// HTTP1 turns HTTP/2 off.
	HTTP1 bool

	// HTTP3 are hosts, each with its port, such as "api.example.com:443", that Chrome asks by
	// HTTP/3 alone, whatever they announce. Without an entry nothing is asked by HTTP/3.
	HTTP3 []string

	// Visible opens a window instead of running headless.
	Visible bool

	// Windowless opens pages that are in no window, which costs half as much. Such a page
	// asks as any other does, and loads images and media; only a window that it opens does
	// not load. A page that asks for a manifest, and a page that is visible, always has a
	// window; a page whose server may ask for a login has none, so that no prompt opens,
	// unless it is visible: see [HTTPLogin].
	Windowless bool

	// Cookies are the cookies that each profile holds from the start.
	Cookies []SetCookie

	// Flags are further flags for Chrome, such as "--lang=de". A flag that turns
	// off what is under test is refused.
	Flags []string

	// Timeout bounds a question whose context has no deadline. Zero means 10
	// seconds. It begins when the page can ask: the start of Chrome and the opening of
	// the page have limits of their own, which grow where the machine is busy.
	Timeout time.Duration

	// MaxPages is how many idle pages stay open. Zero means 16. A new page beyond this
	// number takes the place of the page that was idle for longest. With more than 16, a
	// page stays open beside the page of its dry runs, so that both can be asked again.
	MaxPages int

	// Trace gets every DevTools event of every page, one JSON document per line.
	Trace io.Writer

	// role says which questions this Browser is for.
	role role

	// engine starts the browser; nil: Chrome.
	engine func(context.Context, engine.Options) (engine.Browser, error)

	mu      sync.Mutex
	running engine.Browser
	launch  *launch // nil unless Chrome is starting
	pool    engine.Pool
	sized   sync.Once
	turns   turns.Turns[turn]
	closed  bool
	// others are the Browsers of the questions that this one cannot be asked.
	others  map[role]*Browser
	slowest string // the question that got no answer in time last: it may have stopped Chrome
	doubted bool   // that question came after the last look at whether Chrome answers

	lateBefore atomic.Int64 // of closed profiles
	usedOnce   atomic.Int64 // counts the pages that are used once
}

// The errors of a Browser that cannot be asked. The returned errors wrap them.
var (
	// ErrClosed says that the Browser was closed.
	ErrClosed = errors.New("the browser is closed")
	// ErrNoChrome says that there is no Chrome on this machine.
	ErrNoChrome = chrome.ErrNoChrome
	// ErrCookies says that Chrome does not treat third-party cookies as ThirdPartyCookies says:
	// an administrator's policy or a flag overrides it.
	ErrCookies = chrome.ErrCookies
	// ErrFlag says that one of Flags turns off what is under test.
	ErrFlag = chrome.ErrFlag
	// ErrLost says that Chrome, or a page of it, ended while it was needed. An
	// InconclusiveError wraps it.
	ErrLost = engine.ErrLost
	// ErrNetworkChanged says that an address of this machine came or went while Chrome
	// asked, so that Chrome gave the request up. An InconclusiveError wraps it.
	ErrNetworkChanged = errors.New("the network of this machine changed")
	// ErrNoPage says that Chrome opened no page in its time, so that nothing was asked: the
	// machine is busy, or Chrome hangs. An InconclusiveError wraps it.
	ErrNoPage = engine.ErrNoPage
)

// granted is the meaning of an empty Permission.
func granted(p Permission) Permission {
	if p == "" {
		return PermissionGranted
	}
	return p
}

// Chrome says which Chrome is asked, and with which flags. It starts Chrome if
// it does not run.
func (b *Browser) Chrome(ctx context.Context) (Chrome, error) {
	c, err := b.start(ctx)
	if err != nil {
		return Chrome{}, err
	}
	return b.userAgent(c).Chrome(), nil
}

// OpenPages counts the pages that are kept warm.
func (b *Browser) OpenPages() int {
	pages := b.pool.Len()
	for _, other := range b.started() {
		pages += other.OpenPages()
	}
	return pages
}

// LateEvents counts the events that came for a question after its verdict, in
// this Browser and in its closed profiles. A number above zero is a fault of
// this package: please report it.
func (b *Browser) LateEvents() int {
	late := b.pool.Late() + int(b.lateBefore.Load())
	for _, other := range b.started() {
		late += other.LateEvents()
	}
	return late
}

// Fetch asks one question from a page at r.From and returns what was observed.
//
// It returns an error, and then there is no Verdict:
//
//   - one or more *[FaultError], joined, where the Request or the Browser is not valid (see
//     [Request.Validate] and [Browser.Validate]): nothing was asked;
//   - [ErrClosed], [ErrNoChrome], [ErrFlag], [ErrCookies] or what Chrome printed at its start, where
//     there is no Chrome to ask; the error of the context, where the context ended first;
//   - an error that says what this browser cannot do;
//   - an *[InconclusiveError] where evidence is missing. The Observation beside it has
//     the evidence that came. The error wraps [ErrLost] where Chrome ended meanwhile, and
//     [context.DeadlineExceeded] where the time of the question was over: see Timeout.
//
// When Chrome dies before anything was sent, or no longer opens pages, Fetch begins again
// with a fresh Chrome, a few times at most. When Chrome dies during a question, or the page
// no longer sends requests, Fetch asks once more with a fresh Chrome or a fresh page; when the
// network of this machine changes during a question, it asks a few times more. It never repeats
// a request with an unsafe method that may have been sent already.
func (b *Browser) Fetch(ctx context.Context, r Request) (Observation, error) {
	return b.fetch(ctx, r, nil)
}

func (b *Browser) fetch(ctx context.Context, r Request, p *Profile) (Observation, error) {
	if err := r.Validate(); err != nil {
		return Observation{Request: r}, err
	}
	if r.OnTheWire() {
		return Observation{Request: r}, cannotHave(r)
	}
	if err := errors.Join(b.foreignFault(r), b.foreignRepetition(r, p), b.spaceFault(r)); err != nil {
		return Observation{Request: r}, err
	}
	if p == nil && b.otherBuild(r) {
		full, err := b.other(fullChrome)
		if err != nil {
			return Observation{Request: r}, err
		}
		return full.fetch(ctx, r, nil)
	}
	if r.ofExtension() && b.role != withExtensions {
		if p != nil {
			return Observation{Request: r}, &engine.CannotError{Browser: "Chrome", What: "open the page of an extension in a profile: ask without Profile"}
		}
		extended, err := b.other(withExtensions)
		if err != nil {
			return Observation{Request: r}, err
		}
		return extended.fetch(ctx, r, nil)
	}
	if len(r.Before) > 0 {
		return b.askInOrder(ctx, r, p)
	}
	if len(r.Beside) > 0 {
		return b.askAtOnce(ctx, r, p)
	}
	if r.Moment != "" || r.Via == ViaReport {
		return b.depart(ctx, r, p)
	}
	if r.Hint.given() && p == nil {
		return b.askAlone(ctx, r)
	}
	if r.Via == ViaAudioWorklet {
		return b.askWorklet(ctx, r, p)
	}
	return b.askAgain(ctx, r, p)
}

// bounded begins the time of a question.
func (b *Browser) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return patience.BeginQuestion(ctx, cmp.Or(b.Timeout, 10*time.Second))
}

// safe says whether it is harmless to ask twice. A dry run sends nothing; a beacon and a ping
// are a POST, whatever Method says.
// https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
// https://w3c.github.io/beacon/#sec-processing-model
func safe(r Request) bool {
	switch {
	case r.DryRun:
		return true
	case r.Via.posts():
		return false
	}
	return web.IsSafeMethod(r.Method)
}

// ask asks once.
func (b *Browser) ask(ctx context.Context, r Request, p *Profile) (Observation, error) {
	ready, err := b.ready(ctx, r, p, 0)
	if err != nil {
		return Observation{Request: r}, err
	}
	defer ready.release()
	if ready.options.Once != 0 {
		defer ready.page.Retire()
	}
	ctx, cancel := b.bounded(ctx)
	defer cancel()
	over, err := b.turns.Take(ctx, b.turnOf(r, ready.pool, ready.options))
	if err != nil {
		return Observation{Request: r}, ended(ctx, r, engine.Evidence{Missing: []string{"the end of another question for the same URL"}}, err)
	}
	defer over()
	before, err := b.follow(ctx, r, ready)
	if err != nil {
		return Observation{Request: r}, err
	}
	o, _, err := b.put(ctx, r, ready, before, false)
	return o, err
}

// put puts the question to the page. before is what the link in the page loaded; nil: there is
// none. shared says that other questions have the same turn.
func (b *Browser) put(ctx context.Context, r Request, is ready, before *link, shared bool) (Observation, engine.Evidence, error) {
	c, page, options := is.browser, is.page, is.options
	question, err := json.Marshal(r)
	controller, controllerErr := json.Marshal(r.Controller)
	if err := errors.Join(err, controllerErr); err != nil {
		return Observation{Request: r}, engine.Evidence{}, err
	}
	var own *claim
	if b.Network != nil {
		own = b.Network.base().claims.begin(b.Network.LastSeq(), shared)
		defer own.end()
	}
	evidence, lost := page.Ask(ctx, engine.Question{
		JSON: question, URL: bindingURL(r), Upgraded: upgraded(bindingURL(r)), Request: r.announces(), Frame: r.Via == ViaIframe, Preflights: r.preflights(),
		Controller: controller,
	})
	used := before.serve(&evidence)
	o, err := conclude(r, setting{
		localNetwork: granted(b.LocalNetwork), barred: b.barred(page, target(r, evidence)), witness: func(o *Observation) { b.complete(o, c, page, options, own, evidence) },
		worker:  options.Worker,
		standIn: (options.Worker == engine.ServiceWorker || options.Controlled) && options.WorkerScript == "",
	}, evidence)
	switch {
	case lost != nil:
		b.suspect(ctx, r)
		err = ended(ctx, r, evidence, lost)
	case err != nil && aborted(r, evidence):
		err = NewInconclusiveError(r, b.Kind.Brand()+" gave the request up, as it does when its network service ends", ErrLost)
	case err != nil && networkChanged(evidence):
		err = NewInconclusiveError(r, "an address of this machine came or went meanwhile, as when a container starts, and Chrome then ends all requests (net::ERR_NETWORK_CHANGED): ask again", ErrNetworkChanged)
	case err != nil && unsent(r, evidence):
		page.Retire()
		err = NewInconclusiveError(r, errUnsent.Error(), errUnsent)
	}
	if err == nil {
		err = b.foreignVerdict(r, page, o)
	}
	before.witness(&o, used)
	return o, evidence, err
}

// pages returns the pages that belong to no Profile.
func (b *Browser) pages() *engine.Pool {
	b.sized.Do(func() { b.pool.Max = b.MaxPages })
	return &b.pool
}

// ended is the error of a question that ended before its evidence was complete, or
// that this browser cannot ask.
func ended(ctx context.Context, r Request, evidence engine.Evidence, lost error) error {
	if _, cannot := errors.AsType[*engine.CannotError](lost); cannot {
		return lost
	}
	missing := lost.Error()
	if ctx.Err() != nil {
		missing = context.Cause(ctx).Error()
		if len(evidence.Missing) > 0 {
			missing += ": missing " + strings.Join(evidence.Missing, ", ")
		}
	}
	return NewInconclusiveError(r, missing, lost)
}

// complete adds what the browser and the servers know.
func (b *Browser) complete(o *Observation, c engine.Browser, page engine.Page, options engine.PageOptions, own *claim, told engine.Evidence) {
	o.Page = Page{
		Origin:        o.Request.origin(),
		SecureContext: page.Secure(),
		Isolated:      page.Isolated(),
		AddressSpace:  AddressSpace(options.AddressSpace),
		LocalNetwork:  granted(b.LocalNetwork),
		Barred:        b.barred(page, target(o.Request, told)),
	}
	o.Browser = b.userAgent(c)
	if own == nil {
		return
	}
	ours := b.Network.Serves(o.Request.URL)
	for _, e := range o.Exchanges {
		ours = ours || b.Network.Serves(e.URL)
	}
	if !ours {
		return
	}
	o.Arrivals = own.take(o.Page.Origin, o.Exchanges, func(url string) []Arrival {
		if !b.Network.Serves(url) {
			return nil
		}
		return b.Network.Arrivals(own.since, []string{url})
	})
}

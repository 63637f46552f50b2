package specs_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// patience is the time limit on a busy machine. No spec waits that long for the
// result that it expects.
const patience = time.Minute

// Origins by role. The names of the fixture network are symbols: a table may use
// them before any server listens.
const (
	app     = "https://app.test"        // the page, where nothing else matters
	api     = "https://api.test"        // the server that is asked
	evil    = "https://evil.test"       // a page that nobody allowed
	client  = "https://your-client.com" // the page of the document; not on our network
	foreign = "https://app.example.com" // any page out there
)

// serve makes a Case answer at https://api.test until the spec ends, and returns
// its URL.
func serve(c servers.Case) string { return serveAt(api, c) }

// serveAt is serve at another origin.
func serveAt(origin string, c servers.Case) string {
	place := net.Add(c)
	DeferCleanup(place.Close)
	return place.URL(origin)
}

// header makes header lines of alternating names and values.
func header(pairs ...string) harness.Header {
	var h harness.Header
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

// allow is header with Access-Control-Allow-Origin in front.
// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
func allow(origin string, pairs ...string) harness.Header {
	return append(servers.Allow(origin), header(pairs...)...)
}

// The headers of the CORS protocol.
// https://fetch.spec.whatwg.org/#http-responses
const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
)

// recorded is a real server behind the recorder. The first spec that asks it
// starts it, and it ends with the suite.
type recorded struct {
	origin string
	server func(context.Context) (*process.Process, error)

	once    sync.Once
	process *process.Process
	err     error
}

// running are the servers that were started.
var running []*recorded

// url starts the server, if necessary, and returns the URL of a path there. The
// URL is new each time, so no cache has it, the preflight cache included.
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (r *recorded) url(ctx context.Context, path string) string {
	GinkgoHelper()
	r.once.Do(func() { r.err = r.start(ctx) })
	Expect(r.err).NotTo(HaveOccurred())
	return fmt.Sprintf("%s%s?spec=%d", r.origin, path, urls.Add(1))
}

var urls atomic.Int64

func (r *recorded) start(ctx context.Context) (err error) {
	if r.process, err = r.server(ctx); err != nil {
		return err
	}
	if err := r.process.Start(ctx); err != nil {
		return err
	}
	running = append(running, r)
	_, err = net.Record(r.origin, r.process.Addr())
	return err
}

// express is an Express server of this repository at an origin.
func express(origin, app string, env ...string) *recorded {
	return &recorded{origin: origin, server: func(context.Context) (*process.Process, error) {
		return process.Express(app, env...)
	}}
}

// read matches a response that script could read, with its status.
func read(status int) types.GomegaMatcher {
	return SatisfyAll(harness.BeReadable(), HaveField("Script.Status", status))
}

// blocked matches a response that Chrome blocked for a reason, with the parameter
// of that reason.
func blocked(reason harness.Reason, parameter string) types.GomegaMatcher {
	return SatisfyAll(harness.BeBlocked(reason), gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		return o.Parameter == parameter, nil
	}).WithTemplate("Expected Chrome {{.To}} name {{printf \"%q\" .Data}}, but it named {{printf \"%q\" .Actual.Parameter}}.\n\n{{.Actual}}", parameter))
}

// arrive matches if exactly these methods arrived at the server, in this order.
func arrive(methods ...string) types.GomegaMatcher {
	want := strings.Join(methods, ", ")
	if want == "" {
		want = "nothing"
	}
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		if o.Arrivals == nil {
			return false, fmt.Errorf("the server is not ours, so nobody knows what arrived")
		}
		return arrivals(o) == want, nil
	}).WithTemplate("Expected the server {{.To}} receive {{.Data}}.\n\n{{.Actual}}", want)
}

// arrivals lists the methods that arrived.
func arrivals(o harness.Observation) string {
	var methods []string
	for _, a := range o.Arrivals {
		methods = append(methods, a.Method)
	}
	if methods == nil {
		return "nothing"
	}
	return strings.Join(methods, ", ")
}

// answered matches if the exchange of a kind has a status and the header lines.
// An empty value means no line of that name.
func answered(kind harness.ExchangeKind, status int, pairs ...string) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		for _, e := range o.Exchanges {
			if e.Kind == kind {
				return e.Status == status && hasLines(e.ResponseHeaders, pairs), nil
			}
		}
		return false, nil
	}).WithTemplate("Expected the {{.Data.Kind}} {{.To}} be answered with {{.Data.Status}} {{.Data.Pairs}}.\n\n{{.Actual}}", struct {
		Kind   harness.ExchangeKind
		Status int
		Pairs  []string
	}{kind, status, pairs})
}

// hasLines says whether a header has the lines, and no line of a name with an
// empty value.
func hasLines(h harness.Header, pairs []string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if got, _ := h.Get(pairs[i]); got != pairs[i+1] {
			return false
		}
	}
	return true
}

// inconclusive matches an InconclusiveError, in one line, that names what is
// missing.
func inconclusive(parts ...string) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(err error) (bool, error) {
		e, ok := err.(*harness.InconclusiveError) //nolint:errorlint // Fetch returns this very type
		if !ok || strings.Contains(e.Error(), "\n") {
			return false, nil
		}
		for _, part := range parts {
			if !strings.Contains(e.Missing, part) {
				return false, nil
			}
		}
		return true, nil
	}).WithTemplate("Expected{{if not .Failure}} not{{end}} one line of an InconclusiveError with {{printf \"%q\" .Data}}, but got\n{{printf \"%T: %v\" .Actual .Actual}}", parts)
}

// rejected is blocked, and also checks everything that fetch() tells the script.
func rejected(reason harness.Reason, parameter string) types.GomegaMatcher {
	return SatisfyAll(blocked(reason, parameter), HaveField("Script.Error", "TypeError: Failed to fetch"))
}

// arriveWith matches if the request that arrived last had exactly these lines of
// a header.
func arriveWith(name string, lines ...string) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		if len(o.Arrivals) == 0 {
			return false, fmt.Errorf("no request arrived\n\n%s", o)
		}
		return slices.Equal(o.Arrivals[len(o.Arrivals)-1].Headers.Values(name), lines), nil
	}).WithTemplate("Expected the last request {{.To}} arrive with {{.Data.Name}} {{printf \"%q\" .Data.Lines}}.\n\n{{.Actual}}", struct {
		Name  string
		Lines []string
	}{name, lines})
}

// What a preflight asks for.
// https://fetch.spec.whatwg.org/#http-requests
const (
	acrm = "Access-Control-Request-Method"
	acrh = "Access-Control-Request-Headers"
)

// askFor matches if the first request that arrived is a preflight that asks for
// the method and, in one line, for the names. Without names there must be no
// line.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func askFor(method string, names ...string) types.GomegaMatcher {
	var line []string
	if names != nil {
		line = []string{strings.Join(names, ",")}
	}
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		if len(o.Arrivals) == 0 || o.Arrivals[0].Method != "OPTIONS" {
			return false, nil
		}
		preflight := o.Arrivals[0].Headers
		return slices.Equal(preflight.Values(acrm), []string{method}) && slices.Equal(preflight.Values(acrh), line), nil
	}).WithTemplate("Expected the first request {{.To}} be a preflight for {{.Data.Method}} {{printf \"%q\" .Data.Names}}.\n\n{{.Actual}}", struct {
		Method string
		Names  []string
	}{method, names})
}

// tracing is a Chrome of its own, with all its events. It is for issues that may
// come after a verdict, without changing it.
func tracing(flags ...string) (*harness.Browser, *gbytes.Buffer) {
	events := gbytes.NewBuffer()
	own := &harness.Browser{Network: &net, Flags: flags, Trace: events, Timeout: patience}
	DeferCleanup(own.Close)
	return own, events
}

var (
	issueLine   = regexp.MustCompile(`"method":"Audits.issueAdded".*?"code":"(\w+)"`)
	issueDetail = regexp.MustCompile(`"(?:corsError|errorType|reason|styleSheetLoadingIssueReason)":"([\w-]+)"`)
)

// issuesAbout lists the issues about a URL that a Chrome reported so far, each once.
func issuesAbout(events *gbytes.Buffer, url string) []string {
	var found []string
	for line := range strings.Lines(string(events.Contents())) {
		code := issueLine.FindStringSubmatch(line)
		if code == nil || !strings.Contains(line, url) {
			continue
		}
		issue := code[1]
		if detail := issueDetail.FindStringSubmatch(line); detail != nil {
			issue += " " + detail[1]
		}
		if !slices.Contains(found, issue) {
			found = append(found, issue)
		}
	}
	return found
}

// hostOf is a new origin within a site, for state that a browser keeps by host.
func hostOf(site string) string { return fmt.Sprintf("https://api%d.%s", urls.Add(1), site) }

// logFrom matches if the console has a line from a source, with a text in it.
func logFrom(source, text string) types.GomegaMatcher {
	return HaveField("Console", ContainElement(SatisfyAll(HaveField("Source", source), HaveField("Text", ContainSubstring(text)))))
}

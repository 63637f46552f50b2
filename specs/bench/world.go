package main

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

const (
	pageOrigin = "https://app.test"
	apiOrigin  = "https://api.test"
	answer     = "hello"
)

// kind is a kind of question, the same for every contestant.
type kind struct {
	name      string
	method    string
	exchanges int // on the wire
	reply     servers.Case
	verdict   harness.Verdict
	reason    harness.Reason
}

// kinds are what the contestants ask.
var kinds = []*kind{simple, preflighted}

var (
	simple = &kind{
		name: "simple", method: "GET", exchanges: 1, verdict: harness.Readable,
		reply: servers.Case{Reply: servers.Reply{Header: servers.Allow(pageOrigin), Body: answer}},
	}
	preflighted = &kind{
		name: "preflighted", method: "PUT", exchanges: 2, verdict: harness.Readable,
		reply: servers.Case{
			Preflight: &servers.Reply{Status: 204, Header: append(servers.Allow(pageOrigin),
				harness.Field{Name: "Access-Control-Allow-Methods", Value: "PUT"})},
			Reply: servers.Reply{Header: servers.Allow(pageOrigin), Body: answer},
		},
	}
	// Where memory is measured, this kind is asked too: a refusal leaves other
	// data in memory.
	refused = &kind{
		name: "refused", method: "GET", exchanges: 1, verdict: harness.Blocked, reason: harness.MissingAllowOriginHeader,
		reply: servers.Case{Reply: servers.Reply{Body: answer}},
	}
	refusedPreflight = &kind{
		name: "refused preflight", method: "PUT", exchanges: 2, verdict: harness.Blocked, reason: harness.MethodDisallowedByPreflightResponse,
		reply: servers.Case{
			Preflight: &servers.Reply{Status: 204, Header: servers.Allow(pageOrigin)},
			Reply:     servers.Reply{Header: servers.Allow(pageOrigin), Body: answer},
		},
	}
)

// world is what all contestants share.
type world struct {
	chrome  string // the binary
	network servers.Network
	page    string // the document of a page at pageOrigin
	places  map[*kind]string
	serial  atomic.Int64
}

func newWorld() (*world, error) {
	path, err := findChrome()
	if err != nil {
		return nil, err
	}
	w := &world{chrome: path, places: map[*kind]string{}}
	if err := w.network.Start(); err != nil {
		return nil, err
	}
	w.page = w.network.Add(servers.Case{Reply: servers.Reply{
		Header: harness.Header{{Name: "Content-Type", Value: "text/html; charset=utf-8"}},
		Body:   `<!doctype html><title>bench</title><link rel="icon" href="data:,">`,
	}}).URL(pageOrigin)
	for _, k := range []*kind{simple, preflighted, refused, refusedPreflight} {
		w.places[k] = w.network.Add(k.reply).URL(apiOrigin) + "/"
	}
	return w, nil
}

func (w *world) close() { _ = w.network.Close() }

// take reserves n new URLs: base, followed by a number, from first on.
func (w *world) take(k *kind, n int) (base string, first int64) {
	return w.places[k], w.serial.Add(int64(n)) - int64(n)
}

// url is a new URL.
func (w *world) url(k *kind) string {
	base, first := w.take(k, 1)
	return base + strconv.FormatInt(first, 10)
}

// The builds of Chrome, and the programs of each.
const (
	headlessShell = "headless shell"
	fullChrome    = "full Chrome"
)

var programs = map[string][]string{
	headlessShell: {"chrome-headless-shell", "chromium-headless-shell", "headless-shell"},
	fullChrome: {
		"google-chrome", "google-chrome-stable", "chromium", "chromium-browser",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	},
}

// findBuild returns a Chrome of a build, empty where there is none.
func findBuild(build string) string {
	for _, name := range programs[build] {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// findChrome searches where the harness does. All contestants get the Chrome that
// it finds.
func findChrome() (string, error) {
	if path := os.Getenv("CORSPROOF_CHROME"); path != "" {
		return exec.LookPath(path)
	}
	if path := cmp.Or(findBuild(headlessShell), findBuild(fullChrome)); path != "" {
		return path, nil
	}
	return "", errors.New("no Chrome found: .ci/setup says how to get one")
}

package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness"
)

// Case is what a server answers.
//
//	put := net.Add(servers.Case{
//		Preflight: &servers.Reply{Status: 204, Header: append(servers.Allow("https://app.test"),
//			harness.Field{Name: "Access-Control-Allow-Methods", Value: "PUT"})},
//		Reply: servers.Reply{Header: servers.Allow("https://app.test"), Body: "done"},
//	})
//
// Answers are not scripted by order, since the browser decides whether a
// preflight comes first, and how often.
type Case struct {
	_ [0]func() // keyed literals only

	// Reply answers every request.
	Reply Reply
	// Preflight, unless nil, answers the CORS-preflight requests instead: OPTIONS
	// with Access-Control-Request-Method. Nil is a server that does not know
	// preflights and answers OPTIONS like every other method.
	//
	// https://fetch.spec.whatwg.org/#cors-preflight-request
	Preflight *Reply
	// Answer, unless nil, is used instead of Reply and Preflight. It is called
	// from many goroutines, and [Network.Close] waits for it: for a slow answer,
	// return a Reply with After or Until.
	Answer func(harness.Arrival) Reply
}

// reply returns the answer to an arrival.
func (c *Case) reply(a *harness.Arrival, preflight bool) (r Reply) {
	switch {
	case c.Answer != nil:
		// A panic in the Answer of one test must not end all other tests.
		defer func() {
			if fault := recover(); fault != nil {
				r = problem(500, fmt.Sprintf("the Answer to %s %s panicked: %v", a.Method, a.URL, fault))
			}
		}()
		return c.Answer(*a)
	case preflight && c.Preflight != nil:
		return *c.Preflight
	}
	return c.Reply
}

// Place is where a Case answers.
type Place struct {
	cases  *cases
	held   map[string]*Place // the map that holds it: tokens or fixed
	key    string            // the token, or origin and path
	origin string            // empty: every origin
	path   string
	answer Case
}

// URL returns the URL of the place at an origin of the network, as in
// p.URL("https://api.test"). A Case from [Network.Add] answers at every origin,
// and at every path below its own. A Case from [Network.Handle] has one URL,
// whatever the argument.
func (p *Place) URL(origin string) string {
	if p.origin != "" {
		return p.origin + p.path
	}
	return strings.TrimSuffix(origin, "/") + p.path
}

// Close removes the Case: its URL is 404 from now on. It may be called twice.
func (p *Place) Close() error {
	p.cases.mu.Lock()
	defer p.cases.mu.Unlock()
	if p.held[p.key] == p {
		delete(p.held, p.key)
	}
	return nil
}

// cases are the places of a network.
type cases struct {
	mu     sync.RWMutex
	next   uint64
	tokens map[string]*Place // by token
	fixed  map[string]*Place // by origin and path
}

// tokenSpace is 36^7, the number of tokens of seven letters and digits.
const tokenSpace = 36 * 36 * 36 * 36 * 36 * 36 * 36

// tokenStride has no factor in common with tokenSpace, so that tokens do not
// repeat, and is large, so that two in a row do not look alike.
const tokenStride = 30_517_578_125 // 5^15

// Add makes a Case answer at a URL of its own, under /r/ and a token, at every
// origin of the network. The first token is random, so that a browser from an
// earlier run has no answer for the URL in a cache.
func (n *Network) Add(c Case) *Place {
	n.cases.mu.Lock()
	defer n.cases.mu.Unlock()
	if n.cases.tokens == nil {
		n.cases.tokens = map[string]*Place{}
		n.cases.next = rand.Uint64N(tokenSpace)
	}
	n.cases.next = (n.cases.next + tokenStride) % tokenSpace
	token := strconv.FormatUint(tokenSpace+n.cases.next, 36)[1:] // the 1 in front keeps zeros
	p := &Place{cases: &n.cases, held: n.cases.tokens, key: token, path: "/r/" + token, answer: c}
	n.cases.tokens[token] = p
	return p
}

// Handle makes a Case answer at one path of one origin, with any query:
//
//	own, err := net.Handle("https://api.test", "/own", servers.Case{})
//
// An empty origin means every origin of the network that has no case of its own
// at the path. An empty path means every path of the origin at which nothing else
// answers.
func (n *Network) Handle(origin, path string, c Case) (*Place, error) {
	var at string
	if origin != "" {
		var err error
		if at, err = n.parseOrigin(origin); err != nil {
			return nil, err
		}
	}
	if path == "" && at == "" {
		return nil, errors.New("neither origin nor path, which would match every URL")
	}
	if path != "" && !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ") {
		return nil, fmt.Errorf("path %q: want a path from / on, without query and fragment", path)
	}
	n.cases.mu.Lock()
	defer n.cases.mu.Unlock()
	if n.cases.fixed == nil {
		n.cases.fixed = map[string]*Place{}
	}
	key := at + path
	if n.cases.fixed[key] != nil {
		return nil, fmt.Errorf("%s has a case already", key)
	}
	p := &Place{cases: &n.cases, held: n.cases.fixed, key: key, origin: at, path: path, answer: c}
	n.cases.fixed[key] = p
	return p, nil
}

// answer returns the Reply to an arrival; origin is the length of the origin in
// its URL.
func (n *Network) answer(a *harness.Arrival, origin int, preflight bool) Reply {
	where := a.URL
	if i := strings.IndexByte(where, '?'); i >= 0 {
		where = where[:i]
	}
	n.cases.mu.RLock()
	p := n.cases.fixed[where]
	if p == nil {
		p = n.cases.fixed[where[origin:]]
	}
	if p == nil {
		if token, ok := strings.CutPrefix(where[origin:], "/r/"); ok {
			token, _, _ = strings.Cut(token, "/")
			p = n.cases.tokens[token]
		}
	}
	if p == nil && where[origin:] != serviceWorkerPath {
		p = n.cases.fixed[where[:origin]]
	}
	n.cases.mu.RUnlock()
	switch {
	case p != nil:
	case where[origin:] == serviceWorkerPath:
		return serviceWorkerScript(a.URL)
	default:
		return problem(404, "no case answers at "+where)
	}
	return p.answer.reply(a, preflight)
}

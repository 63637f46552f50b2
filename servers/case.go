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
// Nothing is scripted by order, since it is the browser that decides whether a
// preflight comes first, and how often.
type Case struct {
	_ [0]func() // keyed literals only

	// Reply answers every request.
	Reply Reply
	// Preflight, unless nil, answers the CORS-preflight requests instead: OPTIONS
	// with Access-Control-Request-Method. Nil is the server that does not know of
	// preflights and answers OPTIONS like everything else.
	//
	// https://fetch.spec.whatwg.org/#cors-preflight-request
	Preflight *Reply
	// Answer, unless nil, wins over both. It is called from many goroutines, and
	// [Network.Close] waits for it: an answer that takes its time is a Reply with
	// After or Until.
	Answer func(harness.Arrival) Reply
}

// reply returns the answer to an arrival.
func (c *Case) reply(a *harness.Arrival, preflight bool) (r Reply) {
	switch {
	case c.Answer != nil:
		// The fault of one test must not end the run of all others.
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
	held   map[string]*Place // where it is registered: tokens or fixed
	key    string            // the token, or origin and path
	origin string            // empty where the place is at every origin
	path   string
	answer Case
}

// URL returns the URL of the place at an origin of the network, as in
// p.URL("https://api.test"). A Case that was added answers at every one of them,
// and at every path below its own. One with a fixed place has one URL, whatever
// the argument.
func (p *Place) URL(origin string) string {
	if p.origin != "" {
		return p.origin + p.path
	}
	return strings.TrimSuffix(origin, "/") + p.path
}

// Close takes the Case away: its URL is 404 from now on. It may be called twice.
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
// origin of the network. Tokens start anywhere, so a URL is new also to a
// browser that was asked before, and nothing answers it from a cache.
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
// An empty origin is every origin of the network that has no case of its own at
// the path, and an empty path every path of the origin at which nothing else
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
		return nil, errors.New("neither origin nor path: that is every URL there is")
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

// answer returns the Reply to an arrival. The first origin bytes of its URL are
// the origin.
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
		return Reply{Header: harness.Header{{Name: "Content-Type", Value: "text/javascript"}}}
	default:
		return problem(404, "no case answers at "+where)
	}
	return p.answer.reply(a, preflight)
}

package broken

import (
	"net/url"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// ShopOrigin is where a [Shop] answers.
const ShopOrigin = "https://api.shop.test"

// Shop is the API of a shop, as its developers may well have written it: every
// request that they tried works, and their tests of header strings pass. It makes
// each of the [ShopMistakes]. fixtures/policies/example.yaml says what it should
// do.
type Shop struct {
	// Corrected are the names of the mistakes that the shop does not make.
	Corrected []string
}

// The names of the mistakes.
const (
	ComparesTheBeginning = "compares the beginning"
	BareErrors           = "bare errors"
	StarWithCredentials  = "star with credentials"
	OnlyWhenAsked        = "only when asked"
)

// ShopMistakes are the mistakes of a [Shop].
func ShopMistakes() []Mistake {
	return []Mistake{
		{
			Name: ComparesTheBeginning, Path: mePath,
			Title: "compares only the beginning of the host",
			Teaches: "www.shop.test.evil.test begins with www.shop.test, and anybody can have that name. " +
				"Tests ask as the shop and as evil.test, and both tests pass.",
			Caught: []Probe{{"K14", mePath + " from=" + storefront + ".evil.test"}, {"K14", mePath + " from=" + storefront + ".evil.test method=DELETE"}},
		},
		{
			Name: BareErrors, Path: ordersPath,
			Title: "forgets the CORS headers on error answers",
			Teaches: "The error handler is outside of the code that adds the headers. The page gets " +
				"\"TypeError: Failed to fetch\" and never learns that the order does not exist. Tests look at the 200.",
			Caught: []Probe{{"K61", ordersPath + " from=" + storefront}},
		},
		{
			Name: StarWithCredentials, Path: cartPath,
			Title: "answers Access-Control-Allow-Methods: * to requests with credentials",
			Teaches: "With credentials, * is the name of a method that nobody has. " +
				"The server cannot know: a preflight does not say whether the request will have credentials. Tests find the header there.",
			Caught: []Probe{{"K31", cartPath + " from=" + storefront + " method=PUT"}, {"K31", cartPath + " from=" + backOffice + " all"}},
		},
		{
			Name: OnlyWhenAsked, Path: photoPath,
			Title: "sends Access-Control-Allow-Origin only to requests with Origin, and no Vary",
			Teaches: "An image on the page asks without Origin, and the answer is kept. The fetch after it is answered " +
				"from the cache, and has no CORS header. Every answer of the server is right, so no test of answers sees the fault.",
			Caught: []Probe{{"K55", photoPath}, {"K56", photoPath + " from=https://any.test"}},
		},
	}
}

// Install makes the shop answer on a network, at every path of [ShopOrigin].
func (s Shop) Install(net *servers.Network) (*servers.Place, error) {
	return net.Handle(ShopOrigin, "", servers.Case{Answer: s.Answer})
}

// Answer answers a request.
func (s Shop) Answer(a harness.Arrival) servers.Reply {
	var path string
	if u, err := url.Parse(a.URL); err == nil {
		path = strings.TrimSuffix(u.Path, "/")
	}
	at, there := resourceAt(path)
	var origin string
	if values := a.Headers.Values("Origin"); len(values) == 1 {
		origin = values[0]
	}
	allow := s.allow(at, origin)
	// https://fetch.spec.whatwg.org/#cors-preflight-request
	if asked := a.Headers.Values("Access-Control-Request-Method"); a.Method == "OPTIONS" && asked != nil {
		return servers.Reply{Status: 204, Header: append(allow, s.leave(at)...)}
	}
	if !there {
		if at.path == ordersPath && s.makes(BareErrors) {
			allow = nil
		}
		return servers.Reply{Status: 404, Header: append(allow, contentType("application/json")), Body: `{"error": "not found"}`}
	}
	return servers.Reply{Header: append(allow, at.header...), Body: at.body}
}

// makes says whether the shop makes a mistake.
func (s Shop) makes(name string) bool { return !slices.Contains(s.Corrected, name) }

// allow are the headers that let an origin read, empty where it may not.
func (s Shop) allow(at resource, origin string) harness.Header {
	if at.public {
		if origin == "" && s.makes(OnlyWhenAsked) {
			return nil
		}
		return servers.Allow("*")
	}
	header := harness.Header{{Name: "Vary", Value: "Origin"}}
	if slices.Contains(at.origins, origin) || at.path == mePath && s.makes(ComparesTheBeginning) && begins(origin) {
		header = append(header, servers.Allow(origin)...)
		header = append(header, harness.Field{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	return header
}

// begins compares only the beginning of the host: this is the mistake. It
// compares everything else with care.
func begins(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "https" && u.Port() == "" && strings.HasPrefix(u.Hostname(), "www.shop.test")
}

// leave are the other headers of the answer to a preflight.
func (s Shop) leave(at resource) harness.Header {
	methods := at.methods
	if at.path == cartPath && s.makes(StarWithCredentials) {
		methods = "*"
	}
	return harness.Header{
		{Name: "Access-Control-Allow-Methods", Value: methods},
		{Name: "Access-Control-Allow-Headers", Value: "Content-Type, X-Request-Id"},
		{Name: "Access-Control-Max-Age", Value: "600"},
	}
}

package specs_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// eventually is how long the process table of a busy machine may take.
const eventually = 20 * time.Second

// Origins by role. The names of the fixture network are symbols: a table may
// speak of them before anything listens.
const (
	app         = "https://app.test"         // the page, where nothing else matters
	api         = "https://api.test"         // the server that is asked
	evil        = "https://evil.test"        // a page that should get nothing
	client      = "https://your-client.com"  // the page of the document, on no server of ours
	foreign     = "https://app.example.com"  // any page out there
	sameSite    = "https://app.example.test" // same site as sameSiteAPI
	sameSiteAPI = "https://api.example.test" // asked from both sites
	crossSite   = "https://other.test"       // another site
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

// header makes header lines of names and values, in turn.
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

// methods lists what arrived.
func methods(o harness.Observation) []string {
	list := []string{}
	for _, a := range o.Arrivals {
		list = append(list, a.Method)
	}
	return list
}

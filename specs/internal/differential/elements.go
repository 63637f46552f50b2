package differential

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// element is an initiator that is not a script's own request: what it asks as, and
// what it can use.
type element struct {
	mode        harness.Mode // without the attribute crossorigin
	crossorigin bool         // it has that attribute
	kind, body  string
}

// elements are the elements that are drawn, each with a response that it can use: the
// oracle does not know what an element does with a response.
var elements = map[harness.Via]element{
	harness.ViaImage:       {harness.NoCORS, true, "image/png", media("image.png")},
	harness.ViaScript:      {harness.NoCORS, true, "text/javascript", "1"},
	harness.ViaStylesheet:  {harness.NoCORS, true, "text/css", "a{}"},
	harness.ViaModule:      {harness.CORS, false, "text/javascript", "1"},
	harness.ViaEventSource: {harness.CORS, false, "text/event-stream", "data: 1\n\n"},
}

// media reads a file of the fixtures.
func media(name string) string {
	data, err := fixtures.FS.ReadFile("media/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}

// asFetch is the request as fetch() would make it, which is what the oracle knows.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
func asFetch(r harness.Request) harness.Request {
	e, ok := elements[r.Via]
	if !ok {
		return r
	}
	if r.Mode = cmp.Or(r.Mode, e.mode); r.Mode == harness.NoCORS {
		r.Credentials = harness.Include
	}
	r.Via = ""
	return r
}

// drawElement draws the request of an element, which has a URL, the attribute
// crossorigin, and no more.
func (d *drawing) drawElement() {
	r := &d.request
	r.Via = weighted(d.Rand, elementVias)
	if elements[r.Via].crossorigin && d.chance(50) {
		r.Mode = harness.CORS
	}
	if (r.Mode == harness.CORS || !elements[r.Via].crossorigin) && d.chance(50) {
		r.Credentials = one(d.Rand, harness.SameOrigin, harness.Include)
	}
}

var elementVias = []weight[harness.Via]{
	{30, harness.ViaImage}, {20, harness.ViaScript}, {10, harness.ViaStylesheet}, {15, harness.ViaModule}, {25, harness.ViaEventSource},
}

// forElements makes the answers ones that an element can use, or that redirect to a
// URL: a failed connection is tried again, and a status can be an error of its own.
func (d *drawing) forElements(hops []Hop) {
	for i := range hops {
		if hops[i].Origin == "http://api.localhost" {
			hops[i].Origin = "https://api.test" // Chrome upgrades what an image of a secure page asks
		}
		a := &hops[i].Reply
		if a.Drop = false; !slices.ContainsFunc(a.Header, isLocation) || !slices.Contains(redirectStatuses, a.Status) {
			a.Status = 0
			continue
		}
		a.Header = slices.DeleteFunc(slices.Clone(a.Header), isLocation)
		next := "{" + string(rune('0'+min(i+1, len(hops)-1)))
		a.Header = append(a.Header, lines("Location", next+one(d.Rand, "}", "}", "}#there"))...)
	}
}

func isLocation(f harness.Field) bool { return f.Name == "Location" }

// usable makes a reply one that the initiator can use.
func usable(via harness.Via, reply servers.Reply) servers.Reply {
	if e, ok := elements[via]; ok && reply.Status == 0 {
		reply.Body, reply.Header = e.body, append(slices.Clone(reply.Header), harness.Field{Name: "Content-Type", Value: e.kind})
	}
	return reply
}

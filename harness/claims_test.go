package harness

import (
	"slices"
	"testing"
)

func at(arrivals ...Arrival) func(string) []Arrival {
	return func(url string) []Arrival {
		return slices.DeleteFunc(slices.Clone(arrivals), func(a Arrival) bool { return a.URL != url })
	}
}

// The arrivals that a question claims, by their Seq.
func TestClaims(t *testing.T) {
	const url, page = "https://api.test/", "https://app.test"
	from := func(origin string, more ...Field) Header { return append(Header{{"Origin", origin}}, more...) }
	asks := Field{"Access-Control-Request-Method", "OPTIONS"}
	arrived := func(seq int64, method string, status int, h Header) Arrival {
		return Arrival{Method: method, URL: url, Headers: h, Seq: seq, Status: status}
	}
	get := Exchange{Kind: ActualRequest, Method: "GET", URL: url, Sent: true, RequestHeaders: from(page)}
	for name, test := range map[string]struct {
		exchanges []Exchange
		arrivals  []Arrival
		others    bool
		want      []int64
	}{
		"its own":                      {[]Exchange{get}, []Arrival{arrived(1, "GET", 200, from(page))}, true, []int64{1}},
		"of another origin":            {[]Exchange{get}, []Arrival{arrived(1, "GET", 200, from("https://evil.test"))}, false, nil},
		"once":                         {[]Exchange{get}, []Arrival{arrived(1, "GET", 200, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1}},
		"again after 408":              {[]Exchange{get}, []Arrival{arrived(1, "GET", 408, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1, 2}},
		"again after a reset":          {[]Exchange{get}, []Arrival{arrived(1, "GET", 0, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1, 2}},
		"again after 401":              {[]Exchange{get}, []Arrival{arrived(1, "GET", 401, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1, 2}},
		"again after 407":              {[]Exchange{get}, []Arrival{arrived(1, "GET", 407, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1, 2}},
		"again after 421":              {[]Exchange{get}, []Arrival{arrived(1, "GET", 421, from(page)), arrived(2, "GET", 200, from(page))}, true, []int64{1, 2}},
		"again as another page's":      {[]Exchange{get}, []Arrival{arrived(1, "GET", 408, from(page)), arrived(2, "GET", 200, from("null"))}, true, []int64{1}},
		"what nobody told of, alone":   {[]Exchange{get}, []Arrival{arrived(1, "GET", 200, from(page)), arrived(2, "OPTIONS", 200, from(page, asks))}, false, []int64{1, 2}},
		"what nobody told of":          {[]Exchange{get}, []Arrival{arrived(1, "GET", 200, from(page)), arrived(2, "OPTIONS", 200, from(page, asks))}, true, []int64{1}},
		"not what was not sent":        {[]Exchange{{Kind: ActualRequest, Method: "GET", URL: url, RequestHeaders: from(page)}}, []Arrival{arrived(1, "GET", 200, from(page))}, true, nil},
		"of a shared worker":           {[]Exchange{{Kind: ActualRequest, Method: "PUT", URL: url, Sent: true, Unseen: true}}, []Arrival{arrived(1, "OPTIONS", 200, from(page, asks)), arrived(2, "PUT", 200, from(page))}, true, []int64{1, 2}},
		"OPTIONS of a shared worker":   {[]Exchange{{Kind: ActualRequest, Method: "OPTIONS", URL: url, Sent: true, Unseen: true}}, []Arrival{arrived(1, "OPTIONS", 200, from(page, asks)), arrived(2, "OPTIONS", 200, from(page))}, true, []int64{1, 2}},
		"OPTIONS of a shared worker's": {[]Exchange{{Kind: ActualRequest, Method: "OPTIONS", URL: url, Sent: true, Unseen: true, RequestHeaders: from(page)}}, []Arrival{arrived(1, "OPTIONS", 200, from(page, asks)), arrived(2, "OPTIONS", 200, from(page))}, true, []int64{1, 2}},
	} {
		var all claims
		q := all.begin(0, false)
		if test.others {
			all.begin(0, false)
		}
		own := q.take(page, test.exchanges, at(test.arrivals...))
		var got []int64
		for _, a := range own {
			got = append(got, a.Seq)
		}
		if !slices.Equal(got, test.want) || own == nil {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if again := all.begin(0, false).take(page, test.exchanges, at(test.arrivals...)); len(again)+len(own) > len(test.arrivals) {
			t.Errorf("%s: an arrival was claimed twice: %v, %v", name, own, again)
		}
	}
}

// The headers of an exchange become those of the wire, but over HTTP/2, which has no
// case.
func TestClaimsWriteTheWire(t *testing.T) {
	for protocol, want := range map[string]string{"HTTP/1.1": "oRiGiN", "HTTP/2.0": "Origin"} {
		exchanges := []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/", Sent: true, RequestHeaders: Header{{"Origin", "https://app.test"}}}}
		var all claims
		all.begin(0, false).take("https://app.test", exchanges, at(Arrival{Method: "GET", URL: "https://api.test/", Seq: 1, Status: 200, Protocol: protocol, Headers: Header{{"oRiGiN", "https://app.test"}}}))
		if got := exchanges[0].RequestHeaders[0].Name; got != want {
			t.Errorf("%s: %s", protocol, got)
		}
	}
}

// What no question in flight may claim is forgotten.
func TestClaimsForget(t *testing.T) {
	var all claims
	first, second := all.begin(0, false), all.begin(1, false)
	get := []Exchange{{Kind: ActualRequest, Method: "GET", URL: "u", Sent: true}}
	first.take("https://app.test", get, at(Arrival{Method: "GET", URL: "u", Seq: 1, Status: 200}))
	second.take("https://app.test", get, at(Arrival{Method: "GET", URL: "u", Seq: 2, Status: 200}))
	for _, step := range []struct {
		ends *claim
		left int
	}{{first, 1}, {second, 0}} {
		if step.ends.end(); len(all.taken) != step.left {
			t.Errorf("%d are remembered, want %d", len(all.taken), step.left)
		}
	}
}

// Two requests differ by each of these headers, alone: neither claims what arrived of the
// other.
func TestClaimsAreByEachHeader(t *testing.T) {
	for _, name := range []string{
		"Origin", "Referer", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
	} {
		told, other := Header{{"Accept", "*/*"}, {name, "a"}}, Header{{"Accept", "*/*"}, {name, "b"}}
		for what, test := range map[string]struct {
			arrived Header
			want    bool
		}{"the same": {told, true}, "another value": {other, false}, "none": {Header{{"Accept", "*/*"}}, false}, "another case": {Header{{"accept", "text/html"}, {"x-" + name, "b"}, {name, "a"}}, true}} {
			if sameRequest(told, test.arrived) != test.want {
				t.Errorf("%s, %s: %v", name, what, !test.want)
			}
		}
		if sameRequest(Header{{"Accept", "*/*"}}, told) {
			t.Errorf("%s, that the browser does not tell of", name)
		}
	}
}

package differential

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestSmallest(t *testing.T) {
	large := Question{
		Before: []harness.Request{{From: "https://app.test", URL: "{0}", Method: "PUT"}, {From: "https://app.test", URL: "{0}"}},
		Request: harness.Request{From: "https://app.test", URL: "{0@}", Method: "PATCH", Headers: lines("X-A", "long", "X-B", "1"), Credentials: harness.Include,
			Mode: harness.CORS, Redirect: harness.RedirectFollow, Cache: harness.CacheNoStore, Body: harness.Text("a")},
		Hops: []Hop{
			{Origin: "https://app.test", Path: "/p", Preflight: Answer{Status: 204, Header: lines(acao, "{origin}", acam, "PATCH")}, Reply: Answer{Status: 302, Header: lines("Location", "{1}")}},
			{Origin: "https://cdn.test", Reply: Answer{Drop: true}},
		},
	}
	for _, c := range []struct {
		name    string
		differs func(Question) bool
		want    string
	}{
		{"always", func(Question) bool { return true },
			`{"request":{"from":"https://app.test","url":"{0}"},"hops":[{"origin":"https://api.test","preflight":{},"reply":{}}]}`},
		{"a header", func(q Question) bool { return len(q.Request.Headers.Values("X-B")) > 0 },
			`{"request":{"from":"https://app.test","url":"{0}","headers":[["X-B","1"]]},"hops":[{"origin":"https://api.test","preflight":{},"reply":{}}]}`},
		{"a redirect", func(q Question) bool {
			return slices.Contains(q.Hops[0].Reply.Header.Values("Location"), "{1}") && q.Hops[0].Reply.Status == 302
		},
			`{"request":{"from":"https://app.test","url":"{0}"},"hops":[{"origin":"https://api.test","preflight":{},"reply":{"status":302,"header":[["Location","{1}"]]}},{"origin":"https://api.test","preflight":{},"reply":{}}]}`},
		{"an earlier request", func(q Question) bool { return len(q.Before) == 1 && q.Before[0].Method == "PUT" || len(q.Before) == 2 },
			`{"before":[{"from":"https://app.test","url":"{0}","method":"PUT"}],"request":{"from":"https://app.test","url":"{0}"},"hops":[{"origin":"https://api.test","preflight":{},"reply":{}}]}`},
	} {
		before := large.String()
		if got := Smallest(large, c.differs).String(); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
		if large.String() != before {
			t.Fatalf("%s: the question itself was changed", c.name)
		}
	}
}

func TestSmallestGivesUp(t *testing.T) {
	asked := 0
	q := Draw(1, 1)
	got := Smallest(q, func(Question) bool { asked++; return false })
	if got.String() != q.String() || asked == 0 || asked > attempts {
		t.Errorf("asked %d times, %s", asked, got)
	}
}

func TestKind(t *testing.T) {
	a := kind([]string{`request 1 of 2: PUT https://api.test/r/1/0: origin: the browser "null", the oracle "x"`})
	b := kind([]string{`request 2 of 2: PUT https://cdn.test/r/2/0: origin: the browser "null", the oracle "x"`})
	if a != b || !strings.Contains(a, "origin") || kind(nil) != "" {
		t.Errorf("%q, %q", a, b)
	}
}

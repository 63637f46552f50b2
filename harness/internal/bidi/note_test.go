package bidi

import (
	"strings"
	"testing"
)

// cut is a line as long as Firefox keeps.
func cut(line string) string { return string([]rune(line)[:longestLine]) }

func TestNoteIsAboutAURL(t *testing.T) {
	long := "http://api.test/" + strings.Repeat("long-", 300)
	const blocked = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
	for _, c := range []struct {
		name, text, source, url string
		want                    bool
	}{
		{"a reason follows", blocked + "http://api.test/1. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.", "", "http://api.test/1", true},
		{"the line ends", "Content at http://app.test/ may not load data from http://api.test/1.", "", "http://api.test/1", true},
		{"a longer URL", blocked + "http://api.test/12. (Reason: x).", "", "http://api.test/1", false},
		{"a longer URL first", blocked + "http://api.test/12 and http://api.test/1.", "", "http://api.test/1", true},
		{"a fragment", blocked + "http://api.test/1#part. (Reason: x).", "", "http://api.test/1", true},
		{"quotes", "Upgrading insecure request ‘http://api.test/1’ to use ‘https’", "", "http://api.test/1", true},
		{"the source", "A line without a URL", "http://api.test/1", "http://api.test/1", true},
		{"a user name that Firefox writes in its own way", blocked + "http://a'b:c@api.test/1. (Reason: x).", "", "http://a%27b:c@api.test/1", true},
		{"a user name that the question alone has", blocked + "http://api.test/1. (Reason: x).", "", "http://ann:pw@api.test/1", true},
		{"a reason that repeats what a server sent", blocked + "http://api.test/1. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘data:,a’).", "", "data:", false},
		{"no URL", blocked, "", "", false},
		{"cut off in the URL", cut(blocked + long), "", long, true},
		{"cut off in a URL that begins alike", cut(blocked + long), "", strings.Replace(long, "long-long-", "long-", 1) + "x", true},
		{"cut off in another URL", cut(blocked + strings.Replace(long, "api", "cdn", 1)), "", long, false},
		{"cut off in a URL that differs later", cut(blocked + long[:700] + "x" + long[700:]), "", long, false},
		{"cut off after the URL", cut(blocked + "http://api.test/1. " + strings.Repeat("x", 1000)), "", "http://api.test/1", true},
		{"short, and the URL goes on", blocked + long[:600], "", long, false},
		{"cut off, and a short URL goes on", cut(strings.Repeat("x", 990) + "http://api.test/1"), "", "http://api.test/1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (note{Text: c.text, Source: c.source}).about(c.url); got != c.want {
				t.Errorf("about %q: %v", c.url, got)
			}
		})
	}
}

func TestSameURL(t *testing.T) {
	for _, c := range []struct {
		requested, target string
		want              bool
	}{
		{"http://api.test/1", "http://api.test/1", true},
		{"http://api.test/12", "http://api.test/1", false},
		{"http://ann:pw@api.test/1", "http://api.test/1", true},
		{"http://api.test/?to=http://ann@cdn.test/", "http://api.test/", false},
		{"data:;BASE64,YQ==", "data:; BASE64 ,YQ==", true},
		{"data:,b", "data:,a", false},
		{"http://api.test/a%20b", "http://api.test/ab", false},
	} {
		if got := sameURL(c.requested, c.target); got != c.want {
			t.Errorf("%q, %q: %v", c.requested, c.target, got)
		}
	}
}

// Questions whose lines could not be told apart have the same turn.
func TestTurnOf(t *testing.T) {
	long := "https://api.test/" + strings.Repeat("long-", 300)
	for _, two := range [][2]string{{long + "a", long + "b"}, {"http://api.test/", "https://api.test/"}} {
		if turnOf(two[0]) != turnOf(two[1]) {
			t.Errorf("%q, %q: two turns", two[0], two[1])
		}
	}
	if turnOf("https://api.test/1") == turnOf("https://api.test/2") {
		t.Error("two short URLs have one turn")
	}
}

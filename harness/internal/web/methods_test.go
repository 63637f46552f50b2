package web

import (
	"slices"
	"testing"
)

// checkTable checks that is holds for the members of a list, and for no others.
func checkTable(t *testing.T, what string, is func(string) bool, members, others []string) {
	t.Helper()
	for _, m := range members {
		if !is(m) {
			t.Errorf("%s: %q is missing", what, m)
		}
	}
	for _, o := range others {
		if is(o) {
			t.Errorf("%s: %q is wrongly included", what, o)
		}
	}
}

func TestMethods(t *testing.T) {
	checkTable(t, "safe", IsSafeMethod,
		[]string{"", "GET", "HEAD", "OPTIONS", "TRACE", "get", "Head", "options"},
		[]string{"POST", "PUT", "PATCH", "DELETE", "CONNECT", "QUERY", "trace", "GE", "GETS", "post"})
	checkTable(t, "CORS-safelisted", IsCORSSafelistedMethod,
		[]string{"GET", "HEAD", "POST"},
		[]string{"", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "get", "Post"})
	checkTable(t, "forbidden", IsForbiddenMethod,
		[]string{"CONNECT", "TRACE", "TRACK", "connect", "Trace", "tracK"},
		[]string{"", "GET", "OPTIONS", "DELETE", "TRACES", "trac\u212A"})
	for given, want := range map[string]string{
		"delete": "DELETE", "get": "GET", "head": "HEAD", "options": "OPTIONS", "post": "POST", "put": "PUT", "gEt": "GET", "PUT": "PUT",
		"patch": "patch", "PATCH": "PATCH", "query": "query", "trace": "trace", "Chicken": "Chicken", "": "",
	} {
		if got := NormalizeMethod(given); got != want {
			t.Errorf("NormalizeMethod(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestIsPreflight(t *testing.T) {
	for _, test := range []struct {
		method string
		names  []string
		want   bool
	}{
		{"OPTIONS", []string{"Origin", "Access-Control-Request-Method"}, true},
		{"OPTIONS", []string{"access-control-request-method"}, true},
		{"OPTIONS", []string{"Origin", "Access-Control-Request-Headers"}, false},
		{"OPTIONS", nil, false},
		{"options", []string{"Access-Control-Request-Method"}, false},
		{"GET", []string{"Access-Control-Request-Method"}, false},
	} {
		if got := IsPreflight(test.method, slices.Values(test.names)); got != test.want {
			t.Errorf("%s %v: %v", test.method, test.names, got)
		}
	}
}

func TestStatuses(t *testing.T) {
	redirects := []int{301, 302, 303, 307, 308}
	for status := -1; status < 1000; status++ {
		if got, want := IsRedirectStatus(status), slices.Contains(redirects, status); got != want {
			t.Errorf("%d redirects: %v", status, got)
		}
		if got, want := IsOKStatus(status), status/100 == 2; got != want {
			t.Errorf("%d is ok: %v", status, got)
		}
	}
}

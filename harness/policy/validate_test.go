package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// said is a problem with the guess.
func said(problem, meant string) string {
	if meant == "" {
		return problem
	}
	return problem + " -> " + meant
}

// compare checks each value.
func compare(t *testing.T, what string, problemOf func(string) (problem, meant string), want map[string]string) {
	t.Helper()
	for value, want := range want {
		if got := said(problemOf(value)); got != want && !(strings.HasSuffix(want, "...") && strings.HasPrefix(got, strings.TrimSuffix(want, "..."))) {
			t.Errorf("%s %q: %q, want %q", what, value, got, want)
		}
	}
}

func TestOriginProblems(t *testing.T) {
	compare(t, "origin", originProblem, map[string]string{
		"https://app.acme.com":         "",
		"http://localhost:3000":        "",
		"http://127.0.0.1:8080":        "",
		"http://[::1]:8080":            "",
		"https://xn--bcher-kva.test":   "",
		"https://app.acme.com.":        "",
		"":                             "empty...",
		"*":                            "* cannot be in a list of origins -> origins: any",
		"null":                         "every opaque origin sends null, so null names no single page -> allowNull: true",
		"https://a.test,https://b.te":  "several origins in one text -> [https://a.test, https://b.te]",
		"https://a.test, https://b.te": "several origins in one text -> [https://a.test, https://b.te]",
		"https://*.acme.com":           "an origin is not a pattern: it is compared byte for byte -> Subdomains: https://acme.com",
		"https://app*.acme.com":        starProblem,
		"*.acme.com":                   starProblem + " -> https://*.acme.com",
		"app.acme.com":                 "an origin has a scheme -> https://app.acme.com",
		"localhost:3000":               "an origin has a scheme -> http://localhost:3000",
		"app.acme.com/":                "not an origin...",
		"acme":                         "not an origin...",
		"https://":                     "not an origin...",
		"https://a b":                  "not an origin...",
		"https://app.acme.com:x":       "not an origin...",
		"capacitor://localhost":        "",
		"chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh": "",
		"chrome-extension://ABC":                              "the id of an extension is 32 letters from a to p",
		"capacitor:/localhost":                                "an origin has two slashes after its scheme -> capacitor://localhost",
		"tauri://localhost/":                                  "an origin has no path -> tauri://localhost",
		"moz-extension://a":                                   "the host is a UUID in lower case, which Firefox gives each installation",
		"app://*":                                             starProblem,
		"ftp://app.acme.com":                                  "corsproof cannot make a page of this scheme: want http or https",
		"file:///tmp/x.html":                                  "corsproof cannot make a page of this scheme: want http or https",
		"https://app.acme.com/":                               "an origin does not end with a slash -> https://app.acme.com",
		"https://app.acme.com/path":                           "an origin has no path -> https://app.acme.com",
		"https://app.acme.com/path/":                          "an origin has no path -> https://app.acme.com",
		"https://app.acme.com?a":                              "an origin has no path -> https://app.acme.com",
		"https://app.acme.com#a":                              "an origin has no path -> https://app.acme.com",
		"https://App.Acme.com":                                "browsers write an origin in lower case -> https://app.acme.com",
		"HTTPS://app.acme.com":                                "browsers write an origin in lower case -> https://app.acme.com",
		"https://app.acme.com:443":                            "browsers leave the default port out -> https://app.acme.com",
		"http://app.acme.com:80":                              "browsers leave the default port out -> http://app.acme.com",
		"https://bücher.test":                                 "browsers write this origin differently -> https://xn--bcher-kva.test",
		"https://127.1":                                       "browsers write this origin differently -> https://127.0.0.1",
		"https://a:b@app.acme.com":                            "an origin has no user name -> https://app.acme.com",
	})
}

func TestSubdomainsProblems(t *testing.T) {
	compare(t, "subdomains", subdomainsProblem, map[string]string{
		"https://acme.com":      "",
		"capacitor://localhost": "an app has no subdomains: list the origin",
		"https://acme.com:8443": "",
		"http://localhost:3000": "",
		"https://*.acme.com":    "write the origin above the sub-domains, without a star -> https://acme.com",
		"https://*.acme.com/":   "an origin does not end with a slash -> https://acme.com",
		"acme.com":              "an origin has a scheme -> https://acme.com",
		"https://127.0.0.1":     "an address has no subdomains",
		"https://[::1]":         "an address has no subdomains",
		"https://com":           "a public suffix: anybody can register a name under it",
		"https://co.uk":         "a public suffix: anybody can register a name under it",
		"https://github.io":     "a public suffix: anybody can register a name under it",
	})
}

func TestMethodProblems(t *testing.T) {
	compare(t, "method", methodProblem, map[string]string{
		"GET": "", "PATCH": "", "PROPFIND": "", "X-Y": "",
		"":          "empty: want a method such as GET",
		"put":       "methods are compared byte for byte, and are written in upper case -> PUT",
		"get, put":  "several methods in one text -> [GET, PUT]",
		"GE(T":      "not a method: want an HTTP token such as GET",
		"CONNECT":   "no page can use it: fetch() refuses it",
		"trace":     "no page can use it: fetch() refuses it",
		"M-SEARCH":  "",
		"Frobnicat": "methods are compared byte for byte, and are written in upper case -> FROBNICAT",
	})
}

func TestHeaderProblems(t *testing.T) {
	compare(t, "request header", requestHeaderProblem, map[string]string{
		"Authorization": "", "content-type": "", "X-A": "",
		"":                "empty: want the name of a header",
		"X-A, X-B":        "several names in one text -> [X-A, X-B]",
		"X-A: 1":          "want only the name, without colon and value -> X-A",
		"X(A)":            "not the name of a header: want an HTTP token",
		"Cookie":          forbiddenHeader,
		"origin":          forbiddenHeader,
		"Sec-Fetch-Mode":  forbiddenHeader,
		"Proxy-Anything":  forbiddenHeader,
		"Accept-Encoding": forbiddenHeader,
	})
	compare(t, "response header", exposeHeaderProblem, map[string]string{
		"X-Total": "", "ETag": "", "Origin": "",
		"Set-Cookie": "no page can read it: browsers keep cookies to themselves",
		"set-cookie": "no page can read it: browsers keep cookies to themselves",
		"X-A,X-B":    "several names in one text -> [X-A, X-B]",
	})
}

func TestPathProblems(t *testing.T) {
	compare(t, "path", pathProblem, map[string]string{
		"/": "", "/v1/me": "", "/v1/me/": "", "/search?q=a%20b": "", "/a,b;c": "",
		"":                      "missing: give a path of the target, such as /v1/me",
		"v1/me":                 "a path begins with a slash -> /v1/me",
		"//v1":                  "two slashes begin a host, not a path -> /v1",
		"https://a.test/v1?b=c": "want a path of the target, without scheme and host -> /v1?b=c",
		"/v1/*":                 "want a path that the server has, not a pattern",
		"/users/{id}":           "want a path that the server has, not a pattern",
		"/v1#top":               "a fragment is never sent -> /v1",
		"/a/../b":               "browsers write this path differently -> /b",
		"/a b":                  "browsers write this path differently -> /a%20b",
		"/ü":                    "browsers write this path differently -> /%C3%BC",
	})
}

// A policy from Go has the same faults as a policy from a file, without places.
func TestValidate(t *testing.T) {
	err := Policy{
		Target: "https://user:pass@api.acme.com",
		Rules: Rules{
			Origins: Origins{Any: true, None: true}, Methods: Names{"GET", "*"}, RequestHeaders: Names{"X-A", "x-a"}, ExposeHeaders: Names{"*"}, MaxAge: new(-1),
		},
		Resources: []Resource{{Path: "/a"}, {Path: "/a", Rules: Rules{Origins: Origins{Subdomains: []string{"https://com"}}}}},
		Ask: Ask{
			Headers: harness.Header{{Name: "Authorization", Value: "Bearer abc\n"}, {Name: "X-B", Value: "1"}},
			Unsafe:  "preflght", Rate: Rate{Questions: 1}, Concurrency: -1, TimeLimit: -time.Second,
		},
	}.Validate()
	want := `target: an origin has no user name; did you mean https://api.acme.com?
origins: want one of any, none and a list
methods[1] "*": * cannot be in a list; did you mean methods: any?
requestHeaders[1] "x-a": listed already at requestHeaders[0]
maxAge "-1": want seconds: 0 means that no answer is kept; did you mean 0?
resources[1].path "/a": resources[0] has this path already
resources[1].origins.subdomains[0] "https://com": a public suffix: anybody can register a name under it
ask.headers.Authorization: its value has a character that no header can carry
ask.unsafe "preflght": want preflight or send; did you mean preflight?
ask.rate: want questions in a time, such as 10/s, 100/m or 1000/h
ask.concurrency "-1": want how many questions may be in flight, 1 or more
ask.timeLimit "-1s": want a time such as 30s or 2m
ask.headers.Authorization: requestHeaders allow no header, so every preflight would be refused; did you mean requestHeaders: [Authorization]?
ask.headers.X-B: requestHeaders allow no header, so every preflight would be refused; did you mean requestHeaders: [X-B]?`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

// A fault in an inherited field is returned once.
func TestInheritedFaultsAreSaidOnce(t *testing.T) {
	p := Policy{
		Target:    "https://api.acme.com",
		Rules:     Rules{Origins: Origins{List: []string{"https://api.acme.com"}}, AllowNull: new(true), Credentials: new(true)},
		Resources: []Resource{{Path: "/a"}, {Path: "/b"}},
	}
	if faults := Faults(p.Validate()); len(faults) != 2 || faults[0].Path != "origins[0]" || faults[1].Path != "allowNull" {
		t.Errorf("%v", faults)
	}
}

// A field that no resource inherits causes no fault.
func TestIntentIsThatOfResources(t *testing.T) {
	p := Policy{
		Target: "https://api.acme.com",
		Rules:  Rules{Origins: Origins{Any: true}, Credentials: new(true)},
		Resources: []Resource{
			{Path: "/a", Rules: Rules{Credentials: new(false)}},
			{Path: "/b", Rules: Rules{Origins: Origins{List: []string{"https://app.acme.com"}}}},
		},
	}
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
}

func TestFaultsOfOtherErrors(t *testing.T) {
	if got := Faults(nil); got != nil {
		t.Errorf("%v", got)
	}
}

// Only one of any, none and a list can be given, in every pair. A list may have subdomains.
func TestOriginsAreOneKind(t *testing.T) {
	list := []string{"https://app.acme.com"}
	for name, test := range map[string]struct {
		origins Origins
		many    bool
	}{
		"any": {Origins{Any: true}, false}, "none": {Origins{None: true}, false}, "a list": {Origins{List: list}, false}, "subdomains": {Origins{Subdomains: list}, false},
		"any and none": {Origins{Any: true, None: true}, true}, "any and a list": {Origins{Any: true, List: list}, true}, "any and subdomains": {Origins{Any: true, Subdomains: list}, true},
		"none and a list": {Origins{None: true, List: list}, true}, "none and subdomains": {Origins{None: true, Subdomains: list}, true}, "both lists": {Origins{List: list, Subdomains: list}, false},
	} {
		err := Policy{Target: "https://api.acme.com", Rules: Rules{Origins: test.origins}}.Validate()
		if many := err != nil && strings.Contains(err.Error(), "want one of any, none and a list"); many != test.many {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A rate needs a number of questions and a time.
func TestRates(t *testing.T) {
	for rate, faulty := range map[Rate]bool{
		{}: false, {Questions: 1, Per: time.Second}: false, {Questions: 1}: true, {Per: time.Second}: true, {Questions: -1, Per: time.Second}: true, {Questions: 1, Per: -1}: true,
	} {
		err := Policy{Target: "https://api.acme.com", Rules: Rules{Origins: Origins{Any: true}}, Ask: Ask{Rate: rate}}.Validate()
		if (err != nil) != faulty {
			t.Errorf("%+v: %v", rate, err)
		}
	}
}

// A star in a list is one fault, however often it stands there.
func TestStarsInAList(t *testing.T) {
	err := Policy{Target: "https://api.acme.com", Rules: Rules{Origins: Origins{Any: true}, Methods: Names{"GET", "*", "*"}}}.Validate()
	for _, f := range Faults(err) {
		if f.Problem != "* cannot be in a list" {
			t.Errorf("%+v", f)
		}
	}
	if len(Faults(err)) != 2 {
		t.Errorf("%v", err)
	}
}

// A pattern has one star, which is the first label of the host.
func TestCutStar(t *testing.T) {
	for pattern, want := range map[string]string{
		"https://*.acme.com": "https://acme.com", "http://*.localhost:3000": "http://localhost:3000", "https://*.acme.com/": "https://acme.com/",
		"https://acme.com": "", "https://*.*.acme.com": "", "https://a*.acme.com": "", "https://a.*.com": "", "*.acme.com": "", "*": "", "https://*": "", "*://*.acme.com": "",
	} {
		base, ok := cutStar(pattern)
		if ok != (want != "") || ok && base != want {
			t.Errorf("%s: %q, %t; want %q", pattern, base, ok, want)
		}
	}
}

package policy

import (
	"slices"
	"strings"
	"testing"
)

// The complete texts of faults.
func TestFaultText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"all at once, in the order of the source": {
			"target: https://api.acme.com/\norigin: [https://app.acme.com/]\ncredentials: yes\nmethods: [get, '*']\n" +
				"ask: {headers: {Authorization: \"Bearer abc\", Cookie: x}, unsafe: sned, rate: 10}\n",
			`p.yaml:1:9: target "https://api.acme.com/": an origin does not end with a slash: paths belong to resources; did you mean https://api.acme.com?
    1 | target: https://api.acme.com/
      |         ^
p.yaml:2:1: origin: no such key: want target, origins, allowNull, credentials, methods, requestHeaders, exposeHeaders, maxAge, errors, redirects, resources, ask; did you mean origins?
    2 | origin: [https://app.acme.com/]
      | ^
p.yaml:2:10: origins[0] "https://app.acme.com/": an origin does not end with a slash; did you mean https://app.acme.com?
    2 | origin: [https://app.acme.com/]
      |          ^
p.yaml:3:14: credentials "yes": want true or false, not a text; did you mean true?
    3 | credentials: yes
      |              ^
p.yaml:4:11: methods[0] "get": methods are compared byte for byte, and are written in upper case; did you mean GET?
    4 | methods: [get, '*']
      |           ^
p.yaml:4:16: methods[1] "*": * cannot be in a list; did you mean methods: any?
    4 | methods: [get, '*']
      |                ^
p.yaml:5:46: ask.headers.Cookie: no page can set it: the browser drops it without a message
    5 | ask: {headers: {Authorization: (hidden), Cookie: (hidden)}, unsafe: sned, rate: 10}
      |                                          ^
p.yaml:5:66: ask.unsafe "sned": want preflight or send; did you mean send?
    5 | ...{Authorization: (hidden), Cookie: (hidden)}, unsafe: sned, rate: 10}
      |                                                         ^
p.yaml:5:78: ask.rate "10": want questions in a time, such as 10/s, 100/m or 1000/h
    5 | ...on: (hidden), Cookie: (hidden)}, unsafe: sned, rate: 10}
      |                                                         ^`,
		},
		"combinations with inherited fields": {
			"target: https://api.acme.com\norigins: [https://app.acme.com]\ncredentials: true\nresources:\n- path: /a\n- path: /b\n  origins: any\n- path: /c\n  allowNull: true\n",
			`p.yaml:7:12: resources[1].origins "any": any origin with credentials: every site could read what the signed-in user can, and browsers refuse * with credentials; did you mean credentials: false, or a list of origins?
    7 |   origins: any
      |            ^
p.yaml:9:14: resources[2].allowNull "true": null with credentials: every site can make a page whose origin is null, in a sandboxed frame; did you mean allowNull: false, or credentials: false?
    9 |   allowNull: true
      |              ^`,
		},
		"a variable": {
			"target: https://${HOST}\norigins: [\"${SCHEME}://app.acme.com/\", \"${ORIGIN}/\"]\n",
			`p.yaml:1:9: target "https://${HOST}": the variable HOST is not set in the environment
    1 | target: https://${HOST}
      |         ^
p.yaml:2:11: origins[0] "${SCHEME}://app.acme.com/": the variable SCHEME is not set in the environment
    2 | origins: ["${SCHEME}://app.acme.com/", "${ORIGIN}/"]
      |           ^
p.yaml:2:40: origins[1] "${ORIGIN}/": an origin does not end with a slash
    2 | origins: ["${SCHEME}://app.acme.com/", "${ORIGIN}/"]
      |                                        ^`,
		},
		"two variables under ask": {
			"target: https://a.test\norigins: any\nask:\n  headers: {Authorization: \"Bearer ${NOPE1}\"}\n  cookies: {sid: \"${NOPE2}\"}\n",
			`p.yaml:4:13: ask.headers.Authorization: the variable NOPE1 is not set in the environment
    4 |   headers: {Authorization: (hidden)}
      |             ^
p.yaml:5:13: ask.cookies.sid: the variable NOPE2 is not set in the environment
    5 |   cookies: {sid: (hidden)}
      |             ^`,
		},
		"a list that mixes": {
			"target: https://api.acme.com\norigins:\n- {subdomains: [https://acme.com, https://com]}\n- https://*.acme.com\n- https://*.shop.test/\n- https://*.co.uk\n- \"*.b.test\"\n- https://b*.test\n" +
				"- {subdomains: []}\n- {}\n- {subdomain: [https://c.test]}\n- any\n- https://api.acme.com\nresources: [{path: /v1/*}]\n",
			`p.yaml:3:35: origins[0].subdomains[1] "https://com": a public suffix: anybody can register a name under it
    3 | - {subdomains: [https://acme.com, https://com]}
      |                                   ^
p.yaml:4:3: origins[1] "https://*.acme.com": listed already at origins[0].subdomains[0]
    4 | - https://*.acme.com
      |   ^
p.yaml:5:3: origins[2] "https://*.shop.test/": an origin does not end with a slash; did you mean https://*.shop.test?
    5 | - https://*.shop.test/
      |   ^
p.yaml:6:3: origins[3] "https://*.co.uk": a public suffix: anybody can register a name under it
    6 | - https://*.co.uk
      |   ^
p.yaml:7:3: origins[4] "*.b.test": the star of a pattern is the whole first label of the host, after a scheme, as in https://*.example.com; did you mean https://*.b.test?
    7 | - "*.b.test"
      |   ^
p.yaml:8:3: origins[5] "https://b*.test": the star of a pattern is the whole first label of the host, after a scheme, as in https://*.example.com
    8 | - https://b*.test
      |   ^
p.yaml:9:16: origins[6].subdomains: an empty list allows no origin: give an origin, or remove the item
    9 | - {subdomains: []}
      |                ^
p.yaml:10:3: origins[7]: want subdomains in it, such as {subdomains: [https://example.com]}
   10 | - {}
      |   ^
p.yaml:11:4: origins[8].subdomain: no such key: want subdomains; did you mean subdomains?
   11 | - {subdomain: [https://c.test]}
      |    ^
p.yaml:12:3: origins[9] "any": any is a value of its own, not an item of a list; did you mean origins: any?
   12 | - any
      |   ^
p.yaml:13:3: origins[10] "https://api.acme.com": the target's own origin: it may always read, and no browser asks for permission
   13 | - https://api.acme.com
      |   ^
p.yaml:14:20: resources[0].path "/v1/*": want a path that the server has, not a pattern
   14 | resources: [{path: /v1/*}]
      |                    ^`,
		},
		"a key under a wrong name, with faults in it": {
			"target: https://a.test\norigin: [https://b.test/]\nask: {header: {X-Custom: \"${NOPE}\"}, headrs: {X-A: \"${NOPE}\"}}\n",
			`p.yaml:2:1: origin: no such key: want target, origins, allowNull, credentials, methods, requestHeaders, exposeHeaders, maxAge, errors, redirects, resources, ask; did you mean origins?
    2 | origin: [https://b.test/]
      | ^
p.yaml:2:10: origins[0] "https://b.test/": an origin does not end with a slash; did you mean https://b.test?
    2 | origin: [https://b.test/]
      |          ^
p.yaml:3:7: ask.header: no such key: want headers, cookies, ca, resolve, unsafe, rate, concurrency, timeLimit; did you mean headers?
    3 | ask: {header: {X-Custom: (hidden)}, headrs: {X-A: (hidden)}}
      |       ^
p.yaml:3:16: ask.headers.X-Custom: the variable NOPE is not set in the environment
    3 | ask: {header: {X-Custom: (hidden)}, headrs: {X-A: (hidden)}}
      |                ^
p.yaml:3:38: ask.headrs: no such key: want headers, cookies, ca, resolve, unsafe, rate, concurrency, timeLimit; did you mean headers?
    3 | ask: {header: {X-Custom: (hidden)}, headrs: {X-A: (hidden)}}
      |                                     ^`,
		},
		"no YAML": {
			"target: https://api.acme.com\norigins: *\n",
			`p.yaml:2:11: not YAML: a bare * begins an alias; did you mean any?
    2 | origins: *
      |           ^`,
		},
		"YAML that breaks off": {
			"target: https://api.acme.com\norigins: [https://app.acme.com\n",
			`p.yaml:2:10: not YAML: did not find expected ',' or ']' while parsing a flow sequence
    2 | origins: [https://app.acme.com
      |          ^`,
		},
		"a tab": {
			"target: https://api.acme.com\norigins:\n\t- https://app.acme.com\n",
			"p.yaml:3:1: not YAML: found character that cannot start any token while scanning for the next token\n    3 | \t- https://app.acme.com\n      | ^",
		},
		"nothing":          {"# nothing\n", "p.yaml:1:1: empty: want a policy, with target and origins\n    1 | # nothing\n      | ^"},
		"two documents":    {"target: https://a.test\n---\na: b\n", "p.yaml:2:1: a second document: a file has one policy\n    2 | ---\n      | ^"},
		"a control":        {"target: https://a.test\norigins: \x01any\n", "p.yaml:2:10: a character that no YAML can have: want UTF-8 without control characters\n    2 | origins: \x01any\n      |          ^"},
		"no UTF-8":         {"target: \xff\n", "p.yaml:1:9: a character that no YAML can have: want UTF-8 without control characters\n    1 | target: \ufffd\n      |         ^"},
		"a list":           {"- a\n", "p.yaml:1:1: want keys with values, not a list\n    1 | - a\n      | ^"},
		"a key twice":      {"target: https://a.test\norigins: any\ntarget: https://b.test\n", "p.yaml:3:1: target: the key stands twice: first in line 1\n    3 | target: https://b.test\n      | ^"},
		"an unknown alias": {"target: https://a.test\norigins: *who\n", "p.yaml:2:10: not YAML: unknown anchor referenced\n    2 | origins: *who\n      |          ^"},
	} {
		_, err := Parse("p.yaml", []byte(c.text), func(name string) (string, bool) { return "https://hidden.example", name == "ORIGIN" })
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, c.want)
		}
	}
}

// One fault each: the line of the file, and the text of the fault.
func TestFaults(t *testing.T) {
	const head = "target: https://api.acme.com\n"
	for text, want := range map[string]string{
		"origins: any":                                                      `1:1: target: missing: give the origin of the server, such as https://api.example.com`,
		"target: https://api.acme.com":                                      `1:1: origins: missing: give the origins of the pages that may read: any, none, a list or subdomains`,
		head + "origins:":                                                   `2:1: origins: no value: give one, or remove the key`,
		head + "origins: \"*\"":                                             `2:10: origins "*": want any, none, a list, or {subdomains: [...]}; did you mean any?`,
		head + "origins: https://app.acme.com":                              `2:10: origins "https://app.acme.com": want any, none, a list, or {subdomains: [...]}; did you mean [https://app.acme.com]?`,
		head + "origins: true":                                              `2:10: origins "true": want any, none, a list, or {subdomains: [...]}, not true or false`,
		head + "origins: [null]":                                            `2:11: origins[0] "null": want an origin, a pattern such as https://*.example.com, or {subdomains: [...]}, not nothing; did you mean allowNull: true?`,
		head + "origins: [[a]]":                                             `2:11: origins[0]: want an origin, a pattern such as https://*.example.com, or {subdomains: [...]}, not a list`,
		head + "origins: {subdomain: [https://a.test]}":                     `2:11: origins.subdomain: no such key: want subdomains; did you mean subdomains?`,
		head + "origins: {subdomains: []}":                                  `2:23: origins.subdomains: an empty list allows no origin; did you mean none?`,
		head + "origins: none\nallowNull: true":                             `3:12: allowNull "true": origins: none excludes every page, and allowNull: true allows null: remove one of the two`,
		head + "origins: any\nallowNull: false":                             `3:12: allowNull "false": any origin except null excludes no site: every site can also ask as null. Remove allowNull, or list the origins`,
		head + "origins: [https://api.acme.com, https://a.test]":            `2:11: origins[0] "https://api.acme.com": the target's own origin: it may always read, and no browser asks for permission`,
		head + "origins: [https://a.test, https://a.test]":                  `2:27: origins[1] "https://a.test": listed already at origins[0]`,
		head + "origins: any\nmethods: GET, PUT":                            `3:10: methods "GET, PUT": want any or a list; did you mean [GET, PUT]?`,
		head + "origins: any\nmethods: [\"*\"]":                             `3:11: methods[0] "*": * cannot be in a list; did you mean any?`,
		head + "origins: any\nmethods: \"*\"":                               `3:10: methods "*": want any or a list; did you mean any?`,
		head + "origins: any\nmethods: none":                                `3:10: methods "none": want any or a list; did you mean []?`,
		head + "origins: any\nmethods: [\"*\", PUT]":                        `3:11: methods[0] "*": * cannot be in a list; did you mean methods: any?`,
		head + "origins: any\nmethods: [1]":                                 `3:11: methods[0] "1": want a text, not a number`,
		head + "origins: any\nmaxAge: 10m":                                  `3:9: maxAge "10m": want a whole number of seconds, such as 600; 0 means that no answer is kept`,
		head + "origins: any\nmaxAge: 10s":                                  `3:9: maxAge "10s": want a whole number of seconds, such as 600; 0 means that no answer is kept; did you mean 10?`,
		head + "origins: any\nmaxAge: -1":                                   `3:9: maxAge "-1": want a whole number of seconds, such as 600; 0 means that no answer is kept`,
		head + "origins: any\nmaxAge: \"600\"":                              `3:9: maxAge "600": want a whole number of seconds, such as 600; 0 means that no answer is kept; did you mean 600?`,
		head + "origins: any\nallowedHeaders: [X-A]":                        `3:1: allowedHeaders: no such key: want target, origins, allowNull, credentials, methods, requestHeaders, exposeHeaders, maxAge, errors, redirects, resources, ask; did you mean requestHeaders?`,
		head + "origins: any\nrate: 10/s":                                   `3:1: rate: no such key: want target, origins, allowNull, credentials, methods, requestHeaders, exposeHeaders, maxAge, errors, redirects, resources, ask; did you mean ask.rate?`,
		head + "origins: any\n<<: {a: b}":                                   `3:1: <<: merge keys are not allowed: resources inherit without them`,
		head + "origins: any\n? [a]\n: b":                                   `3:3: want a key, not a list`,
		head + "origins: any\nresources: []":                                `3:12: resources: an empty list: to ask for / alone, remove the key`,
		head + "origins: any\nresources: [/a]":                              `3:13: resources[0] "/a": want a mapping with a path; did you mean {path: /a}?`,
		head + "origins: any\nresources: [{}]":                              `3:13: resources[0].path: missing: give a path of the target, such as /v1/me`,
		head + "resources: [{path: /a}, {path: /b, origins: any}]":          `2:13: resources[0].origins: missing: give the origins of the pages that may read: any, none, a list or subdomains`,
		head + "origins: any\nresources: [{path: /a}, {path: /a}]":          `3:32: resources[1].path "/a": resources[0] has this path already`,
		head + "origins: any\nresources: [{path: /a, target: b}]":           `3:24: resources[0].target: no such key: want path, origins, allowNull, credentials, methods, requestHeaders, exposeHeaders, maxAge, errors, redirects; did you mean target at the top?`,
		head + "origins: any\nask: {concurrency: 0}":                        `3:20: ask.concurrency "0": want how many questions may be in flight, 1 or more`,
		head + "origins: any\nask: {timeLimit: 30}":                         `3:18: ask.timeLimit "30": want a time such as 30s or 2m; did you mean 30s?`,
		head + "origins: any\nask: {rate: 0/s}":                             `3:13: ask.rate "0/s": want questions in a time, such as 10/s, 100/m or 1000/h`,
		head + "origins: any\nask: {headers: {X A: b}}":                     `3:17: ask.headers.X A: several names in one text; did you mean [X, A]?`,
		head + "origins: any\nask: {headers: {X-A: [b]}}":                   `3:17: ask.headers.X-A: want a text, not a list`,
		head + "origins: any\nask: {headers: [a]}":                          `3:16: ask.headers: want keys with values, not a list`,
		head + "origins: any\nask: {headers: {Origin: b}}":                  `3:17: ask.headers.Origin: no page can set it: the browser drops it without a message`,
		head + "origins: any\nrequestHeaders: []\nask: {headers: {X-A: b}}": `4:17: ask.headers.X-A: requestHeaders allow no header, so every preflight would be refused; did you mean requestHeaders: [X-A]?`,
	} {
		_, err := Parse("p.yaml", []byte(text), nil)
		faults := Faults(err)
		if len(faults) != 1 {
			t.Errorf("%q: %d faults, want 1:\n%v", text, len(faults), err)
			continue
		}
		got, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "p.yaml:"), "\n")
		if got != want {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
		if f := faults[0]; f.File != "p.yaml" || f.Line < 1 || f.Column < 1 || f.Excerpt == "" {
			t.Errorf("%q: no place: %+v", text, f)
		}
	}
}

// A field that cannot be read hides no fault of a resource that has its own value.
func TestBrokenFieldsHideOnlyWhatInheritsThem(t *testing.T) {
	_, err := Parse("p.yaml", []byte("target: https://api.acme.com\norigins: 1\ncredentials: true\nresources:\n- path: /a\n- path: /b\n  origins: any\n"), nil)
	var paths []string
	for _, f := range Faults(err) {
		paths = append(paths, f.Path)
	}
	if want := []string{"origins", "resources[1].origins"}; !slices.Equal(paths, want) {
		t.Errorf("faults at %v, want %v:\n%v", paths, want, err)
	}
}

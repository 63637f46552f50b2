package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// refusedHeaders are the headers that the preflight asked for and that its answer does not
// list. https://fetch.spec.whatwg.org/#cors-preflight-fetch
func refusedHeaders(c *patient) (refused []string) {
	var allowed []string
	for _, name := range c.by.ResponseHeaders.Items(web.NameAllowHeaders) {
		allowed = append(allowed, strings.ToLower(name))
	}
	any := c.d.Seen.Request.Credentials != harness.Include && slices.Contains(allowed, "*")
	for _, name := range c.by.RequestHeaders.Items(web.NameRequestHeaders) {
		if !slices.Contains(allowed, strings.ToLower(name)) && (!any || web.IsNonWildcardRequestHeaderName(name)) {
			refused = append(refused, name)
		}
	}
	if name := c.d.Seen.Parameter; name != "" && !slices.Contains(refused, name) { // not every browser names one
		return []string{name}
	}
	return refused
}

// passesWithout judges by the question without the refused headers or the refused method.
func passesWithout(c *patient) judgement {
	if readable(c.without(refusedHeaders(c)...)) {
		return proved
	}
	return open
}

// withoutShows tells that the preflight passes without what was refused.
func (c *patient) withoutShows() []string {
	what := "as a plain GET"
	if c.d.Seen.Reason == harness.HeaderDisallowedByPreflightResponse {
		what = "without " + strings.Join(refusedHeaders(c), ", ")
	}
	return append(c.shows(withoutThat, harness.Readable, what+", the same question passes"),
		c.shows(withoutThat, harness.Blocked, what+", the same question is blocked, too")...)
}

// byLibrary says whether libraries in the page add all headers that were refused.
func byLibrary(c *patient) bool {
	refused := refusedHeaders(c)
	return len(refused) > 0 && !slices.ContainsFunc(refused, func(name string) bool { return web.LibraryOf(name) == "" })
}

// starIsName says whether the list has a * that is a plain name, because the page asks with
// credentials. https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func starIsName(c *patient) bool {
	return c.d.Seen.Request.Credentials == harness.Include && slices.Contains(c.by.ResponseHeaders.Items(listOf(c)), "*")
}

// listOf is the name of the list that the reason is about.
func listOf(c *patient) string {
	switch c.d.Seen.Reason {
	case harness.MethodDisallowedByPreflightResponse, harness.InvalidAllowMethodsPreflightResponse:
		return web.NameAllowMethods
	}
	return web.NameAllowHeaders
}

// list is the list, as it was sent.
func list(c *patient) string {
	value, present := c.shown.ResponseHeaders.Get(listOf(c))
	if !present {
		return "the answer has no " + listOf(c)
	}
	return "the answer has " + listOf(c) + ": " + value
}

// lists are the causes that lie in the lists of a preflight's answer.
var lists = []Cause{{
	ID:       "list-is-no-list",
	Symptoms: []harness.Reason{harness.InvalidAllowMethodsPreflightResponse, harness.InvalidAllowHeadersPreflightResponse},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Middleware, func(c *patient) []string { return []string{list(c)} }),
	trial:    func(c *patient) harness.Request { return c.edited(naming(c.by)) },
}, {
	ID:       "header-of-responses",
	Symptoms: []harness.Reason{harness.HeaderDisallowedByPreflightResponse},
	fits:     func(c *patient) bool { return web.IsAccessControl(c.d.Seen.Parameter) },
	judge:    shown,
	cause:    meaning,
	layer: fixed(Page, func(c *patient) []string {
		return []string{"the page sends " + c.d.Seen.Parameter + ", which is a header for responses"}
	}),
	trial: func(c *patient) harness.Request {
		r := c.d.Seen.Request
		r.Headers = slices.DeleteFunc(slices.Clone(r.Headers), func(f harness.Field) bool { return web.IsAccessControl(f.Name) })
		return r
	},
}, {
	ID:       "star-with-credentials",
	Symptoms: []harness.Reason{harness.MethodDisallowedByPreflightResponse, harness.HeaderDisallowedByPreflightResponse},
	Not:      "that the * in the list alone is at fault: without credentials, the preflight is refused, too",
	fits:     starIsName,
	judge: func(c *patient) judgement {
		r := c.d.Seen.Request
		r.Credentials, r.DryRun = harness.Omit, true
		switch bare := c.make(noCredentials, r); {
		case readable(bare):
			return proved
		case blocked(bare):
			return excluded
		}
		return open
	},
	cause: meaning,
	layer: fixed(Middleware, func(c *patient) []string {
		return append([]string{list(c)}, c.shows(noCredentials, harness.Readable, "without credentials, where * is a wildcard, the preflight passes")...)
	}),
	trial: func(c *patient) harness.Request { return c.edited(naming(c.by)) },
}, {
	ID:       "method-in-lower-case",
	Symptoms: []harness.Reason{harness.MethodDisallowedByPreflightResponse},
	Not:      "that the case of the method alone is at fault",
	fits:     func(c *patient) bool { return c.d.Seen.Parameter != strings.ToUpper(c.d.Seen.Parameter) },
	judge: func(c *patient) judgement {
		r := upperMethod(c)
		r.DryRun = true
		switch upper := c.make(upperCase, r); {
		case readable(upper):
			return proved
		case blocked(upper):
			return excluded
		}
		return open
	},
	cause: func(c *patient) string {
		return "The method is written in lower case (" + c.d.Seen.Parameter + "), and a browser changes the case of six methods only, PATCH not among them: the server compares byte for byte."
	},
	layer: fixed(Page, func(c *patient) []string {
		return append([]string{list(c)}, c.shows(upperCase, harness.Readable, "written as "+strings.ToUpper(c.d.Seen.Parameter)+", the method passes; the page, or a library in it, writes it otherwise")...)
	}),
	remedy: func(c *patient) string {
		return "Have the page, or the library in it that asks, write the method as " + strings.ToUpper(c.d.Seen.Parameter) + "."
	},
	trial: upperMethod,
}, {
	ID:       "library-adds-header",
	Symptoms: []harness.Reason{harness.HeaderDisallowedByPreflightResponse},
	Not:      "that the header of a library alone is at fault",
	fits:     byLibrary,
	judge:    passesWithout,
	cause: func(c *patient) string {
		return "The server does not allow " + strings.Join(refusedHeaders(c), ", ") + ": a library usually adds such a header to every request of the page."
	},
	layer: fixed(Library, func(c *patient) []string {
		var told []string
		for _, name := range refusedHeaders(c) {
			told = append(told, name+" is a header of "+web.LibraryOf(name))
		}
		return slices.Concat(told, []string{list(c)}, c.withoutShows())
	}),
	remedy: func(c *patient) string {
		return "Set the library up to send " + strings.Join(refusedHeaders(c), ", ") + " to the page's own origin only, or make the server list them in Access-Control-Allow-Headers."
	},
	trial: func(c *patient) harness.Request { return c.edited(naming(c.by)) },
}, {
	ID:       "not-listed",
	Symptoms: []harness.Reason{harness.MethodDisallowedByPreflightResponse, harness.HeaderDisallowedByPreflightResponse},
	Not:      "that the list of methods or headers alone is at fault",
	fits:     always,
	judge:    passesWithout,
	cause: func(c *patient) string {
		refused := cmp.Or(c.d.Seen.Parameter, "the method")
		if c.d.Seen.Reason == harness.HeaderDisallowedByPreflightResponse {
			refused = strings.Join(refusedHeaders(c), ", ")
		}
		return fmt.Sprintf("The answer to the preflight does not list %s in %s.", refused, listOf(c))
	},
	layer: fixed(Middleware, func(c *patient) []string {
		return append([]string{list(c)}, c.withoutShows()...)
	}),
	trial: func(c *patient) harness.Request { return c.edited(naming(c.by)) },
}}

// upperMethod is the question with its method in upper case.
func upperMethod(c *patient) harness.Request {
	r := c.d.Seen.Request
	r.Method = strings.ToUpper(r.Method)
	return r
}

package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// wanted is the argument of one of our matchers: a text, or a matcher for a text.
type wanted struct {
	given any
	// part says that a text is also found inside a longer one.
	part bool
}

// valid returns an error unless the argument is a text or a matcher.
func (w wanted) valid() error {
	switch w.given.(type) {
	case string, Matcher:
		return nil
	}
	return fmt.Errorf("want a string or a matcher, got %T", w.given)
}

// matches compares a text with what is wanted.
func (w wanted) matches(text string) (bool, error) {
	if given, ok := w.given.(Matcher); ok {
		return given.Match(text)
	}
	given, _ := w.given.(string)
	return text == given || w.part && strings.Contains(text, given), w.valid()
}

// String says what is wanted.
func (w wanted) String() string {
	if given, ok := w.given.(string); ok {
		return fmt.Sprintf("%q", given)
	}
	return fmt.Sprintf("%T%s", w.given, strings.TrimPrefix(clean(fmt.Sprintf("%+v", w.given)), "&"))
}

// ExposeHeader matches where script can read a header of the response; with a
// value, which is a string or a matcher for a string, where it reads that value. A
// blocked response is an error, because it does not show what the server exposes.
//
//	Expected script to read the header X-Total, but the server did not expose it.
//
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func ExposeHeader(name string, value ...any) Matcher {
	want := "read the header " + clean(name)
	if len(value) > 0 {
		want += " with the wanted value"
	}
	return matcher{
		name: "ExposeHeader",
		match: func(o Observation) (bool, error) {
			switch {
			case name == "":
				return false, fmt.Errorf("the name of the header is empty")
			case len(value) > 1:
				return false, fmt.Errorf("want at most one value, got %d", len(value))
			case len(value) == 1 && wanted{given: value[0]}.valid() != nil:
				return false, wanted{given: value[0]}.valid()
			case o.Verdict == Blocked:
				return false, fmt.Errorf("the browser blocked the response (%s), so there are no headers to expose\n\n%s", clean(string(o.Reason)), o)
			}
			got, present := o.Script.Headers.Get(name)
			if !present || len(value) == 0 {
				return present, nil
			}
			return wanted{given: value[0]}.matches(got)
		},
		failed: func(o Observation) string {
			return "Expected script to " + want + ", but " + whyHidden(o, name) + "." + compared(o, name, value)
		},
		negated: func(o Observation) string {
			return "Expected script not to " + want + ", but it did." + compared(o, name, value)
		},
	}
}

// compared shows the wanted value and the value that script got.
func compared(o Observation, name string, value []any) string {
	got, present := o.Script.Headers.Get(name)
	if len(value) == 0 || !present {
		return ""
	}
	return fmt.Sprintf("\n\n  wanted  %s\n  got     %q", wanted{given: value[0]}, got)
}

// whyHidden says why script cannot read a header.
func whyHidden(o Observation, name string) string {
	if o.Verdict == Opaque {
		return "it got an opaque response"
	}
	if _, present := o.Script.Headers.Get(name); present {
		return "script read another value"
	}
	e := deciding(o)
	if _, present := e.ResponseHeaders.Get(name); !present {
		return "the response has no such header"
	}
	exposed, present := e.ResponseHeaders.Get(web.NameExposeHeaders)
	switch {
	case web.IsForbiddenResponseHeaderName(name):
		return "no script can read that"
	case !present:
		return "the response has no Access-Control-Expose-Headers"
	case strings.TrimSpace(exposed) == "*" && o.Request.Credentials == Include:
		return "* in Access-Control-Expose-Headers is not a wildcard with credentials"
	}
	return "Access-Control-Expose-Headers does not list it"
}

// SendCookie matches where the browser sent a cookie of that name with the
// request, or with a request that a redirect led to.
//
//	Expected the browser to send the cookie sid, but it held it back.
func SendCookie(name string) Matcher {
	return matcher{
		name: "SendCookie",
		match: func(o Observation) (bool, error) {
			if name == "" {
				return false, fmt.Errorf("the name of the cookie is empty")
			}
			return slices.ContainsFunc(o.Exchanges, func(e Exchange) bool {
				return e.Sent && slices.Contains(sentCookies(e), name)
			}), nil
		},
		failed: func(o Observation) string {
			return "Expected the browser to send the cookie " + clean(name) + ", but " + whyNoCookie(o, name) + "."
		},
		negated: fixed("Expected the browser not to send the cookie " + clean(name) + ", but it did."),
	}
}

// whyNoCookie says why a cookie was not sent.
func whyNoCookie(o Observation, name string) string {
	sent := false
	for _, e := range o.Exchanges {
		sent = sent || e.Sent && e.Kind != Preflight
		for _, c := range e.Cookies {
			if c.Name == name && !c.Sent && e.Kind != Preflight {
				return "it was " + heldBack(c)
			}
		}
	}
	switch {
	case !sent:
		return "the request was not sent"
	case o.Request.Credentials != Include:
		return "the page did not ask with credentials include"
	}
	return "the browser holds no such cookie for this URL"
}

// LogToConsole matches where a line of the console contains a text, or matches a
// matcher. Chrome changes its wording from release to release: for a verdict,
// [BeBlocked] is better.
//
//	Expected the console to have a wanted line, but it has 2 others.
func LogToConsole(text any) Matcher {
	line := wanted{given: text, part: true}
	return matcher{
		name: "LogToConsole",
		match: func(o Observation) (bool, error) {
			if text == "" {
				return false, fmt.Errorf("the text is empty, which every line contains")
			}
			found, err := false, line.valid()
			if err != nil {
				return false, err
			}
			for _, m := range o.Console {
				matches, err := line.matches(m.Text)
				if err != nil {
					return false, err
				}
				found = found || matches
			}
			return found, nil
		},
		failed: func(o Observation) string {
			return "Expected the console to have the wanted line, but " + consoleHas(len(o.Console)) + ".\n\n  wanted  " + line.String()
		},
		negated: fixed("Expected the console not to have the wanted line, but it has.\n\n  wanted  " + line.String()),
	}
}

// consoleHas says how many lines the console has instead.
func consoleHas(lines int) string {
	switch lines {
	case 0:
		return "it has none"
	case 1:
		return "it has one other"
	}
	return fmt.Sprintf("it has %d others", lines)
}

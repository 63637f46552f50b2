package diagnose

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// silent are the causes for which no console has a line.
var silent = []Cause{{
	// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
	ID:     "header-not-exposed",
	Silent: []harness.Verdict{harness.Readable},
	fits:   func(c *patient) bool { return len(hidden(c)) > 0 },
	judge:  shown,
	cause: func(c *patient) string {
		text := "The server sent " + strings.Join(hidden(c), ", ") + ", and the script cannot read it: "
		switch exposed := c.by.ResponseHeaders.Items(web.NameExposeHeaders); {
		case slices.Contains(exposed, "*"):
			return text + "with credentials, * in Access-Control-Expose-Headers is not a wildcard."
		case len(exposed) == 0 && onPreflight(c):
			return text + "the list in the answer to the preflight does not count, and the answer itself has none."
		}
		return text + "Access-Control-Expose-Headers does not list it."
	},
	layer: fixed(Middleware, func(c *patient) []string {
		value, present := c.shown.ResponseHeaders.Get(web.NameExposeHeaders)
		told := "the answer has no " + web.NameExposeHeaders
		if present {
			told = "the answer has " + web.NameExposeHeaders + ": " + value
		}
		var names []string
		for _, f := range c.d.Seen.Script.Headers {
			names = append(names, f.Name)
		}
		return []string{"the server sent " + strings.Join(hidden(c), ", "), told, "the script sees the headers " + strings.Join(names, ", ")}
	}),
	remedy: func(c *patient) string {
		return "Make the server send Access-Control-Expose-Headers: " + strings.Join(hidden(c), ", ") + " with this answer, if the page needs it."
	},
	trial: func(c *patient) harness.Request {
		listed := append(c.by.ResponseHeaders.Items(web.NameExposeHeaders), hidden(c)...)
		return c.edited([]harness.Edit{{On: harness.EditResponse, Name: web.NameExposeHeaders, Value: strings.Join(listed, ", ")}})
	},
	helps: func(c *patient, o harness.Observation) bool {
		for _, name := range hidden(c) {
			if len(o.Script.Headers.Values(name)) == 0 {
				return false
			}
		}
		return o.Verdict == harness.Readable
	},
}}

// wantedHeaders are response headers that servers send for scripts to read. A name with a
// hyphen at its end is a prefix. Other headers that are not exposed are no fault: see also
// forScripts.
var wantedHeaders = []string{
	"mcp-session-id", "x-total", "x-total-count", "x-total-pages", "x-page", "x-per-page", "x-next-page", "x-prev-page", "x-pagination", "content-range",
	"ratelimit-", "x-ratelimit-", "x-rate-limit-", "x-csrf-token", "x-xsrf-token", "x-auth-token", "x-access-token", "x-refresh-token", "authorization",
	"upload-offset", "upload-length", "tus-", "x-inertia", "x-inertia-location", "hx-", "grpc-status", "grpc-message", "x-filename",
}

// hidden are the headers for scripts that the script could not read. Where the server lists
// * with credentials, or its list is on the preflight alone, each header is meant for scripts.
func hidden(c *patient) (names []string) {
	r := c.d.Seen.Request
	if fetches := r.Via.Fetches() || strings.HasPrefix(string(r.Via), string(harness.ViaXHR)); !fetches || r.EffectiveMode() != harness.CORS || c.d.Seen.Script.Type == "basic" || !crossOrigin(c.d.Seen) {
		return nil
	}
	listed := c.by.ResponseHeaders.Items(web.NameExposeHeaders)
	for _, f := range c.by.ResponseHeaders {
		name := strings.ToLower(f.Name)
		meant := forScripts(name, strings.ToLower(f.Value)) || slices.Contains(listed, "*") && strings.HasPrefix(name, "x-")
		if meant && len(c.d.Seen.Script.Headers.Values(name)) == 0 && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// forScripts says whether a server sends a header for scripts to read. Names and values are in
// lower case.
func forScripts(name, value string) bool {
	switch name {
	case "link": // scripts read links to other pages of a list; the browser itself uses links such as preload
		return strings.Contains(value, "next") || strings.Contains(value, "prev") || strings.Contains(value, "last")
	case "content-disposition":
		return strings.Contains(value, "filename")
	}
	return slices.ContainsFunc(wantedHeaders, func(w string) bool { return name == w || strings.HasSuffix(w, "-") && strings.HasPrefix(name, w) })
}

// onPreflight says whether the answer to a preflight has the list of exposed headers.
func onPreflight(c *patient) bool {
	return slices.ContainsFunc(c.d.Seen.Preflights(), func(e harness.Exchange) bool { return len(e.ResponseHeaders.Items(web.NameExposeHeaders)) > 0 })
}

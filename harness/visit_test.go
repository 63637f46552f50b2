package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/format"

	"github.com/corsproof/corsproof/harness/internal/cputime"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Visit makes the fake browser show what it is told.
func (f *fakeBrowser) Visit(_ context.Context, v engine.Visit) (engine.Visited, error) {
	return f.visited, f.err
}

// pageAt is the page that asks.
var pageAt = engine.Asker{URL: "https://app.test/", Origin: "https://app.test", Top: "https://app.test"}

// loads is a request of the page that was answered with a status.
func loads(kind, url, mode string, status int, more ...engine.Header) engine.VisitRequest {
	headers := append([]engine.Header{{Name: "Sec-Fetch-Mode", Value: mode}}, more...)
	if mode == "" {
		headers = more
	}
	return engine.VisitRequest{Asker: pageAt, Kind: kind, URL: url, Method: "GET", Evidence: engine.Evidence{
		Requests: []engine.Request{{Method: "GET", URL: url, Sent: true, Status: status, RequestHeaders: headers}},
	}}
}

// changed is a request of a page with a change.
func changed(r engine.VisitRequest, change func(r *engine.VisitRequest, last *engine.Request)) engine.VisitRequest {
	change(&r, &r.Requests[len(r.Requests)-1])
	return r
}

// refusedFor is a request that the browser refused.
func refusedFor(r engine.VisitRequest, f engine.Failure) engine.VisitRequest {
	return changed(r, func(_ *engine.VisitRequest, last *engine.Request) { last.Failure = &f })
}

// Each kind of request gets its initiator, its mode and its verdict, and the question that asks
// the same again.
func TestVisitJudges(t *testing.T) {
	const api = "https://api.test/a"
	origin := engine.Header{Name: "Origin", Value: "https://app.test"}
	failed := engine.Failure{Code: "MissingAllowOriginHeader", NetError: "net::ERR_FAILED"}
	for name, test := range map[string]struct {
		told engine.VisitRequest
		want string // initiator, verdict or why there is none
		like Request
	}{
		"fetch":              {loads("Fetch", api, "cors", 200, origin), "fetch readable", Request{}},
		"fetch no-cors":      {loads("Fetch", api, "no-cors", 200), "fetch opaque", Request{Mode: NoCORS}},
		"fetch, mode untold": {loads("Fetch", api, "", 200), "fetch the request was answered, and Chrome does not tell in which mode the page asked", Request{}},
		"GET with Origin":    {loads("Fetch", api, "", 200, origin), "fetch readable", Request{}},
		"with credentials":   {loads("Fetch", api, "cors", 200, origin, engine.Header{Name: "sec-fetch-storage-access", Value: "active"}), "fetch readable", Request{Credentials: Include}},
		"refused":            {refusedFor(loads("XHR", api, "cors", 200, origin), failed), "xhr MissingAllowOriginHeader", Request{Via: ViaXHR}},
		"image":              {loads("Image", api, "no-cors", 200), "img opaque", Request{Via: ViaImage}},
		"image with cors":    {loads("Image", api, "cors", 200, origin), "img readable", Request{Via: ViaImage, Mode: CORS}},
		"font":               {loads("Font", api, "cors", 200, origin), "font readable", Request{Via: ViaFont}},
		"frame":              {loads("Document", api, "navigate", 200), "iframe opaque", Request{Via: ViaIframe}},
		"PUT": {changed(refusedFor(loads("Fetch", api, "cors", 0, origin), failed), func(r *engine.VisitRequest, _ *engine.Request) {
			r.Method, r.Body = "PUT", "{}"
			r.Headers = []engine.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-A", Value: "1"}, {Name: "User-Agent", Value: "Chrome"}, {Name: "Accept", Value: "*/*"}, {Name: "sec-ch-ua", Value: "x"}}
		}), "fetch MissingAllowOriginHeader", Request{Method: "PUT", Headers: Header{{"Content-Type", "application/json"}, {"X-A", "1"}}, Body: Text("{}")}},
		"in a frame": {changed(loads("Fetch", api, "cors", 200, origin), func(r *engine.VisitRequest, _ *engine.Request) {
			r.Asker = engine.Asker{Frame: true, URL: "https://app.test/", Origin: "https://app.test", Top: "https://shop.test"}
		}), "fetch readable", Request{Within: "https://shop.test"}},
		"in a worker": {changed(loads("Fetch", api, "cors", 200, origin), func(r *engine.VisitRequest, _ *engine.Request) { r.Asker.Worker = engine.DedicatedWorker }), "fetch readable", Request{Where: WhereWorker}},
		"no answer":   {changed(loads("Fetch", api, "cors", 0, origin), func(r *engine.VisitRequest, _ *engine.Request) { r.Missing = []string{"an answer to GET " + api} }), "fetch missing: an answer to GET " + api, Request{}},
		"down":        {refusedFor(loads("Fetch", api, "cors", 0), engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"}), "fetch nothing listens there: the connection was refused (net::ERR_CONNECTION_REFUSED)", Request{}},
		"given up":    {refusedFor(loads("Fetch", api, "cors", 0), engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}), "fetch the page ended the request before an answer came", Request{}},
		"left":        {refusedFor(loads("Fetch", api, "cors", 200, origin), engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true}), "fetch readable", Request{}},
		"emptied":     {refusedFor(loads("Fetch", api, "no-cors", 200), engine.Failure{NetError: "net::ERR_BLOCKED_BY_ORB"}), "fetch opaque", Request{Mode: NoCORS}},
		"orb":         {refusedFor(loads("Image", api, "no-cors", 200), engine.Failure{NetError: "net::ERR_BLOCKED_BY_ORB"}), "img net::ERR_BLOCKED_BY_ORB", Request{Via: ViaImage}},
	} {
		seen, err := visits(t, test.told)
		if err != nil || len(seen.Requests) != 1 {
			t.Errorf("%s: %v, %d requests", name, err, len(seen.Requests))
			continue
		}
		r := seen.Requests[0]
		got := string(r.Seen.Request.EffectiveVia()) + " " + string(r.Seen.Verdict)
		switch {
		case r.NoVerdict != "":
			got = string(r.Seen.Request.EffectiveVia()) + " " + r.NoVerdict
		case r.Seen.Reason != "":
			got = string(r.Seen.Request.EffectiveVia()) + " " + string(r.Seen.Reason)
		}
		if got != test.want || r.NoVerdict != "" && r.Seen.Verdict != "" {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
		test.like.From, test.like.URL = "https://app.test", api
		gomega.NewWithT(t).Expect(r.Seen.Request).To(gomega.Equal(test.like), name)
		if err := r.Seen.Request.Validate(); err != nil {
			t.Errorf("%s: the question cannot be asked again: %v", name, err)
		}
	}
}

// visits is a visit of a fake browser.
func visits(t *testing.T, requests ...engine.VisitRequest) (Visited, error) {
	t.Helper()
	f := &fakeBrowser{visited: engine.Visited{Ended: engine.EndedQuiet, Requests: requests, Documents: []engine.Document{{URL: "https://app.test/"}}}}
	return faked(t, f).Visit(t.Context(), Visit{URL: "https://app.test/?token=s3cret", Script: "s3cret"})
}

// Requests of the own origin are counted, requests that are alike are one, and what is blocked
// comes first.
func TestVisitSorts(t *testing.T) {
	refused := func(url string) engine.VisitRequest {
		return refusedFor(loads("Fetch", url, "cors", 200), engine.Failure{Code: "MissingAllowOriginHeader"})
	}
	page := loads("Document", "https://app.test/", "navigate", 404)
	page.Navigation = true
	seen, err := visits(t, page, loads("Fetch", "https://app.test/own", "cors", 200), loads("Image", "data:image/png,x", "no-cors", 200),
		loads("Image", "https://cdn.test/a", "no-cors", 200), refused("https://api.test/me?1"), refused("https://api.test/me?2"), refused("https://api.test/you"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range seen.Requests {
		got = append(got, r.Seen.Request.URL)
	}
	gomega.NewWithT(t).Expect(got).To(gomega.Equal([]string{"https://api.test/me?1", "https://api.test/you", "https://cdn.test/a"}))
	if seen.OwnOrigin != 2 || seen.Requests[0].Count != 2 || seen.Documents[0].Status != 404 {
		t.Errorf("%d of the own origin, %d alike, status %d", seen.OwnOrigin, seen.Requests[0].Count, seen.Documents[0].Status)
	}
}

// The matcher says what was blocked, and a request without a verdict is an error.
func TestHaveNothingBlocked(t *testing.T) {
	refused := refusedFor(loads("Fetch", "https://api.test/me", "cors", 200), engine.Failure{Code: "MissingAllowOriginHeader"})
	down := refusedFor(loads("Fetch", "https://api.test/down", "cors", 0), engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED"})
	gone := refusedFor(loads("Fetch", "https://api.test/gone", "cors", 0), engine.Failure{NetError: "net::ERR_ABORTED", Canceled: true})
	fine := loads("Fetch", "https://api.test/", "cors", 200)
	blocked, _ := visits(t, refused, refused, down)
	unknown, _ := visits(t, fine, down)
	good, _ := visits(t, fine, gone)
	m := HaveNothingBlocked()
	for _, actual := range []any{blocked, &blocked} {
		if matches, err := m.Match(actual); matches || err != nil {
			t.Errorf("blocked: %t, %v", matches, err)
		}
	}
	if matches, err := m.Match(good); !matches || err != nil {
		t.Errorf("good: %t, %v", matches, err)
	}
	if _, err := m.Match(unknown); err == nil || !strings.Contains(err.Error(), "nothing is known to be blocked, but 1 request has no verdict\n\n") {
		t.Errorf("unknown: %v", err)
	}
	missing := loads("Document", "https://app.test/", "navigate", 404)
	missing.Navigation = true
	lost, _ := visits(t, missing)
	if _, err := m.Match(lost); err == nil || !strings.Contains(err.Error(), "the page is an error (404)") {
		t.Errorf("an error page that asks nothing: %v", err)
	}
	for _, wrong := range []any{nil, 1, (*Visited)(nil), Visited{}, Observation{}} {
		if _, err := m.Match(wrong); err == nil {
			t.Errorf("%T is taken for a visit", wrong)
		}
	}
	message := m.FailureMessage(blocked)
	for _, want := range []string{
		"Expected the browser to block nothing that the page asks, but it blocked 2 requests (MissingAllowOriginHeader).\n\n  page https://app.test/",
		"3 requests to other origins: 2 blocked, 1 without a verdict.", "fetch by the page, 2 times", "Remedy: Make the server send Access-Control-Allow-Origin: https://app.test", "No verdict",
	} {
		if !strings.Contains(message, want) {
			t.Errorf("%q is missing in\n%s", want, message)
		}
	}
	if got := m.NegatedFailureMessage(good); !strings.HasPrefix(got, "Expected the browser to block something that the page asks, but it blocked nothing.\n\n") {
		t.Error(got)
	}
}

// Neither the text, nor the JSON, nor what Gomega prints has a secret.
func TestVisitedTellsNoSecret(t *testing.T) {
	told := refusedFor(loads("Fetch", "https://api.test/me?token=s3cret", "cors", 200), engine.Failure{Code: "MissingAllowOriginHeader"})
	told.Headers, told.Body, told.At = []engine.Header{{Name: "Authorization", Value: "Bearer s3cret"}}, "s3cret", "https://u:s3cret@app.test/a.js:1"
	told.Asker.URL = "https://app.test/?token=s3cret"
	seen, err := visits(t, told)
	if err != nil {
		t.Fatal(err)
	}
	seen.Windows = []string{"https://app.test/?token=s3cret"}
	seen.Documents = append(seen.Documents, VisitedDocument{URL: "https://app.test/?token=s3cret"})
	seen.Dialogs = []VisitedDialog{{"alert", "https://app.test/?token=s3cret"}}
	seen.Unwatched = []string{"the frame https://app.test/?token=s3cret"}
	document, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"text": seen.String(), "JSON": string(document), "Gomega": format.Object(seen, 0), "Redacted": format.Object(seen.Redacted().Visit, 0)} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("%s: a secret is in %s", name, text)
		}
	}
	if !strings.Contains(string(document), `"blocked":1`) || !strings.Contains(string(document), `"asker":"the page"`) {
		t.Errorf("%s", document)
	}
}

// What is wrong with a visit is said before a browser starts, and what went wrong afterwards.
func TestVisitErrors(t *testing.T) {
	for _, v := range []Visit{{}, {URL: "app.test"}, {URL: "file:///a"}, {URL: "https://app.test/", For: -1}} {
		if _, err := faked(t, &fakeBrowser{closed: true}).Visit(t.Context(), v); err == nil {
			t.Errorf("%+v is accepted", v)
		} else if _, ok := errors.AsType[*FaultError](err); !ok {
			t.Errorf("%v", err)
		}
	}
	for want, told := range map[string]error{
		"visit https://app.test/: the page could not be loaded: nothing listens there: the connection was refused (net::ERR_CONNECTION_REFUSED)": &engine.LoadError{NetError: "net::ERR_CONNECTION_REFUSED"},
		"visit https://app.test/: the URL shows no document: it is a download, or an answer without content":                                     &engine.LoadError{NetError: "net::ERR_ABORTED"},
		"visit https://app.test/: the script of the visit threw: Error: x":                                                                       &engine.ScriptError{Exception: "Error: x"},
		"visit https://app.test/: the browser ended unexpectedly":                                                                                engine.ErrLost,
	} {
		seen, err := faked(t, &fakeBrowser{err: told}).Visit(t.Context(), Visit{URL: "https://app.test/"})
		if err == nil || err.Error() != want || seen.Ended != "" || errors.Is(told, ErrLost) != errors.Is(err, ErrLost) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The time that a visit takes to judge grows with its requests, and not with their square.
func TestVisitOfManyRequests(t *testing.T) {
	took := func(n int) time.Duration {
		list := make([]engine.VisitRequest, n)
		for i := range list {
			list[i] = refusedFor(loads("Fetch", fmt.Sprintf("https://api.test/me/%d", i), "cors", 200), engine.Failure{Code: "MissingAllowOriginHeader"})
		}
		spent := cputime.Start()
		if seen, err := visits(t, list...); err != nil || len(seen.Requests) != n {
			t.Fatalf("%v: %d requests", err, len(seen.Requests))
		}
		return spent()
	}
	if few, many := took(1000), took(10_000); many > 40*few+time.Second {
		t.Errorf("1,000 requests took %s, and 10,000 took %s", few, many)
	}
}

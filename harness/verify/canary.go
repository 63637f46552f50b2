package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// canaryQuestion is a question whose answer is known before it is asked.
type canaryQuestion struct {
	name    string // the rule that the browser must enforce
	path    string
	method  string
	space   harness.AddressSpace // of the page
	verdict harness.Verdict
	reason  harness.Reason
}

// from is the origin of the page that asks: home, or the page of the canary itself where the page is on a
// public address, as no page of the probes is.
func (q canaryQuestion) from(home string) string {
	if q.space == harness.SpacePublic {
		return canaryPage
	}
	return home
}

// homeOf is the origin that the canary asks from: the first origin that a page of the probes has.
// That page stays open for the probes, so that the canary opens one page less. For WebKit this machine is
// not trustworthy: there a page with TLS may not ask the server of the canary.
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func homeOf(kind harness.Kind, probes []policy.Probe) string {
	if kind == harness.WebKit {
		return canaryPage
	}
	for _, p := range probes {
		r := p.Steps[0].Request
		u, err := web.ParseURL(r.From, nil)
		if !p.Wire && !p.Caches && !p.Unsafe && !r.OnTheWire() && err == nil && u.IsHTTP() && !web.IsBadPort(u.Port) {
			return r.From
		}
	}
	return canaryPage
}

// canaryQuestions go to a server on this machine. The last page is on a public address
// and has no TLS: Chrome refuses it whatever the user answers to the prompt. So the
// question does not depend on [harness.Browser.LocalNetwork], and needs no second browser
// or profile.
// https://wicg.github.io/local-network-access/#integration-with-fetch
var canaryQuestions = []canaryQuestion{
	{name: "the CORS check", path: "/silent", space: harness.SpaceLoopback,
		verdict: harness.Blocked, reason: harness.MissingAllowOriginHeader},
	{name: "a response that the page may read", path: "/open", space: harness.SpaceLoopback,
		verdict: harness.Readable},
	{name: "the CORS preflight", path: "/open", method: http.MethodPut, space: harness.SpaceLoopback,
		verdict: harness.Blocked, reason: harness.MethodDisallowedByPreflightResponse},
	{name: "local network access", path: "/open", space: harness.SpacePublic,
		verdict: harness.Blocked, reason: harness.InsecureLocalNetwork},
}

// canaryOf are the questions for a kind of browser: Chrome alone has a check of local network access,
// and WebKit does not tell that a header is missing.
func canaryOf(kind harness.Kind) []canaryQuestion {
	if kind == "" {
		return canaryQuestions
	}
	var list []canaryQuestion
	for _, q := range canaryQuestions {
		if q.space != harness.SpacePublic {
			q.space = ""
			if kind == harness.WebKit && q.reason == harness.MissingAllowOriginHeader {
				q.reason = harness.Untold
			}
			list = append(list, q)
		}
	}
	return list
}

// canary asks a server of our own the questions whose answers are known. It refuses a
// browser that gives one wrong answer: no other verdict of it could be trusted. All questions are
// asked at once. Chrome opens two pages for them, one of them at home.
func canary(ctx context.Context, home string, questions []canaryQuestion, ask func(context.Context, harness.Request) (harness.Observation, error)) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(sing)}
	go func() { _ = server.Serve(listener) }() // Serve ends when the server is closed
	defer server.Close()
	wrong := make([]error, len(questions))
	var asked sync.WaitGroup
	for i, q := range questions {
		asked.Go(func() {
			seen, err := ask(ctx, harness.Request{
				From: q.from(home), URL: "http://" + listener.Addr().String() + q.path, Method: q.method, AddressSpace: q.space,
			})
			if err == nil {
				err = q.judge(seen)
			}
			if err != nil {
				wrong[i] = fmt.Errorf("%s: %w", q.name, err)
			}
		})
	}
	asked.Wait()
	return errors.Join(wrong...)
}

// judge compares an answer with the known answer.
func (q canaryQuestion) judge(seen harness.Observation) error {
	switch {
	case seen.Verdict != q.verdict:
		return fmt.Errorf("it should be %s and was not:\n%s", q.verdict, seen)
	case seen.Reason != q.reason:
		return fmt.Errorf("it should be %s by %s and was by %s:\n%s", q.verdict, q.reason, seen.Reason, seen)
	}
	return nil
}

const canaryPage = "http://canary.test"

// sing lets the page read every path but /silent, and allows no method that needs a
// preflight. https://fetch.spec.whatwg.org/#cors-safelisted-method
func sing(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/silent" {
		w.Header().Set(web.NameAllowOrigin, r.Header.Get(web.NameOrigin))
	}
}

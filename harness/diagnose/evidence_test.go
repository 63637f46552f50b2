package diagnose_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
)

// unanswered answers the first question, and no experiment.
type unanswered struct {
	first harness.Observation
	asked atomic.Int64
}

func (u *unanswered) Fetch(_ context.Context, r harness.Request) (harness.Observation, error) {
	if u.asked.Add(1) == 1 {
		u.first.Request = r
		return u.first, nil
	}
	return harness.Observation{Request: r}, errors.New("no verdict")
}

// An experiment without a verdict is no evidence: it excludes no cause, proves none, and no
// sentence tells of its outcome.
func TestExperimentsWithoutVerdict(t *testing.T) {
	response := func(reason harness.Reason, e harness.Exchange) harness.Observation {
		e.URL, e.Sent = api+"/", true
		return harness.Observation{Verdict: harness.Blocked, Reason: reason, Page: harness.Page{Origin: app}, Exchanges: []harness.Exchange{e}}
	}
	actual := func(status int, pairs ...string) harness.Exchange {
		return harness.Exchange{Kind: harness.ActualRequest, Method: "GET", Status: status, ResponseHeaders: header(pairs...), RequestHeaders: header("Origin", app)}
	}
	preflight := func(status int, pairs ...string) harness.Exchange {
		return harness.Exchange{Kind: harness.Preflight, Method: "OPTIONS", Status: status, ResponseHeaders: header(pairs...),
			RequestHeaders: header("Origin", app, "Access-Control-Request-Headers", "x-a")}
	}
	redirected := actual(200)
	redirected.Kind, redirected.RequestHeaders = harness.RedirectHop, header("Origin", "null")
	for name, first := range map[string]harness.Observation{
		"a cache":           response(harness.MissingAllowOriginHeader, actual(200, "Age", "7")),
		"no header":         response(harness.MissingAllowOriginHeader, actual(200)),
		"an error":          response(harness.MissingAllowOriginHeader, actual(404)),
		"credentials":       response(harness.InvalidAllowCredentials, actual(200, acao, app)),
		"another value":     response(harness.AllowOriginMismatch, actual(200, acao, "https://b.test")),
		"a bare preflight":  response(harness.PreflightMissingAllowOriginHeader, preflight(204)),
		"OPTIONS refused":   response(harness.PreflightInvalidStatus, preflight(405, acao, app)),
		"a header":          response(harness.HeaderDisallowedByPreflightResponse, preflight(204, acao, app)),
		"after a redirect":  response(harness.MissingAllowOriginHeader, redirected),
		"null is not there": response(harness.AllowOriginMismatch, redirected),
	} {
		d, err := diagnose.Run(context.Background(), &unanswered{first: first}, harness.Request{From: app, URL: api + "/"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d.Sure != diagnose.Likely || len(d.RuledOut) > 0 || d.Trial != nil {
			t.Errorf("%s: %s is %s, ruled out %q, trial %v", name, d.ID, d.Sure, d.RuledOut, d.Trial)
		}
		for _, line := range d.Evidence {
			for _, claim := range []string{"readable", "blocked", "passes", "not there"} {
				if strings.Contains(line, claim) {
					t.Errorf("%s: %s claims what no experiment showed: %s", name, d.ID, line)
				}
			}
		}
	}
}

// A cache that gives the answer to another site is proved by a query that it does not have; a
// server behind a cache that allows nobody is not accused of one.
func TestSharedCache(t *testing.T) {
	for name, test := range map[string]struct {
		fresh string // Access-Control-Allow-Origin of an answer that no cache had
		id    string
		layer diagnose.Layer
	}{
		"at fault":     {app, "shared-cache", diagnose.Cache},
		"not at fault": {"https://www.example.com", "wrong-value", diagnose.Middleware},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			allowed := test.fresh
			if r.URL.RawQuery == "" {
				w.Header().Set("Age", "86213")
				allowed = "https://www.example.com"
			}
			w.Header().Set(acao, allowed)
		}))
		chrome := &harness.Browser{Timeout: time.Minute}
		d, err := diagnose.Run(context.Background(), chrome, harness.Request{From: app, URL: server.URL + "/font"})
		if err != nil || d.ID != test.id || d.Layer != test.layer || d.Sure != diagnose.Proved || d.Trial == nil || !d.Trial.Proved {
			t.Errorf("%s: %v: %q in the %s, %s, ruled out %q", name, err, d.ID, d.Layer, d.Sure, d.RuledOut)
		}
		told := slices.ContainsFunc(d.RuledOut, func(text string) bool { return strings.Contains(text, "shared cache") })
		if told != (test.id != "shared-cache") {
			t.Errorf("%s: ruled out %q", name, d.RuledOut)
		}
		_ = chrome.Close()
		server.Close()
	}
}

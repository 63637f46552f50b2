package differential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// account is what became of one request.
type account struct {
	request  harness.Request
	seen     harness.Observation
	failed   error
	chrome   oracle.Decision
	standard oracle.Decision
}

// outcome is what became of a question.
type outcome struct {
	accounts    []account
	differences []string
	missing     error // there was no evidence
}

// patience is how long a question with earlier requests may take in all. What a
// preflight allows without Access-Control-Max-Age holds for 5 seconds.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
const patience = 4 * time.Second

// ask asks Chrome and the oracle. Where the earlier requests of a question took so
// long that a cache may have forgotten them, it asks anew, at a new URL.
func (r *Run) ask(ctx context.Context, q Question) outcome {
	for range 5 {
		begin := time.Now()
		o := r.askOnce(ctx, q)
		if len(q.Before) == 0 || time.Since(begin) < patience || ctx.Err() != nil {
			return o
		}
	}
	return outcome{missing: errors.New("five times the earlier requests took so long that the preflight cache may have forgotten them")}
}

// askOnce asks all requests of a question at one URL.
func (r *Run) askOnce(ctx context.Context, q Question) outcome {
	var p placed
	place := r.Network.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply { return p.serve(a) }})
	defer place.Close()
	p = q.place(place.URL(""))
	var o outcome
	caches := map[oracle.As]*oracle.PreflightCache{oracle.Standard: {}, oracle.Chrome: {}}
	now := time.Now()
	decide := func(request harness.Request, as oracle.As) oracle.Decision {
		return oracle.Decide(oracle.Question{Request: request, Server: p.reply, As: as, Cache: caches[as], Now: now})
	}
	for i, pattern := range q.requests() {
		a := account{request: p.request(pattern)}
		a.chrome, a.standard = decide(a.request, oracle.Chrome), decide(a.request, oracle.Standard)
		a.seen, a.failed = r.fetch(ctx, a.request)
		o.accounts = append(o.accounts, a)
		if noEvidence(a.failed, a.chrome) {
			o.missing = a.failed
			return o
		}
		found := append(differences(a.seen, a.failed, a.chrome), undeclared(a)...)
		if len(found) > 0 {
			for _, text := range found {
				o.differences = append(o.differences, fmt.Sprintf("request %d of %d: %s", i+1, len(q.Before)+1, text))
			}
			return o // what follows may differ for the same reason
		}
	}
	return o
}

// undeclared says whether the oracle answers otherwise for the standard than for
// Chrome, and names no row of its table.
func undeclared(a account) []string {
	if len(a.chrome.Deviations) > 0 || a.chrome.Verdict == a.standard.Verdict && len(a.chrome.Exchanges) == len(a.standard.Exchanges) {
		return nil
	}
	return []string{fmt.Sprintf("the oracle, as Chrome: %s, as the standard: %s, by no deviation", a.chrome.Verdict, a.standard.Verdict)}
}

// fetch asks Chrome. The harness takes a header that no request can have for a
// fault of whoever asks; here it is a question, which the page answers.
func (r *Run) fetch(ctx context.Context, request harness.Request) (harness.Observation, error) {
	var fault *harness.FaultError
	seen, err := r.Chrome.Fetch(ctx, request)
	if !errors.As(err, &fault) || fault.Field != "Header" {
		return seen, err
	}
	headers, err := json.Marshal(request.Headers)
	if err != nil {
		return seen, err
	}
	value, err := r.Chrome.Evaluate(ctx, request.From, fmt.Sprintf(`(() => {
		try { new Request(%q, { headers: %s }) } catch (error) { return String(error) }
	})()`, request.URL, headers))
	if err != nil {
		return seen, err
	}
	if err := json.Unmarshal(value, &seen.Script.Error); err != nil {
		return seen, fmt.Errorf("the page made a request with a header that the harness refuses: %w", err)
	}
	seen.Verdict, seen.Reason = harness.Blocked, harness.RequestRefused
	return seen, nil
}

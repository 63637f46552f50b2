package differential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// Account is what became of one request.
type Account struct {
	// Seen is what Chrome did, and Err why there is no verdict.
	Seen harness.Observation
	Err  error
	// Chrome and Standard are what the oracle says, as the one and as the other.
	Chrome, Standard oracle.Decision
}

// Outcome is what became of a question.
type Outcome struct {
	// Accounts are those of its requests, up to the first on which the two differ.
	Accounts []Account
	// Differences are those of Chrome and the oracle as Chrome.
	Differences []string
	// Missing says that there was no evidence, and why.
	Missing error
}

// Last is the account of the last request that was asked.
func (o Outcome) Last() Account { return o.Accounts[len(o.Accounts)-1] }

// patience is how long a question with earlier requests may take in all. What a
// preflight allows without Access-Control-Max-Age holds for 5 seconds.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
const patience = 4 * time.Second

// Ask asks Chrome and the oracle. Where a cache may have forgotten an earlier request
// of the question, it asks anew, at a new URL: the earlier ones took too long, or the
// answer came from a preflight cache that all questions share. Chrome keeps 1,024
// records, and takes any ten away to make room.
func (r *Run) Ask(ctx context.Context, q Question) Outcome {
	r.Network.OfferHTTP2(http2)
	var o Outcome
	for range 5 {
		begin := time.Now()
		o = r.askOnce(ctx, q)
		late := len(q.Before) > 0 && time.Since(begin) >= patience
		evicted := len(o.Differences) > 0 && o.reuses()
		if !late && !evicted || ctx.Err() != nil {
			return o
		}
		if late {
			o = Outcome{Accounts: o.Accounts, Missing: errors.New("five times the earlier requests took so long that the preflight cache may have forgotten them")}
		}
	}
	return o
}

// reuses says whether the oracle found a request covered by an earlier preflight.
func (o Outcome) reuses() bool {
	return slices.ContainsFunc(o.Accounts, func(a Account) bool { return slices.Contains(a.Chrome.Branches, oracle.CacheHit) })
}

// askOnce asks all requests of a question at one URL.
func (r *Run) askOnce(ctx context.Context, q Question) Outcome {
	var p placed
	place := r.Network.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply { return p.serve(a) }})
	defer place.Close()
	p = q.place(place.URL(""))
	var o Outcome
	caches := map[oracle.As]*oracle.PreflightCache{oracle.Standard: {}, oracle.Chrome: {}}
	now := time.Now()
	decide := func(request harness.Request, as oracle.As) oracle.Decision {
		return oracle.Decide(oracle.Question{Request: request, Server: p.reply, As: as, Cache: caches[as], Now: now})
	}
	for i, pattern := range q.requests() {
		request := p.request(pattern)
		a := Account{Chrome: decide(request, oracle.Chrome), Standard: decide(request, oracle.Standard)}
		a.Seen, a.Err = r.fetch(ctx, request)
		o.Accounts = append(o.Accounts, a)
		if noEvidence(a.Err, a.Chrome) {
			o.Missing = a.Err
			return o
		}
		found := append(differences(a.Seen, a.Err, a.Chrome), undeclared(a)...)
		if len(found) > 0 {
			for _, text := range found {
				o.Differences = append(o.Differences, fmt.Sprintf("request %d of %d: %s", i+1, len(q.Before)+1, text))
			}
			return o // what follows may differ for the same reason
		}
	}
	return o
}

// undeclared says whether the oracle answers otherwise for the standard than for
// Chrome, and names no row of its table.
func undeclared(a Account) []string {
	if len(a.Chrome.Deviations) > 0 || a.Chrome.Verdict == a.Standard.Verdict && len(a.Chrome.Exchanges) == len(a.Standard.Exchanges) {
		return nil
	}
	return []string{fmt.Sprintf("the oracle, as Chrome: %s, as the standard: %s, by no deviation", a.Chrome.Verdict, a.Standard.Verdict)}
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

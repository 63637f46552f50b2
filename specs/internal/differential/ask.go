package differential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// Account is what happened to one request.
type Account struct {
	// Seen is what Chrome did, and Err why there is no verdict.
	Seen harness.Observation
	Err  error
	// Chrome and Standard are the decisions of the oracle for Chrome and for the
	// standard.
	Chrome, Standard oracle.Decision
}

// Outcome is what happened to a question.
type Outcome struct {
	// Accounts has its requests, up to the first on which Chrome and the oracle
	// differ.
	Accounts []Account
	// Differences are the differences between Chrome and the oracle for Chrome.
	Differences []string
	// Missing is why there was no evidence, or nil.
	Missing error
	// Cannot is why the browser cannot be asked at all, or nil.
	Cannot error
	// Again is how often the question was asked again: see [Run.Ask].
	Again int
}

func (o Outcome) agree() bool {
	return o.Missing == nil && o.Cannot == nil && len(o.Differences) == 0
}

// as is the decider that describes the browser.
func (r *Run) as() oracle.As {
	if r.Chrome.Kind == harness.Firefox {
		return oracle.Firefox
	}
	return oracle.Chrome
}

// Last is the account of the last request that was asked.
func (o Outcome) Last() Account { return o.Accounts[len(o.Accounts)-1] }

// patience is how long a question with earlier requests may take in all. Without
// Access-Control-Max-Age, a preflight is cached for 5 seconds.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
const patience = 4 * time.Second

// Ask asks Chrome and the oracle. If they differ, and a cache may have forgotten
// an earlier request of the question, Ask asks again, at a new URL: if the
// question took too long, or Chrome sent a preflight and the oracle did not. All
// questions share one preflight cache: Chrome keeps 1,024 records, and removes
// any ten to make room; Firefox keeps 100, by its source.
func (r *Run) Ask(ctx context.Context, q Question) Outcome {
	r.Network.OfferHTTP2(http2)
	var o Outcome
	for again := range 5 {
		begin := time.Now()
		o = r.askOnce(ctx, q)
		o.Again = again
		late := o.reuses() && time.Since(begin) >= patience
		if len(o.Differences) == 0 || !late && !o.Last().evicted() || ctx.Err() != nil {
			return o
		}
		if late {
			o = Outcome{Accounts: o.Accounts, Again: again, Missing: errors.New("five times the earlier requests took so long that the preflight cache may have forgotten them")}
		}
	}
	return o
}

// reuses says whether the oracle found a request covered by an earlier preflight.
func (o Outcome) reuses() bool {
	return slices.ContainsFunc(o.Accounts, func(a Account) bool { return slices.Contains(a.Chrome.Branches, oracle.CacheHit) })
}

// evicted says whether Chrome sent more preflights than the oracle, which found a
// request covered by an earlier preflight.
func (a Account) evicted() bool {
	preflights := 0
	for _, arrival := range a.Seen.Arrivals {
		if _, asks := arrival.Headers.Get("Access-Control-Request-Method"); asks && arrival.Method == "OPTIONS" {
			preflights++
		}
	}
	return slices.Contains(a.Chrome.Branches, oracle.CacheHit) && preflights > len(a.Chrome.Preflights())
}

// askOnce asks all requests of a question at one URL.
func (r *Run) askOnce(ctx context.Context, q Question) Outcome {
	var p placed
	place := r.Network.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply { return p.serve(a) }})
	defer place.Close()
	p = q.place(place.URL(""))
	var o Outcome
	caches := map[oracle.As]*oracle.PreflightCache{oracle.Standard: {}, r.as(): {}}
	is, err := r.Chrome.Chrome(ctx)
	if err != nil {
		o.Missing = err
		return o
	}
	now, without := time.Now(), oracle.Lacking(is.Version)
	decide := func(request harness.Request, as oracle.As) oracle.Decision {
		return oracle.Decide(oracle.Question{Request: asFetch(request), Server: p.reply, As: as, Without: without, Cache: caches[as], Now: now})
	}
	for i, pattern := range q.requests() {
		request := p.request(pattern)
		a := Account{Chrome: decide(request, r.as()), Standard: decide(request, oracle.Standard)}
		if r.as() == oracle.Firefox {
			if o.Cannot = endless(request, a.Chrome); o.Cannot != nil {
				return o
			}
		}
		a.Seen, a.Err = r.fetch(ctx, request)
		a.Seen.Arrivals = sentOnce(a.Seen.Arrivals)
		o.Accounts = append(o.Accounts, a)
		if _, cannot := errors.AsType[*harness.CannotError](a.Err); cannot {
			o.Cannot = a.Err
			return o
		}
		if noEvidence(a.Err, a.Chrome) {
			o.Missing = a.Err
			return o
		}
		found := differences(a.Seen, a.Err, a.Chrome, r.as())
		if r.cookies {
			found = append(found, credentials(a)...)
		}
		if i == 0 {
			found = append(found, undeclared(a, oracle.Question{Request: asFetch(request), Server: p.reply, As: r.as(), Without: without, Now: now})...)
		}
		if len(found) > 0 {
			for _, text := range found {
				o.Differences = append(o.Differences, fmt.Sprintf("request %d of %d: %s", i+1, len(q.Before)+1, text))
			}
			return o // later requests may differ for the same reason
		}
	}
	return o
}

// undeclared returns a difference between the oracle for Chrome and for the
// standard that no row of the table explains. It removes the rows that have a
// part, and the rows that have a part then. Without them, the oracle must answer
// as for the standard.
func undeclared(a Account, q oracle.Question) []string {
	for d := a.Chrome; len(d.Deviations) > 0; d = oracle.Decide(q) {
		q.Without, q.Cache = append(q.Without, d.Deviations...), &oracle.PreflightCache{}
	}
	q.Cache = &oracle.PreflightCache{}
	without, standard := Observable(oracle.Decide(q)), Observable(a.Standard)
	if reflect.DeepEqual(without, standard) {
		return nil
	}
	return []string{fmt.Sprintf("the oracle as the browser without %v, and the standard: the browser %+v, the oracle %+v", q.Without, without, standard)}
}

// Observable is the part of a decision that can be seen.
func Observable(d oracle.Decision) oracle.Decision {
	d.Anchor, d.Branches, d.Deviations = "", nil, nil
	return d
}

// fetch asks Chrome. The harness refuses a header that no request can have; here
// such a header is a question too, so the page is asked.
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

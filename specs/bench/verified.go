package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// verified is how fast a policy is verified: with each probe asked once, when
// most of the time is spent on opening a page for each of some thirty origins,
// and with each asked several times.
type verified struct {
	chrome harness.Browser
	policy policy.Policy
	times  []int         // how often each probe is asked
	rates  map[int]drawn // by how often each probe is asked
}

// verifiedPolicy has 3 origins, 5 methods, 8 request headers and 4 resources.
var verifiedPolicy = policy.Policy{
	Target: "https://verified.test",
	Rules: policy.Rules{
		Origins:        policy.Origins{List: []string{"https://app.test", "https://admin.app.test", "https://shop.test:8443"}},
		Credentials:    new(true),
		Methods:        policy.Names{"GET", "POST", "PUT", "PATCH", "DELETE"},
		RequestHeaders: policy.Names{"Authorization", "Content-Type", "X-A", "X-B", "X-C", "X-D", "X-E", "X-F"},
		ExposeHeaders:  policy.Names{"X-Total"},
		MaxAge:         new(600),
	},
	Resources: []policy.Resource{{Path: "/a"}, {Path: "/b"}, {Path: "/c"}, {Path: "/d"}},
}

func newVerified(w *world) (*verified, error) {
	v := &verified{
		chrome: harness.Browser{Path: w.chrome, Network: servers.Foreign{Network: &w.network}, MaxPages: 4, Windowless: true},
		policy: verifiedPolicy, times: []int{1, 8}, rates: map[int]drawn{},
	}
	_, err := w.network.Handle(v.policy.Target, "", servers.Case{Answer: v.answer})
	return v, err
}

func (v *verified) close() { _ = v.chrome.Close() }

// answer answers as the policy requires.
func (v *verified) answer(a harness.Arrival) servers.Reply {
	reply := servers.Reply{Header: harness.Header{{Name: "Vary", Value: "Origin"}, {Name: "X-Total", Value: "7"}}, Body: answer}
	say := func(name, value string) { reply.Header = append(reply.Header, harness.Field{Name: name, Value: value}) }
	origins := a.Headers.Values("Origin")
	if len(origins) != 1 || !slices.Contains(v.policy.Origins.List, origins[0]) {
		return reply
	}
	say("Access-Control-Allow-Origin", origins[0])
	say("Access-Control-Allow-Credentials", "true")
	say("Access-Control-Expose-Headers", strings.Join(v.policy.ExposeHeaders, ", "))
	if a.Method == "OPTIONS" {
		say("Access-Control-Allow-Methods", strings.Join(v.policy.Methods, ", "))
		say("Access-Control-Allow-Headers", strings.Join(v.policy.RequestHeaders, ", "))
		say("Access-Control-Max-Age", fmt.Sprint(*v.policy.MaxAge))
	}
	return reply
}

// round verifies with both numbers of times, and takes the rates for the
// questions that a browser was asked.
func (v *verified) round(ctx context.Context, own float64) error {
	for _, times := range v.times {
		run := verify.Run{Policy: v.policy, Browser: &v.chrome, Repeat: times, Select: verify.Select{Skip: []string{behaviour.TagWire}}}
		report, err := run.Verify(ctx)
		if err != nil {
			return err
		}
		if report.Failed() || !report.Complete() {
			return errors.New("the policy did not hold, so that its rate means nothing")
		}
		questions := 0
		for _, f := range report.Findings {
			questions += len(f.Steps) * times
		}
		d := v.rates[times]
		rate := float64(questions) / report.Seconds
		v.rates[times] = drawn{append(d.rate, rate), append(d.ratio, rate*own)}
	}
	return nil
}

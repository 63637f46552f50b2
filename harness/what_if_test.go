package harness_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// set is an edit of a header.
func set(on harness.EditOn, name, value string) harness.Edit {
	return harness.Edit{On: on, Name: name, Value: value}
}

// Chrome judges the edited answers, and each Exchange has the server's own beside them.
func TestWhatIf(t *testing.T) {
	chrome, net := asked(t)
	const acah = "Access-Control-Allow-Headers"
	end := net.Add(servers.Case{Reply: servers.Reply{Body: "the end"}}).URL(api)
	other := net.Add(servers.Case{Reply: servers.Reply{Body: "the end"}}).URL("https://other.test")
	allowed, methods := set(harness.EditResponse, acao, app), set(harness.EditPreflight, acam, "PUT")
	let := set(harness.EditPreflight, acao, app)
	for name, test := range map[string]struct {
		c        servers.Case
		r        harness.Request
		verdict  harness.Verdict
		reason   harness.Reason
		was, now []int // the statuses
		arrive   string
	}{
		"a header that is missing": {servers.Case{Reply: servers.Reply{}}, harness.Request{WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{200}, []int{200}, "GET"},
		"by XMLHttpRequest": {servers.Case{Reply: servers.Reply{}}, harness.Request{Via: harness.ViaXHR, WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{200}, []int{200}, "GET"},
		"on an error": {servers.Case{Reply: servers.Reply{Status: 500}}, harness.Request{WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{500}, []int{500}, "GET"},
		"a value that does not help": {servers.Case{Reply: servers.Reply{}}, harness.Request{WhatIf: []harness.Edit{set(harness.EditResponse, acao, "https://else.test")}},
			harness.Blocked, harness.AllowOriginMismatch, []int{200}, []int{200}, "GET"},
		"a header that is taken out": {servers.Case{Reply: servers.Reply{Header: header(acao, app)}}, harness.Request{WhatIf: []harness.Edit{{On: harness.EditResponse, Name: acao, Remove: true}}},
			harness.Blocked, harness.MissingAllowOriginHeader, []int{200}, []int{200}, "GET"},
		"two lines made one": {servers.Case{Reply: servers.Reply{Header: header(acao, "*", acao, "*")}}, harness.Request{WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{200}, []int{200}, "GET"},
		"a preflight that nobody answers": {servers.Case{Reply: servers.Reply{}, Preflight: &servers.Reply{Status: 405}},
			harness.Request{Method: "PUT", WhatIf: []harness.Edit{let, methods, {On: harness.EditPreflight, Status: 204}, allowed}},
			harness.Readable, "", []int{405, 200}, []int{204, 200}, "OPTIONS, PUT"},
		"a preflight that is redirected": {servers.Case{Reply: servers.Reply{}, Preflight: &servers.Reply{Status: 302, Header: header("Location", "/login")}},
			harness.Request{Method: "PUT", WhatIf: []harness.Edit{let, methods, {On: harness.EditPreflight, Status: 204}, allowed}},
			harness.Readable, "", []int{302, 200}, []int{204, 200}, "OPTIONS, PUT"},
		"a preflight, and nothing is sent": {servers.Case{Reply: servers.Reply{}, Preflight: &servers.Reply{Status: 405}},
			harness.Request{Method: "DELETE", DryRun: true, WhatIf: []harness.Edit{let, set(harness.EditPreflight, acam, "DELETE"), {On: harness.EditPreflight, Status: 204}}},
			harness.Readable, "", []int{405, 0}, []int{204, 0}, "OPTIONS"},
		"a preflight that still fails": {servers.Case{Reply: servers.Reply{}, Preflight: &servers.Reply{}},
			harness.Request{Headers: header("X-A", "1"), WhatIf: []harness.Edit{let, set(harness.EditPreflight, acah, "X-B"), allowed}},
			harness.Blocked, harness.HeaderDisallowedByPreflightResponse, []int{200, 0}, []int{200, 0}, "OPTIONS"},
		"each step of a redirect": {servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", end)}}, harness.Request{WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{302, 200}, []int{302, 200}, "GET, GET"},
		"a redirect to another origin asks as null": {servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", other)}}, harness.Request{WhatIf: []harness.Edit{allowed}},
			harness.Blocked, harness.AllowOriginMismatch, []int{302, 200}, []int{302, 200}, "GET, GET"},
		"no redirect": {servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", end)}}, harness.Request{WhatIf: []harness.Edit{allowed, {On: harness.EditResponse, Status: 401}}},
			harness.Readable, "", []int{302}, []int{401}, "GET"},
		"credentials": {servers.Case{Reply: servers.Reply{Header: header(acao, "*")}}, harness.Request{Credentials: harness.Include, WhatIf: []harness.Edit{allowed, set(harness.EditResponse, acac, "true")}},
			harness.Readable, "", []int{200}, []int{200}, "GET"},
		"in a frame": {servers.Case{Reply: servers.Reply{}}, harness.Request{Within: "https://other.test", WhatIf: []harness.Edit{allowed}},
			harness.Readable, "", []int{200}, []int{200}, "GET"},
	} {
		t.Run(name, func(t *testing.T) {
			r := test.r
			r.From, r.URL = app, net.Add(test.c).URL(api)
			o, err := chrome.Fetch(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			var was, now []int
			for _, e := range o.Exchanges {
				now = append(now, e.Status)
				if e.Server != nil {
					was = append(was, e.Server.Status)
				} else {
					was = append(was, e.Status)
				}
				if e.Status != 0 && !e.Sent {
					t.Errorf("%s %s was not sent", e.Method, e.URL)
				}
			}
			var arrived []string
			for _, a := range o.Arrivals {
				arrived = append(arrived, a.Method)
			}
			if o.Verdict != test.verdict || o.Reason != test.reason || !slices.Equal(was, test.was) || !slices.Equal(now, test.now) || strings.Join(arrived, ", ") != test.arrive {
				t.Errorf("%s %s, the server's statuses %v, the edited ones %v, arrived %v\n%s", o.Verdict, o.Reason, was, now, arrived, o)
			}
			if !o.Hypothetical() || !strings.Contains(o.String(), "\n  what if "+r.WhatIf[0].String()) || !strings.Contains(harness.Explain(o).Meaning, "what would be") {
				t.Errorf("not marked as what would be:\n%s", o)
			}
		})
	}
}

// The edits meet HTTP/2 and HTTP/1.1 alike.
func TestWhatIfByProtocol(t *testing.T) {
	chrome, net := asked(t)
	net.OfferHTTP2("h2.test")
	for want, origin := range map[string]string{"h2": "https://h2.test", "http/1.1": api} {
		r := harness.Request{From: app, URL: net.Add(servers.Case{Preflight: &servers.Reply{Status: 405}}).URL(origin), Method: "PUT",
			WhatIf: []harness.Edit{set(harness.EditPreflight, acao, app), set(harness.EditPreflight, acam, "PUT"), {On: harness.EditPreflight, Status: 204}, set(harness.EditResponse, acao, app)}}
		o, err := chrome.Fetch(context.Background(), r)
		if err != nil || o.Verdict != harness.Readable || len(o.Exchanges) != 2 {
			t.Fatalf("%s: %v\n%s", want, err, o)
		}
		for _, e := range o.Exchanges {
			if e.Protocol != want {
				t.Errorf("%s: the protocol of %s is %q", want, e.Method, e.Protocol)
			}
		}
	}
}

// The questions before are asked without edits, and their answers in the caches are not judged in
// place of the server's.
func TestWhatIfAfterALogin(t *testing.T) {
	chrome, net := asked(t)
	credentials := set(harness.EditResponse, acac, "true")
	url := net.Add(servers.Case{Reply: servers.Reply{Header: header("Cache-Control", "max-age=600", "Set-Cookie", "sid=1; Secure; SameSite=None", acao, app, acac, "true")}}).URL(api)
	r := harness.Request{From: app, URL: url, Credentials: harness.Include, Before: []harness.Request{{From: app, URL: url, Credentials: harness.Include}},
		WhatIf: []harness.Edit{set(harness.EditResponse, acao, "https://else.test"), credentials}}
	o, err := chrome.Fetch(context.Background(), r)
	if err != nil || o.Verdict != harness.Blocked || o.Reason != harness.AllowOriginMismatch || len(o.Arrivals) != 1 || o.Before[0].Verdict != harness.Readable {
		t.Fatalf("%v\n%s", err, o)
	}
	if sent, _ := o.Arrivals[0].Headers.Get("Cookie"); sent != "sid=1" {
		t.Errorf("the cookie is %q", sent)
	}
}

// A question without edits is not touched by the edits of another one, on the same page.
func TestWhatIfEditsNothingElse(t *testing.T) {
	chrome, net := asked(t)
	r := harness.Request{From: app, URL: net.Add(servers.Case{}).URL(api), WhatIf: []harness.Edit{set(harness.EditResponse, acao, app)}}
	for i := range 4 {
		what := r
		if i%2 == 1 {
			what.WhatIf = nil
		}
		o, err := chrome.Fetch(context.Background(), what)
		if want := map[bool]harness.Verdict{true: harness.Readable, false: harness.Blocked}[i%2 == 0]; err != nil || o.Verdict != want {
			t.Errorf("question %d: %v, want %s\n%s", i, err, want, o)
		}
	}
}

// An edited preflight is no entry of the preflight cache: a later question asks the server again.
// https://fetch.spec.whatwg.org/#cors-preflight-cache
func TestWhatIfLeavesNoPreflightBehind(t *testing.T) {
	chrome, net := asked(t)
	allow := header(acao, app)
	for name, preflight := range map[string]servers.Reply{
		"the server keeps it":  {Status: 405, Header: header("Access-Control-Max-Age", "600")},
		"the server says none": {Status: 405},
		"a redirect":           {Status: 302, Header: header("Location", "/login", "Access-Control-Max-Age", "600")},
	} {
		r := harness.Request{From: app, URL: net.Add(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: allow}}).URL(api), Method: "PUT",
			WhatIf: []harness.Edit{set(harness.EditPreflight, acao, app), set(harness.EditPreflight, acam, "PUT"), {On: harness.EditPreflight, Status: 204}}}
		profile := &harness.Profile{Browser: chrome}
		if o, err := profile.Fetch(context.Background(), r); err != nil || o.Verdict != harness.Readable {
			t.Fatalf("%s: %v\n%s", name, err, o)
		}
		r.WhatIf = nil
		if o, err := profile.Fetch(context.Background(), r); err != nil || o.Verdict != harness.Blocked {
			t.Errorf("%s: %v\n%s", name, err, o)
		}
		if err := profile.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A server that does not answer is no verdict, with and without edits.
func TestWhatIfWithoutAnAnswer(t *testing.T) {
	chrome, net := asked(t)
	r := harness.Request{From: app, URL: net.Add(servers.Case{Reply: servers.Reply{Drop: true}}).URL(api), WhatIf: []harness.Edit{set(harness.EditResponse, acao, app)}}
	if o, err := chrome.Fetch(context.Background(), r); err == nil {
		t.Errorf("a verdict without an answer:\n%s", o)
	}
}

func TestParseEdit(t *testing.T) {
	for text, problem := range map[string]string{
		"response: Access-Control-Allow-Origin: https://app.test": "",
		"preflight: X-Empty: ":                  "",
		"response: remove Vary":                 "",
		"preflight: status 204":                 "",
		"Access-Control-Allow-Origin: *":        "want response",
		"response: Access-Control-Allow-Origin": "want response: NAME: VALUE",
		"answer: X-A: 1":                        "which answer is edited?",
		"response: status 302":                  "no redirect",
		"preflight: status 100":                 "from 200 to 599",
		"response: X A: 1":                      "HTTP token",
		"response: remove":                      "HTTP token",
		"":                                      "want response",
	} {
		e, err := harness.ParseEdit(text)
		switch {
		case problem == "" && (err != nil || e.String() != text):
			t.Errorf("%s: %q, %v", text, e, err)
		case problem != "" && (err == nil || !strings.Contains(err.Error(), problem)):
			t.Errorf("%s: %v, want %s", text, err, problem)
		}
	}
}

// An edit that could not reach the answer is refused before anything is asked.
func TestWhatIfIsRefused(t *testing.T) {
	edit := []harness.Edit{set(harness.EditResponse, acao, app)}
	for problem, r := range map[string]harness.Request{
		"worker":            {Where: harness.WhereWorker},
		"only answers to":   {Via: harness.ViaImage},
		"from a cache":      {Cache: harness.CacheForceCache},
		"service worker":    {Controller: harness.Controller{Answer: harness.PassesThrough}},
		"the page is gone":  {Moment: harness.MomentClosed},
		"the link":          {Hint: harness.Hint{Rel: harness.HintPreload}},
		"several questions": {Beside: []harness.Request{{From: app, URL: api + "/2"}}},
		"no browser judges": {From: "capacitor://localhost"},
	} {
		r.URL, r.WhatIf = api, edit
		if r.From == "" {
			r.From = app
		}
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), problem) || !strings.Contains(err.Error(), "what-if") {
			t.Errorf("want %q: %v", problem, err)
		}
		if r.WhatIf = nil; r.Moment == "" && r.Validate() != nil {
			t.Errorf("%s: refused without edits, too: %v", problem, r.Validate())
		}
	}
}

package draft

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/policy"
)

// A policy file is read as the draft that wrote it, whatever its texts are.
func TestTextIsReadAsItIs(t *testing.T) {
	for _, p := range []policy.Policy{
		{Target: "https://api.acme.com", Rules: policy.Rules{Origins: policy.Origins{None: true}}},
		{Target: "http://[::1]:8080", Rules: policy.Rules{Origins: policy.Origins{Any: true}, Credentials: new(false), Methods: policy.Names{policy.Wildcard}, ExposeHeaders: policy.Names{}}},
		{
			Target: "https://api.acme.com",
			Rules: policy.Rules{
				Origins: policy.Origins{List: []string{"https://app.acme.com", "http://[::1]:3000", "capacitor://localhost"}, Subdomains: []string{"https://acme.com:8443"}}, AllowNull: new(false), Credentials: new(true),
				Methods: policy.Names{"GET", "PUT"}, RequestHeaders: policy.Names{"No", "null", "X-A", "1", "~", "!x", "a'b"}, ExposeHeaders: policy.Names{"Y"}, MaxAge: new(0), Errors: new(false), Redirects: new(true),
			},
			Resources: []policy.Resource{{Path: "/"}, {Path: "/a?b=$HOME&c=d:e"}, {Path: "/a,b;c"}, {Path: "/%C3%BC"}},
		},
	} {
		d := Draft{Policy: p, Head: "Head\x1b\nnext", Why: map[string]string{"origins": strings.Repeat("long ", 50) + "\r\x07", "maxAge": "none"}}
		read, err := policy.Parse("p.yaml", []byte(d.Text()), nil)
		if err != nil {
			t.Errorf("%v\n%s", err, d.Text())
			continue
		}
		want, _ := json.Marshal(p)
		if got, _ := json.Marshal(read); string(got) != string(want) {
			t.Errorf("%s\nwant\n%s\n%s", got, want, d.Text())
		}
		for line := range strings.SplitSeq(d.Text(), "\n") {
			if strings.HasPrefix(line, "#") && len(line) > 120 {
				t.Errorf("a long line: %s", line)
			}
		}
	}
}

func TestFromWords(t *testing.T) {
	d, err := FromWords("https://api.acme.com", "https://app.acme.com,https://*.acme.com", true)
	if err != nil || !strings.Contains(d.Text(), "\norigins: [https://app.acme.com, https://*.acme.com]\n") || !strings.Contains(d.Text(), "\ncredentials: true\n") {
		t.Errorf("%v\n%s", err, d.Text())
	}
	for _, c := range [][2]string{{"api.acme.com", "none"}, {"https://api.acme.com", ""}, {"https://api.acme.com", "app.acme.com"}, {"https://api.acme.com", "any"}, {"https://${HOST}", "none"}} {
		if _, err := FromWords(c[0], c[1], true); policy.Faults(err) == nil {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// Where evidence is missing, or another server decided, there is no policy.
func TestFromTargetNeedsEvidence(t *testing.T) {
	lost := errors.New("lost")
	from := func(ask func(harness.Request) (harness.Observation, error)) error {
		_, err := FromTarget(context.Background(), Target{URL: "https://api.acme.com/v1", From: "https://app.acme.com", Ask: func(_ context.Context, r harness.Request) (harness.Observation, error) { return ask(r) }})
		return err
	}
	asked := 0
	readable := func(r harness.Request) harness.Observation {
		return harness.Observation{Request: r, Verdict: harness.Readable, Exchanges: []harness.Exchange{{Kind: harness.ActualRequest, Method: "GET", URL: r.URL, Sent: true, Status: 200}}}
	}
	for last := range 8 {
		asked = 0
		if err := from(func(r harness.Request) (harness.Observation, error) {
			if asked++; asked > last {
				return harness.Observation{}, lost
			}
			return readable(r), nil
		}); !errors.Is(err, lost) {
			t.Errorf("after %d questions: %v", last, err)
		}
	}
	err := from(func(r harness.Request) (harness.Observation, error) {
		seen := readable(r)
		seen.Exchanges = append(seen.Exchanges, harness.Exchange{Kind: harness.ActualRequest, URL: "https://login.acme.com/", Status: 200})
		return seen, nil
	})
	var missing *harness.InconclusiveError
	if !errors.As(err, &missing) || !strings.Contains(missing.Missing, "https://login.acme.com") {
		t.Errorf("a redirect to a login: %v", err)
	}
	if from(func(r harness.Request) (harness.Observation, error) {
		if r.Method != "" && !r.DryRun {
			t.Errorf("%s is sent", r.Method)
		}
		return readable(r), nil
	}) != nil {
		t.Error("a server that lets everything pass makes no policy")
	}
}

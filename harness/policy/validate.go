package policy

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// Validate returns all faults of the policy at once, joined: each is a *[FaultError]. A
// policy that [Read] or [Parse] returned has no faults.
func (p Policy) Validate() error {
	var f faults
	p.check(&f)
	return f.error()
}

// check finds the faults of single values, and of their combinations.
func (p Policy) check(f *faults) {
	p.checkTarget(f)
	p.Rules.check(f, "")
	paths := map[string]int{}
	for i, r := range p.Resources {
		at := fmt.Sprintf("resources[%d]", i)
		p.checkPath(f, at+".path", r.Path)
		if first, twice := paths[r.Path]; twice {
			f.add(at+".path", r.Path, fmt.Sprintf("resources[%d] has this path already", first), "")
		} else {
			paths[r.Path] = i
		}
		r.check(f, at+".")
	}
	p.Ask.check(f)
	p.checkCookies(f)
	p.checkIntent(f)
}

// checkTarget checks that the target is an origin.
func (p Policy) checkTarget(f *faults) {
	if p.Target == "" {
		f.add("target", "", "missing: give the origin of the server, such as https://api.example.com", "")
		return
	}
	if _, _, app := web.AppOriginProblem(p.Target); app {
		f.add("target", p.Target, "the target must be an http or https origin", "")
		return
	}
	if strings.Contains(p.Target, "*") {
		f.add("target", p.Target, "the target is one origin, not a pattern", "")
		return
	}
	problem, meant := originProblem(p.Target)
	if problem == trailingSlash || problem == noPath {
		problem += ": paths belong to resources"
	}
	f.addIf("target", p.Target, problem, meant)
}

// addIf adds a fault where there is a problem.
func (f *faults) addIf(path, value, problem, meant string) {
	if problem != "" {
		f.add(path, value, problem, meant)
	}
}

// checkPath checks that the path of one resource is written as browsers write it.
func (p Policy) checkPath(f *faults, at, path string) {
	problem, meant := pathProblem(path)
	f.addIf(at, path, problem, meant)
}

// pathProblem says what is wrong with a path, and what was probably meant.
func pathProblem(path string) (problem, meant string) {
	switch {
	case path == "":
		return "missing: give a path of the target, such as /v1/me", ""
	case strings.Contains(path, "://"):
		u, err := oracle.ParseURL(path, nil)
		if err != nil || u.Path == "" {
			return "want a path that begins with a slash", ""
		}
		return "want a path of the target, without scheme and host", u.Path + u.Query
	case strings.HasPrefix(path, "//"):
		return "two slashes begin a host, not a path", "/" + strings.TrimLeft(path, "/")
	case path[0] != '/':
		return "a path begins with a slash", "/" + path
	case strings.ContainsAny(path, "*{}"):
		return "want a path that the server has, not a pattern", ""
	case strings.Contains(path, "#"):
		before, _, _ := strings.Cut(path, "#")
		return "a fragment is never sent", before
	}
	u, err := oracle.ParseURL("https://host.test"+path, nil)
	if err != nil {
		return "not a path", ""
	}
	if written := u.Path + u.Query; written != path {
		return "browsers write this path differently", written
	}
	return "", ""
}

// check finds the faults of each single field.
func (r Rules) check(f *faults, prefix string) {
	r.Origins.check(f, prefix+"origins")
	checkNames(f, prefix+"methods", r.Methods, methodProblem, func(a string) string { return a })
	checkNames(f, prefix+"requestHeaders", r.RequestHeaders, requestHeaderProblem, strings.ToLower)
	checkNames(f, prefix+"exposeHeaders", r.ExposeHeaders, exposeHeaderProblem, strings.ToLower)
	if r.MaxAge != nil && *r.MaxAge < 0 {
		f.add(prefix+"maxAge", fmt.Sprint(*r.MaxAge), "want seconds: 0 means that no answer is kept", "0")
	}
}

// check finds the faults of the fields of ask.
func (a Ask) check(f *faults) {
	for _, h := range a.Headers {
		at := join("ask.headers", h.Name)
		problem, meant := headerNameProblem(h.Name)
		switch {
		case problem != "":
			f.add(at, "", problem, meant)
		case web.IsForbiddenRequestHeader(h.Name, h.Value):
			f.add(at, "", forbiddenHeader, "")
		case harness.Request{From: harness.OpaqueOrigin, URL: "https://host.test/", Headers: harness.Header{h}}.Validate() != nil:
			f.add(at, "", "its value has a character that no header can carry", "")
		}
	}
	a.checkReach(f)
	if a.Unsafe != "" && a.Unsafe != PreflightUnsafe && a.Unsafe != SendUnsafe {
		f.add("ask.unsafe", string(a.Unsafe), "want preflight or send", source.Nearest(string(a.Unsafe), []string{string(PreflightUnsafe), string(SendUnsafe)}))
	}
	if a.Rate != (Rate{}) && (a.Rate.Questions <= 0 || a.Rate.Per <= 0) {
		f.add("ask.rate", "", wantRate, "")
	}
	if a.Concurrency < 0 {
		f.add("ask.concurrency", fmt.Sprint(a.Concurrency), "want how many questions may be in flight, 1 or more", "")
	}
	if a.TimeLimit < 0 {
		f.add("ask.timeLimit", a.TimeLimit.String(), wantTime, "")
	}
}

// Problems with more than one use.
const (
	wantRate = "want questions in a time, such as 10/s, 100/m or 1000/h"
	wantTime = "want a time such as 30s or 2m"
)

package policy

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// UnlistedHeader is a request header that no policy lists.
const UnlistedHeader = "X-Corsproof-Unlisted"

// UnlistedOrigin is an origin that no policy lists: nobody owns a name under .test.
func UnlistedOrigin(scheme string) string { return scheme + "://unlisted." + evilHost }

// The names that probes invent.
const (
	evilHost    = "evil.test" // reserved: https://www.rfc-editor.org/rfc/rfc6761#section-6.2
	childLabel  = "child"
	anyHeader   = "X-Corsproof-Any"
	notThere    = "corsproof-not-there"
	headerValue = "corsproof"
)

// Probes returns the probes of the policy, resource by resource, always in the same
// order: first what is allowed, then what is forbidden. An absent field raises no probe.
// The error is the error of [Policy.Validate], or says how many probes there would be,
// where they are too many to ask.
func (p Policy) Probes() ([]Probe, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := p.checkCount(); err != nil {
		return nil, err
	}
	var probes []Probe
	target := oracle.ParseOrigin(p.Target)
	alike := map[string][]stranger{}
	for _, r := range p.Resolved() {
		p.raiserOf(r, target, alike, &probes).raise()
	}
	return probes, nil
}

// raiserOf is what raises the probes of a resource.
func (p Policy) raiserOf(r Resource, target oracle.Origin, alike map[string][]stranger, probes *[]Probe) *raiser {
	x := &raiser{Resource: r, line: p.lines[r.Path], url: p.Target + r.Path, target: target, probes: probes, alike: alike}
	for _, h := range p.Ask.Headers {
		if r.takes(h) {
			x.headers = append(x.headers, h)
		}
	}
	x.asking, x.changes = x.origins(), x.changing()
	return x
}

// raiser raises the probes of one resource.
type raiser struct {
	Resource
	line    int // in the policy's file
	url     string
	target  oracle.Origin
	headers harness.Header      // of every question
	asking  []string            // the allowed origins that ask; the first stands for all
	changes [][]harness.Request // what strangers must not send, by method, without From
	probes  *[]Probe
	alike   map[string][]stranger // look-alikes by origin: most resources have the same
}

func (x *raiser) raise() {
	if len(x.asking) > 0 {
		x.raiseReadable()
		x.raiseExposed()
		x.raiseMethods()
		x.raiseHeaders()
		x.raiseOthers()
		x.raiseMaxAge()
		x.raiseErrors()
		x.raiseRedirects()
		x.raiseUnchanged()
		x.raiseOwnOrigin()
		x.raiseOptions()
		x.raiseLines()
		x.raiseVary()
		x.raiseCaches()
	}
	x.raiseNull()
	x.raiseStrangers()
	if len(x.asking) > 0 {
		x.raiseCredentialsRefused()
		x.raiseUnlistedMethods()
		x.raiseUnlistedHeaders()
	}
}

// origins returns the allowed origins that ask.
func (x *raiser) origins() []string {
	if x.Origins.Any {
		return []string{x.scheme() + "://any.test", x.scheme() + "://other.any.test:8443"}
	}
	asking := webFirst(x.others(x.Origins.List))
	for _, base := range x.Origins.Subdomains {
		for _, child := range x.children(base) {
			if !slices.Contains(asking, child) {
				asking = append(asking, child)
				break
			}
		}
	}
	return asking
}

// children are two children of an origin, without the target's own origin.
func (x *raiser) children(base string) []string {
	var children []string
	for _, label := range []string{childLabel, "other"} {
		children = append(children, withHost(oracle.ParseOrigin(base), func(host string) string { return label + "." + host }))
	}
	return slices.DeleteFunc(x.others(children), func(child string) bool { return child == "" })
}

// webFirst puts the origins of web pages first: the first origin stands for all, and Chrome
// can ask from those.
func webFirst(origins []string) []string {
	app := func(origin string) bool { return web.IsAppOrigin(origin) }
	pages := slices.DeleteFunc(slices.Clone(origins), app)
	return append(pages, slices.DeleteFunc(origins, func(origin string) bool { return !app(origin) })...)
}

// others are the origins without the target's own origin, whose pages need no permission.
func (x *raiser) others(origins []string) []string {
	return slices.DeleteFunc(slices.Clone(origins), func(origin string) bool { return origin == x.target.String() })
}

// scheme is the scheme of pages that can ask the target at all: a page of https cannot
// ask an http server.
// https://w3c.github.io/webappsec-mixed-content/
func (x *raiser) scheme() string { return x.target.Scheme }

// withHost returns an origin with another host. It is empty where the result is not an
// origin.
func withHost(o oracle.Origin, change func(string) string) string {
	o.Host = change(o.Host)
	if parsed := oracle.ParseOrigin(o.String()); parsed != o {
		return ""
	}
	return o.String()
}

// credentialed returns the credentials mode of the policy, for questions where the
// wildcard of a server must not be enough.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func (x *raiser) credentialed() harness.Credentials {
	if says(x.Credentials, true) {
		return harness.Include
	}
	return ""
}

// request returns a question with the headers of ask and further headers.
func (x *raiser) request(from, method string, more ...harness.Field) harness.Request {
	return harness.Request{From: from, URL: x.url, Method: method, Headers: x.with(more...)}
}

// credentialedRequest is a GET with the headers to ask with, in the credentials mode of
// the policy.
func (x *raiser) credentialedRequest(from string) harness.Request {
	r := x.request(from, "")
	r.Credentials = x.credentialed()
	return r
}

// with returns the headers of ask and further headers, each name once.
func (x *raiser) with(more ...harness.Field) harness.Header {
	list := slices.Clip(x.headers)
	for _, f := range more {
		if len(list.Values(f.Name)) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// readable returns a step with the wanted verdict readable.
func readable(r harness.Request) Step { return Step{Request: r, Want: harness.Readable} }

// blocked returns a step with the wanted verdict blocked.
func blocked(r harness.Request) Step { return Step{Request: r, Want: harness.Blocked} }

// parts distinguish a probe from others of its id.
type parts struct{ from, method, header, other string }

// add adds a probe of a behaviour.
func (x *raiser) add(side behaviour.Side, id string, key parts, title string, steps ...Step) *Probe {
	b, _ := behaviour.Of(id)
	title += onlyWire(steps)
	probe := Probe{
		ID: id, Level: b.Level, Side: side, Resource: x.Path, Title: title, Tags: b.TagsOn(side), Steps: steps,
		Header: key.header, Line: x.line,
		Key:    keyOf(x.Path, key.from, key.method, key.header, key.other),
		Caches: b.Needs == behaviour.Caches, Wire: b.Needs == behaviour.Wire,
	}
	for _, s := range steps {
		probe.Unsafe = probe.Unsafe || !web.IsSafeMethod(s.Request.Method)
	}
	*x.probes = append(*x.probes, probe)
	return &(*x.probes)[len(*x.probes)-1]
}

// onlyWire is what a title says of steps that Chrome cannot ask.
func onlyWire(steps []Step) string {
	wired := 0
	for _, s := range steps {
		if s.Request.OnTheWire() {
			wired++
		}
	}
	switch wired {
	case 0:
		return ""
	case len(steps):
		return " (on the wire: Chrome cannot open this page)"
	}
	return " (in part on the wire: Chrome cannot open each of the pages)"
}

// tag adds a tag that depends on the probe and not on its behaviour alone.
func (p *Probe) tag(tag string) { p.Tags = append(p.Tags, tag) }

// field returns a request header with a value without meaning. The value of Content-Type
// is one that a page may not send without permission.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func field(name string) harness.Field {
	if strings.EqualFold(name, web.NameContentType) {
		return harness.Field{Name: name, Value: "application/json"}
	}
	return harness.Field{Name: name, Value: headerValue}
}

package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// hidden stands in for a secret.
const hidden = plain.Hidden

// Redacted returns a copy that may be written to a report: without the values of
// Authorization, cookies and headers that look like keys, without bodies, and
// without the passwords and the secret parameters of URLs. Names stay, and so do the
// attributes of a Set-Cookie.
func (o Observation) Redacted() Observation {
	o.Request = redactRequest(o.Request)
	o.Before, o.Beside = redactEach(o.Before, Observation.Redacted), redactEach(o.Beside, Observation.Redacted)
	o.Parameter = hideSecrets(o.Parameter)
	o.Hinted.Said = hideSecrets(o.Hinted.Said)
	o.Script = redactScript(o.Script)
	o.Exchanges, o.Arrivals = redactEach(o.Exchanges, redactExchange), redactEach(o.Arrivals, redactArrival)
	o.Console = slices.Clone(o.Console)
	for i := range o.Console {
		o.Console[i].Text = hideSecrets(o.Console[i].Text)
	}
	o.Issues = slices.Clone(o.Issues)
	for i := range o.Issues {
		o.Issues[i].Detail = hideSecrets(o.Issues[i].Detail)
	}
	o.Browser.Flags = slices.Clone(o.Browser.Flags)
	for i := range o.Browser.Flags {
		o.Browser.Flags[i] = hideSecrets(o.Browser.Flags[i])
	}
	return o
}

// redactRequest returns a copy without secrets.
func redactRequest(r Request) Request {
	r.URL = hideSecrets(r.URL)
	r.Headers = redactHeader(r.Headers)
	r.PageHeaders = redactHeader(r.PageHeaders)
	r.WorkerHeaders, r.WithinHeaders = redactHeader(r.WorkerHeaders), redactHeader(r.WithinHeaders)
	r.PagePath, r.WithinPath, r.WorkerPath = hideSecrets(r.PagePath), hideSecrets(r.WithinPath), hideSecrets(r.WorkerPath)
	r.Controller.URL, r.Controller.Headers = hideSecrets(r.Controller.URL), redactHeader(r.Controller.Headers)
	if r.Controller.Body != "" {
		r.Controller.Body = hidden
	}
	r.Referrer, r.XHR.User = hideSecrets(r.Referrer), hideSecrets(r.XHR.User)
	if r.XHR.Password != "" {
		r.XHR.Password = hidden
	}
	r.WhatIf = redactEach(r.WhatIf, redactEdit)
	r.Before, r.Beside = redactEach(r.Before, redactRequest), redactEach(r.Beside, redactRequest)
	r.Body = redactBody(r.Body)
	return r
}

// redactEach returns a copy of a list without secrets. A nil list stays nil.
func redactEach[T any](list []T, redact func(T) T) []T {
	list = slices.Clone(list)
	for i, item := range list {
		list[i] = redact(item)
	}
	return list
}

// redactScript returns a copy without secrets.
func redactScript(s Script) Script {
	s.Error, s.URL, s.Headers = hideSecrets(s.Error), hideSecrets(s.URL), redactHeader(s.Headers)
	if s.Body != "" {
		s.Body = hidden
	}
	return s
}

// redactExchange returns a copy without secrets.
func redactExchange(e Exchange) Exchange {
	e.URL = hideSecrets(e.URL)
	e.RequestHeaders, e.ResponseHeaders = redactHeader(e.RequestHeaders), redactHeader(e.ResponseHeaders)
	if e.Server != nil {
		e.Server = &Answer{Status: e.Server.Status, Headers: redactHeader(e.Server.Headers)}
	}
	return e
}

// redactEdit returns a copy without secrets.
func redactEdit(e Edit) Edit {
	e.Value = redactValue(Field{e.Name, e.Value})
	return e
}

// redactArrival returns a copy without secrets.
func redactArrival(a Arrival) Arrival {
	a.URL, a.Headers = hideSecrets(a.URL), redactHeader(a.Headers)
	return a
}

// redactHeader returns a copy without secrets. A nil Header stays nil.
func redactHeader(h Header) Header {
	h = slices.Clone(h)
	for i, f := range h {
		h[i].Value = redactValue(f)
	}
	return h
}

// redactValue returns the value of a header as it may be shown.
func redactValue(f Field) string {
	switch {
	case strings.EqualFold(f.Name, web.NameCookie):
		return redactCookies(f.Value)
	case strings.EqualFold(f.Name, web.NameSetCookie):
		return redactSetCookie(f.Value)
	case web.IsSecretHeader(f.Name):
		return hidden
	}
	return hideSecrets(f.Value)
}

// redactCookies keeps the names of a Cookie header.
func redactCookies(value string) string {
	pairs := strings.Split(value, ";")
	for i, pair := range pairs {
		pairs[i] = redactPair(strings.TrimSpace(pair))
	}
	return strings.Join(pairs, "; ")
}

// redactPair keeps the name of a cookie. A cookie without a name is only a value.
func redactPair(pair string) string {
	name, _, named := strings.Cut(pair, "=")
	if !named {
		return hidden
	}
	return name + "=" + hidden
}

// redactSetCookie keeps the name and the attributes of a Set-Cookie header.
func redactSetCookie(value string) string {
	pair, attributes, more := strings.Cut(value, ";")
	if !more {
		return redactPair(pair)
	}
	return redactPair(pair) + ";" + attributes
}

// redactBody keeps the kind of a body and the names of its fields.
func redactBody(b Body) Body {
	if b.Content != "" {
		b.Content = hidden
	}
	if b.Raw != nil {
		b.Raw = []byte(hidden)
	}
	b.Fields = slices.Clone(b.Fields)
	for i := range b.Fields {
		b.Fields[i].Value = hidden
	}
	return b
}

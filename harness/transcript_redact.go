package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// hidden stands in for a secret.
const hidden = "(hidden)"

// Redacted returns a copy that may be written to a report: without the values of
// Authorization, cookies and headers that look like keys, without bodies, and
// without passwords in URLs. Names stay, and so do the attributes of a Set-Cookie.
func (o Observation) Redacted() Observation {
	o.Request = redactRequest(o.Request)
	o.Parameter = hideUserinfo(o.Parameter)
	o.Script.Error = hideUserinfo(o.Script.Error)
	o.Script.URL = hideUserinfo(o.Script.URL)
	o.Script.Headers = redactHeader(o.Script.Headers)
	if o.Script.Body != "" {
		o.Script.Body = hidden
	}
	o.Exchanges = slices.Clone(o.Exchanges)
	for i := range o.Exchanges {
		e := &o.Exchanges[i]
		e.URL = hideUserinfo(e.URL)
		e.RequestHeaders = redactHeader(e.RequestHeaders)
		e.ResponseHeaders = redactHeader(e.ResponseHeaders)
	}
	o.Arrivals = slices.Clone(o.Arrivals)
	for i := range o.Arrivals {
		o.Arrivals[i].URL = hideUserinfo(o.Arrivals[i].URL)
		o.Arrivals[i].Headers = redactHeader(o.Arrivals[i].Headers)
	}
	o.Console = slices.Clone(o.Console)
	for i := range o.Console {
		o.Console[i].Text = hideUserinfo(o.Console[i].Text)
	}
	return o
}

// redactRequest returns a copy without secrets.
func redactRequest(r Request) Request {
	r.URL = hideUserinfo(r.URL)
	r.Headers = redactHeader(r.Headers)
	r.PageHeaders = redactHeader(r.PageHeaders)
	r.Body = redactBody(r.Body)
	return r
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
	return hideUserinfo(f.Value)
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

package diagnose

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// originOf is the origin that an exchange was sent with.
func originOf(o harness.Observation, e harness.Exchange) string {
	if sent, present := e.RequestHeaders.Get(web.NameOrigin); present {
		return sent
	}
	return o.Page.Origin
}

// allowing are the edits of an answer by which an origin may read it.
// https://fetch.spec.whatwg.org/#cors-check
func allowing(on harness.EditOn, o harness.Observation, e harness.Exchange) []harness.Edit {
	origin := originOf(o, e)
	if origin == harness.OpaqueOrigin && o.Request.Credentials != harness.Include {
		origin = "*" // the request before a redirect has another origin
	}
	list := []harness.Edit{{On: on, Name: web.NameAllowOrigin, Value: origin}}
	if o.Request.Credentials == harness.Include {
		list = append(list, harness.Edit{On: on, Name: web.NameAllowCredentials, Value: "true"})
	}
	return list
}

// passing are the edits by which a preflight passes.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func passing(o harness.Observation, e harness.Exchange) []harness.Edit {
	list := allowing(harness.EditPreflight, o, e)
	if !web.IsOKStatus(e.Status) {
		list = append(list, harness.Edit{On: harness.EditPreflight, Status: 204})
	}
	return append(list, naming(e)...)
}

// naming are the edits by which a preflight names what it was asked for.
func naming(e harness.Exchange) []harness.Edit {
	var list []harness.Edit
	if method, _ := e.RequestHeaders.Get(web.NameRequestMethod); method != "" {
		list = append(list, harness.Edit{On: harness.EditPreflight, Name: web.NameAllowMethods, Value: method})
	}
	if names, _ := e.RequestHeaders.Get(web.NameRequestHeaders); names != "" {
		list = append(list, harness.Edit{On: harness.EditPreflight, Name: web.NameAllowHeaders, Value: names})
	}
	return list
}

// everything are all edits that the protocol can want for the question.
func everything(o harness.Observation, by harness.Exchange) []harness.Edit {
	list := allowing(harness.EditResponse, o, by)
	for _, e := range o.Preflights() {
		list = append(list, passing(o, e)...)
		break
	}
	return list
}

// missing are the edits that a list does not have yet.
func missing(have, want []harness.Edit) []harness.Edit {
	var list []harness.Edit
	for _, w := range want {
		same := func(e harness.Edit) bool {
			return e.On == w.On && strings.EqualFold(e.Name, w.Name) && (e.Status != 0) == (w.Status != 0)
		}
		if !slices.ContainsFunc(have, same) {
			list = append(list, w)
		}
	}
	return list
}

// edited is the question with edits.
func (c *patient) edited(edits []harness.Edit) harness.Request {
	r := c.d.Seen.Request
	r.Cache, r.WhatIf = "", edits
	return r
}

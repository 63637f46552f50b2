package differential

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// The headers of the CORS protocol.
// https://fetch.spec.whatwg.org/#http-responses
const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
)

// https://fetch.spec.whatwg.org/#redirect-status
var redirectStatuses = []int{301, 302, 303, 307, 308}

// allowOrigin draws the lines that the CORS check reads.
// https://fetch.spec.whatwg.org/#cors-check
func (d *drawing) allowOrigin() harness.Header {
	var list harness.Header
	if d.chance(75) {
		list = lines(acao, one(d.Rand, "{origin}", "{origin}", "*", d.page.from))
	} else {
		list = one(d.Rand, d.badOrigins()...)
	}
	switch {
	case d.chance(55), d.request.Credentials == harness.Include && d.chance(60):
		list = append(list, lines(acac, "true")...)
	case d.chance(40):
		list = append(list, one(d.Rand, lines(acac, "True"), lines(acac, ""), lines(acac, " true\t"), lines(acac, "false"),
			lines(acac, "true", acac, "true"), lines(acac, "true,"), lines(acac, "é"))...)
	}
	return list
}

// badOrigins are the shapes of Access-Control-Allow-Origin that do not pass, or
// pass only for some pages.
func (d *drawing) badOrigins() []harness.Header {
	own := d.page.own
	list := []harness.Header{nil, nil, nil, lines(acao, "*", acao, "*"), lines(acao, "", acao, "*"), lines(acao, own, acao, "https://evil.test")}
	for _, value := range []string{
		"https://evil.test", "null", "", own + "/", own + ":443", strings.ToUpper(own), own + ", *", own + " https://evil.test", " *\t", "*\v", `"*"`, "**", "* ,",
		"example.com", "*.test", "localhost:7101", "http://*:7101", "https://", "https://é.test", "é", "http://[::1", "app.test:443", "//app.test", "data:,a", "{origin}/a",
		"https://user@app.test", "null null", "NULL", "https://app.test#", "https://app%2Etest",
	} {
		list = append(list, lines(acao, value))
	}
	return list
}

// preflightAnswer draws the answer to an OPTIONS request.
func (d *drawing) preflightAnswer() Answer {
	a := Answer{Status: 204, Header: d.allowOrigin(), Drop: d.chance(1)}
	switch {
	case d.chance(6):
		a.Status = one(d.Rand, 200, 200, 201, 299, 300, 304, 400, 401, 403, 404, 405, 408, 500, 503)
	case d.chance(2):
		a.Status = one(d.Rand, redirectStatuses...)
		a.Header = append(a.Header, d.location(0)...)
	}
	a.Header = append(a.Header, d.allowMethods()...)
	a.Header = append(a.Header, d.allowHeaders()...)
	if d.chance(10) {
		a.Header = append(a.Header, d.exposeHeaders()...) // it is for the response that carries it
	}
	if d.chance(25) {
		a.Header = append(a.Header, one(d.Rand,
			lines(acma, "0"), lines(acma, "-1"), lines(acma, "5"), lines(acma, "600"), lines(acma, "7200"), lines(acma, "86400"), lines(acma, "+600"), lines(acma, "abc"),
			lines(acma, "0.5"), lines(acma, ""), lines(acma, "0", acma, "0"), lines(acma, " 600 "), lines(acma, "9223372036854775807"), lines(acma, "9223372036854775808"))...)
	}
	return a
}

func (d *drawing) allowMethods() harness.Header {
	if d.chance(65) {
		return lines(acam, one(d.Rand, "{method}", "{method}", "*", "GET, POST, PUT, DELETE, PATCH, patch, OPTIONS", strings.ToUpper(d.request.Method)))
	}
	return one(d.Rand, nil, nil, lines(acam, ""), lines(acam, "GET"), lines(acam, "put, delete, PATCH"), lines(acam, "PUT POST"), lines(acam, `"PUT"`), lines(acam, ", ,PUT,,"),
		lines(acam, "GET", acam, "PUT"), lines(acam, "PUT;DELETE"), lines(acam, "*, PUT"), lines(acam, "PUT\t,\tDELETE"), lines(acam, "é"), lines(acam, "PUT", acam, "P T"))
}

func (d *drawing) allowHeaders() harness.Header {
	names := strings.Join(d.unsafe, ", ")
	if d.chance(60) {
		return lines(acah, one(d.Rand, "{headers}", names, strings.ToUpper(names), "*", "*, authorization", names+", content-type"))
	}
	return one(d.Rand, nil, nil, lines(acah, ""), lines(acah, "x-a"), lines(acah, "X-A, content-type"), lines(acah, "x-a, b@d"), lines(acah, "x-a x-b"), lines(acah, `"x-a"`),
		lines(acah, "x-a", acah, "x-b, content-type"), lines(acah, ",,x-a,"), lines(acah, "authorization"), lines(acah, "é"), lines(acah, "x-a,\tcontent-type,range"))
}

// finalAnswer draws the response that a script should see.
func (d *drawing) finalAnswer() Answer {
	a := Answer{Header: d.allowOrigin(), Drop: d.chance(1)}
	if d.chance(15) {
		a.Status = one(d.Rand, 200, 201, 204, 299, 300, 304, 400, 401, 403, 404, 405, 408, 410, 418, 429, 500, 502, 503)
	}
	if d.chance(45) {
		a.Header = append(a.Header, lines("X-One", "1", "X-Two", "é", "Content-Language", "de", "Set-Cookie", "a=b")...)
		a.Header = append(a.Header, d.exposeHeaders()...)
	}
	if d.request.Mode == harness.NoCORS && d.chance(70) || d.chance(5) {
		a.Header = append(a.Header, lines("Cross-Origin-Resource-Policy",
			one(d.Rand, "same-origin", "same-site", "cross-origin", "Same-Origin", "same-origin, same-site", "", "none"))...)
	}
	if d.chance(10) {
		a.Header = append(a.Header, lines("Timing-Allow-Origin", one(d.Rand, "*", "{origin}", "https://evil.test", `"*"`, "{origin}, https://evil.test"))...)
	}
	if d.chance(2) {
		a.Header = append(a.Header, lines("Location", "{0}")...) // no status makes it a redirect
	}
	return a
}

// exposeHeaders draws which headers a script may read.
// https://fetch.spec.whatwg.org/#cors-exposed-header-name-list
func (d *drawing) exposeHeaders() harness.Header {
	return one(d.Rand, nil, lines(aceh, "*"), lines(aceh, "X-One"), lines(aceh, "x-one, X-TWO"), lines(aceh, "X-One, no no"), lines(aceh, "", aceh, "X-Two"),
		lines(aceh, "X-One", aceh, "X-Two"), lines(aceh, "*, X-One"), lines(aceh, "Set-Cookie"), lines(aceh, `"X-One"`), lines(aceh, ","), lines(aceh, "X-One\t,é"), lines(aceh, "X-Missing"))
}

// redirect draws a redirect, mostly to a hop.
func (d *drawing) redirect(next int) Answer {
	a := Answer{Status: one(d.Rand, redirectStatuses...), Header: noStore, Drop: d.chance(1)}
	if d.chance(85) {
		a.Header = append(d.allowOrigin(), noStore...)
	}
	if d.chance(10) {
		a.Header = append(a.Header[:len(a.Header):len(a.Header)], d.exposeHeaders()...)
	}
	a.Header = append(a.Header, d.location(next)...)
	if d.chance(3) || d.request.Mode == harness.NoCORS && d.chance(20) {
		a.Header = append(a.Header, lines("Referrer-Policy", one(d.Rand, "no-referrer", "same-origin", "origin, unknown", "unsafe-url", ""))...)
	}
	if d.request.Mode == harness.NoCORS && d.chance(20) {
		a.Header = append(a.Header, lines("Cross-Origin-Resource-Policy", one(d.Rand, "same-origin", "cross-origin"))...)
	}
	return a
}

// location draws where a redirect leads.
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (d *drawing) location(next int) harness.Header {
	hop := "{" + string(rune('0'+next))
	switch {
	case d.chance(75):
		return lines("Location", hop+"}")
	case d.chance(25): // whether a user name is allowed depends on the mode and on the hops before
		return lines("Location", hop+"@}")
	}
	return one(d.Rand, nil,
		lines("Location", hop+"/}"), lines("Location", hop+":}"), lines("Location", hop+"}#there"),
		lines("Location", " "+hop+"}\t"), lines("Location", hop+"}", "Location", hop+"}"), lines("Location", hop+"}", "Location", "{0}"), lines("Location", ""),
		lines("Location", "data:,a"), lines("Location", "blob:https://api.test/a"), lines("Location", "about:blank"), lines("Location", "ftp://api.test/"),
		lines("Location", "file:///a"), lines("Location", "mailto:a@b.test"), lines("Location", "http://["),
		lines("Location", "https://api.test:25/"), lines("Location", "https://"),
		lines("Location", "https://xn--a.test"+hop+"/}"), lines("Location", "https://%EF%BC%8541.test"+hop+"/}"), lines("Location", "https://xn--a.%C3%BC.test"+hop+"/}"))
}

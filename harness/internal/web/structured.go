package web

import "regexp"

// The bare items of a structured field, but dates, which Chrome does not read.
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.3.1
const (
	bareToken = "[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*"
	bareItem  = `(?:-?[0-9]{1,12}\.[0-9]{1,3}|-?[0-9]{1,15}|"(?:[ !#-\[\]-~]|\\["\\])*"|` + bareToken + `|:[A-Za-z0-9+/=]*:|\?[01])`
)

var tokenItem = regexp.MustCompile(`^ *(` + bareToken + `)(?:; *[a-z*][a-z0-9_.*-]*(?:=` + bareItem + `)?)* *$`)

// ItemToken returns the token of a structured field that is an item, without its
// parameters. It is empty if the value is no such item: two lines of a field, and a
// semicolon at the end, are none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-structured-header
func ItemToken(value string) string {
	match := tokenItem.FindStringSubmatch(value)
	if match == nil {
		return ""
	}
	return match[1]
}

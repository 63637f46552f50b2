// Package web holds the facts of the web standards that more than one package needs:
// each fact is here once, with its anchor, and every other package asks here.
//
//   - names.go: the names of headers
//   - headers.go: forbidden and safelisted header names, credentials in headers
//   - grammar.go: tokens, ASCII case, lists of values
//   - methods.go, statuses.go, ports.go: methods, preflights, redirects, bad ports
//   - host.go, url.go, origin.go: URLs, hosts, origins, sites
//   - cookies.go: the attributes of cookies
//
// The package is pure: it imports the standard library and golang.org/x/net, and
// nothing of this module. What the Fetch standard decides from these facts is in
// package oracle.
package web

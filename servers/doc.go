// Package servers is what a browser asks: the fixture network, with replies
// defined to the byte, and the recorder in front of a server of somebody else.
//
//	var net servers.Network
//	if err := net.Start(); err != nil { ... }
//	defer net.Close()
//
//	twice := net.Add(servers.Case{Reply: servers.Reply{
//		Header: harness.Header{
//			{Name: "Access-Control-Allow-Origin", Value: "*"},
//			{Name: "access-control-allow-origin", Value: "https://app.test"},
//		},
//	}})
//	url := twice.URL("https://api.test") // such as https://api.test/r/k3f9xw2
//
// # Decisions
//
// HTTP/1.1 is served by a server of this package and not by net/http, because
// net/http writes header names in one spelling, sorts the lines, adds Date and
// Content-Type and refuses malformed input. This server writes only what the
// [Reply] says, and an [harness.Arrival] has the lines as they came. HTTP/2 does
// not keep such bytes, so net/http serves it.
//
// The token in the path of the URL identifies a case. A request header could not
// do that: it is not safelisted, so it would force a preflight and change the
// question (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
package servers

// Package servers is what a browser asks: the fixture network with its replies
// to the byte, and the recorder in front of a server of somebody else.
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
// Content-Type and refuses what is malformed. Here nothing is written that the
// [Reply] does not say, and an [harness.Arrival] shows the lines as they came.
// HTTP/2 has no bytes of that kind, so there net/http does the work.
//
// A case is told by a token in the path of its URL. A header of its own would not
// do: it is not safelisted, so it would force a preflight and change the question
// (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
package servers

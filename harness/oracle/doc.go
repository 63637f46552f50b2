// Package oracle is the CORS protocol of the Fetch standard in pure Go: given a
// question and the servers' replies, what must a browser decide?
//
//	d := oracle.Decide(oracle.Question{
//		Request: harness.Request{From: "https://app.test", URL: "https://api.test/", Method: "PUT"},
//		Server: func(oracle.Exchange) oracle.Reply {
//			return oracle.Reply{Status: 200, Header: harness.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}}
//		},
//	})
//	// d.Verdict == harness.Blocked
//	// d.Reason  == harness.MethodDisallowedByPreflightResponse, d.Parameter == "PUT"
//
// It does no I/O, has no clock and never looks at a browser, so that it can
// disagree with one. https://fetch.spec.whatwg.org/#http-cors-protocol
//
// # Names
//
// The names are those of the standard, and each carries its anchor: [CORSCheck],
// [CORSUnsafeRequestHeaderNames], [NormalizeMethod], [SerializeRequestOrigin] and
// so on. They are the standard's algorithms, never Chrome's variants of them.
//
// # Chrome
//
// The standard knows one failure, the network error. Where a [Decision] gives a
// reason, it is Chrome's word for the step that failed, also when the question is
// put to the standard. Where Chrome decides or reports otherwise, the difference
// is a row of [Deviations], and nothing else: a Question with As: Chrome is
// decided by the same code, which asks the table.
//
// # What is not here
//
// Content-Security-Policy, mixed content and local network access, which are
// decided before there is a request; the HTTP cache; service workers; HTTP
// authentication; opaque response blocking, which empties an opaque response and
// never changes a fetch's verdict; and transport, such as HTTP/2 being needed for
// a streamed upload. A [Reply] whose NetError is set ends without a verdict.
package oracle

// Package oracle is the CORS protocol of the Fetch standard in pure Go: it says what a
// browser must decide, given a question and the servers' replies.
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
// It does no I/O, has no clock and never looks at a browser: so it can disagree with a
// browser. https://fetch.spec.whatwg.org/#http-cors-protocol
//
// # Names
//
// The names are the names of the standard, and each carries its anchor: [CORSCheck],
// [CORSUnsafeRequestHeaderNames], [NormalizeMethod], [SerializeRequestOrigin] and so on.
// They are the algorithms of the standard, never Chrome's variants.
//
// # Chrome
//
// The standard knows one failure, the network error. The reason in a [Decision] is
// Chrome's name for the step that failed, even when the standard decides. Every point
// where Chrome decides or reports something else is a row of [Deviations]: a Question
// with As: Chrome is decided by the same code, which asks the table.
//
// # Firefox
//
// A Question with As: Firefox is decided by the same code and by the rows with
// DecidesFirefox. The reasons keep Chrome's names. Firefox tells fewer of them apart: where
// it names another fault of the same response, the verdict is the same.
//
// # Out of scope
//
// Content-Security-Policy, mixed content and local network access, which are decided
// before there is a request; the HTTP cache; HTTP authentication; opaque
// response blocking, which empties an opaque response and never changes the verdict of a
// fetch; and transport, such as the rule that a streamed upload needs HTTP/2. A [Reply]
// with a NetError ends without a verdict.
package oracle

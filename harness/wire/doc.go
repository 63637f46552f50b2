// Package wire asks without a browser. It is for pages that Chrome cannot have: a page of
// an app at capacitor://localhost, or of an extension whose key nobody gave.
//
//	seen, err := wire.Fetch(ctx, nil, harness.Request{From: "capacitor://localhost", URL: "https://api.example.com/"})
//	fmt.Println(seen.Wire, seen.Verdict, err) // true blocked <nil>
//
// It sends what a browser would send by the Fetch standard: the preflight where there is
// one, the request with its Origin, and what redirects lead to. Package oracle draws the
// verdict from the answers. No browser decides, and every Observation says so:
// [harness.Observation.Wire].
//
// There are no cookies, no caches, no console, and no policies of a page: nothing but the
// CORS protocol is judged. https://fetch.spec.whatwg.org/#http-cors-protocol
package wire

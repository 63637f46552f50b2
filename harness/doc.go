// Package harness asks a real Chrome whether a page may read a response, and
// says why not.
//
//	api := httptest.NewServer(http.NotFoundHandler()) // or any other server
//	defer api.Close()
//	var chrome harness.Browser
//	defer chrome.Close()
//	seen, err := chrome.Fetch(context.Background(), harness.Request{
//		From: "https://app.example.com",
//		URL:  api.URL,
//	})
//	fmt.Println(seen.Verdict, seen.Reason, err) // blocked MissingAllowOriginHeader <nil>
//
// Printed whole, an Observation is a transcript: what was on the wire, what the script
// saw, what the console said, and the remedy.
//
// The zero [Browser] is ready: it finds a Chrome, starts it at the first Fetch
// and keeps it until Close. Everything here may be called from many goroutines.
//
// A test that may be skipped where there is no Chrome asks for it first: where
// errors.Is(chrome.Start(ctx), [ErrNoChrome]), it calls t.Skip. A Chrome that
// Path or CORSPROOF_CHROME names, and that is missing, is another error: the name is wrong.
//
// A server with a certificate of its own, such as one of httptest.NewTLSServer, is trusted by
// [Browser.CA], or gets a name with TLS by the method Record of servers.Network. A whole policy
// can be a test, too: see package verify, and policy.Parse for a policy within the test.
//
// # Words
//
// Each word has one meaning, in code, text and messages.
//
//   - Request: the question: which page asks (From), for what (URL, Method,
//     Headers, Body), and how (Credentials, Mode, Redirect, Cache). The zero
//     value of a field is the browser's own default.
//   - Where and Via: where the script runs, in the page or in a worker, and the means by
//     which it asks, such as fetch, XMLHttpRequest or an image.
//   - Controller: the service worker that controls the page and answers its requests.
//   - Hint: a link in the page that loads the URL before the script asks, such as a preload.
//   - Specifier: the name that the page's import map sends to the URL.
//   - Moment: when in the life of its page the script asks, such as while it is closed.
//   - Document: a document that the page has made itself, with the page's origin.
//   - On the wire: asked without a browser, because Chrome cannot have the page, such as one
//     at capacitor://localhost, or cannot send the request. No browser decides, and the
//     Observation says so. Package wire asks.
//   - Before: the questions that are asked first, in the same profile, such as a login.
//   - Beside: the questions that are asked at the same time, each in a tab of its own, in the
//     same profile. Nothing orders them.
//   - CA and Resolve: certificates that the Browser trusts in addition to its own list, and
//     the addresses of hosts: with them, a server that is not public can be asked.
//   - Login: a name and a password that the browser sends where a server asks for them by
//     HTTP Basic or Digest. Where it has none, the page gets the 401; Chrome waits for no user.
//   - Visit: a real page to load: its site is contacted, and its own code asks. What was observed
//     is a Visited.
//   - Exchange: one request on the wire with its response: the preflight, the
//     request, or the request that a redirect led to.
//   - Arrival: what a fixture server or a recorder received.
//   - Observation: the evidence. What the script saw, the Exchanges, the console
//     and the DevTools issues, the Arrivals; and the Verdict drawn from it.
//   - Verdict: readable, opaque or blocked. There is no fourth: missing evidence
//     is an [InconclusiveError].
//   - Reason: why the browser blocked. Chrome's CORS code, or its blocked reason,
//     or its net error.
//   - Policy: the intent: which origins may read which resources, and how.
//   - Probe: a Request with the Verdict that the Policy wants, and a stable id.
//   - Finding: a Probe with its Observation: held, broken or inconclusive.
//   - Library: a CORS implementation under test, in any language.
//
// # Decisions
//
// The verdict is Chrome's, never ours: it is read from
// Network.loadingFailed.corsErrorStatus, from blockedReason and from what the
// script got. The console is kept whole and never parsed for a verdict, because
// its wording changes from release to release. Where no browser can decide,
// [Observation.Wire] says so, and the verdict is that of the Fetch standard.
//
// Pages are stand-ins: the harness itself serves one document for a page at any
// origin, and the requests under test go to the network unaltered. So a test can
// use a production page's origin without contacting its site, and nothing is
// intercepted while Chrome decides.
//
// Nothing sleeps. A question ends when the script has its answer and every event
// that Chrome announced for it has come. Without them it ends in an
// InconclusiveError that names what is missing.
//
// # Systems
//
// All tests run on Linux. For macOS and Windows the code is compiled and vetted in CI, and
// was not run: where Chrome is looked for, how its processes are ended and its folders
// removed follows the documents of those systems.
package harness

// Package specs holds the claims of corsproof about browsers and servers, as one
// Ginkgo suite that asks a real Chrome.
//
//	go test ./specs/
//	go test ./specs/ -ginkgo.label-filter='scenario: containsAny {express, flask}'
//	go test ./specs/ -ginkgo.v -ginkgo.focus='the Express server of the document'
//
// All specs are in one package, because each package would have a binary and a
// Chrome of its own. Their labels are sets:
//
//   - scenario: the subject of the spec, such as scenario:express
//   - fetch: the algorithm of the Fetch standard that decides, by its anchor, such
//     as fetch:cors-check for https://fetch.spec.whatwg.org/#cors-check
//   - claim: the row of CLAIMS.md that it settles, such as claim:11
//   - case: the row of CASES.md, such as case:37
//   - code: Chrome's CORS code or blocked reason that it provokes, such as
//     code:MissingAllowOriginHeader
//   - deviation: the row of the oracle's table of deviations that it shows, such as
//     deviation:D1
//
// CLAIMS.md lists the claims of "Why isn't cross-domain policy applying?", the
// text that this project comes from, and what Chrome did; CASES.md lists a
// hundred questions and what Chrome is known to answer. A test checks that each
// of their rows has a spec, that each label of a spec names a row, and that every
// code which cdproto knows has a spec that provokes it, or a reason why none can.
package specs

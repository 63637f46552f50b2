// Package specs holds what corsproof claims about browsers and servers, as one
// Ginkgo suite that asks a real Chrome.
//
//	go test ./specs/
//	go test ./specs/ -ginkgo.label-filter='scenario: containsAny {express, flask}'
//	go test ./specs/ -ginkgo.v -ginkgo.focus='the Express server of the document'
//
// The specs stand in one package, because each package would have a binary and a
// Chrome of its own. Their labels are sets:
//
//   - scenario: what it is about, such as scenario:express
//   - fetch: the algorithm of the Fetch standard that decides, by its anchor, such
//     as fetch:cors-check for https://fetch.spec.whatwg.org/#cors-check
//   - claim: the row of CLAIMS.md that it settles, such as claim:11
//
// CLAIMS.md lists what "Why isn't cross-domain policy applying?" claims, the text
// that this project comes from, with what Chrome did. A test holds that each of
// its rows has a spec, and each spec that names a claim a row.
package specs

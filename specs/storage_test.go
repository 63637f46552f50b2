package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// A browser keeps the data of a page by origin, and the data of a frame also by
// the site of the page around it.
// https://storage.spec.whatwg.org/#storage-keys
// https://privacycg.github.io/storage-partitioning/
var _ = Describe("storage", Label("scenario:documents", "fetch:http-cors-protocol"), Ordered, func() {
	const owner = "https://store.example.test"
	for _, kind := range []struct{ name, keep, look, drop string }{
		{"local storage", `localStorage.setItem("secret", "42")`, `localStorage.getItem("secret") === "42"`, `localStorage.removeItem("secret")`},
		{"caches", `caches.open("secret").then(() => true)`, `caches.has("secret")`, `caches.delete("secret")`},
		{"IndexedDB", `new Promise((resolve) => { indexedDB.open("secret").onsuccess = (e) => resolve(e.target.result.close()) })`,
			`indexedDB.databases().then((all) => all.some(({ name }) => name === "secret"))`,
			`new Promise((resolve) => { indexedDB.deleteDatabase("secret").onsuccess = () => resolve() })`},
	} {
		Describe("of "+kind.name, func() {
			BeforeAll(func(ctx SpecContext) {
				Expect(chrome.Evaluate(ctx, owner, kind.keep)).Error().NotTo(HaveOccurred())
				DeferCleanup(func(ctx SpecContext) {
					Expect(chrome.Evaluate(ctx, owner, kind.drop)).Error().NotTo(HaveOccurred())
				})
			})
			DescribeTable("is seen from a page at", func(ctx SpecContext, origin string, seen bool) {
				Expect(chrome.Evaluate(ctx, origin, kind.look)).To(MatchJSON(fmt.Sprint(seen)))
			},
				Entry("its origin", owner, true),
				Entry("another host of its site: not", "https://app.example.test", false),
				Entry("another port of its host: not", owner+":8443", false),
				Entry("another site: not", "https://other.test", false),
			)
			DescribeTable("is seen from a frame of its origin in a page at", func(ctx SpecContext, page string, seen bool) {
				frame := documentOf(fmt.Sprintf(`Promise.resolve(%s).then((seen) => {
					parent.postMessage(seen, "*")
					parent.postMessage("end", "*")
				})`, kind.look))
				Expect(told(ctx, page, serveAt(owner, frame))).To(MatchJSON(fmt.Sprintf(`[[%t, %q]]`, seen, owner)))
			},
				Entry("its origin", owner, true),
				Entry("another host of its site", "https://app.example.test", true),
				Entry("another site: not", "https://other.test", false),
			)
		})
	}
})

package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/servers"
)

// A page sees how long a request took only if the server allows it. That is a
// different permission from reading the response.
// https://fetch.spec.whatwg.org/#concept-tao-check
var _ = Describe("the TAO check", Label("scenario:timing", "fetch:concept-tao-check"), func() {
	// timing asks for a URL and returns the entry of Resource Timing.
	const timing = `(async () => {
		const url = %q
		const entry = new Promise((resolve) => new PerformanceObserver((list, observer) => {
			const [found] = list.getEntriesByName(url)
			if (found) { observer.disconnect(); resolve(found) }
		}).observe({ type: "resource", buffered: true }))
		await fetch(url).then((response) => response.text(), () => {})
		const { requestStart, transferSize, nextHopProtocol, responseStatus } = await entry
		return { started: requestStart > 0, sized: transferSize > 0, protocol: nextHopProtocol, status: responseStatus }
	})()`

	DescribeTable("of a response", Label("case:98"), func(ctx SpecContext, lines []string, want string) {
		url := serve(servers.Case{Reply: servers.Reply{Header: header(lines...), Body: "x"}})
		Expect(chrome.Evaluate(ctx, app, fmt.Sprintf(timing, url))).To(MatchJSON(want))
	},
		Entry("that CORS allows to read and no page may time: its status is shown all the same", []string{acao, app},
			`{"started": false, "sized": false, "protocol": "", "status": 200}`),
		Entry("that everybody may time", []string{acao, app, "Timing-Allow-Origin", "*"},
			`{"started": true, "sized": true, "protocol": "http/1.1", "status": 200}`),
		Entry("that this origin may time", []string{acao, app, "Timing-Allow-Origin", "https://a.test, " + app},
			`{"started": true, "sized": true, "protocol": "http/1.1", "status": 200}`),
		Entry("that another origin may time", []string{acao, app, "Timing-Allow-Origin", "https://a.test"},
			`{"started": false, "sized": false, "protocol": "", "status": 200}`),
		Entry("that CORS blocks", nil, `{"started": false, "sized": false, "protocol": "", "status": 0}`),
	)
})

package specs_test

import (
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Chrome repeats a request, whatever its method, where a connection that it had used
// before drops without an answer.
var _ = Describe("a request whose connection drops", Label("scenario:faults", "fetch:http-network-fetch"), func() {
	DescribeTable("arrives twice, and the transcript says so", func(ctx SpecContext, second servers.Reply, verdict bool) {
		old := harness.Browser{Network: &net, HTTP1: true, Timeout: patience}
		DeferCleanup(old.Close)
		Expect(old.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})})).To(read(200))
		var times atomic.Int64
		url := serve(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			if times.Add(1) == 1 {
				return servers.Reply{Drop: true}
			}
			return second
		}})
		seen, err := old.Fetch(ctx, harness.Request{From: app, URL: url, Method: "POST", Body: harness.Text("once")})
		if verdict {
			Expect(seen, err).To(read(200))
		} else {
			Expect(err).To(inconclusive())
		}
		Expect(seen.Arrivals).To(HaveLen(2))
		Expect(times.Load()).To(BeEquivalentTo(2))
		Expect(seen.String()).To(ContainSubstring("the browser sent POST 2 times: it repeats a request whose connection drops"))
	},
		Entry("where the second has an answer", servers.Reply{Header: allow("*")}, true),
		Entry("where the second has none", servers.Reply{Drop: true}, false),
	)
})

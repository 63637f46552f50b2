package specs_test

import (
	"encoding/hex"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Bodies that become thirty megabytes in the browser.
const thirtyMegabytes = 30_000_000

// brotli is that many zero bytes: https://www.rfc-editor.org/rfc/rfc7932
func brotli() string {
	encoded, err := hex.DecodeString("cfffff7ff82700e2b14020f7fe3fff8693f14f00c4610180ce6e32")
	Expect(err).NotTo(HaveOccurred())
	return string(encoded)
}

// zstandard is about that many zero bytes, in blocks that repeat one byte.
// https://www.rfc-editor.org/rfc/rfc8878#name-blocks
func zstandard() string {
	const block = 128 << 10
	var b strings.Builder
	b.WriteString("\x28\xB5\x2F\xFD\x00\x58") // a window of 2 MiB
	for left := thirtyMegabytes; left > 0; left -= block {
		head := block<<3 | 1<<1
		if left <= block {
			head |= 1 // the last one
		}
		b.Write([]byte{byte(head), byte(head >> 8), byte(head >> 16), 0})
	}
	return b.String()
}

// A target of verify may send what it likes: no more than a megabyte is read.
var _ = Describe("a body", Label("scenario:bodies", "fetch:http-network-fetch"), func() {
	DescribeTable("is read to the limit, whatever its encoding", func(ctx SpecContext, via harness.Via, encoding string, content func() string) {
		reply := servers.Reply{Header: allow(app, "Content-Type", "text/plain"), Body: content()}
		if encoding != "" {
			reply.Header = append(reply.Header, header("Content-Encoding", encoding)...)
		}
		url := serve(servers.Case{Reply: reply})
		for range 4 { // the limit may be met in the middle of the body, or at its end
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url, Via: via})
			Expect(seen, err).To(SatisfyAll(harness.BeReadable(), HaveField("Script.Status", 200), HaveField("Script.Truncated", BeTrue()),
				HaveField("Script.BodySize", BeNumerically(">", 1<<20))))
			if via == harness.ViaFetch {
				Expect(seen.Script.BodySize).To(BeNumerically("<", 8<<20))
			}
		}
	},
		Entry("fetch: Brotli", harness.ViaFetch, "br", brotli),
		Entry("fetch: Zstandard", harness.ViaFetch, "zstd", zstandard),
		Entry("fetch: none", harness.ViaFetch, "", func() string { return strings.Repeat("a", 9<<20) }),
		Entry("XMLHttpRequest: Brotli", harness.ViaXHR, "br", brotli),
		Entry("XMLHttpRequest: none", harness.ViaXHR, "", func() string { return strings.Repeat("a", 9<<20) }),
	)

	DescribeTable("is whole below the limit", func(ctx SpecContext, size int) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(app, "Content-Type", "text/plain"), Body: strings.Repeat("a", size)}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: url})).To(SatisfyAll(harness.BeReadable(),
			HaveField("Script.BodySize", BeEquivalentTo(size)), HaveField("Script.Truncated", BeFalse()), HaveField("Script.Body", HaveLen(min(size, 64<<10)))))
	},
		Entry("of no byte", 0),
		Entry("of one byte", 1),
		Entry("of many pieces", 1<<20),
	)
})

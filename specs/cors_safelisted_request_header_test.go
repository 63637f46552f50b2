package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Whether a header is sent without a preflight also depends on its value.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
var _ = Describe("a CORS-safelisted request-header", Label("scenario:preflight", "fetch:cors-safelisted-request-header"), func() {
	allowing := servers.Case{
		Preflight: &servers.Reply{Header: allow(app, acah, "*")},
		Reply:     servers.Reply{Header: allow(app)},
	}
	// filled pads a text with digits, which every header allows, to a length.
	filled := func(text string, length int) string { return text + strings.Repeat("1", length-len(text)) }
	// Chrome safelists some client hints, and the standard safelists none.
	const hints = "fetch:cors-unsafe-request-header-names"

	DescribeTable("is not asked for: with",
		func(ctx SpecContext, name, value string) {
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(allowing), Headers: header(name, value)})).To(SatisfyAll(
				read(200), arrive("GET"), arriveWith(name, value)))
		},
		Entry("Accept of 128 bytes", Label("case:37"), "Accept", filled("", 128)),
		Entry("Accept-Language with a quality", Label("case:37"), "Accept-Language", "en;q=0.5, *"),
		Entry("Content-Type of text in upper case", Label("case:38"), "Content-Type", "TEXT/PLAIN"),
		Entry("Content-Type of text with parameters", Label("case:38"), "Content-Type", "text/plain;charset=utf-8;x=y"),
		Entry("Range with an open end", Label("case:40"), "Range", "bytes=0-"),
		Entry("Save-Data, in Chrome", Label("case:41", hints), "Save-Data", "on"),
		Entry("DPR, in Chrome", Label("case:41", hints), "DPR", "2.0"),
		Entry("RTT, in Chrome", Label("case:41", hints), "RTT", "100"),
		Entry("Intervention, in Chrome", Label("case:41", hints), "Intervention", "x"),
	)

	DescribeTable("is none, so that it is asked for: with",
		func(ctx SpecContext, name, value string) {
			// The HTTP cache removes the blanks from a range that is allowed.
			wire := strings.ReplaceAll(value, " ", "")
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(allowing), Headers: header(name, value)})).To(SatisfyAll(
				read(200), arrive("OPTIONS", "GET"), askFor("GET", strings.ToLower(name)), arriveWith(name, wire)))
		},
		Entry("Accept of 129 bytes", Label("case:37"), "Accept", filled("", 129)),
		Entry("Accept with an unsafe byte", Label("case:37"), "Accept", `"`),
		Entry("Accept-Language with a byte of no language", Label("case:37"), "Accept-Language", "@"),
		Entry("Content-Type twice in one value", Label("case:38"), "Content-Type", "text/plain,text/plain"),
		Entry("Content-Type with unsafe bytes in a parameter", Label("case:38"), "Content-Type", "text/plain;a=(b)"),
		Entry("Content-Type of JSON", Label("case:38"), "Content-Type", "application/json"),
		Entry("Range without a start", Label("case:40"), "Range", "bytes=-5"),
		Entry("Range of two ranges", Label("case:40"), "Range", "bytes=0-1,2-3"),
		Entry("Range with a blank", Label("case:40"), "Range", "bytes= 0-1"),
	)

	// nine returns nine headers with the lengths, each safelisted on its own.
	nine := func(lengths ...int) harness.Header {
		list := header("Accept", "", "Accept-Language", "", "Content-Language", "", "Content-Type", "text/plain;x=",
			"DPR", "", "Device-Memory", "", "Width", "", "Viewport-Width", "", "RTT", "")
		for i := range list {
			list[i].Value = filled(list[i].Value, lengths[i])
		}
		return list
	}
	DescribeTable("is none together with others: nine of them of",
		func(ctx SpecContext, headers harness.Header, want OmegaMatcher) {
			seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: serve(allowing), Headers: headers})
			Expect(seen, err).To(SatisfyAll(read(200), want))
			for _, h := range headers {
				Expect(seen).To(arriveWith(h.Name, h.Value))
			}
		},
		Entry("1024 bytes are not asked for", Label("case:39", hints),
			nine(128, 128, 128, 128, 128, 128, 128, 64, 64), arrive("GET")),
		Entry("1025 bytes are all asked for", Label("case:39", hints),
			nine(128, 128, 128, 128, 128, 128, 128, 64, 65), SatisfyAll(arrive("OPTIONS", "GET"),
				askFor("GET", "accept", "accept-language", "content-language", "content-type", "device-memory", "dpr", "rtt", "viewport-width", "width"))),
		Entry("128 bytes each are all asked for", Label("case:39", hints),
			nine(128, 128, 128, 128, 128, 128, 128, 128, 128), SatisfyAll(arrive("OPTIONS", "GET"),
				askFor("GET", "accept", "accept-language", "content-language", "content-type", "device-memory", "dpr", "rtt", "viewport-width", "width"))),
	)
})

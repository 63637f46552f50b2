// Package panicking is a suite that panics in the middle of a question. The test
// of the same name runs it and looks for processes and files that it leaves
// behind.
package panicking

import (
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

func TestPanicking(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Panicking")
}

var chrome harness.Browser

var _ = AfterSuite(func() { Expect(chrome.Close()).To(Succeed()) })

var _ = It("panics", func(ctx SpecContext) {
	server := httptest.NewServer(http.NotFoundHandler())
	DeferCleanup(server.Close)
	_, err := chrome.Fetch(ctx, harness.Request{From: "https://app.example.com", URL: server.URL})
	Expect(err).NotTo(HaveOccurred())
	panic("on purpose")
})

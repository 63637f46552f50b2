package api_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

var chrome harness.Browser // starts at its first question

func TestAPI(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "API")
}

var _ = AfterSuite(func() { Expect(chrome.Close()).To(Succeed()) })

var _ = Describe("our API", func() {
	request := harness.Request{
		From:        "https://app.example.com",
		URL:         "http://localhost:8000/v1/me",
		Credentials: harness.Include,
	}

	It("can be read by our app", func(ctx SpecContext) {
		Expect(chrome.Fetch(ctx, request)).To(harness.BeReadable())
	})

	It("cannot be read by anybody else", func(ctx SpecContext) {
		request := request
		request.From = "https://app.example.com.evil.test"
		Expect(chrome.Fetch(ctx, request)).To(harness.BeBlocked(harness.AllowOriginMismatch, harness.MissingAllowOriginHeader))
	})
})

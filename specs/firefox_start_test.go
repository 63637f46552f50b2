package specs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// fakeFirefoxVersion turns the test binary into a Firefox of that version.
const fakeFirefoxVersion = "CORSPROOF_FAKE_FIREFOX"

// fakeFirefox listens as Firefox does, tells its version, and ends when it is told to.
func fakeFirefox(version string) {
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer close(ended)
		for {
			_, text, err := conn.Read(r.Context())
			var command struct {
				ID     int64  `json:"id"`
				Method string `json:"method"`
			}
			if err != nil || json.Unmarshal(text, &command) != nil {
				return
			}
			result := `{}`
			if command.Method == "session.new" {
				result = fmt.Sprintf(`{"sessionId":"1","capabilities":{"browserName":"firefox","browserVersion":%q}}`, version)
			}
			answer := fmt.Appendf(nil, `{"type":"success","id":%d,"result":%s}`, command.ID, result)
			if conn.Write(r.Context(), websocket.MessageText, answer) != nil || command.Method == "browser.close" {
				return
			}
		}
	}))
	fmt.Fprintln(os.Stderr, "WebDriver BiDi listening on "+strings.Replace(server.URL, "http", "ws", 1))
	<-ended
}

var _ = Describe("The start of Firefox", Label("scenario:firefox", "fetch:concept-network-error"), func() {
	DescribeTable("refuses", func(ctx SpecContext, version, why string) {
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		GinkgoT().Setenv(fakeFirefoxVersion, version)
		browser := harness.Browser{Kind: harness.Firefox, Path: self}
		DeferCleanup(browser.Close)
		Expect(browser.Start(ctx)).To(MatchError(ContainSubstring(why)))
	},
		Entry("an older version", "128.3.0", "Firefox 128.3.0 is too old: corsproof needs Firefox 153 or newer"),
		Entry("what is no Firefox", "one", `version "one": not the version of a Firefox`),
	)

	It("leaves nothing behind where it is interrupted", func(ctx SpecContext) {
		folder, temporary := GinkgoT().TempDir(), GinkgoT().TempDir()
		path := wrappedFirefox("CORSPROOF_SPEC=" + folder + " exec %s \"$@\"\n")
		GinkgoT().Setenv("TMPDIR", temporary) // the Firefox of the suite has its folder elsewhere
		for _, after := range []time.Duration{time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond, time.Second} {
			browser := harness.Browser{Kind: harness.Firefox, Path: path}
			soon, cancel := context.WithTimeout(ctx, after)
			_, _ = browser.Fetch(soon, harness.Request{From: "https://app.example.com", URL: "http://127.0.0.1:9/"})
			cancel()
			Expect(browser.Close()).To(Succeed())
			Expect(firefoxes(folder)).To(BeEmpty(), after.String())
			Expect(os.ReadDir(temporary)).To(BeEmpty(), after.String())
		}
	})
})

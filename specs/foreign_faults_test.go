package specs_test

import (
	"context"
	"fmt"
	stdnet "net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

var _ = Describe("an endpoint", Label("scenario:faults", "fetch:concept-network-error"), func() {
	refused := func(ctx context.Context, endpoint string) error {
		GinkgoHelper()
		_, err := browserAt(endpoint).Chrome(ctx)
		Expect(err).To(HaveOccurred())
		Expect(err.Error()).NotTo(ContainSubstring("127.0.0.1:"), "the address would be a cause of its own in each report")
		return err
	}
	answering := func(status int, text string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, text)
		}))
		DeferCleanup(server.Close)
		return server.URL
	}

	DescribeTable("is refused that", func(ctx SpecContext, status int, text, why string) {
		at := answering(status, text)
		Expect(refused(ctx, at)).To(MatchError(ContainSubstring(why)))
		Expect(refused(ctx, strings.Replace(at, "http", "ws", 1)+"/devtools/browser/x")).To(HaveOccurred())
	},
		Entry("is a web server", 200, "<p>hello", "what answers there is not the DevTools of a Chrome"),
		Entry("has no such page", 404, "", "what answers there is not the DevTools of a Chrome"),
		Entry("is old", 200, `{"Browser":"Chrome/100.0.1","webSocketDebuggerUrl":"ws://x/"}`, "Chrome/100.0.1 is too old"),
		Entry("is another browser", 200, `{"Browser":"Firefox/153","webSocketDebuggerUrl":"ws://x/"}`, "Firefox"),
		Entry("wants a password", 401, "", "it wants another password or token (status 401)"),
		Entry("obeys no other host name", 500, "Host header is specified and is not an IP address or localhost.", "give the IP address of its host"),
	)

	It("is refused that listens nowhere, or closes at once", func(ctx SpecContext) {
		listener, err := stdnet.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		at := "http://" + listener.Addr().String()
		go func() {
			for {
				c, err := listener.Accept()
				if err != nil {
					return
				}
				_ = c.Close()
			}
		}()
		Expect(refused(ctx, at)).To(MatchError(ContainSubstring("is that Chrome running")))
		Expect(refused(ctx, strings.Replace(at, "http", "ws", 1)+"/devtools/browser/x")).To(MatchError(ContainSubstring("is that Chrome running")))
		Expect(listener.Close()).To(Succeed())
		Expect(refused(ctx, at)).To(MatchError(ContainSubstring("connection refused: is that Chrome running")))
	}, SpecTimeout(patience))

	It("is refused whose web security is off, whether its flags are known or not", func(ctx SpecContext) {
		open := startOutsider(ctx, 0, "--disable-web-security")
		Expect(refused(ctx, open.at)).To(SatisfyAll(MatchError(harness.ErrFlag), MatchError(ContainSubstring("its web security is off"))))
		told := startOutsider(ctx, 0, "--disable-web-security", "--enable-automation")
		Expect(refused(ctx, told.at)).To(SatisfyAll(MatchError(harness.ErrFlag), MatchError(ContainSubstring("--disable-web-security"))))
	}, SpecTimeout(2*patience))

	It("may have a password, a token and an address of its own, which no output shows", func(ctx SpecContext) {
		own := startOutsider(ctx, 0, "--enable-automation", "--lang=de")
		guarded := gate(own, func(r *http.Request) bool {
			user, password, _ := r.BasicAuth()
			return user == "ann" && password == "s3cret"
		})
		u, err := url.Parse(guarded.URL)
		Expect(err).NotTo(HaveOccurred())
		u.User = url.UserPassword("ann", "s3cret")
		is, err := browserAt(u.String()).Chrome(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(is.Flags).To(ContainElement("--lang=de"))
		Expect(is.Endpoint).To(Equal(guarded.URL))
		u.User = url.UserPassword("ann", "wr0ng")
		Expect(refused(ctx, u.String())).To(MatchError(Not(ContainSubstring("wr0ng"))))

		socket, err := url.Parse(own.socket())
		Expect(err).NotTo(HaveOccurred())
		grid := gate(own, func(r *http.Request) bool { return r.URL.Query().Get("token") == "t0ken" && r.URL.Path == socket.Path })
		at := strings.Replace(grid.URL, "http", "ws", 1) + socket.Path + "?token="
		is, err = browserAt(at + "t0ken").Chrome(ctx)
		Expect(err).NotTo(HaveOccurred(), "its address must be used as it is")
		Expect(fmt.Sprint(is)).NotTo(ContainSubstring("t0ken"))
		Expect(refused(ctx, at+"wr0ng")).To(MatchError(Not(ContainSubstring("wr0ng"))))
	}, SpecTimeout(2*patience))

	It("that is lost gives no verdict, and is connected to again for the next question", func(ctx SpecContext) {
		own := startOutsider(ctx, 0)
		port := strings.TrimPrefix(own.at, "http://127.0.0.1:")
		chrome := browserAt(own.at)
		waiting, dead := make(chan struct{}), make(chan struct{})
		url := serve(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			close(waiting)
			<-dead
			return servers.Reply{Header: allow(app)}
		}})
		go func() {
			<-waiting
			own.end()
			close(dead)
		}()
		_, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "POST"})
		Expect(err).To(MatchError(harness.ErrLost))
		Expect(err).To(MatchError(SatisfyAll(ContainSubstring("the connection to the Chrome ended"), Not(ContainSubstring("127.0.0.1:")))))
		var number int
		_, err = fmt.Sscan(port, &number)
		Expect(err).NotTo(HaveOccurred())
		startOutsider(ctx, number)
		again := serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: again})).To(read(200))
	}, SpecTimeout(2*patience))
})

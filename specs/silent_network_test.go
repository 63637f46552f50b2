package specs_test

import (
	"io"
	gonet "net"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// https://www.rfc-editor.org/rfc/rfc9110#section-15.2
var _ = Describe("a server that sends interim responses without end", Label("scenario:faults", "fetch:http-network-fetch"), func() {
	It("gets no verdict, and keeps Chrome from nothing else", func(ctx SpecContext) {
		endless, err := gonet.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(endless.Close)
		go func() {
			for {
				c, err := endless.Accept()
				if err != nil {
					return
				}
				go func() {
					for err == nil {
						_, err = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
					}
				}()
			}
		}()
		own := harness.Browser{Network: servers.Foreign{Network: &net}, Timeout: 2 * time.Second, LocalNetwork: harness.PermissionGranted}
		DeferCleanup(own.Close)
		_, err = own.Fetch(ctx, harness.Request{From: "http://localhost", URL: "http://" + endless.Addr().String() + "/"})
		Expect(err).To(inconclusive("nothing within 2s"))
		own.Timeout = patience
		Expect(own.Fetch(ctx, harness.Request{From: app, URL: serve(servers.Case{Reply: servers.Reply{Header: allow(app)}})})).To(harness.BeReadable())
	}, SpecTimeout(4*patience))
})

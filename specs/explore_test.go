package specs_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

var _ = Describe("explore", func() {
	show := func(ctx SpecContext, r harness.Request) {
		o, err := chrome.Fetch(ctx, r)
		fmt.Printf("---- err=%v\n%s\nverdict %s reason %s param %q neterr %q arrivals %v type %s\n", err, o, o.Verdict, o.Reason, o.Parameter, o.NetError, methods(o), o.Script.Type)
	}
	It("express", func(ctx SpecContext) {
		p, err := servers.Express("document.js")
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Start(ctx)).To(Succeed())
		DeferCleanup(p.Close)
		rec, err := net.Record("https://express.test", p.Addr())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(rec.Close)
		u := "https://express.test/data"
		show(ctx, harness.Request{From: client, URL: u})
		show(ctx, harness.Request{From: client, URL: u, Credentials: harness.Include})
		show(ctx, harness.Request{From: evil, URL: u})
		show(ctx, harness.Request{From: client, URL: u, Method: "POST", Body: harness.JSON("{}")})
		show(ctx, harness.Request{From: client, URL: u, Method: "POST", Body: harness.Text("{}")})
		show(ctx, harness.Request{From: client, URL: u, Headers: header("Authorization", "x")})
		show(ctx, harness.Request{From: client, URL: u, Method: "PUT"})
		show(ctx, harness.Request{From: client, URL: u, Method: "OPTIONS"})
		show(ctx, harness.Request{From: client, URL: u, Method: "HEAD"})
		show(ctx, harness.Request{From: client, URL: "https://express.test/none"})
		show(ctx, harness.Request{From: client, URL: u, Mode: harness.NoCORS})
	})
	It("flask", func(ctx SpecContext) {
		p, err := servers.Flask(ctx, "document.py")
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Start(ctx)).To(Succeed())
		DeferCleanup(p.Close)
		rec, err := net.Record("https://flask.test", p.Addr())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(rec.Close)
		u := "https://flask.test/data"
		show(ctx, harness.Request{From: client, URL: u})
		show(ctx, harness.Request{From: evil, URL: u})
		show(ctx, harness.Request{From: client, URL: u, Credentials: harness.Include})
		show(ctx, harness.Request{From: client, URL: u, Method: "POST", Body: harness.JSON(`{"a":1}`)})
		show(ctx, harness.Request{From: evil, URL: u, Method: "POST", Body: harness.JSON(`{"a":1}`)})
		show(ctx, harness.Request{From: evil, URL: u, Method: "POST", Body: harness.Text(`{"a":1}`)})
		show(ctx, harness.Request{From: client, URL: u, Method: "PUT"})
		show(ctx, harness.Request{From: client, URL: u, Headers: header("X-Anything", "x")})
		show(ctx, harness.Request{From: client, URL: "https://flask.test/other"})
		show(ctx, harness.Request{From: client, URL: "https://flask.test/other", Method: "POST", Body: harness.JSON(`{"a":1}`)})
	})
})

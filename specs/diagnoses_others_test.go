package specs_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	gonet "net"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/software"
)

// otherDiagnoses are faults that take more than a server and a question: each has a spec below.
var otherDiagnoses = []diagnosed{
	{fault: "nginx-closed", rows: "30", cause: "nothing-listens", layer: diagnose.Network, untried: true},
	{fault: "nginx-self-signed", rows: "30", cause: "certificate", layer: diagnose.Network, untried: true},
	{fault: "nginx-local-network", rows: "28 R48", cause: "local-network-denied", layer: diagnose.Setting},
}

var _ = Describe("a diagnosis of software that Chrome does not reach", Label("scenario:diagnose"), func() {
	open := func(lines string) software.Server {
		return software.Server{Kind: "nginx", Config: `
server {
    listen {{.Listen}};
    ` + lines + `
    add_header Access-Control-Allow-Origin https://app.test always;
    location / { return 200 ok; }
}
`}
	}
	// judge diagnoses a GET of the page by a browser of its own.
	judge := func(ctx SpecContext, fault, url string, local harness.Permission) {
		GinkgoHelper()
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Timeout: patience, LocalNetwork: local}
		DeferCleanup(own.Close)
		d, err := diagnose.Doctor{Asker: own, Client: net.Client()}.Run(ctx, harness.Request{From: app, URL: url})
		AddReportEntry("diagnosis", tell(d))
		want := expected(fault)
		if want.layer == diagnose.Network {
			Expect(err).To(HaveOccurred(), "a verdict without an answer")
		} else {
			Expect(err).NotTo(HaveOccurred())
		}
		want.judge(d)
	}

	// accusesNothing diagnoses a GET of the page that the same server lets read.
	accusesNothing := func(ctx SpecContext, url string) {
		GinkgoHelper()
		d, err := diagnose.Doctor{Asker: &chrome, Client: net.Client()}.Run(ctx, harness.Request{From: app, URL: url})
		Expect(d.Seen, err).To(harness.BeReadable())
		Expect(d.ID).To(BeEmpty(), tell(d))
	}

	It("names a port where nothing listens", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		origin, running := beginRunning(ctx, open(""))
		accusesNothing(ctx, origin+"/")
		Expect(running.Close()).To(Succeed())
		judge(ctx, "nginx-closed", "http://"+running.Address+"/", harness.PermissionGranted)
	})

	It("names a certificate that the browser does not trust", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		self := signer{}.sign(template("self", "localhost"))
		key, err := x509.MarshalPKCS8PrivateKey(self.key)
		Expect(err).NotTo(HaveOccurred())
		keyFile := filepath.Join(GinkgoT().TempDir(), "key.pem")
		Expect(os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600)).To(Succeed())
		free, err := gonet.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		address := free.Addr().String()
		Expect(free.Close()).To(Succeed())
		origin := begin(ctx, open(fmt.Sprintf("listen %s ssl; ssl_certificate %s; ssl_certificate_key %s;", address, self.file(), keyFile)))
		accusesNothing(ctx, origin+"/")
		judge(ctx, "nginx-self-signed", "https://"+address+"/", harness.PermissionGranted)
	})

	It("names the browser's permission for the local network", Label("fetch:http-network-fetch"), func(ctx SpecContext) {
		origin, running := beginRunning(ctx, open(""))
		accusesNothing(ctx, origin+"/")
		judge(ctx, "nginx-local-network", "http://"+running.Address+"/", harness.PermissionDenied)
	})

	It("accuses nothing once a list is mended, whatever the browser has stored of the preflight", Label("fetch:cors-preflight-cache"), func(ctx SpecContext) {
		origin := begin(ctx, software.Server{Kind: "express", Config: `
import cors from 'cors';
import express from 'express';
const app = express();
const methods = ['GET'];
app.use(cors((req, done) => done(null, { origin: ['https://app.test'], methods, maxAge: 600 })));
app.get('/mend', (req, res) => res.json({ listed: methods.push('PUT') }));
app.put('/ok', (req, res) => res.json({ ok: true }));
export default app;
`})
		doctor := diagnose.Doctor{Asker: &chrome, Client: net.Client()}
		put := harness.Request{From: app, URL: origin + "/ok", Method: "PUT"}
		// No diagnosis before: Chrome stores the edited preflight of its trial.
		Expect(chrome.Fetch(ctx, put)).To(harness.BeBlocked(harness.MethodDisallowedByPreflightResponse))
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: origin + "/mend"})).To(harness.BeReadable())
		after, err := doctor.Run(ctx, put)
		Expect(err).NotTo(HaveOccurred())
		Expect(after.Seen).To(SatisfyAll(harness.BeReadable(), arrive("OPTIONS")), "Chrome sends a new preflight for what the stored one does not list")
		Expect(after.ID).To(BeEmpty(), tell(after))
	})
})

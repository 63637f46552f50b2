package specs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	stdnet "net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// proxiedTarget is the environment variable that turns the test binary into a run
// of verify of that target, which prints its report. Go reads the proxies of the
// environment only once in a process, so another process has to run.
const proxiedTarget = "CORSPROOF_SPECS_PROXIED_TARGET"

// verifyThroughProxy is that run.
func verifyThroughProxy(target string) {
	chrome := harness.Browser{Timeout: patience}
	p := policy.Policy{Target: target, Rules: policy.Rules{Origins: policy.Origins{List: []string{strings.Replace(target, "api.", "app.", 1)}}}}
	report, err := (&verify.Run{Policy: p, Browser: &chrome, Select: only("K01", "K13", "K21")}).Verify(context.Background())
	if closed := chrome.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var _ = Describe("a run of verify behind a proxy", Label("scenario:verify-faults", "fetch:http-network-fetch"), func() {
	const corp = "api.corp.example" // which no resolver knows
	// behind runs in another process whose proxy is a handler, and counts the
	// requests for the target that arrived there.
	behind := func(ctx SpecContext, scheme string, handler http.HandlerFunc) (finding.Report, map[string]int) {
		GinkgoHelper()
		if runtime.GOOS != "linux" {
			Skip("elsewhere Chrome has the proxies of the system")
		}
		var mu sync.Mutex
		arrived := map[string]int{}
		proxy := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if host, _, _ := strings.Cut(r.Host, ":"); host == corp {
				mu.Lock()
				arrived[r.Method]++
				mu.Unlock()
				handler(w, r)
				return
			}
			w.WriteHeader(http.StatusBadGateway)
		})
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		command := exec.CommandContext(limited, self)
		command.Env = append(os.Environ(), proxiedTarget+"="+scheme+"://"+corp, "NO_PROXY=", "no_proxy=",
			"HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "https_proxy="+proxy.URL)
		command.Stderr = GinkgoWriter
		output, err := command.Output()
		Expect(err).NotTo(HaveOccurred())
		var report finding.Report
		Expect(json.Unmarshal(output, &report)).To(Succeed(), "%s", output)
		mu.Lock()
		defer mu.Unlock()
		return report, arrived
	}

	It("asks through it, in the browser and on the wire", func(ctx SpecContext) {
		report, arrived := behind(ctx, "http", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == "http://app.corp.example" {
				w.Header().Set(acao, "http://app.corp.example")
			}
		})
		Expect(report).To(allBe(finding.Held))
		Expect(report.Findings).To(HaveLen(8))
		Expect(report.Sent).To(Equal(arrived))
	}, SpecTimeout(2*patience))

	It("asks for a tunnel, and refuses a certificate in it that is not trusted", func(ctx SpecContext) {
		self := httptest.NewUnstartedServer(http.HandlerFunc(keeper))
		self.Config.ErrorLog = quiet
		self.StartTLS()
		DeferCleanup(self.Close)
		report, arrived := behind(ctx, "https", tunnelTo(self.Listener.Addr().String()))
		Expect(report).To(allBe(finding.Inconclusive))
		for _, f := range report.Findings {
			if f.Wire {
				Expect(f.Why).To(ContainSubstring("x509: certificate "), f.Key)
			} else {
				Expect(f.Why).To(ContainSubstring("net::ERR_CERT_AUTHORITY_INVALID"), f.Key)
			}
		}
		Expect(arrived).To(SatisfyAll(HaveKey("CONNECT"), HaveLen(1)))
		Expect(report.Sent).To(BeEmpty())
	}, SpecTimeout(2*patience))
})

// tunnelTo makes a proxy that leads every connection to one address.
func tunnelTo(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer GinkgoRecover()
		Expect(r.Method).To(Equal(http.MethodConnect))
		to, err := stdnet.DialTimeout("tcp", address, 10*time.Second)
		Expect(err).NotTo(HaveOccurred())
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		from, buffered, err := http.NewResponseController(w).Hijack()
		Expect(err).NotTo(HaveOccurred())
		defer from.Close()
		go func() {
			_, _ = io.Copy(to, buffered) // until either side leaves
			_ = to.Close()
		}()
		_, _ = io.Copy(from, to)
	}
}

// forward is a proxy that changes nothing.
func forward(w http.ResponseWriter, r *http.Request) { passing(nil).ServeHTTP(w, r) }

// allowingMethods is a proxy that makes a preflight pass for every method.
func allowingMethods(w http.ResponseWriter, r *http.Request) {
	passing(func(answer *http.Response) error {
		answer.Header.Set(acam, answer.Request.Header.Get(acrm))
		return nil
	}).ServeHTTP(w, r)
}

// passing is a proxy that passes requests on and changes answers with a function.
func passing(change func(*http.Response) error) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, ModifyResponse: change}
}

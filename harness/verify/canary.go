package verify

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// canary asks a server of our own what is known before: one question must be blocked
// and one must be readable. A Chrome that answers otherwise is not one to rely on.
func canary(ctx context.Context, browser *harness.Browser) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(sing)}
	go func() { _ = server.Serve(listener) }() // it ends when it is closed
	defer server.Close()
	for path, want := range map[string]harness.Verdict{"/silent": harness.Blocked, "/open": harness.Readable} {
		seen, err := browser.Fetch(ctx, harness.Request{
			From: canaryPage, URL: "http://" + listener.Addr().String() + path, AddressSpace: harness.Loopback,
		})
		switch {
		case err != nil:
			return err
		case seen.Verdict != want, want == harness.Blocked && seen.Reason != harness.MissingAllowOriginHeader:
			return fmt.Errorf("it should be %s and was not:\n%s", want, seen)
		}
	}
	return nil
}

const canaryPage = "http://canary.test"

// sing allows the page to read everything but what is silent.
func sing(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/silent" {
		w.Header().Set(web.NameAllowOrigin, canaryPage)
	}
}

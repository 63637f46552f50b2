package harness_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corsproof/corsproof/harness"
)

// A TLS server of package httptest has a certificate of its own, which the Browser has to trust.
func ExampleBrowser() {
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization")
	}))
	defer api.Close()
	chrome := harness.Browser{CA: []*x509.Certificate{api.Certificate()}}
	defer chrome.Close()
	seen, err := chrome.Fetch(context.Background(), harness.Request{
		From:    "https://app.example.com",
		URL:     api.URL,
		Headers: harness.Lines("Authorization: Bearer x"),
	})
	fmt.Println(seen.Verdict, len(seen.Preflights()), err)
	// Output: readable 1 <nil>
}

// A test that may be skipped where there is no Chrome calls t.Skip(err) there.
func ExampleBrowser_Start() {
	var chrome harness.Browser
	defer chrome.Close()
	if err := chrome.Start(context.Background()); errors.Is(err, harness.ErrNoChrome) {
		fmt.Println("skipped:", err)
		return
	}
	fmt.Println("there is a Chrome")
	// Output: there is a Chrome
}

func ExampleLines() {
	h := harness.Lines("Authorization: Bearer x", "Accept: text/html", "Accept: text/plain")
	accept, _ := h.Get("accept")
	fmt.Println(len(h), accept)
	// Output: 3 text/html, text/plain
}

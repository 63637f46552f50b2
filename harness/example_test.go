package harness_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corsproof/corsproof/harness"
)

// The doc comment of the package has this code; specs/documents_test.go compares them.
func Example() {
	api := httptest.NewServer(http.NotFoundHandler()) // or any other server
	defer api.Close()
	var chrome harness.Browser
	defer chrome.Close()
	seen, err := chrome.Fetch(context.Background(), harness.Request{
		From: "https://app.example.com",
		URL:  api.URL,
	})
	fmt.Println(seen.Verdict, seen.Reason, err) // blocked MissingAllowOriginHeader <nil>
	// Output: blocked MissingAllowOriginHeader <nil>
}

package verify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// In a test, the policy can stand beside the server, and the report is the text of the failure:
// t.Fatal(report).
func ExampleRun_Verify() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer api.Close()
	p, err := policy.Parse("policy.yaml", []byte(`
target: `+api.URL+`
origins: [https://app.example.com]
errors: false
`), os.LookupEnv)
	if err != nil {
		fmt.Println(err)
		return
	}
	var chrome harness.Browser
	defer chrome.Close()
	run := verify.Run{Policy: p, Name: "policy.yaml", Browser: &chrome, Select: verify.Select{Only: []string{"K01", "K13"}}}
	report, err := run.Verify(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Count(finding.Held), "held,", report.Count(finding.Broken), "broken")
	for _, p := range report.Problems() {
		fmt.Println(p.Severity, p.Headline)
	}
	// Output:
	// 2 held, 1 broken
	// high Any origin can read
}

package harness_test

import (
	"fmt"

	"github.com/corsproof/corsproof/harness"
)

func ExampleObservation_Transcript() {
	seen := harness.Observation{
		Request: harness.Request{From: "https://app.test", URL: "https://api.test/me"},
		Verdict: harness.Blocked,
		Reason:  harness.AllowOriginMismatch,
		Exchanges: []harness.Exchange{{
			Kind: harness.ActualRequest, Method: "GET", URL: "https://api.test/me", Sent: true, Status: 200,
			RequestHeaders:  harness.Header{{Name: "Origin", Value: "https://app.test"}},
			ResponseHeaders: harness.Header{{Name: "Access-Control-Allow-Origin", Value: "https://www.test"}},
		}},
	}
	for _, line := range seen.Transcript() {
		if line.Kind == harness.LineResponseHeader && line.Tone == harness.ToneAlarming {
			fmt.Println(line.Text)
			fmt.Println(line.Note)
		}
	}
	// Output:
	// Access-Control-Allow-Origin: https://www.test
	// not the origin that asked
}

package harness_test

import (
	"context"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// A kind that there is not is a fault, and no Chrome is asked in its place.
func TestUnknownKind(t *testing.T) {
	b := harness.Browser{Kind: "safari"}
	defer b.Close()
	_, err := b.Fetch(context.Background(), harness.Request{From: "https://app.test", URL: "https://api.test/"})
	if err == nil || !strings.Contains(err.Error(), `want empty for Chrome, "firefox" or "webkit"`) || !strings.Contains(err.Error(), "safari") {
		t.Error(err)
	}
}

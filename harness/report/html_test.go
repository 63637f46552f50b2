package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

var keep = flag.String("keep", "", "write the HTML reports of the tests into this folder, to look at")

// kept writes an HTML report into the folder that -keep names.
func kept(t *testing.T, name string, data []byte) {
	t.Helper()
	if *keep != "" {
		if err := os.WriteFile(filepath.Join(*keep, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHTMLIsSmall(t *testing.T) {
	r := big(5000)
	data := written(t, HTML, r)
	kept(t, "big.html", data)
	t.Logf("%d findings: %.1f MB", len(r.Findings), float64(len(data))/1e6)
	if len(data) > 10_000_000 {
		t.Error("the page has more than 10 MB")
	}
	kept(t, "demo.html", written(t, HTML, demo()))
	kept(t, "hostile.html", written(t, HTML, hostile()))
	kept(t, "empty.html", written(t, HTML, finding.Report{Version: 1, Target: "https://api.acme.com"}))
}

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Imports run one way: fixtures <- harness <- servers <- specs; main sees all.
// Nobody below specs knows a test framework, and chromedp has one importer.
func TestImportDirections(t *testing.T) {
	const module = "github.com/corsproof/corsproof/"
	forbidden := map[string][]string{
		"fixtures":                {module},
		"harness/internal/trace":  {module, "github.com/chromedp/chromedp", "github.com/onsi/"},
		"harness/internal/source": {module, "github.com/onsi/"},
		"harness/internal/chrome": {module + "servers", module + "specs", "github.com/onsi/"},
		"harness":                 {module + "servers", module + "specs", "github.com/onsi/"},
		"harness/verify":          {module + "servers", module + "specs", "github.com/onsi/"},
		"harness/finding":         {module + "harness/verify", module + "servers", module + "specs", "github.com/onsi/"},
		"harness/report":          {module + "harness/verify", module + "servers", module + "specs", "github.com/onsi/"},
		"harness/internal/turns":  {module, "github.com/onsi/"},
		"harness/policy":          {module + "servers", module + "specs", "github.com/onsi/"},
		"servers":                 {module + "specs", "github.com/onsi/"},
	}
	for folder, prefixes := range forbidden {
		out, err := exec.Command("go", "list", "-deps", "./"+folder).Output()
		if err != nil {
			t.Fatalf("go list -deps ./%s: %v", folder, err)
		}
		for _, dependency := range strings.Fields(string(out)) {
			for _, prefix := range prefixes {
				if strings.HasPrefix(dependency, prefix) && dependency != module+folder {
					t.Errorf("%s imports %s", folder, dependency)
				}
			}
		}
	}
}

func TestOnlyOnePackageImportsChromedp(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			importer := strings.TrimPrefix(fields[0], "github.com/corsproof/corsproof/")
			// The benchmark has a minimal chromedp program to compare with.
			if imported == "github.com/chromedp/chromedp" && importer != "harness/internal/chrome" && !strings.HasPrefix(importer, "specs/bench") {
				t.Errorf("%s imports chromedp", importer)
			}
		}
	}
}

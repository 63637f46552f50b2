package specs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// One Chrome and one fixture network serve all specs. Each spec has URLs of its
// own and, if the browser keeps something, a profile of its own.
var (
	net    servers.Network
	chrome = harness.Browser{Network: &net, Timeout: patience}
	// webkit starts at the first question that a spec asks it, and so does firefox.
	webkit = harness.Browser{Kind: harness.WebKit, Network: &net, Timeout: patience}
	// firefox starts at the first question that a spec asks it.
	firefox = harness.Browser{Kind: harness.Firefox, Network: &net, Timeout: patience}
)

// TestMain turns the test binary into the program that a spec needs.
func TestMain(m *testing.M) {
	if version := os.Getenv(fakeVersion); version != "" {
		fakeChrome(version)
		return
	}
	if version := os.Getenv(fakeFirefoxVersion); version != "" {
		fakeFirefox(version)
		return
	}
	if target := os.Getenv(proxiedTarget); target != "" {
		verifyThroughProxy(target)
		return
	}
	os.Exit(m.Run())
}

func TestSpecs(t *testing.T) {
	// Files that a Chrome leaves behind are in this folder, and its processes
	// have the folder's name in their environment or command line.
	t.Setenv("TMPDIR", t.TempDir())
	RegisterFailHandler(Fail)
	lint(t, PreviewSpecs("specs"))
	if !RunSpecs(t, "specs") {
		t.Log(failures)
	}
}

// failures says what failed, again at the end of the output: there a log that was cut has it.
var failures string

var _ = ReportAfterSuite("what failed", func(report Report) {
	for _, spec := range report.SpecReports {
		if spec.Failed() {
			failures += fmt.Sprintf("\n%s\n%s\n%s\n", spec.FullText(), spec.FailureLocation(), cut(spec.FailureMessage()))
		}
	}
})

// cut cuts a long text in its middle.
func cut(text string) string {
	const each = 1500
	if len(text) <= 2*each {
		return text
	}
	return text[:each] + "\n...\n" + text[len(text)-each:]
}

var _ = BeforeSuite(func(ctx SpecContext) {
	Expect(net.Start()).To(Succeed())
	is, err := chrome.Chrome(ctx)
	Expect(err).NotTo(HaveOccurred())
	if GinkgoParallelProcess() == 1 {
		fmt.Printf("%s\n  %s\n", is.Version, strings.Join(is.Flags, "\n  "))
	}
})

var _ = AfterSuite(func(ctx SpecContext) {
	late := chrome.LateEvents() + firefox.LateEvents()
	ended := []error{chrome.Close(), firefox.Close(), webkit.Close(), verifier.Close(), net.Close()} // close all, even if one fails
	for _, r := range running {
		ended = append(ended, r.process.Close())
	}
	Expect(errors.Join(ended...)).To(Succeed())
	Expect(late).To(BeZero(), "events came for questions that had their verdict, so that was drawn too early")
	Expect(leftFolders()).To(BeEmpty(), "temporary folders that a closed browser left")
	if runtime.GOOS == "linux" {
		// A killed process stays in the table until its parent has waited for it.
		Eventually(ctx, processes).WithArguments(os.Getenv("TMPDIR")).WithTimeout(patience).
			Should(BeEmpty(), "processes that the suite left")
	}
})

// leftFolders lists the folders that browsers of this suite left in the temporary
// folder.
func leftFolders() []string {
	chromes, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*chrom*"))
	firefoxes, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*firefox*"))
	return slices.Concat(chromes, firefoxes)
}

// processes lists the processes, other than this one, that have the text in their
// command line or environment. It works on Linux.
func processes(text string) []string {
	self := fmt.Sprint(os.Getpid())
	folders, _ := filepath.Glob("/proc/[0-9]*")
	var found []string
	for _, folder := range folders {
		pid := filepath.Base(folder)
		command, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		environment, _ := os.ReadFile(filepath.Join(folder, "environ"))
		if pid != self && strings.Contains(string(command)+string(environment), text) {
			found = append(found, pid+" "+strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}

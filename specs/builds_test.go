package specs_test

import (
	"os"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// The specs hold for both builds of Chrome. Where the builds differ, a spec asks which one it
// has.

// headlessShell says whether the Chrome of the specs is the headless shell.
func headlessShell(ctx SpecContext) bool {
	GinkgoHelper()
	is, err := chrome.Chrome(ctx)
	Expect(err).NotTo(HaveOccurred())
	return strings.HasPrefix(is.Version, "HeadlessChrome/")
}

// onlyFull begins the reason for which a spec of what only a full Chrome can is skipped in the
// headless shell.
const onlyFull = "the headless shell says that it cannot"

// fullOnly are the initiators that the headless shell does not have.
var fullOnly = []harness.Via{harness.ViaManifest, harness.ViaFavicon, harness.ViaReport}

// beOnlyFull matches the error of a question that needs a full Chrome.
var beOnlyFull = MatchError(MatchRegexp(`HeadlessChrome [\d.]+, the headless shell, cannot (fetch a manifest|fetch the icon of a page|send a report of the Reporting API|load an extension|trust the certificates of Browser.CA \(--ca\)): install a full Chrome `))

// isOnlyFull says whether the error of a question is that of a headless shell which would need
// to be a full Chrome. A headless shell that is named has to end in that error; where nobody
// has named a Chrome, a full Chrome may be there, too, and is asked.
func isOnlyFull(ctx SpecContext, b *harness.Browser, r harness.Request, err error) bool {
	GinkgoHelper()
	if !headlessShell(ctx) || !slices.Contains(fullOnly, r.Via) && r.ExtensionKey == "" && len(b.CA) == 0 {
		return false
	}
	says, _ := beOnlyFull.Match(err)
	if os.Getenv("CORSPROOF_CHROME") != "" {
		Expect(err).To(beOnlyFull)
	}
	return says
}

// inBuild asks. Where the answer is that a full Chrome is needed, the rest of the spec is
// skipped.
func inBuild(ctx SpecContext, b *harness.Browser, r harness.Request) (harness.Observation, error) {
	GinkgoHelper()
	seen, err := b.Fetch(ctx, r)
	if isOnlyFull(ctx, b, r, err) {
		Skip(onlyFull)
	}
	return seen, err
}

package specs_test

import (
	"os"
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

// beOnlyFull matches the error of a question that needs a full Chrome.
var beOnlyFull = MatchError(MatchRegexp(`HeadlessChrome [\d.]+, the headless shell, cannot (fetch a manifest|fetch the icon of a page|load an extension|trust the certificates of Browser.CA \(--ca\)): install a full Chrome `))

// inBuild asks. In the headless shell, a question that needs a full Chrome has to end in an
// error that says so, and the rest of the spec is skipped. Where nobody has named a Chrome,
// a full Chrome may be there, too, and is asked.
func inBuild(ctx SpecContext, b *harness.Browser, r harness.Request) (harness.Observation, error) {
	GinkgoHelper()
	seen, err := b.Fetch(ctx, r)
	if !headlessShell(ctx) || r.Via != harness.ViaManifest && r.Via != harness.ViaFavicon && r.ExtensionKey == "" && len(b.CA) == 0 {
		return seen, err
	}
	if says, _ := beOnlyFull.Match(err); says || os.Getenv("CORSPROOF_CHROME") != "" {
		Expect(err).To(beOnlyFull)
		Skip(onlyFull)
	}
	return seen, err
}

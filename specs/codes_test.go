package specs_test

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// absent are the reasons that no spec provokes, and why Chrome 156 does not give
// them, or not to a page.
var absent = map[harness.Reason]string{
	harness.InvalidResponse:               "the network service asserts that it never returns it: it was for warnings of private network access",
	harness.PreflightMissingAllowExternal: "of a draft that was given up in 2021; Chrome's enum for requests has no value left for it",
	harness.PreflightInvalidAllowExternal: "of the same draft",

	harness.BlockedByInspector:                 "needs a second DevTools client that blocks URLs",
	harness.BlockedBySubresourceFilter:         "needs Google's list of sites with abusive advertising",
	harness.BlockedByContentType:               "Chrome reports a style sheet or a script of the wrong type without it",
	harness.BlockedByCOEPFrame:                 "Chrome gives corp-not-same-origin-after-defaulted-to-same-origin-by-coep instead",
	harness.BlockedByCOOPSandbox:               "is about a navigation of a sandboxed frame, which no initiator makes",
	harness.BlockedByCORPDefaultedByDIP:        "Document-Isolation-Policy is behind a feature",
	harness.BlockedByCORPDefaultedByCOEPAndDIP: "Document-Isolation-Policy is behind a feature",
	harness.BlockedBySRISignature:              "signature-based integrity is behind a feature",

	harness.DisallowedURLScheme:           "Chrome refuses such a scheme in the renderer, with CorsDisabledScheme",
	harness.BlockedByResponse:             "is given with a detail and a blocked reason, which is what counts",
	harness.BlockedByContentSecurityCheck: "is for navigations; a request is refused with the blocked reason csp",
	harness.BlockedByClient:               "needs an extension, and there are none",
	harness.BlockedByAdministrator:        "needs a policy of the machine's administrator",
}

// lintCodes checks that every reason of corsproof has a spec that provokes it, or
// is in absent, and that every label names a reason. A test of package harness
// checks that corsproof knows every code of Chrome.
func lintCodes(t *testing.T, provoked map[string]bool) {
	t.Helper()
	known := map[string]bool{}
	for _, reason := range harness.Reasons() {
		code := strings.TrimPrefix(string(reason), "net::")
		known[code] = true
		switch {
		case provoked[code] && absent[reason] != "":
			t.Errorf("%s stands in absent, and a spec provokes it", reason)
		case !provoked[code] && absent[reason] == "":
			t.Errorf("no spec has the label code:%s", code)
		}
	}
	for code := range provoked {
		if !known[code] {
			t.Errorf("label code:%s: there is no such reason", code)
		}
	}
}

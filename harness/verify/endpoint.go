package verify

import (
	"context"
	"errors"
	"slices"

	"github.com/corsproof/corsproof/harness"
)

// errPublicPage says why local network access decided at an endpoint.
var errPublicPage = errors.New("local network access decided: a page of a Chrome at an endpoint counts as public, and this target is on this machine or in the local network; verify it with a Chrome that is started here, or at its public address")

// localNetwork are the reasons that depend on where a page comes from, and not on a policy.
var localNetwork = []harness.Reason{
	harness.InsecureLocalNetwork, harness.InvalidLocalNetworkAccess, harness.LocalNetworkAccessPermissionDenied, harness.BlockedByLocalNetworkChecks,
}

// atEndpoint is the asker with the limits of a Chrome at an endpoint, which has no page from this
// machine.
func (x *runner) atEndpoint(ask asker) asker {
	if x.Browser.Endpoint == "" {
		return ask
	}
	return func(ctx context.Context, r harness.Request) (harness.Observation, error) {
		seen, err := ask(ctx, r)
		if err == nil && slices.Contains(localNetwork, seen.Reason) {
			err = harness.NewInconclusiveError(r, errPublicPage.Error(), errPublicPage)
		}
		return seen, err
	}
}

package bidi

import (
	"context"
	"encoding/json"
	"fmt"
)

// A dry run lets the preflight go and holds the request back. An intercept of WebDriver BiDi would
// pause the request before its preflight. But Firefox ends a request that may not use the network
// only when it is about to send it, after the preflight has passed. So the request gets that flag,
// and its preflight, which inherits the flag, loses it again.

// watchDryRuns gives the requests for the URLs of dry runs their flag. Firefox itself writes the URLs
// that are compared: a spelling of ours that differed would let a request go. The scheme is left out,
// because a policy may upgrade it, and so is the user name.
const watchDryRuns = `() => {
	const offline = Ci.nsIRequest.LOAD_NO_NETWORK_IO ?? Ci.nsICachingChannel.LOAD_NO_NETWORK_IO;
	const key = (uri) => uri.hostPort + uri.mutate().setRef("").finalize().pathQueryRef;
	const held = new Set();
	globalThis.corsproofHoldBack = (url) => held.add(key(Services.io.newURI(url)));
	globalThis.corsproofRelease = (url) => held.delete(key(Services.io.newURI(url)));
	const preflight = (channel) => {
		try { return channel.requestMethod === "OPTIONS" && channel.getRequestHeader("Access-Control-Request-Method") !== ""; } catch { return false; }
	};
	globalThis.corsproofHold = {
		QueryInterface: ChromeUtils.generateQI(["nsIObserver"]),
		observe(subject, topic) {
			const channel = subject.QueryInterface(Ci.nsIHttpChannel);
			if (!held.has(key(channel.URI))) return;
			if (preflight(channel)) channel.loadFlags &= ~offline;
			else if (topic === "http-on-modify-request") channel.loadFlags |= offline;
		},
	};
	Services.obs.addObserver(globalThis.corsproofHold, "http-on-opening-request"); // before its proxy is looked up
	Services.obs.addObserver(globalThis.corsproofHold, "http-on-modify-request");
}`

// withheldError is how a request ends that may not use the network.
const withheldError = "NS_ERROR_DOCUMENT_NOT_CACHED"

// holdBack makes requests for a URL end before they are sent, until the returned function is called.
func (f *Firefox) holdBack(ctx context.Context, url string) (release func(), err error) {
	address, err := json.Marshal(url)
	if err != nil {
		return nil, err
	}
	if _, err := f.evaluate(ctx, f.chrome, fmt.Sprintf("corsproofHoldBack(%s), 0", address)); err != nil {
		return nil, err
	}
	return func() {
		_, _ = f.evaluate(f.conn.ctx, f.chrome, fmt.Sprintf("corsproofRelease(%s), 0", address)) // the browser may be gone
	}, nil
}

package harness

// blockedRows are Chrome's blocked reasons.
var blockedRows = map[Reason]Explanation{
	BlockedByOther: {
		"Chrome blocked the request for a reason that it does not name.",
		"Look at the console lines, which often name it.",
		anchorMain,
	},
	BlockedByCSP: {
		"The page's own Content-Security-Policy does not let it ask for this URL, so nothing was sent.",
		"Add the URL's origin to the directive of the page's Content-Security-Policy that the console names.",
		anchorCSP,
	},
	BlockedByMixedContent: {
		"A page on https asked for an http URL, so nothing was sent.",
		"Serve the URL over https and have the page ask for that.",
		anchorMixed,
	},
	BlockedByOrigin: {
		"The request led to an origin, or to a URL with a password, that its mode does not allow.",
		"Have the page ask for the final URL with mode cors, without a user name or password in it.",
		anchorRedirect,
	},
	BlockedByInspector: {
		"A DevTools client blocks this URL, so nothing was sent.",
		"Remove the URL from the blocked requests of DevTools or of the program that drives Chrome.",
		anchorMain,
	},
	BlockedByIntegrity: {
		"The response's content does not have the hash that the page demands.",
		"Correct the hash in the page's integrity value, or the content on the server.",
		anchorSRI,
	},
	BlockedBySubresourceFilter: {
		"Chrome's filter for abusive advertising blocked the request on this page.",
		"Have Google review the page's site again for abusive ads, or have the page ask for another URL.",
		anchorMain,
	},
	BlockedByContentType: {
		"The page may not use a response of this Content-Type in this way.",
		"Make the server send the right Content-Type.",
		anchorNosniff,
	},
	BlockedByCOEPFrame: {
		"The page demands Cross-Origin-Embedder-Policy of its frames, and this frame has none.",
		"Make the frame's server send Cross-Origin-Embedder-Policy.",
		anchorCOEP,
	},
	BlockedByCOOPSandbox: {
		"A sandboxed frame may not show a page that has Cross-Origin-Opener-Policy.",
		"Take the sandbox off the frame, or make the server send the page without Cross-Origin-Opener-Policy.",
		anchorCOOP,
	},
	BlockedByCORPNotSameOrigin: {
		"The response's Cross-Origin-Resource-Policy allows only pages of its own origin.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedByCORPDefaultedByCOEP: {
		"The page has Cross-Origin-Embedder-Policy, and the response has no Cross-Origin-Resource-Policy that allows this page.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedByCORPDefaultedByDIP: {
		"The page has Document-Isolation-Policy, and the response has no Cross-Origin-Resource-Policy that allows this page.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedByCORPDefaultedByCOEPAndDIP: {
		"The page has Cross-Origin-Embedder-Policy and Document-Isolation-Policy, and the response has no Cross-Origin-Resource-Policy that allows this page.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedByCORPNotSameSite: {
		"The response's Cross-Origin-Resource-Policy allows only pages of its own site.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedBySRISignature: {
		"The response is not signed with the key that it names or that the page demands.",
		"Make the server sign the response with that key, in Signature and Signature-Input.",
		anchorSignature,
	},
}

// netErrorRows are the net errors that decide.
var netErrorRows = map[Reason]Explanation{
	UnsafePort: {
		"The URL's port is one that browsers never use for http, so nothing was sent.",
		"Run the server on another port.",
		anchorPort,
	},
	InvalidURL: {
		"The browser cannot parse the URL, such as a data: URL without a comma, or with a body that is not base64.",
		"Correct the URL: data:[type][;base64],body.",
		"https://fetch.spec.whatwg.org/#data-url-processor",
	},
	UnsafeRedirect: {
		"The redirect leads to a URL whose scheme may not be reached by a redirect.",
		"Make the server send an http or https URL in Location.",
		anchorRedirect,
	},
	InvalidRedirect: {
		"The redirect leads to something that is not a URL, or that may not be followed.",
		"Make the server send a valid URL in Location.",
		anchorRedirect,
	},
	TooManyRedirects: {
		"The server redirected more than twenty times.",
		"Break the loop of redirects on the server.",
		anchorRedirect,
	},
	DisallowedURLScheme: {
		"The URL's scheme is not allowed here.",
		"Have the page ask for an http or https URL.",
		anchorScheme,
	},
	UnknownURLScheme: {
		"The browser does not know the URL's scheme.",
		"Have the page ask for an http or https URL.",
		anchorScheme,
	},
	NotInCache: {
		"The page asked for a cached response only, and the cache has none.",
		"Have the page ask with another cache mode than only-if-cached.",
		anchorCache,
	},
	BlockedByORB: {
		"A page may not embed a response of this type from another origin, so the browser withheld it.",
		"Make the server send the right Content-Type" + orWithCORS,
		anchorORB,
	},
	BlockedByResponse: {
		"A header of the response forbids this page to use it.",
		"Make the server send Cross-Origin-Resource-Policy: cross-origin" + orWithCORS,
		anchorCORP,
	},
	BlockedByLocalNetworkChecks: {
		"The page may not reach the local network or this machine, so nothing was sent.",
		"Serve the page over https and have the user allow local network access.",
		anchorLNARequest,
	},
	BlockedByContentSecurityCheck: {
		"The page's own Content-Security-Policy does not let it ask for this URL, so nothing was sent.",
		"Add the URL's origin to connect-src in the page's Content-Security-Policy.",
		anchorCSP,
	},
	BlockedByClient: {
		"Something in this browser, such as an extension, blocked the request.",
		"Ask with a browser that has no extensions.",
		anchorMain,
	},
	UnexpectedProxyAuth: {
		"The server answered 407, which only a proxy may answer, so the browser withheld the response.",
		"Make the server answer with 401 or 403 instead, and OPTIONS with 204 before it checks who is signed in.",
		anchorCache,
	},
	BlockedByAdministrator: {
		"A policy of this browser's administrator blocks the URL.",
		"Ask with a browser that has no such policy.",
		anchorMain,
	},
}

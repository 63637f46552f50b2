package explain

import "github.com/corsproof/corsproof/harness"

// Causes that several entries share.
const (
	byPage    = "The page's request decides before anything is sent, so no response matters."
	byBrowser = "The settings of this browser decide, and no response matters."
	byFrame   = "A frame's document decides, which the CORS protocol does not judge."
	byContent = "The content of the response decides, not its headers alone."
	byNetwork = "The addresses of the page and of the server decide, and a permission of the user."
	unused    = "Chrome 156 never gives this code, so no response shows it."
	byWire    = "No browser sends such a request, so no verdict of a browser shows it."
	byServer  = "What the server does decides, and the headers of the response do not show it."
)

// causes say why response headers cannot show an entry.
var causes = map[string]string{
	string(harness.DisallowedByMode):                   byPage,
	string(harness.NoCorsRedirectModeNotFollow):        byPage,
	string(harness.RequestRefused):                     byPage,
	string(harness.ScriptAborted):                      byPage,
	string(harness.ScriptTimedOut):                     byPage,
	string(harness.ServiceWorkerAnswer):                "The service worker of the page makes the answer, and the headers of a server do not matter.",
	string(harness.Untold):                             "WebKit alone gives it, and it names no step: ask Chrome, which names the step.",
	string(harness.DisallowedURLScheme):                byPage,
	string(harness.InvalidURL):                         "The URL itself decides: nothing is sent.",
	string(harness.UnexpectedProxyAuth):                "A status that only proxies may send decides, not the CORS protocol.",
	string(harness.UnsafePort):                         byPage,
	string(harness.BlockedByMixedContent):              byPage,
	string(harness.BlockedByCSP):                       "The Content-Security-Policy of the page decides before anything is sent, so no response matters.",
	string(harness.BlockedByContentSecurityCheck):      "The Content-Security-Policy of the page decides before anything is sent, so no response matters.",
	string(harness.NotInCache):                         "The content of the browser's cache decides: nothing is sent.",
	string(harness.InvalidResponse):                    unused,
	string(harness.PreflightMissingAllowExternal):      unused,
	string(harness.PreflightInvalidAllowExternal):      unused,
	string(harness.InsecureLocalNetwork):               byNetwork,
	string(harness.InvalidLocalNetworkAccess):          byNetwork,
	string(harness.LocalNetworkAccessPermissionDenied): byNetwork,
	string(harness.BlockedByLocalNetworkChecks):        byNetwork,
	string(harness.BlockedByOther):                     "Chrome names no cause, so no header can be shown for it.",
	string(harness.BlockedByInspector):                 byBrowser,
	string(harness.BlockedBySubresourceFilter):         byBrowser,
	string(harness.BlockedByClient):                    byBrowser,
	string(harness.BlockedByAdministrator):             byBrowser,
	string(harness.BlockedByIntegrity):                 byContent,
	string(harness.BlockedBySRISignature):              byContent,
	string(harness.BlockedByContentType):               "The use that the page makes of the response decides together with Content-Type, and fetch() has no such use.",
	string(harness.BlockedByORB):                       byContent,
	string(harness.BlockedByCOEPFrame):                 byFrame,
	string(harness.BlockedByCOOPSandbox):               byFrame,
	string(harness.BlockedByCORPDefaultedByDIP):        "The page's Document-Isolation-Policy decides, which the Fetch standard does not have yet. See corp-not-same-origin-after-defaulted-to-same-origin-by-coep.",
	string(harness.BlockedByCORPDefaultedByCOEPAndDIP): "The page's Document-Isolation-Policy decides, which the Fetch standard does not have yet. See corp-not-same-origin-after-defaulted-to-same-origin-by-coep.",
	string(harness.BlockedByResponse):                  "Chrome names the header by another reason. See corp-not-same-origin.",
	string(harness.TooManyRedirects):                   "No single response shows it: a browser follows twenty redirects, and the twenty-first ends the request.",
	string(harness.ResponseUnusable):                   "The use that the page makes of the response decides together with its status and Content-Type, and fetch() has no such use.",
	string(harness.HandshakeRefused):                   "The status of the handshake decides for a WebSocket, not the CORS protocol.",

	"K08": "The browser's cookie jar decides whether a cookie goes along, and the headers of CORS do not.",
	"K11": byWire,
	"K12": byServer,
	"K21": byWire,
	"K23": "The page is of the server's own origin, so no header of CORS decides.",
	"K24": byServer,
	"K29": "A cookie decides, which the headers of CORS do not show. See K26 for the headers.",
	"K39": byWire,
	"K47": "The browser decides: it never sends the request after a refused preflight, whatever the responses say.",
	"K51": byServer,
	"K52": byWire,
	"K53": byWire,
	"K54": byWire,
	"K59": "A cache decides by the whole Vary, and the CORS check does not look at it.",
	"K60": "Either answer is right, so there is nothing to change.",
}

package report

// behaviour is what a probe id stands for.
type behaviour struct{ says, anchor string }

// The places in the Fetch standard that the behaviours are about.
const (
	fetch      = "https://fetch.spec.whatwg.org/"
	corsCheck  = fetch + "#cors-check"
	credential = fetch + "#cors-protocol-and-credentials"
	preflight  = fetch + "#cors-preflight-fetch"
	exposed    = fetch + "#concept-filtered-response-cors"
	origin     = fetch + "#origin-header"
	maxAge     = fetch + "#http-access-control-max-age"
	cached     = fetch + "#cors-protocol-and-http-caches"
	redirects  = fetch + "#http-redirect-fetch"
)

// behaviours are those that a policy can judge, by the id of the probe.
var behaviours = map[string]behaviour{
	"K01": {"An allowed origin can read", corsCheck},
	"K02": {"An allowed origin can read with credentials", credential},
	"K03": {"Nobody can read with credentials where the policy has them off", credential},
	"K06": {"Every origin of a list gets its own value, in any order of visits", corsCheck},
	"K09": {"Exposed response headers are readable, others are not", exposed},
	"K10": {"Exposing any header works with credentials, too", exposed},
	"K13": {"An origin that is not listed cannot read", corsCheck},
	"K14": {"An origin that begins like an allowed one cannot read", corsCheck},
	"K15": {"An origin that ends like an allowed one cannot read", corsCheck},
	"K16": {"An origin that differs from an allowed one in a dot cannot read", corsCheck},
	"K17": {"An allowed host at another port cannot read", corsCheck},
	"K18": {"An allowed host over another scheme cannot read", corsCheck},
	"K19": {"Opaque origins, which send Origin: null, cannot read unless the policy lets them", origin},
	"K20": {"Children of a domain can read, what looks like them cannot", corsCheck},
	"K21": {"A malformed Origin is refused", origin},
	"K25": {"Every origin can read where the policy allows any", corsCheck},
	"K26": {"No arbitrary origin can read with credentials", credential},
	"K27": {"No opaque origin can read with credentials", credential},
	"K31": {"An allowed method or header passes its preflight", preflight},
	"K35": {"A method that is not listed never reaches the server", preflight},
	"K36": {"A request with a header that is not listed never reaches the server", preflight},
	"K37": {"All allowed headers together pass their preflight", preflight},
	"K38": {"One header that is not listed blocks a request with others that are", preflight},
	"K41": {"Allowing any method works", preflight},
	"K42": {"Allowing any method works with credentials, too", credential},
	"K43": {"Allowing any header works with credentials, too", credential},
	"K44": {"Authorization is allowed by its name", fetch + "#cors-non-wildcard-request-header-name"},
	"K48": {"The answer to a preflight says how long it may be kept", maxAge},
	"K49": {"A preflight is kept as long as it says", maxAge},
	"K56": {"A response that was kept for an image does no harm to who reads next", cached},
	"K57": {"A response that was kept for one origin does no harm to another", cached},
	"K61": {"A 404 is readable as what it is", corsCheck},
	"K63": {"The answer to a missing login is readable as what it is", corsCheck},
	"K64": {"Every hop of a redirect can be read", redirects},
}

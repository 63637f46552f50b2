package harness

import (
	"fmt"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// explainReadable says why the script could read the response, and what that proves.
func explainReadable(o Observation) Explanation {
	e := gather(o)
	cookie, cookieRefused := explainCookie(e)
	switch {
	case o.Request.Controller.Answer.makesResponse() && !o.delegated():
		return ownResponse
	case isData(o.Request.URL):
		return Explanation{"The URL contains its own response, so nothing was sent and no permission is needed.", "", anchorMain}
	case staysHome(o):
		return explainHome(e)
	case e.allowed == "null":
		return Explanation{"Any site can read this" + e.asUser() + ": " + e.server() + " allows the origin null, which every site can get with a sandboxed frame.",
			"Make " + e.server() + " never send null in Access-Control-Allow-Origin.", anchorCheck}
	case cookieRefused:
		return cookie
	case e.by.Status >= 400:
		return Explanation{fmt.Sprintf("CORS is in order: the script can read the answer. The answer is an error, and %s itself gave it: %d.", e.server(), e.by.Status), "", anchorCheck}
	case e.allowed == "*":
		return Explanation{"Any site can read this: " + e.server() + " allows every origin with *, without credentials.", "", anchorCheck}
	case e.by.Controller && ownHop(e.by.URL, o.Request.origin()):
		return ownOrigin
	case e.allowed != "":
		return explainNamed(e)
	}
	return Explanation{"The script could read the response.", "", anchorCheck}
}

// explainNamed explains a response that names the origin that asked.
func explainNamed(e evidence) Explanation {
	who := brief(e.Request.origin())
	if e.Request.From == "" {
		who = "Every client that sends this Origin"
	}
	meaning := who + " can read this, without credentials: " + e.server() + " names that origin."
	switch {
	case e.signedIn() && e.allowsCredentials():
		meaning = who + " can act here as the signed-in user: " + e.server() + " names that origin and allows credentials."
	case e.credentials:
		meaning = who + " can read this: " + e.server() + " names that origin and allows credentials. No cookie went along, so this is the answer to a client that is not signed in."
	}
	return Explanation{meaning, "", anchorCheck}
}

// explainHome explains the answer of the page's own origin. A server that does not know the
// address that browsers have for it refuses its own pages by their Origin.
// https://fetch.spec.whatwg.org/#origin-header
func explainHome(e evidence) Explanation {
	const meaning = "The page asked its own origin, which needs no permission"
	_, sent := e.by.RequestHeaders.Get(web.NameOrigin)
	switch {
	case e.by.Status == 403 && sent:
		return Explanation{meaning + ". The server refused the request with 403: a server behind a proxy does so when it compares Origin with its own address and does not know its public name.",
			"Have the proxy pass Host and the scheme on (X-Forwarded-Proto), or list " + brief(e.Request.origin()) + " on the server.", "https://fetch.spec.whatwg.org/#origin-header"}
	case e.by.Status >= 400:
		return Explanation{fmt.Sprintf("%s. The answer is an error, and the server itself gave it: %d.", meaning, e.by.Status), "", anchorMain}
	}
	return Explanation{meaning + ".", "", anchorMain}
}

// explainWithheld says why the browser would have sent the request.
func explainWithheld(o Observation) Explanation {
	who := brief(o.Request.origin())
	if len(o.Preflights()) == 0 {
		return Explanation{who + " needs no permission for this " + brief(method(o.Request)) + ": the browser would have sent it. Whether the response can be read shows only when the request is sent.",
			"", anchorHTTP}
	}
	return Explanation{"The preflight gives " + who + " permission: the browser would have sent the " + brief(method(o.Request)) + ". Whether the response can be read shows only when the request is sent.",
		"", anchorPreflight}
}

// signedIn says whether the request that was answered had something that tells a user: a
// cookie, or Authorization.
func (e evidence) signedIn() bool {
	_, authorized := e.by.RequestHeaders.Get(web.NameAuthorization)
	return authorized || len(sentCookies(e.by)) > 0
}

// allowsCredentials says whether the response lets a script read it that asks with
// credentials. https://fetch.spec.whatwg.org/#cors-check
func (e evidence) allowsCredentials() bool {
	value, _ := e.by.ResponseHeaders.Get(web.NameAllowCredentials)
	return value == "true"
}

// asUser adds to a meaning that the answer is the one for a signed-in user.
func (e evidence) asUser() string {
	if e.signedIn() {
		return ", as the signed-in user"
	}
	return ""
}

// staysHome says whether every exchange was with the page's own origin.
func staysHome(o Observation) bool {
	for _, e := range o.Exchanges {
		if !ownHop(e.URL, o.Request.origin()) {
			return false
		}
	}
	return len(o.Exchanges) > 0
}

// isData says whether a URL is its own response.
// https://fetch.spec.whatwg.org/#data-urls
func isData(rawURL string) bool {
	u, err := web.ParseURL(rawURL, nil)
	return err == nil && u.Scheme == "data"
}

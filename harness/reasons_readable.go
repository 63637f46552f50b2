package harness

import (
	"github.com/corsproof/corsproof/harness/internal/web"
)

// explainReadable says why the script could read the response, and what that
// proves for other origins.
func explainReadable(o Observation) Explanation {
	e := gather(o)
	who := brief(o.Request.origin())
	if o.Request.From == "" {
		who = "Whoever sends this Origin"
	}
	cookie, cookieRefused := explainCookie(e)
	switch {
	case o.Request.Controller.Answer.makesResponse() && !o.delegated():
		return ownResponse
	case isData(o.Request.URL):
		return Explanation{"The URL carries its own response, so nothing was sent and nobody was asked for permission.", "", anchorMain}
	case staysHome(o):
		return Explanation{"The page asked its own origin, which needs no permission.", "", anchorMain}
	case e.allowed == "*":
		return Explanation{"Any site can read this: the server allows every origin with *, without credentials.",
			"Make the server send only listed origins in Access-Control-Allow-Origin, unless this is meant for everybody.", anchorCheck}
	case e.allowed == "null":
		return Explanation{"Any site can read this" + asUser(e.credentials && !cookieRefused) + ": the server allows the origin null, which every page gets in a sandboxed frame.",
			"Make the server never send null in Access-Control-Allow-Origin.", anchorCheck}
	case cookieRefused:
		return cookie
	case e.credentials && e.allowed != "":
		return Explanation{who + " can act here as the signed-in user: the server names that origin and allows credentials.",
			"If any other origin gets the same answer, make the server compare the origin with a list.", anchorCheck}
	case e.by.Controller && ownHop(e.by.URL, o.Request.origin()):
		return ownOrigin
	case e.allowed != "":
		return Explanation{who + " can read this, without credentials: the server names that origin.",
			"If any other origin gets the same answer, make the server compare the origin with a list.", anchorCheck}
	}
	return Explanation{"The script could read the response.", "", anchorCheck}
}

// explainWithheld says why the browser would have sent the request.
func explainWithheld(o Observation) Explanation {
	who := brief(o.Request.origin())
	if len(o.Preflights()) == 0 {
		return Explanation{who + " needs no permission for this " + brief(method(o.Request)) + ": the browser would have sent it. Whether the response can be read shows only when it is.",
			"", anchorHTTP}
	}
	return Explanation{"The preflight gives " + who + " permission: the browser would have sent the " + brief(method(o.Request)) + ". Whether the response can be read shows only when it is.",
		"", anchorPreflight}
}

// asUser adds what credentials make of a readable response.
func asUser(credentials bool) string {
	if credentials {
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

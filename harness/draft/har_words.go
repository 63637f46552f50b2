package draft

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostNamed bounds the servers, and the pages, that a comment names.
const mostNamed = 10

// explain says where each field comes from, and what is assumed.
func (r *harDraft) explain(d *Draft, target string, on *server) {
	d.Head = fmt.Sprintf("What the pages in a HAR asked of %s.\n"+
		"It says what the app does, and not what the server should allow: read it, and cut it down. A removed line is not judged. Then:\n  corsproof verify FILE", target)
	d.Why["target"] = r.others(target)
	d.Why["origins"] = "The origins of the pages that asked."
	if apps := on.otherPages(); len(apps) > 0 {
		d.Why["origins"] += " Left out, because they are no pages of a site: " + strings.Join(apps, ", ") + "."
	}
	d.Why["credentials"] = on.credentials()
	d.Why["methods"] = "The methods that the pages used. GET, HEAD and POST need no permission."
	d.Why["requestHeaders"] = "The request headers that the pages set, or that their preflights asked for, without the safelisted."
	d.Why["exposeHeaders"] = "No answer has headers of CORS, so exposeHeaders is not judged. To have it judged: exposeHeaders: [X-Total-Count]"
	if d.Policy.ExposeHeaders != nil {
		d.Why["exposeHeaders"] = exposeAssumed
	}
	d.Why["maxAge"] = on.maxAge()
	d.Why["resources"] = on.left()
}

const exposeAssumed = "A HAR does not say which response headers the scripts read. This line assumes that they read what the responses had and exposed."

// others names the servers that the policy is not about.
func (r *harDraft) others(target string) string {
	var list []string
	for _, origin := range slices.Sorted(maps.Keys(r.servers)) {
		if origin != target {
			list = append(list, fmt.Sprintf("%s (%d)", origin, r.servers[origin].requests))
		}
	}
	if len(list) == 0 {
		return ""
	}
	if more := len(list) - mostNamed; more > 0 {
		list = append(list[:mostNamed], fmt.Sprintf("and %d more", more))
	}
	return "The server with the most requests. Others, with their number of requests: " + strings.Join(list, ", ") + ". For the policy of another one: corsproof init URL --har FILE"
}

// otherPages are the pages that are no pages of the web.
func (on *server) otherPages() []string {
	names := map[string]bool{}
	for _, a := range on.paths {
		for p := range a.pages {
			if !isWebOrigin(p.origin) {
				names[p.origin] = true
			}
		}
	}
	list := slices.Sorted(maps.Keys(names))
	return list[:min(len(list), mostNamed)]
}

// credentials says what the file knows of credentials.
func (on *server) credentials() string {
	cookies, allows := 0, 0
	for _, a := range on.paths {
		if a.cookies {
			cookies++
		}
		if a.allows {
			allows++
		}
	}
	switch {
	case cookies > 0:
		return fmt.Sprintf("Requests to %d of %d paths were sent with cookies.", cookies, len(on.paths))
	case allows > 0:
		return fmt.Sprintf("The HAR has no cookies: browsers export cookies only with sensitive data. Answers of %d of %d paths allow credentials, so this line assumes that the pages use them.", allows, len(on.paths))
	}
	return "The HAR has no cookies, which browsers export only with sensitive data, and no answer allows credentials: this line assumes that the pages use none."
}

// maxAge says what the file knows of the time that preflights may be kept.
func (on *server) maxAge() string {
	switch len(on.ages) {
	case 0:
		return "The HAR has no preflight with a number in Access-Control-Max-Age, so maxAge is not judged. To have it judged: maxAge: 600"
	case 1:
		return "What preflights were answered in Access-Control-Max-Age."
	}
	return "Preflights were answered with different numbers in Access-Control-Max-Age, so maxAge is not judged."
}

// left says what of the paths is left out.
func (on *server) left() string {
	text := "The paths that were asked, without queries, which may be secret. What a path does not say is as above."
	if on.secret > 0 {
		text += fmt.Sprintf(" Left out: requests to paths that look like a secret (%d).", on.secret)
	}
	if on.unlisted > 0 {
		text += fmt.Sprintf(" Left out: requests to more paths than %d (%d).", mostPaths, on.unlisted)
	}
	return text
}

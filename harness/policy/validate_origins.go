package policy

import (
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// The problems of an origin that code distinguishes from others.
const (
	trailingSlash = "an origin does not end with a slash"
	noPath        = "an origin has no path"
	starProblem   = "the star of a pattern is the whole first label of the host, after a scheme, as in https://*.example.com"
)

// check finds the faults of each single origin.
func (o Origins) check(f *faults, at string) {
	said := 0
	for _, given := range []bool{o.Any, o.None, o.List != nil || o.Subdomains != nil} {
		if given {
			said++
		}
	}
	if said > 1 {
		f.add(at, "", "want one of any, none and a list", "")
	}
	checkOrigins(f, at, o.List, o.inList, listedProblem)
	if o.Subdomains != nil && len(o.Subdomains) == 0 {
		f.add(at+".subdomains", "", "an empty list allows no origin", "none")
	}
	checkOrigins(f, at, o.Subdomains, o.inSubdomains, basedProblem)
}

// listedProblem is about an origin of a list.
func listedProblem(origin string, _ member) (problem, meant string) { return originProblem(origin) }

// basedProblem is about the origin whose children may read, as it is written.
func basedProblem(base string, m member) (problem, meant string) {
	problem, meant = subdomainsProblem(base)
	if m.star && meant != "" {
		meant = Pattern(meant)
	}
	return problem, meant
}

// checkOrigins finds the faults of a list of origins, and its duplicates.
func checkOrigins(f *faults, at string, list []string, placeOf func(int) member, problemOf func(string, member) (problem, meant string)) {
	first := map[string]string{}
	for i, origin := range list {
		place := placeOf(i)
		here := at + place.at
		problem, meant := problemOf(origin, place)
		f.addIf(here, origin, problem, meant)
		if before, twice := first[origin]; twice {
			f.add(here, origin, "listed already at "+before, "")
		} else {
			first[origin] = here
		}
	}
}

// originProblem says what is wrong with an origin, and guesses what was meant. A server
// compares origins byte for byte, so each origin has only one valid form.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func originProblem(origin string) (problem, meant string) {
	switch {
	case origin == "":
		return "empty: want an origin such as https://app.example.com", ""
	case origin == "*":
		return "* cannot be in a list of origins", "origins: any"
	case origin == "any" || origin == "none":
		return origin + " is a value of its own, not an item of a list", "origins: " + origin
	case origin == "null":
		return "every opaque origin sends null, so null names no single page", "allowNull: true"
	case strings.Contains(origin, ","):
		return "several origins in one text", "[" + strings.Join(strings.FieldsFunc(origin, func(c rune) bool { return c == ',' || c == ' ' }), ", ") + "]"
	case strings.Contains(origin, "*"):
		return patternProblem(origin)
	}
	if problem, meant, app := web.AppOriginProblem(origin); app {
		return problem, meant
	}
	scheme, rest, ok := strings.Cut(origin, "://")
	if !ok {
		return schemelessProblem(origin)
	}
	if s := strings.ToLower(scheme); s != "http" && s != "https" {
		return "corsproof cannot make a page of this scheme: want http or https", ""
	}
	u, err := oracle.ParseURL(origin, nil)
	if err != nil || rest == "" {
		return "not an origin: want scheme://host or scheme://host:port, such as https://app.example.com", ""
	}
	if written := u.Origin().String(); written != origin {
		return writtenProblem(origin, u), written
	}
	return "", ""
}

// schemelessProblem is about an origin without a scheme.
func schemelessProblem(origin string) (problem, meant string) {
	u, err := oracle.ParseURL("https://"+origin, nil)
	if err != nil || strings.ContainsAny(origin, " /:@") && u.Port == "" || !strings.Contains(u.Host, ".") && u.Host != "localhost" {
		return "not an origin: want scheme://host or scheme://host:port, such as https://app.example.com", ""
	}
	scheme := "https"
	if u.Host == "localhost" {
		scheme = "http"
	}
	return "an origin has a scheme", oracle.Origin{Scheme: scheme, Host: u.Host, Port: u.Port}.String()
}

// patternProblem is about an origin with a star in it. A policy file reads the pattern
// https://*.acme.com as subdomains, so that only a policy of Go has it here.
func patternProblem(origin string) (problem, meant string) {
	if base, ok := cutStar(origin); ok {
		return "an origin is not a pattern: it is compared byte for byte", "Subdomains: " + base
	}
	rest, ok := strings.CutPrefix(origin, "*.")
	if base := "https://" + rest; ok {
		if problem, _ := subdomainsProblem(base); problem == "" {
			meant = Pattern(base)
		}
	}
	return starProblem, meant
}

// writtenProblem says how an origin differs from the form that browsers write.
func writtenProblem(origin string, u oracle.URL) string {
	_, after, _ := strings.Cut(origin, "://")
	switch {
	case u.Userinfo != "" || strings.Contains(after, "@"):
		return "an origin has no user name"
	case u.Path == "/" && u.Query == "" && u.Fragment == "" && strings.HasSuffix(origin, "/"):
		return trailingSlash
	case strings.ContainsAny(after, "/?#"):
		return noPath
	case strings.ToLower(origin) == u.Origin().String():
		return "browsers write an origin in lower case"
	case strings.HasPrefix(strings.ToLower(origin), u.Origin().String()+":"):
		return "browsers leave the default port out"
	}
	return "browsers write this origin differently"
}

// subdomainsProblem says what is wrong with the origin whose children may read.
func subdomainsProblem(base string) (problem, meant string) {
	if bare, ok := cutStar(base); ok {
		base = bare
		if problem, _ := originProblem(base); problem == "" {
			return "write the origin above the sub-domains, without a star", base
		}
	}
	if problem, meant = originProblem(base); problem != "" {
		return problem, meant
	}
	if web.IsAppOrigin(base) {
		return "an app has no subdomains: list the origin", ""
	}
	o := oracle.ParseOrigin(base)
	if web.IsAddress(o.Host) {
		return "an address has no subdomains", ""
	}
	if web.IsPublicSuffix(o.Host) {
		return "a public suffix: anybody can register a name under it", ""
	}
	return "", ""
}

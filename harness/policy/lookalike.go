package policy

import (
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
)

// lookAlikes returns origins that a careless comparison takes for this one.
func lookAlikes(o oracle.Origin) []stranger {
	if web.IsAppOrigin(o.String()) {
		return looksLikeApp(o)
	}
	list := []stranger{
		{"K14", withHost(o, func(host string) string { return host + "." + evilHost }), "it only begins with the host"},
		{"K15", withHost(o, func(host string) string { return "evil" + host }), "it only ends with the host"},
		{"K15", withHost(o, func(host string) string { return "evil." + host }), "it is a sub-domain"},
	}
	if domain := web.RegistrableDomain(o.Host); domain != "" && domain != o.Host {
		list = append(list, stranger{"K15", withHost(o, func(string) string { return "x" + domain }), "it only ends with the domain"})
	}
	dots := strings.Count(o.Host, ".")
	for i := range max(1, dots-1) { // nobody can have a top-level domain of that name
		list = append(list, stranger{"K16", withHost(o, func(host string) string { return dotAsAny(host, i) }), "a dot is not any character"})
	}
	return append(list,
		stranger{"K17", otherPort(o), "it is another port"},
		stranger{"K18", otherScheme(o), "it is another scheme"},
	)
}

// looksLikeApp returns origins that a careless comparison takes for that of an app: of
// another installation of an extension, or of a page of the web.
func looksLikeApp(o oracle.Origin) []stranger {
	if strings.HasSuffix(o.Scheme, "-extension") {
		return []stranger{{"K15", withHost(o, otherID), "it is another extension"}}
	}
	page := o
	page.Scheme = "http"
	return []stranger{
		{"K14", withHost(o, func(host string) string { return host + "." + evilHost }), "it only begins with the host"},
		{"K15", withHost(o, func(host string) string { return "evil" + host }), "it only ends with the host"},
		{"K17", otherPort(o), "it is another port"},
		{"K18", oracle.ParseOrigin(page.String()).String(), "it is an ordinary web page"},
		{"K18", otherScheme(page), "it is an ordinary web page"},
	}
}

// otherID returns the id of another extension, with one letter changed.
func otherID(id string) string {
	if strings.HasPrefix(id, "a") {
		return "b" + id[1:]
	}
	return "a" + id[1:]
}

// looksLikeChild returns origins that a careless comparison takes for children.
func looksLikeChild(base oracle.Origin) []stranger {
	child := base
	child.Host = childLabel + "." + base.Host
	list := []stranger{
		{"K20", withHost(child, func(host string) string { return host + "." + evilHost }), "it only begins with a sub-domain"},
		{"K20", withHost(base, func(host string) string { return "x" + host }), "it only ends with the host"},
	}
	for i := range strings.Count(child.Host, ".") {
		list = append(list, stranger{"K20", withHost(child, func(host string) string { return dotAsAny(host, i) }), "a dot is not any character"})
	}
	return append(list,
		stranger{"K17", otherPort(child), "it is another port"},
		stranger{"K18", otherScheme(child), "it is another scheme"},
	)
}

// dotAsAny replaces one dot by a letter, the dot of that number: a pattern with an
// unescaped dot matches both.
func dotAsAny(host string, number int) string {
	labels := strings.SplitAfter(host, ".")
	if number < len(labels)-1 {
		labels[number] = strings.TrimSuffix(labels[number], ".") + "x"
	}
	return strings.Join(labels, "")
}

// otherPort returns the origin with another port.
func otherPort(o oracle.Origin) string {
	port := "8443"
	if o.Scheme == "http" {
		port = "8080"
	}
	if o.Port == port {
		port = "8444"
	}
	o.Port = port
	return o.String()
}

// otherScheme returns the origin with the other scheme.
func otherScheme(o oracle.Origin) string {
	if o.Scheme == "https" {
		o.Scheme = "http"
	} else {
		o.Scheme = "https"
	}
	return oracle.ParseOrigin(o.String()).String() // its port may be the default port
}

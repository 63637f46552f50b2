package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/oracle"
)

// withScheme adds http to an address of this machine that has no scheme, such as
// localhost:3000.
func withScheme(address string) string {
	host := address
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		host = address[:end]
	}
	if u, err := oracle.ParseURL("http://"+host, nil); err == nil && host != "" && u.Userinfo == "" && oracle.IsLoopback(u.Host) {
		return "http://" + address
	}
	return address
}

// misspelt says what was meant by a URL whose scheme is almost that of the web. It is empty
// where there is nothing to say. The URL is asked as it is.
func misspelt(address string) string {
	scheme, _, ok := strings.Cut(address, "://")
	if !ok || slices.Contains(fetched, strings.ToLower(scheme)) {
		return ""
	}
	near := nearest(strings.ToLower(scheme), []string{"http", "https"})
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf("note: browsers know no scheme %s; did you mean %s?\n", scheme, strings.Join(near, " or "))
}

// fetched are the schemes with servers that browsers know.
// https://url.spec.whatwg.org/#special-scheme
var fetched = []string{"http", "https", "ftp", "ws", "wss", "file"}

// pageOrigin makes the origin of a page from an address that is copied from the address bar.
// note says what was made of it, and is empty where the address is an origin already. What is
// no address of a page stays as it is: the question says what is wrong with it.
func pageOrigin(address string) (origin, note string) {
	u, err := oracle.ParseURL(withScheme(strings.TrimSpace(address)), nil)
	switch {
	case u.Scheme == "file" && address != "file:":
		origin = "file:"
	case err != nil || !u.IsHTTP() || strings.Contains(u.Host, "*") || u.Userinfo != "":
		return address, ""
	default:
		origin = u.Origin().String()
	}
	if origin == address {
		return address, ""
	}
	return origin, fmt.Sprintf("note: --from %s: the origin of that page is %s\n", address, origin)
}

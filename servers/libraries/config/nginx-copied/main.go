// Adapter for nginx with the configuration that most answers and gists show: two ifs in a
// location, the first for the origins, the second for OPTIONS. It is put together from
// several sources: https://stackoverflow.com/questions/45986631, and
// https://rustyrazorblade.com/post/2013/2013-10-31-cors-with-wildcard-domains-and-nginx/ for
// the regular expression; the documents of RustDesk and OpenSpeedTest for the second if,
// which repeats the origin (RustDesk's have "always").
//
// What is known about it: the second if answers every OPTIONS, with the headers for any
// origin, so the application never sees one; the regular expression has no anchors;
// add_header without "always" leaves 4xx and 5xx without headers; there is no Vary.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed nginx.conf
var recipe string

func main() {
	webserver.Main(webserver.Nginx, webserver.Recipe{
		Title: "nginx (copied recipe)", Template: recipe, Fill: webserver.CopiedPattern,
	})
}

// Adapter for HAProxy with the recipe of most answers and gists: the origin is captured,
// compared with regular expressions, and sent back with http-response add-header; OPTIONS
// is answered with http-request return, with the same headers once more.
//
// What is known about it: the expressions have no anchors; answers of HAProxy itself have no
// headers; 128 characters of the origin are captured; an Access-Control-Allow-Origin of the
// application stays beside the new one; there is no Vary.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed haproxy.cfg
var recipe string

func main() {
	webserver.Main(webserver.HAProxy, webserver.Recipe{
		Title: "HAProxy (copied recipe)", Template: recipe, Fill: webserver.CopiedPattern,
	})
}

// Adapter for the Apache HTTP Server with two recipes that people join: the regular
// expression of https://stackoverflow.com/questions/1653308 (SetEnvIf Origin), and the
// RewriteRule that answers OPTIONS with 204.
//
// What is known about it: the rule answers every OPTIONS, so the application never sees
// one; the expression has an anchor at its end only, and its match, not the origin, is
// sent; an Access-Control-Allow-Origin of the application stays beside the new one; there
// is no Vary.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed apache.conf
var recipe string

func main() {
	webserver.Main(webserver.Apache, webserver.Recipe{
		Title: "Apache httpd (copied recipe)", Template: recipe, Fill: webserver.CopiedPattern,
	})
}

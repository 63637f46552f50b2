// Adapter for Varnish with the VCL of most answers and gists: OPTIONS gets a synthetic
// answer, and vcl_synth and vcl_deliver add the headers.
//
// What is known about it: every OPTIONS is answered, so the application never sees one; the
// regular expression has no anchors; the methods, the names of headers and the credentials
// go to every origin; there is no Vary.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed default.vcl
var recipe string

func main() {
	webserver.Main(webserver.Varnish, webserver.Recipe{
		Title: "Varnish (copied recipe)", Template: recipe, Fill: webserver.CopiedPattern,
	})
}

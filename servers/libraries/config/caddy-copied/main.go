// Adapter for Caddy with the snippet that most configurations copy,
// https://gist.github.com/ryanburnette/d13575c9ced201e73f8169d3a793c1a3: it is imported
// once for each origin. The line for credentials is what people add to it.
//
// What is known about it: the first import answers every OPTIONS, with its own origin, so a
// preflight from the second origin fails and the application never sees an OPTIONS; the
// headers are deferred, so the answers of Caddy itself have none; there is no Vary.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed Caddyfile
var recipe string

func main() {
	webserver.Main(webserver.Caddy, webserver.Recipe{
		Title: "Caddy (copied recipe)", Template: recipe, Fill: webserver.CopiedList,
	})
}

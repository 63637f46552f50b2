// Adapter for Caddy with a configuration that implements the policy exactly. Its header
// directives are not deferred, so that the answers of Caddy itself (502) have the headers,
// and header_down removes the headers of the application.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed Caddyfile
var recipe string

func main() {
	webserver.Main(webserver.Caddy, webserver.Recipe{
		Title: "Caddy", Template: recipe, Fill: webserver.Correct,
	})
}

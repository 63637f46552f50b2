// Adapter for Varnish with a configuration (VCL) that implements the policy exactly. The
// headers are set when a response is delivered, so Varnish keeps one response for all
// origins.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed default.vcl
var recipe string

func main() {
	webserver.Main(webserver.Varnish, webserver.Recipe{
		Title: "Varnish", Template: recipe, Fill: webserver.Correct,
	})
}

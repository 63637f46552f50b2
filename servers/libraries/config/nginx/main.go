// Adapter for nginx with a configuration that implements the policy exactly: maps choose
// the header values, and add_header sends no header whose value is empty.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed nginx.conf
var recipe string

func main() {
	webserver.Main(webserver.Nginx, webserver.Recipe{Title: "nginx", Template: recipe, Fill: webserver.Correct})
}

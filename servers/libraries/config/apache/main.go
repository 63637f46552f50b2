// Adapter for the Apache HTTP Server with a configuration that implements the policy
// exactly. "Header always" covers errors and 204; "Header" without it removes the headers of
// the application, which mod_headers keeps in another table.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed apache.conf
var recipe string

func main() {
	webserver.Main(webserver.Apache, webserver.Recipe{
		Title: "Apache httpd", Template: recipe, Fill: webserver.Correct,
	})
}

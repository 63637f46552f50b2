// Adapter for lighttpd with a configuration that implements the policy exactly. mod_setenv
// cannot send a value back that it found in a request, and nothing in the configuration
// answers with 204, so two scripts for mod_magnet do it. The conditions of the configuration
// choose when they run.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed lighttpd.conf
var recipe string

//go:embed cors.lua
var cors string

func main() {
	webserver.Main(webserver.Lighttpd, webserver.Recipe{
		Title: "lighttpd", Template: recipe,
		Scripts: map[string]string{"cors.lua": cors, "preflight.lua": "return 204\n"},
		Fill: func(p contract.Policy) (any, []string, error) {
			return webserver.NewRules(p), nil, nil // a script can list the names of the headers
		},
	})
}

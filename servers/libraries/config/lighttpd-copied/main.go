// Adapter for lighttpd with what most answers and packages show: one
// setenv.add-response-header with a fixed origin (dump1090, guides for OpenPGP's web key
// directory), and the headers for a preflight beside it.
//
// What is known about it: it has a place for one origin, which every page gets to see;
// nothing answers a preflight, so that its status is the application's; an
// Access-Control-Allow-Origin of the application stays beside the new one.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed lighttpd.conf
var recipe string

func main() {
	webserver.Main(webserver.Lighttpd, webserver.Recipe{Title: "lighttpd (copied recipe)", Template: recipe, Fill: fill})
}

// fill uses the only origin of a policy.
func fill(p contract.Policy) (any, []string, error) {
	var unsupported []string
	if p.Origins.AllowNull {
		p.Origins.AllowNull = false
		unsupported = append(unsupported, "origins.allowNull")
	}
	if len(p.Origins.Values) > 1 {
		return nil, nil, adapter.Unsupported("origins.mode=list")
	}
	cors, more, err := webserver.CopiedList(p)
	return cors, append(unsupported, more...), err
}

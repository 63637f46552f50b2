// Adapter for HAProxy with a configuration that implements the policy exactly.
// http-after-response covers the answers of HAProxy itself, which http-response does not.
package main

import (
	_ "embed"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed haproxy.cfg
var recipe string

func main() {
	webserver.Main(webserver.HAProxy, webserver.Recipe{
		Title: "HAProxy", Template: recipe,
		Fill: func(p contract.Policy) (any, []string, error) {
			return webserver.NewRules(p), nil, nil // res.hdr_names lists the names of the headers
		},
	})
}

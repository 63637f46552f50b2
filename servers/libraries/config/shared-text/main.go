// Command shared-text starts a web server with the configuration of a file. The variable
// CORSPROOF_LIBRARY names the server, and CORSPROOF_TEXT the file: a template that is
// executed with a webserver.Page, as the configurations of the adapters are.
package main

import (
	"fmt"
	"os"

	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

func main() {
	servers := map[string]webserver.Server{
		"nginx": webserver.Nginx, "apache": webserver.Apache, "haproxy": webserver.HAProxy, "caddy": webserver.Caddy, "varnish": webserver.Varnish,
	}
	name := os.Getenv("CORSPROOF_LIBRARY")
	text, err := os.ReadFile(os.Getenv("CORSPROOF_TEXT"))
	if err != nil || servers[name].Name == "" {
		fmt.Fprintf(os.Stderr, "server %q: %v\n", name, err)
		os.Exit(1)
	}
	webserver.Main(servers[name], webserver.Recipe{Title: name, Template: string(text)})
}

// Package webserver is what the adapters of this folder share. A web server or proxy
// has no CORS library: its users write a configuration. Each adapter is one such
// configuration, a template that stands beside its main.go, in front of the routes
// without CORS at --upstream.
//
//	//go:embed nginx.conf
//	var recipe string
//
//	func main() {
//		webserver.Main(webserver.Nginx, webserver.Recipe{Title: "nginx", Template: recipe, Fill: webserver.Correct})
//	}
//
// Each server has two adapters: a configuration that implements the policy exactly, which
// [Correct] fills in, and the configuration that is found in answers and gists, whose name
// ends in -copied.
//
// The package tests the configuration with the server's own command (nginx -t), starts the
// server on a port of its own, and passes bytes between that port and the port that it
// announces. A guard process ends the server when the adapter ends, however that happens.
package webserver

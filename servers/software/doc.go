// Package software starts real software with a given configuration or program: web servers,
// and frameworks with an application. It is for specs that show a fault, or a remedy, where
// people have it.
//
//	running, err := software.Server{Kind: "nginx", Config: text}.Start(ctx)
//	if err != nil { ... }
//	defer running.Close()
//	net.Record("https://nginx.test", running.Address)
//
// The software is that of the adapters in servers/libraries: their setup installs it, and their
// contract starts and ends it. [App] has an application without CORS for each kind, with a place
// for a snippet, and [Faults] lists configurations that are known to be wrong.
//
// The configuration of a web server is a template with the names {{.Listen}}, where it listens,
// {{.Upstream}}, the URL of the application behind it, and {{.Host}} and {{.Port}} of that URL.
// The application is the one of package adapter, without CORS, or Server.Behind.
package software

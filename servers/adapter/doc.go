// Package adapter is what adapters in Go share: how they start ([Main]), and the routes
// without CORS ([App]). servers/libraries/README.md describes an adapter whole.
//
//	func main() {
//		adapter.Main(func(p contract.Policy, _ string) (adapter.Served, error) {
//			app := &adapter.App{}
//			return adapter.Served{Handler: cors.New(options(p)).Handler(app.Mux()), Library: "rs/cors", Version: ..., Config: ...}, nil
//		})
//	}
//
// A framework with a router of its own gets the routes by [App.Register]. A library that
// panics at a configuration is called inside [Configure].
package adapter

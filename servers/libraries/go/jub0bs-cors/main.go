// Command jub0bs-cors mounts github.com/jub0bs/cors on net/http, as its README says.
package main

import (
	"net/http"

	"github.com/jub0bs/cors"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "jub0bs/cors", Version: adapter.ModuleVersion("github.com/jub0bs/cors")}
	config, err := config(p)
	if err != nil {
		return served, err
	}
	layer, err := cors.NewMiddleware(config)
	if err != nil {
		return served, adapter.Refused(err)
	}
	var handler http.Handler = (&adapter.App{}).Mux()
	mounted := "mux"
	for range given.Layers(p) {
		handler, mounted = layer.Wrap(handler), "cors.Wrap("+mounted+")"
	}
	literal := source.Struct{Options: config, Show: given.Shown(p, "Credentialed", "MaxAgeInSeconds")}
	served.Handler = handler
	served.Config = source.Program("cors, err := cors.NewMiddleware("+literal.Literal()+")", "handler := "+mounted)
	return served, nil
}

// config leaves all options out where the policy is the default: the library has no
// default origins, and refuses it.
func config(p contract.Policy) (c cors.Config, err error) {
	if p.Kind == contract.Default {
		return c, nil
	}
	c = cors.Config{
		Credentialed:    given.True(p.Credentials),
		Methods:         p.Methods,
		RequestHeaders:  p.RequestHeaders,
		ResponseHeaders: p.ExposeHeaders,
		MaxAgeInSeconds: given.Seconds(p.MaxAge, -1), // its documentation: -1 sends 0
	}
	switch p.Origins.Mode {
	case contract.NoOrigin:
	case contract.AnyOrigin:
		c.Origins = []string{"*"}
	case contract.List:
		c.Origins = given.List(p.Origins)
	case contract.Subdomains:
		c.Origins = given.Wildcards(p.Origins)
	default:
		err = given.Unsupported(p)
	}
	return c, err
}

// Command rs-cors mounts github.com/rs/cors on net/http, as its README says.
package main

import (
	"net/http"

	"github.com/rs/cors"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "rs/cors", Version: adapter.ModuleVersion("github.com/rs/cors")}
	layer, text := cors.Default(), "c := cors.Default()"
	if p.Kind != contract.Default {
		var missing given.Missing
		options, judge, err := options(p, &missing)
		if err != nil {
			return served, err
		}
		literal := source.Struct{
			Options:   options,
			Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
			Functions: map[string]string{"AllowOriginFunc": "func(origin string) bool { return " + judge.Condition + " }"},
		}
		layer, text = cors.New(options), source.Program(judge.Before, "c := cors.New("+literal.Literal()+")")
		served.Unsupported = missing
	}
	var handler http.Handler = (&adapter.App{}).Mux()
	mounted := "mux"
	for range given.Layers(p) {
		handler, mounted = layer.Handler(handler), "c.Handler("+mounted+")"
	}
	served.Handler, served.Config = handler, source.Program(text, "handler := "+mounted)
	return served, nil
}

func options(p contract.Policy, missing *given.Missing) (o cors.Options, judge given.Function, err error) {
	o = cors.Options{
		AllowedMethods:   missing.Names("methods", p.Methods),
		AllowedHeaders:   p.RequestHeaders,
		ExposedHeaders:   p.ExposeHeaders,
		AllowCredentials: given.True(p.Credentials),
		MaxAge:           given.Seconds(p.MaxAge, -1), // its documentation: -1 sends 0
	}
	switch p.Origins.Mode {
	case contract.AnyOrigin:
		o.AllowedOrigins = []string{"*"}
	case contract.List:
		o.AllowedOrigins = given.List(p.Origins)
	case contract.Subdomains:
		o.AllowedOrigins = given.Wildcards(p.Origins)
	default:
		// An empty list of origins lets in every origin.
		judge, err = given.Judge(p)
		o.AllowOriginFunc = judge.Allows
	}
	return o, judge, err
}

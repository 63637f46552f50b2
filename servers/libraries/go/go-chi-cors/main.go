// Command go-chi-cors mounts github.com/go-chi/cors on chi, as its README says.
package main

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "go-chi/cors", Version: adapter.ModuleVersion("github.com/go-chi/cors")}
	var missing given.Missing
	options, judge, err := options(p, &missing)
	if err != nil {
		return served, err
	}
	r := chi.NewRouter()
	r.Use(middleware.Recoverer)
	for range given.Layers(p) {
		r.Use(cors.Handler(options))
	}
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) { r.Method(method, path, handler) })

	literal := source.Struct{
		Options:   options,
		Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
		Functions: map[string]string{"AllowOriginFunc": "func(r *http.Request, origin string) bool { return " + judge.Condition + " }"},
	}
	use := strings.Repeat("r.Use(cors.Handler(options))\n", given.Layers(p))
	served.Config = source.Program(judge.Before, "r := chi.NewRouter()", "options := "+literal.Literal(), "r.Use(middleware.Recoverer)", use)
	served.Handler, served.Unsupported = r, missing
	return served, nil
}

func options(p contract.Policy, missing *given.Missing) (o cors.Options, judge given.Function, err error) {
	if p.Kind == contract.Default {
		return o, judge, nil
	}
	o = cors.Options{
		AllowedMethods:   missing.Names("methods", p.Methods),
		AllowedHeaders:   p.RequestHeaders,
		ExposedHeaders:   p.ExposeHeaders,
		AllowCredentials: given.True(p.Credentials),
		MaxAge:           given.Seconds(p.MaxAge, 0),
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
		if err == nil {
			o.AllowOriginFunc = func(_ *http.Request, origin string) bool { return judge.Allows(origin) }
		}
	}
	return o, judge, err
}

// Command gorilla-handlers mounts the CORS handler of github.com/gorilla/handlers on
// gorilla/mux, as its documentation says.
//
// The library answers every OPTIONS itself, without an Origin header too, so that
// OPTIONS /options never reaches the application.
package main

import (
	"net/http"
	"strings"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "gorilla/handlers", Version: adapter.ModuleVersion("github.com/gorilla/handlers")}
	var o options
	if p.Kind != contract.Default {
		if err := o.read(p); err != nil {
			return served, err
		}
	}
	r := mux.NewRouter()
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) { r.HandleFunc(path, handler).Methods(method) })

	layer := handlers.CORS(o.list...)
	var handler http.Handler = r
	mounted := "r"
	for range given.Layers(p) {
		handler, mounted = layer(handler), "cors("+mounted+")"
	}
	served.Handler = handlers.RecoveryHandler()(handler)
	text := strings.Join(o.texts, "")
	if text != "" {
		text = "\n" + text
	}
	served.Config = source.Program(o.before, "cors := handlers.CORS("+text+")", "handler := handlers.RecoveryHandler()("+mounted+")")
	served.Unsupported = o.missing
	return served, nil
}

// options are the options of the library, and their texts.
type options struct {
	list    []handlers.CORSOption
	texts   []string
	before  string // the statement in front of them, or nothing
	missing given.Missing
}

func (o *options) read(p contract.Policy) error {
	if err := o.origins(p); err != nil {
		return err
	}
	o.names("handlers.AllowedMethods", handlers.AllowedMethods, o.missing.Names("methods", p.Methods))
	o.names("handlers.AllowedHeaders", handlers.AllowedHeaders, o.missing.Names("requestHeaders", p.RequestHeaders))
	o.names("handlers.ExposedHeaders", handlers.ExposedHeaders, p.ExposeHeaders)
	if given.True(p.Credentials) {
		o.add(handlers.AllowCredentials(), source.Call("handlers.AllowCredentials"))
	}
	if p.MaxAge != nil {
		o.add(handlers.MaxAge(*p.MaxAge), source.Call("handlers.MaxAge", *p.MaxAge))
	}
	return nil
}

func (o *options) origins(p contract.Policy) error {
	switch p.Origins.Mode {
	case contract.AnyOrigin:
		o.names("handlers.AllowedOrigins", handlers.AllowedOrigins, []string{"*"})
	case contract.List:
		o.names("handlers.AllowedOrigins", handlers.AllowedOrigins, given.List(p.Origins))
	default:
		// An empty list of origins lets in every origin, and a list has no patterns.
		judge, err := given.Judge(p)
		if err != nil {
			return err
		}
		o.before = judge.Before
		o.add(handlers.AllowedOriginValidator(judge.Allows), "handlers.AllowedOriginValidator(func(origin string) bool { return "+judge.Condition+" })")
	}
	return nil
}

// names adds an option that takes a list, unless the policy does not have it.
func (o *options) names(name string, option func([]string) handlers.CORSOption, list []string) {
	if list != nil {
		o.add(option(list), source.Call(name, list))
	}
}

func (o *options) add(option handlers.CORSOption, text string) {
	o.list = append(o.list, option)
	o.texts = append(o.texts, text+",\n")
}

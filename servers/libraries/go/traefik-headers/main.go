// Command traefik-headers mounts the middleware of Traefik that does CORS: headers, of
// github.com/traefik/traefik/v3. It stands in front of the routes without Traefik's proxy,
// as the whole program needs a module that cannot be had.
package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/rs/zerolog"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/middlewares/headers"
	"go.yaml.in/yaml/v3"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
)

func main() {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	adapter.Main(mount)
}

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "Traefik's headers middleware", Version: adapter.ModuleVersion("github.com/traefik/traefik/v3")}
	options := options(p)
	var names []string
	var handler http.Handler = (&adapter.App{}).Mux()
	for range given.Layers(p) {
		var err error
		handler, err = headers.New(context.Background(), handler, options, "cors")
		if err != nil {
			return served, adapter.Refused(err)
		}
		names = append(names, "cors")
	}
	text, err := yaml.Marshal(dynamic.Configuration{HTTP: &dynamic.HTTPConfiguration{
		Routers:     map[string]*dynamic.Router{"app": {Rule: "PathPrefix(`/`)", Service: "app", Middlewares: names}},
		Middlewares: map[string]*dynamic.Middleware{"cors": {Headers: &options}},
	}})
	if err != nil {
		return served, err
	}
	served.Handler, served.Config = handler, string(text)
	return served, nil
}

func options(p contract.Policy) dynamic.Headers {
	if p.Kind == contract.Default {
		return dynamic.Headers{}
	}
	h := dynamic.Headers{
		AccessControlAllowCredentials: given.True(p.Credentials),
		AccessControlAllowHeaders:     p.RequestHeaders,
		AccessControlAllowMethods:     p.Methods,
		AccessControlExposeHeaders:    p.ExposeHeaders,
		AddVaryHeader:                 true, // as in each example of its documentation
	}
	switch o := p.Origins; o.Mode {
	case contract.AnyOrigin:
		h.AccessControlAllowOriginList = []string{"*"}
	case contract.List:
		h.AccessControlAllowOriginList = given.List(o)
	case contract.Subdomains:
		h.AccessControlAllowOriginListRegex = children(o.Values)
	case contract.Regex:
		h.AccessControlAllowOriginListRegex = o.Values
	}
	if p.MaxAge != nil {
		h.AccessControlMaxAge = new(int64(*p.MaxAge))
	}
	return h
}

// children writes regular expressions for the children of the origins.
func children(origins []string) []string {
	var expressions []string
	for _, origin := range origins {
		scheme, parent, _ := strings.Cut(origin, "://")
		expressions = append(expressions, "^"+scheme+`://([a-z0-9-]+\.)+`+regexp.QuoteMeta(parent)+"$")
	}
	return expressions
}

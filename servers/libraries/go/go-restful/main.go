// Command go-restful mounts the CORS filter of github.com/emicklei/go-restful/v3, as its
// documentation says. Its router takes /dir and /dir/ for the same.
package main

import (
	"net/http"
	"strings"

	"github.com/emicklei/go-restful/v3"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

// anyName is what the library's documentation names as the entry that allows all headers.
// (Its code compares with "*".)
const anyName = ".*"

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "emicklei/go-restful/v3", Version: adapter.ModuleVersion("github.com/emicklei/go-restful/v3")}
	container := restful.NewContainer()
	container.DoNotRecover(false)
	var missing given.Missing
	cors, judge, err := options(p, container, &missing)
	if err != nil {
		return served, err
	}
	for range given.Layers(p) {
		container.Filter(cors.Filter)
	}
	container.Add(service(&adapter.App{Recovers: true}))

	literal := source.Struct{
		Options: cors,
		Show:    given.Shown(p, "CookiesAllowed", "MaxAge"),
		Functions: map[string]string{
			"AllowedDomainFunc": "func(origin string) bool { return " + judge.Condition + " }",
			"Container":         "container",
		},
	}
	filter := strings.Repeat("container.Filter(cors.Filter)\n", given.Layers(p))
	served.Config = source.Program(judge.Before, "container := restful.NewContainer()", "container.DoNotRecover(false)", "cors := "+literal.Literal(), filter)
	served.Handler, served.Unsupported = container, missing
	return served, nil
}

// kinds are the media types of the routes: go-restful answers 406 where a page accepts none
// of them.
var kinds = []string{"text/plain", "application/json", "text/event-stream", "text/javascript", "image/png", "font/woff2"}

func service(app *adapter.App) *restful.WebService {
	service := new(restful.WebService)
	app.Register(func(method, path string, handler http.HandlerFunc) {
		service.Route(service.Method(method).Path(path).Produces(kinds...).To(func(r *restful.Request, w *restful.Response) {
			handler(w, r.Request)
		}))
	})
	return service
}

func options(p contract.Policy, container *restful.Container, missing *given.Missing) (c restful.CrossOriginResourceSharing, judge given.Function, err error) {
	c.Container = container
	if p.Kind == contract.Default {
		return c, judge, nil
	}
	c.AllowedMethods = missing.Names("methods", p.Methods)
	c.AllowedHeaders = p.RequestHeaders
	if p.RequestHeaders.Any() {
		c.AllowedHeaders = []string{anyName}
	}
	c.ExposeHeaders = p.ExposeHeaders
	c.CookiesAllowed = given.True(p.Credentials)
	c.MaxAge = given.Seconds(p.MaxAge, 0)
	switch p.Origins.Mode {
	case contract.AnyOrigin:
		c.AllowedDomains = []string{anyName}
	case contract.List:
		c.AllowedDomains = given.List(p.Origins)
	default:
		// An empty list lets in every origin, and a list has no patterns.
		judge, err = given.Judge(p)
		c.AllowedDomainFunc = judge.Allows
	}
	return c, judge, err
}

// Command iris mounts the CORS middleware of github.com/kataras/iris/v12, as its
// documentation says.
//
// The middleware answers every OPTIONS itself, so that OPTIONS /options never reaches the
// application. With a list of origins it answers 403 to a request without an Origin
// header, and any program that is no browser gets nothing but /count.
package main

import (
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/kataras/iris/v12"
	"github.com/kataras/iris/v12/middleware/cors"
	"github.com/kataras/iris/v12/middleware/recover"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "kataras/iris/v12", Version: adapter.ModuleVersion("github.com/kataras/iris/v12")}
	b := builder{cors: cors.New(), text: "cors.New()"}
	if p.Kind != contract.Default {
		if _, err := adapter.Configure(func() *cors.CORS { b.read(p); return b.cors }); err != nil {
			return served, err
		}
	}
	app := iris.New()
	app.Logger().SetOutput(os.Stderr) // standard output is for the announcement
	app.UseRouter(recover.New())
	for range given.Layers(p) {
		app.UseRouter(b.cors.Handler())
	}
	routes := &adapter.App{Recovers: true}
	routes.Register(func(method, path string, handler http.HandlerFunc) { app.Handle(method, path, iris.FromStd(handler)) })
	// The router takes /dir and /dir/ for the same, and would redirect the second.
	app.Configure(iris.WithoutPathCorrectionRedirection)
	if err := app.Build(); err != nil {
		return served, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /count", routes.Count)
	mux.Handle("/", app)

	served.Handler, served.Unsupported = mux, b.missing
	served.Config = source.Program("app := iris.New()", "app.UseRouter(recover.New())", strings.Repeat("app.UseRouter("+b.text+".Handler())\n", given.Layers(p)))
	return served, nil
}

// builder calls the methods of the middleware's builder, and writes down each call.
type builder struct {
	cors    *cors.CORS
	text    string
	missing given.Missing
}

func (b *builder) read(p contract.Policy) {
	b.origins(p)
	if p.Credentials != nil && !*p.Credentials {
		b.cors = b.cors.DisallowCredentials() // it allows them otherwise
		b.wrote("DisallowCredentials")
	}
	if p.Methods != nil && !p.Methods.Any() {
		b.missing = append(b.missing, "methods") // it always sends *
	}
	if p.RequestHeaders != nil {
		b.names("AllowHeaders", b.cors.AllowHeaders, p.RequestHeaders)
	}
	if p.ExposeHeaders != nil {
		b.names("ExposeHeaders", b.cors.ExposeHeaders, p.ExposeHeaders)
	}
	if p.MaxAge != nil {
		age := time.Duration(*p.MaxAge) * time.Second
		b.cors = b.cors.MaxAge(age)
		b.wrote("MaxAge", age)
	}
}

func (b *builder) origins(p contract.Policy) {
	switch o := p.Origins; o.Mode {
	case contract.NoOrigin:
		b.names("AllowOrigins", b.cors.AllowOrigins, nil)
	case contract.AnyOrigin:
		b.cors = b.cors.AllowOriginFunc(cors.AllowAnyOrigin)
		b.text += ".\nAllowOriginFunc(cors.AllowAnyOrigin)"
	case contract.List:
		b.names("AllowOrigins", b.cors.AllowOrigins, given.List(o))
	case contract.Subdomains:
		judge := given.Children(o.Values)
		b.cors = b.cors.AllowOriginMatcherFunc(judge.Allows)
		b.text += ".\nAllowOriginMatcherFunc(func(origin string) bool { return " + judge.Condition + " })"
	case contract.Regex:
		b.names("AllowOriginRegex", b.cors.AllowOriginRegex, o.Values)
	}
}

// names calls a method that takes names.
func (b *builder) names(method string, call func(...string) *cors.CORS, names []string) {
	b.cors = call(names...)
	arguments := make([]any, len(names))
	for i, name := range names {
		arguments[i] = name
	}
	b.wrote(method, arguments...)
}

func (b *builder) wrote(method string, arguments ...any) {
	b.text += ".\n" + source.Call(method, arguments...)
}

// Command echo-v4 mounts the CORS middleware of github.com/labstack/echo/v4, as its
// documentation says.
//
// The middleware answers every OPTIONS itself, without an Origin header too, so that
// OPTIONS /options never reaches the application.
package main

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "labstack/echo/v4", Version: adapter.ModuleVersion("github.com/labstack/echo/v4")}
	layer, text, judge := middleware.CORS(), "middleware.CORS()", given.Function{}
	if p.Kind != contract.Default {
		config, j, err := config(p)
		if err != nil {
			return served, err
		}
		literal := source.Struct{
			Options:   config,
			Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
			Functions: map[string]string{"AllowOriginFunc": "func(origin string) (bool, error) { return " + j.Condition + ", nil }"},
		}
		layer, text, judge = middleware.CORSWithConfig(config), "middleware.CORSWithConfig("+literal.Literal()+")", j
	}
	e := echo.New()
	e.Use(middleware.Recover())
	for range given.Layers(p) {
		e.Use(layer)
	}
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) { e.Add(method, path, echo.WrapHandler(handler)) })

	served.Handler = e
	served.Config = source.Program(judge.Before, "e := echo.New()", "cors := "+text, "e.Use(middleware.Recover())", strings.Repeat("e.Use(cors)\n", given.Layers(p)))
	return served, nil
}

func config(p contract.Policy) (c middleware.CORSConfig, judge given.Function, err error) {
	c = middleware.CORSConfig{
		AllowMethods:     p.Methods,
		AllowHeaders:     p.RequestHeaders,
		AllowCredentials: given.True(p.Credentials),
		ExposeHeaders:    p.ExposeHeaders,
		MaxAge:           given.Seconds(p.MaxAge, -1), // its documentation: a negative value sends 0
	}
	switch p.Origins.Mode {
	case contract.AnyOrigin:
		c.AllowOrigins = []string{"*"}
	case contract.List:
		c.AllowOrigins = given.List(p.Origins)
	case contract.Subdomains:
		c.AllowOrigins = given.Wildcards(p.Origins)
	default:
		// An empty list of origins lets in every origin.
		judge, err = given.Judge(p)
		if err == nil {
			c.AllowOriginFunc = func(origin string) (bool, error) { return judge.Allows(origin), nil }
		}
	}
	return c, judge, err
}

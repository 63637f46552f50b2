// Command echo-v5 mounts the CORS middleware of github.com/labstack/echo/v5, as its
// documentation says.
package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "labstack/echo/v5", Version: adapter.ModuleVersion("github.com/labstack/echo/v5")}
	layer, text, judge := func() echo.MiddlewareFunc { return middleware.CORS() }, "middleware.CORS()", given.Function{}
	if p.Kind != contract.Default {
		config, j, err := config(p)
		if err != nil {
			return served, err
		}
		literal := source.Struct{
			Options:   config,
			Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
			Functions: map[string]string{"UnsafeAllowOriginFunc": function(j.Condition)},
		}
		layer = func() echo.MiddlewareFunc { return middleware.CORSWithConfig(config) }
		text, judge = "middleware.CORSWithConfig("+literal.Literal()+")", j
	}
	cors, err := adapter.Configure(layer)
	if err != nil {
		return served, err
	}
	e := echo.New()
	e.Use(middleware.Recover())
	for range given.Layers(p) {
		e.Use(cors)
	}
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) { e.Add(method, path, echo.WrapHandler(handler)) })

	served.Handler = e
	served.Config = source.Program(judge.Before, "e := echo.New()", "cors := "+text, "e.Use(middleware.Recover())", strings.Repeat("e.Use(cors)\n", given.Layers(p)))
	return served, nil
}

// function writes the function that the library calls for an origin.
func function(condition string) string {
	return fmt.Sprintf(`func(c *echo.Context, origin string) (string, bool, error) {
	if %s {
		return origin, true, nil
	}
	return "", false, nil
}`, condition)
}

func config(p contract.Policy) (c middleware.CORSConfig, judge given.Function, err error) {
	c = middleware.CORSConfig{
		AllowMethods:     p.Methods,
		AllowHeaders:     p.RequestHeaders,
		AllowCredentials: given.True(p.Credentials),
		ExposeHeaders:    p.ExposeHeaders,
		MaxAge:           given.Seconds(p.MaxAge, -1), // its documentation: a negative value sends 0
	}
	switch o := p.Origins; {
	case o.Mode == contract.AnyOrigin:
		c.AllowOrigins = []string{"*"}
	case o.Mode == contract.List && !o.AllowNull:
		c.AllowOrigins = o.Values
	case o.Mode == contract.List:
		// The library refuses "null" in the list.
		judge = given.Exactly(given.List(o)...)
	default:
		// The library refuses an empty list, and a list has no patterns.
		judge, err = given.Judge(p)
	}
	if judge.Allows != nil {
		c.UnsafeAllowOriginFunc = func(_ *echo.Context, origin string) (string, bool, error) {
			if judge.Allows(origin) {
				return origin, true, nil
			}
			return "", false, nil
		}
	}
	return c, judge, err
}

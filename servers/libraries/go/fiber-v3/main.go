// Command fiber-v3 mounts the CORS middleware of github.com/gofiber/fiber/v3, as its
// documentation says.
package main

import (
	"net"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/fast"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "gofiber/fiber/v3", Version: adapter.ModuleVersion("github.com/gofiber/fiber/v3")}
	layer, text, judge := func() fiber.Handler { return cors.New() }, "cors.New()", given.Function{}
	if p.Kind != contract.Default {
		config, j, err := config(p)
		if err != nil {
			return served, err
		}
		literal := source.Struct{
			Options:   config,
			Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
			Functions: map[string]string{"AllowOriginsFunc": "func(origin string) bool { return " + j.Condition + " }"},
		}
		layer = func() fiber.Handler { return cors.New(config) }
		text, judge = "cors.New("+literal.Literal()+")", j
	}
	handler, err := adapter.Configure(layer)
	if err != nil {
		return served, err
	}
	// StrictRouting tells /dir from /dir/.
	app := fiber.New(fiber.Config{StrictRouting: true})
	app.Use(recover.New())
	for range given.Layers(p) {
		app.Use(handler)
	}
	routes := &adapter.App{Recovers: true}
	routes.Register(func(method, path string, handler http.HandlerFunc) {
		app.Add([]string{method}, path, func(c fiber.Ctx) error { return fast.Call(c.RequestCtx(), handler) })
	})

	served.Serve = func(l net.Listener) error {
		return app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true})
	}
	served.Config = source.Program(judge.Before, "app := fiber.New()", "handler := "+text, "app.Use(recover.New())", strings.Repeat("app.Use(handler)\n", given.Layers(p)))
	return served, nil
}

func config(p contract.Policy) (c cors.Config, judge given.Function, err error) {
	c = cors.Config{
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
		c.AllowOrigins = p.Origins.Values
		if p.Origins.AllowNull {
			// The library refuses "null" in the list.
			judge = given.Exactly(given.Null)
		}
	case contract.Subdomains:
		c.AllowOrigins = given.Wildcards(p.Origins)
	default:
		// An empty list of origins lets in every origin.
		judge, err = given.Judge(p)
	}
	c.AllowOriginsFunc = judge.Allows
	return c, judge, err
}

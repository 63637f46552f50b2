// Command gin-cors mounts github.com/gin-contrib/cors on gin, as its README says.
package main

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	gin.DefaultWriter = io.Discard // standard output is for the announcement
	adapter.Main(mount)
}

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "gin-contrib/cors", Version: adapter.ModuleVersion("github.com/gin-contrib/cors")}
	layer, text := cors.Default, ""
	call := "cors.Default()"
	if p.Kind != contract.Default {
		config, judge := config(p)
		text = "config := cors.DefaultConfig()\n" + source.Struct{
			Options:   config,
			Show:      given.Shown(p, "AllowCredentials", "MaxAge"),
			Functions: map[string]string{"AllowOriginFunc": "func(origin string) bool { return " + judge.Condition + " }"},
		}.Assignments("config", cors.DefaultConfig())
		layer, call = func() gin.HandlerFunc { return cors.New(config) }, "cors.New(config)"
	}
	handlers, err := adapter.Configure(layer)
	if err != nil {
		return served, err
	}
	router := gin.Default()
	for range given.Layers(p) {
		router.Use(handlers)
	}
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) { router.Handle(method, path, gin.WrapF(handler)) })

	served.Handler = router
	served.Config = source.Program("router := gin.Default()", text, strings.Repeat("router.Use("+call+")\n", given.Layers(p)))
	return served, nil
}

// config starts from the library's default configuration, as the README does.
func config(p contract.Policy) (c cors.Config, judge given.Function) {
	c = cors.DefaultConfig()
	switch p.Origins.Mode {
	case contract.NoOrigin:
		judge = given.Nobody() // the library refuses an empty list
	case contract.AnyOrigin:
		c.AllowAllOrigins = true
	case contract.List:
		c.AllowOrigins = p.Origins.Values
		if p.Origins.AllowNull {
			// The library refuses "null" in the list.
			judge = given.Exactly(given.Null)
		}
	case contract.Subdomains:
		c.AllowOrigins, c.AllowWildcard = given.Wildcards(p.Origins), true
	case contract.Regex:
		for _, expression := range p.Origins.Values {
			c.AllowOrigins = append(c.AllowOrigins, "/"+expression+"/")
		}
	}
	c.AllowOriginFunc = judge.Allows
	if p.Credentials != nil {
		c.AllowCredentials = *p.Credentials
	}
	if p.Methods != nil {
		c.AllowMethods = p.Methods
	}
	if p.RequestHeaders != nil {
		c.AllowHeaders = p.RequestHeaders
	}
	if p.ExposeHeaders != nil {
		c.ExposeHeaders = p.ExposeHeaders
	}
	if p.MaxAge != nil {
		c.MaxAge = time.Duration(*p.MaxAge) * time.Second
	}
	return c, judge
}

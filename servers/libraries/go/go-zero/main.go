// Command go-zero mounts the CORS option of github.com/zeromicro/go-zero/rest, as its
// documentation says.
//
// The library answers every OPTIONS itself, so that OPTIONS /options never reaches the
// application. Its router takes /dir and /dir/ for the same.
package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/rest"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/given"
	"github.com/corsproof/corsproof/servers/libraries/go/internal/source"
)

func main() { adapter.Main(mount) }

func mount(p contract.Policy, _ string) (adapter.Served, error) {
	served := adapter.Served{Library: "zeromicro/go-zero", Version: adapter.ModuleVersion("github.com/zeromicro/go-zero")}
	var c cors
	if p.Kind != contract.Default {
		if err := c.read(p); err != nil {
			return served, err
		}
	}
	option, text := c.option()
	var options []rest.RunOption
	for range given.Layers(p) {
		options = append(options, option)
	}
	server, err := server(options)
	if err != nil {
		return served, err
	}
	app := &adapter.App{Recovers: true}
	app.Register(func(method, path string, handler http.HandlerFunc) {
		server.AddRoute(rest.Route{Method: method, Path: path, Handler: handler})
	})
	handler, err := rest.NewServerless(server)
	if err != nil {
		return served, err
	}
	served.Handler = http.HandlerFunc(handler.Serve)
	served.Config = source.Program("cors := "+text, "server := rest.MustNewServer(config"+strings.Repeat(", cors", given.Layers(p))+")")
	return served, nil
}

// server makes a server with the default configuration, but one that does not answer 503
// where the machine is busy.
func server(options []rest.RunOption) (*rest.Server, error) {
	var c rest.RestConf
	if err := conf.FillDefault(&c); err != nil {
		return nil, err
	}
	c.Middlewares.Shedding = false
	c.DevServer.Enabled = false
	// Standard output is for the announcement.
	c.Log.Level, c.Log.Stat = "severe", false
	return rest.NewServer(c, options...)
}

// cors is what the library's option takes: origins, and a function that changes the
// headers of the response.
type cors struct {
	origins []string
	headers [][2]string // an empty value removes the header
}

func (c *cors) read(p contract.Policy) error {
	switch o := p.Origins; {
	case o.Mode == contract.AnyOrigin && !given.True(p.Credentials): // no origin means every origin
	case o.Mode == contract.AnyOrigin:
		c.origins = []string{"*"} // this alone allows credentials, too
	case o.Mode == contract.List:
		c.origins = given.List(o)
	default:
		return given.Unsupported(p)
	}
	if p.Credentials != nil && !*p.Credentials && c.origins != nil {
		c.set("Access-Control-Allow-Credentials", "") // the library allows them with every list
	}
	if p.Methods != nil {
		c.set("Access-Control-Allow-Methods", strings.Join(p.Methods, ", "))
	}
	if p.RequestHeaders != nil {
		c.set("Access-Control-Allow-Headers", strings.Join(p.RequestHeaders, ", "))
	}
	if p.ExposeHeaders != nil {
		c.set("Access-Control-Expose-Headers", strings.Join(p.ExposeHeaders, ", "))
	}
	if p.MaxAge != nil {
		c.set("Access-Control-Max-Age", fmt.Sprint(*p.MaxAge))
	}
	return nil
}

func (c *cors) set(name, value string) { c.headers = append(c.headers, [2]string{name, value}) }

// option returns the option and its text.
func (c *cors) option() (rest.RunOption, string) {
	if c.headers == nil {
		return rest.WithCors(c.origins...), source.Call("rest.WithCors", anys(c.origins)...)
	}
	change := func(header http.Header) {
		for _, h := range c.headers {
			if h[1] == "" {
				header.Del(h[0])
			} else {
				header.Set(h[0], h[1])
			}
		}
	}
	body := ""
	for _, h := range c.headers {
		if h[1] == "" {
			body += source.Call("header.Del", h[0]) + "\n"
		} else {
			body += source.Call("header.Set", h[0], h[1]) + "\n"
		}
	}
	text := "rest.WithCustomCors(func(header http.Header) {\n" + body + "}, nil"
	for _, origin := range c.origins {
		text += ", " + source.Of(origin)
	}
	return rest.WithCustomCors(change, nil, c.origins...), text + ")"
}

func anys(list []string) []any {
	result := make([]any, len(list))
	for i, s := range list {
		result[i] = s
	}
	return result
}

// Package fast calls a handler of net/http in fasthttp, on which Fiber stands.
package fast

import (
	"net/http"
	"net/url"

	"github.com/valyala/fasthttp"
)

// Call answers with the handler. As in net/http, the handler's headers replace the headers
// that a middleware has set, but it adds to Vary: the adaptors of fasthttp and Fiber would
// send both values of Access-Control-Allow-Origin at /own.
func Call(ctx *fasthttp.RequestCtx, handler http.HandlerFunc) error {
	target, err := url.ParseRequestURI(string(ctx.RequestURI()))
	if err != nil {
		return err
	}
	header := http.Header{}
	for name, value := range ctx.Request.Header.All() {
		header.Add(string(name), string(value))
	}
	w := &writer{ctx: ctx, header: http.Header{}}
	handler(w, &http.Request{Method: string(ctx.Method()), URL: target, Header: header})
	w.WriteHeader(http.StatusOK)
	return nil
}

// writer is the http.ResponseWriter of a fasthttp response.
type writer struct {
	ctx     *fasthttp.RequestCtx
	header  http.Header
	written bool
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if w.written {
		return
	}
	w.written = true
	w.ctx.SetStatusCode(status)
	for name, values := range w.header {
		if name != "Vary" {
			w.ctx.Response.Header.Del(name)
		}
		for _, value := range values {
			w.ctx.Response.Header.Add(name, value)
		}
	}
}

func (w *writer) Write(body []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.ctx.Write(body)
}

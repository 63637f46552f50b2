package fast

import (
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/corsproof/corsproof/servers/adapter"
)

// call answers with the route, after a middleware has set headers.
func call(t *testing.T, method, target string, header ...string) *fasthttp.Response {
	t.Helper()
	var ctx fasthttp.RequestCtx
	ctx.Request.Header.SetMethod(method)
	ctx.Request.SetRequestURI(target)
	for i := 0; i < len(header); i += 2 {
		ctx.Request.Header.Set(header[i], header[i+1])
	}
	ctx.Response.Header.Set("Vary", "Origin")
	ctx.Response.Header.Set("Access-Control-Allow-Origin", "https://a.test")
	if err := Call(&ctx, (&adapter.App{}).Mux().ServeHTTP); err != nil {
		t.Fatal(err)
	}
	return &ctx.Response
}

func TestCallAnswersAsNetHTTPDoes(t *testing.T) {
	t.Parallel()
	r := call(t, "PUT", "/ok")
	vary := r.Header.PeekAll("Vary")
	if r.StatusCode() != http.StatusOK || string(r.Body()) != "ok" || string(r.Header.Peek("X-Total")) != "7" || string(r.Header.Peek("Content-Type")) != "text/plain" {
		t.Errorf("PUT /ok: %s", r)
	}
	if len(vary) != 2 || string(vary[0]) != "Origin" || string(vary[1]) != "Accept-Encoding" {
		t.Errorf("Vary is %q", vary)
	}
	r = call(t, "GET", "/own")
	if got := r.Header.PeekAll("Access-Control-Allow-Origin"); len(got) != 1 || string(got[0]) != "*" {
		t.Errorf("GET /own: %s", r)
	}
	r = call(t, "GET", "/redir?to=/a%3Fb")
	if r.StatusCode() != http.StatusFound || string(r.Header.Peek("Location")) != "/a?b" {
		t.Errorf("GET /redir: %s", r)
	}
	r = call(t, "GET", "/cookie", "Cookie", "a=1; b=2")
	if string(r.Body()) != "a=1; b=2" || len(r.Header.PeekAll("Set-Cookie")) != 1 {
		t.Errorf("GET /cookie: %s", r)
	}
}

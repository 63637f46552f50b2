package webserver

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// behind is the URL of the application behind the server. Where a policy wants two layers,
// the application has CORS of its own, and the server is the layer in front of it.
func behind(p contract.Policy, upstream string) (string, error) {
	if p.Layers != contract.BothLayers {
		return upstream, nil
	}
	routes, err := url.Parse(upstream)
	if err != nil {
		return "", err
	}
	cors, err := reference.Of(p)
	if err != nil {
		return "", fmt.Errorf("the application's own layer: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	application := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(routes)
		r.Out.Host = r.In.Host
	}}
	go func() { _ = http.Serve(listener, cors.Wrap(application)) }() // until the adapter ends
	return "http://" + listener.Addr().String(), nil
}

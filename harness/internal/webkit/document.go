package webkit

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// document is what is answered in the place of a site.
type document struct {
	url     string
	headers map[string]string
	body    []byte
}

// documentOf is the document of a page. An empty body says that there is nothing to stand in for.
func (p *Page) documentOf() (document, error) {
	html, err := fixtures.FS.ReadFile("pages/page.html")
	if err != nil {
		return document{}, err
	}
	origin := p.options.Origin
	switch origin {
	case engine.DataPage:
		return document{url: "data:text/html," + url.PathEscape(string(html))}, nil
	case engine.FilePage:
		file := filepath.Join(p.folder, "page.html")
		return document{url: (&url.URL{Scheme: "file", Path: file}).String()}, os.WriteFile(file, html, 0o600)
	}
	d := document{headers: map[string]string{web.NameContentType: "text/html; charset=utf-8", web.NameCacheControl: "no-store"}, body: html}
	add := func(name, value string) {
		if there, is := d.headers[name]; is && name != web.NameContentType && name != web.NameCacheControl {
			value = there + ", " + value // as lines of the same name are combined
		}
		d.headers[name] = value
	}
	var more [][2]string
	if p.options.Headers != "" {
		if err := json.Unmarshal([]byte(p.options.Headers), &more); err != nil {
			return document{}, err
		}
	}
	for _, h := range more {
		add(http.CanonicalHeaderKey(h[0]), h[1])
	}
	if origin == engine.OpaqueOrigin {
		origin = p.options.OpaqueScheme + "://opaque.test"
		add(web.NameSecurityPolicy, engine.Sandbox)
	}
	d.url = origin + cmp.Or(p.options.Path, "/")
	return d, nil
}

// load loads the document.
func (p *Page) load(ctx context.Context) error {
	d, err := p.documentOf()
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.document, p.loaded = d, make(chan struct{})
	loaded := p.loaded
	p.mu.Unlock()
	if d.body != nil {
		if err := p.intercept(ctx, d.url); err != nil {
			return err
		}
	}
	if err := p.conn.call(ctx, "Page.navigate", map[string]any{"url": d.url}, nil); err != nil {
		return err
	}
	select {
	case <-loaded:
		if p.options.DryRun {
			return p.intercept(ctx, "")
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// intercept has WebKit ask about each request for a URL, or about every request where the URL is
// empty: before a preflight is sent for it.
func (p *Page) intercept(ctx context.Context, url string) error {
	interception := map[string]any{"url": url, "stage": "request", "caseSensitive": true, "isRegex": false}
	if url == "" {
		interception["url"], interception["isRegex"] = ".*", true
	}
	return p.conn.call(ctx, "Network.addInterception", interception, nil)
}

// intercepted answers a request that waits. The page of dry runs sends nothing, whatever its script
// asks for and however late.
func (p *Page) intercepted(id, url string) {
	p.mu.Lock()
	loading, d := p.loaded != nil, p.document
	if r := p.asked; !loading && p.options.DryRun && r != nil && r.id == id {
		r.withheld = true
	}
	p.mu.Unlock()
	switch {
	case loading && d.url == withoutFragment(url):
		_ = p.conn.call(p.ctx, "Network.interceptRequestWithResponse", map[string]any{
			"requestId": id, "content": base64.StdEncoding.EncodeToString(d.body), "base64Encoded": true, "mimeType": "text/html",
			"status": http.StatusOK, "statusText": "OK", "headers": d.headers,
		}, nil) // if it fails, the page does not load
	case p.options.DryRun:
		_ = p.conn.call(p.ctx, "Network.interceptRequestWithError", map[string]any{"requestId": id, "errorType": "Cancellation"}, nil)
	default: // a question about the URL of the page
		_ = p.conn.call(p.ctx, "Network.interceptContinue", map[string]any{"requestId": id, "stage": "request"}, nil) // it may be over
	}
}

// sameSites are the names of the attribute in the protocol.
var sameSites = map[http.SameSite]string{http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict"}

// setCookies sets the cookies that the profile of the page begins with.
func (p *Page) setCookies(ctx context.Context) error {
	w := p.webkit
	w.mu.Lock()
	list := w.cookies[p.options.Profile]
	w.mu.Unlock()
	for _, c := range list {
		u, err := url.Parse(c.URL)
		if err != nil {
			return fmt.Errorf("set the cookie %s for %s: %w", c.Name, c.URL, err)
		}
		domain := u.Hostname()
		if c.Domain != "" {
			domain = "." + strings.TrimPrefix(c.Domain, ".")
		}
		cookie := map[string]any{
			"name": c.Name, "value": c.Value, "domain": domain, "path": cmp.Or(c.Path, "/"), "expires": 0, "session": true,
			"secure": c.Secure, "httpOnly": c.HttpOnly, "sameSite": cmp.Or(sameSites[c.SameSite], "None"),
		}
		if err := p.conn.call(ctx, "Page.setCookie", map[string]any{"cookie": cookie}, nil); err != nil {
			return fmt.Errorf("set the cookie %s for %s: %w", c.Name, c.URL, err)
		}
	}
	return nil
}

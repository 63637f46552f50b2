package bidi

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// NewProfile makes a profile that holds these cookies, and the cookies of the Options.
func (f *Firefox) NewProfile(ctx context.Context, cookies []engine.SetCookie) (engine.ProfileID, error) {
	var made struct {
		UserContext string `json:"userContext"`
	}
	if err := f.conn.call(ctx, "browser.createUserContext", map[string]any{}, &made); err != nil {
		return "", err
	}
	id := engine.ProfileID(made.UserContext)
	return id, f.setCookies(ctx, id, slices.Concat(f.options.Cookies, cookies))
}

// CloseProfile closes the pages of a profile and forgets what it kept.
func (f *Firefox) CloseProfile(id engine.ProfileID) error {
	return f.conn.call(f.conn.ctx, "browser.removeUserContext", map[string]any{"userContext": string(id)}, nil)
}

// sameSites are the names of the attribute in the protocol.
var sameSites = map[http.SameSite]string{http.SameSiteLaxMode: "lax", http.SameSiteStrictMode: "strict", http.SameSiteNoneMode: "none"}

// setCookies sets the cookies of a profile.
func (f *Firefox) setCookies(ctx context.Context, id engine.ProfileID, list []engine.SetCookie) error {
	for _, c := range list { // one by one: an error does not name the cookie
		u, err := url.Parse(c.URL)
		if err != nil {
			return fmt.Errorf("set the cookie %s for %s: %w", c.Name, c.URL, err)
		}
		domain := u.Hostname()
		if c.Domain != "" {
			domain = "." + strings.TrimPrefix(c.Domain, ".")
		}
		cookie := map[string]any{
			"name": c.Name, "value": map[string]any{"type": "string", "value": c.Value}, "domain": domain, "path": cmp.Or(c.Path, "/"),
			"secure": c.Secure, "httpOnly": c.HttpOnly,
		}
		if name := sameSites[c.SameSite]; name != "" {
			cookie["sameSite"] = name
		}
		params := map[string]any{"cookie": cookie}
		if id != "" {
			params["partition"] = map[string]any{"type": "storageKey", "userContext": string(id)}
		}
		if err := f.conn.call(ctx, "storage.setCookie", params, nil); err != nil {
			return fmt.Errorf("set the cookie %s for %s: %w", c.Name, c.URL, err)
		}
	}
	return nil
}

// Adapter for Caddy with a configuration that implements the policy exactly. Its header
// directives are not deferred, so that the answers of Caddy itself (502) have the headers,
// and header_down removes the headers of the application.
package main

import (
	_ "embed"
	"regexp"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/libraries/config/internal/webserver"
)

//go:embed Caddyfile
var recipe string

func main() {
	webserver.Main(webserver.Caddy, webserver.Recipe{
		Title: "Caddy", Template: recipe, Fill: fill,
	})
}

// fill compares origins by a regular expression where one has a star, which the header
// matcher takes for any text.
// https://caddyserver.com/docs/caddyfile/matchers#header
func fill(p contract.Policy) (any, []string, error) {
	filled, unsupported, err := webserver.Correct(p)
	if err != nil {
		return nil, nil, err
	}
	r := filled.(*webserver.Rules)
	if strings.Contains(strings.Join(r.Origins, ""), "*") {
		for _, o := range r.Origins {
			r.Patterns = append(r.Patterns, "^"+regexp.QuoteMeta(o)+"$")
		}
		r.Origins = nil
	}
	return r, unsupported, nil
}

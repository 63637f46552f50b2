package draft

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness/policy"
)

// FromWords makes a policy of what a person says: the origin of the server, the origins of
// the pages that may read, with commas (or any, or none), and whether they may read with
// credentials. The error joins [policy.FaultError] values.
func FromWords(target, origins string, credentials bool) (Draft, error) {
	if strings.Trim(origins, ", \t") == "" {
		return Draft{}, &policy.FaultError{Path: "origins", Problem: "want the origins of the pages that may read, such as https://app.example.com, or any, or none"}
	}
	p, err := policy.Parse("", []byte(fmt.Sprintf("target: %s\norigins: %s\ncredentials: %t\n", scalar(target), listOf(origins), credentials)), nil)
	if err != nil {
		return Draft{}, err
	}
	return Draft{
		Policy: p,
		Head: "Which pages may read what of " + p.Target + ", and how. An absent field is not judged, so a policy can start small. Then:\n" +
			"  corsproof verify FILE",
		Why: map[string]string{
			"target": "The origin of the server that is asked. The paths are below, under resources.",
			"origins": "The origins of the pages that may read: a scheme, a host and perhaps a port. https://*.example.com means the children of " +
				"https://example.com. Instead of a list: any or none. Pages that look like one of these, and sandboxed pages, are asked too, and must be refused.",
			"credentials":    `May a page read with cookies, as in fetch(url, {credentials: "include"})?`,
			"methods":        "The methods that a page may use. GET, HEAD and POST need no permission.\nmethods: [GET, PUT, DELETE]",
			"requestHeaders": "The request headers that a page may set.\nrequestHeaders: [Authorization, Content-Type]",
			"exposeHeaders":  "The response headers that a page may read, besides the safelisted.\nexposeHeaders: [X-Total-Count]",
			"maxAge":         "For how many seconds a browser may keep the answer to a preflight.\nmaxAge: 600",
			"errors":         "Errors (404, 401) and redirects are judged too. If another server answers them:\nerrors: false\nredirects: false",
			"resources":      "The paths to ask, each with rules of its own; the rest is inherited. Without any, it is /.\nresources:\n  - path: /v1/me\n  - path: /public/status\n    origins: any\n    credentials: false",
		},
	}, nil
}

// Origins reads the origins of pages with commas, or any, or none. The error joins
// [policy.FaultError] values.
func Origins(text string) (policy.Origins, error) {
	p, err := policy.Parse("", []byte("target: https://nowhere.invalid\norigins: "+listOf(text)+"\n"), nil)
	return p.Origins, err
}

// listOf writes origins with commas as a policy file does.
func listOf(text string) string {
	if text == "any" || text == "none" {
		return text
	}
	return flow(strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }))
}

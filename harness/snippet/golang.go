package snippet

// golang are libraries for Go. A function of one name wraps the router in both.
var golang = []software{{
	id: "go-jub0bs", name: "Go, jub0bs/cors", run: true, source: true,
	file: "cors.go, with http.ListenAndServe(address, withCORS(mux)) in main; go get github.com/jub0bs/cors",
	note: "The middleware has to stand outside of the login, so that the login does not answer preflights.",
	text: `
package main

import (
	"net/http"

	"github.com/jub0bs/cors"
)

func withCORS(next http.Handler) http.Handler {
	middleware, err := cors.NewMiddleware(cors.Config{
		Origins: []string{{"{"}}{{double .Origins}}{{"}"}},
{{- if .Credentials}}
		Credentialed: true,
{{- if insecure .Origins}}
		DangerouslyTolerateInsecureOrigins: true, // an origin without https
{{- end}}
{{- end}}
		Methods: []string{{"{"}}{{double .Methods}}{{"}"}},
{{- if .RequestHeaders}}
		RequestHeaders: []string{{"{"}}{{double .RequestHeaders}}{{"}"}},
{{- end}}
{{- if .ExposeHeaders}}
		ResponseHeaders: []string{{"{"}}{{double .ExposeHeaders}}{{"}"}},
{{- end}}
{{- if .MaxAge}}
		MaxAgeInSeconds: {{.MaxAge}},
{{- end}}
	})
	if err != nil {
		panic(err)
	}
	return middleware.Wrap(next)
}
`,
}, {
	id: "go-rs", name: "Go, rs/cors", run: true, source: true,
	file: "cors.go, with http.ListenAndServe(address, withCORS(mux)) in main; go get github.com/rs/cors",
	note: "The middleware has to stand outside of the login, so that the login does not answer preflights.",
	// Without a list of request headers, rs/cors allows Content-Type and X-Requested-With.
	// Accept is safelisted.
	text: `
package main

import (
	"net/http"

	"github.com/rs/cors"
)

func withCORS(next http.Handler) http.Handler {
	return cors.New(cors.Options{
		AllowedOrigins: []string{{"{"}}{{double .Origins}}{{"}"}},
{{- if .Credentials}}
		AllowCredentials: true,
{{- end}}
		AllowedMethods: []string{{"{"}}{{double .Methods}}{{"}"}},
		AllowedHeaders: []string{{"{"}}{{if .RequestHeaders}}{{double .RequestHeaders}}{{else}}"Accept"{{end}}{{"}"}},
{{- if .ExposeHeaders}}
		ExposedHeaders: []string{{"{"}}{{double .ExposeHeaders}}{{"}"}},
{{- end}}
{{- if .MaxAge}}
		MaxAge: {{.MaxAge}},
{{- end}}
	}).Handler(next)
}
`,
}}

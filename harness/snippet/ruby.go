package snippet

// ruby are libraries for Ruby.
var ruby = []software{{
	id: "rails", name: "Rails", run: true,
	file: "config/initializers/cors.rb, with gem \"rack-cors\" in the Gemfile",
	note: "The spec runs the text with rack-cors on Sinatra, without Rails.",
	lacks: func(n Need) error {
		return unknownMethods("rack-cors", n.Methods, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
	},
	text: `
Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins {{double .Origins}}
    resource "*",
      methods: [{{symbols .Methods}}],
      headers: [{{double .RequestHeaders}}],
{{- if .ExposeHeaders}}
      expose: [{{double .ExposeHeaders}}],
{{- end}}
{{- if .MaxAge}}
      max_age: {{.MaxAge}},
{{- end}}
      credentials: {{.Credentials}}
  end
end
`,
}}

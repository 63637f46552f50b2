package snippet

import (
	"fmt"
	"slices"
	"strings"
)

// clouds are services of Amazon.
var clouds = []software{{
	id: "aws-api-gateway", name: "Amazon API Gateway (SAM)",
	file: "template.yaml: the properties of the AWS::Serverless::HttpApi",
	note: "The gateway answers preflights and ignores the CORS headers of the integration. A $default route with an authorizer " +
		"also asks OPTIONS for a login: add a route OPTIONS /{proxy+} without an authorizer. A REST API (AWS::Serverless::Api) " +
		"has other options, and needs GatewayResponses for its own errors.",
	text: `
CorsConfiguration:
  AllowOrigins:
{{- range .Origins}}
    - "{{.}}"
{{- end}}
{{- if .Credentials}}
  AllowCredentials: true
{{- end}}
  AllowMethods:
{{- range .Methods}}
    - "{{.}}"
{{- end}}
{{- if .RequestHeaders}}
  AllowHeaders:
{{- range .RequestHeaders}}
    - "{{.}}"
{{- end}}
{{- end}}
{{- if .ExposeHeaders}}
  ExposeHeaders:
{{- range .ExposeHeaders}}
    - "{{.}}"
{{- end}}
{{- end}}
{{- if .MaxAge}}
  MaxAge: {{.MaxAge}}
{{- end}}
`,
}, {
	id: "aws-s3", name: "Amazon S3",
	file: "cors.json, for: aws s3api put-bucket-cors --bucket BUCKET --cors-configuration file://cors.json",
	note: "S3 allows credentials for each origin of the list. It sends CORS headers and Vary only to requests with Origin: a cache " +
		"in front of it has to keep the origins apart.",
	lacks: func(n Need) error {
		return unknownMethods("Amazon S3", n.Methods, "GET", "PUT", "POST", "DELETE", "HEAD")
	},
	text: `
{
  "CORSRules": [
    {
      "AllowedOrigins": [{{double .Origins}}],
      "AllowedMethods": [{{double .Methods}}]
{{- if .RequestHeaders}},
      "AllowedHeaders": [{{double .RequestHeaders}}]
{{- end}}
{{- if .ExposeHeaders}},
      "ExposeHeaders": [{{double .ExposeHeaders}}]
{{- end}}
{{- if .MaxAge}},
      "MaxAgeSeconds": {{.MaxAge}}
{{- end}}
    }
  ]
}
`,
}, {
	id: "aws-cloudfront", name: "Amazon CloudFront",
	file: "the CloudFormation template; name the policy in ResponseHeadersPolicyId of the cache behavior",
	note: "CloudFront adds these headers to responses of the origin server, which has to answer OPTIONS with 2xx itself. The cache behavior has to allow OPTIONS.",
	lacks: func(n Need) error {
		return unknownMethods("Amazon CloudFront", n.Methods, "GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
	},
	// AccessControlAllowHeaders is required; Accept is safelisted, so it allows nothing more.
	text: `
Resources:
  CorsPolicy:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: cors
        CorsConfig:
          AccessControlAllowOrigins:
            Items: [{{double .Origins}}]
          AccessControlAllowCredentials: {{.Credentials}}
          AccessControlAllowMethods:
            Items: [{{double .Methods}}]
          AccessControlAllowHeaders:
            Items: [{{if .RequestHeaders}}{{double .RequestHeaders}}{{else}}"Accept"{{end}}]
{{- if .ExposeHeaders}}
          AccessControlExposeHeaders:
            Items: [{{double .ExposeHeaders}}]
{{- end}}
{{- if .MaxAge}}
          AccessControlMaxAgeSec: {{.MaxAge}}
{{- end}}
          OriginOverride: true
`,
}}

// unknownMethods says which methods a service cannot allow.
func unknownMethods(name string, methods []string, knows ...string) error {
	for _, method := range methods {
		if !slices.Contains(knows, method) {
			return fmt.Errorf("method %s: %s allows %s only", method, name, strings.Join(knows, ", "))
		}
	}
	return nil
}

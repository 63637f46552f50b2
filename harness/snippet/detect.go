package snippet

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// sign is a response header that a software sends.
type sign struct {
	software string
	header   string
	// value begins the value, in lower case; empty means any value.
	value string
}

// signs stand in the order of their weight: the application, then what stands before it. The
// headers of CORS are best sent by the application, so it counts more than a proxy.
var signs = []sign{
	{"express", "X-Powered-By", "express"},
	{"aspnet-core", "X-AspNet-Version", ""},
	{"aspnet-core", "X-AspNetMvc-Version", ""},
	{"aspnet-core", "X-Powered-By", "asp.net"},
	{"aspnet-core", "Server", "kestrel"},
	{"flask", "Server", "werkzeug"},
	{"django", "Server", "wsgiserver"},
	{"fastapi", "Server", "uvicorn"},
	{"spring", "X-Application-Context", ""},
	{"spring", "Server", "apache-coyote"},
	{"rails", "X-Runtime", ""},
	{"rails", "X-Powered-By", "phusion passenger"},
	{"aws-s3", "Server", "amazons3"},
	{"aws-s3", "X-Amz-Id-2", ""},
	{"aws-api-gateway", "X-Amz-Apigw-Id", ""},
	{"aws-api-gateway", "Apigw-Requestid", ""},
	{"envoy-gateway", "Server", "envoy"},
	{"envoy-gateway", "X-Envoy-Upstream-Service-Time", ""},
	{"nginx", "Server", "nginx"},
	{"nginx", "Server", "openresty"},
	{"apache", "Server", "apache"},
	{"caddy", "Server", "caddy"},
	{"caddy", "Via", "1.1 caddy"},
	{"caddy", "Via", "2.0 caddy"},
	{"aws-cloudfront", "Server", "cloudfront"},
	{"aws-cloudfront", "X-Amz-Cf-Id", ""},
}

// Detect tells the software that answered from the headers of the response, with the header that
// tells it: "nginx" and "Server: nginx/1.29.1". Both are empty where no header tells. The value
// of a header without a known value, such as an id of a request, is not shown. A header can be
// wrong, so it is evidence and no proof.
func Detect(e harness.Exchange) (software, evidence string) {
	for _, s := range signs {
		for _, value := range e.ResponseHeaders.Values(s.header) {
			switch {
			case s.value == "":
				return s.software, s.header
			case strings.HasPrefix(web.Lower(strings.TrimSpace(value)), s.value):
				return s.software, s.header + ": " + value
			}
		}
	}
	return "", ""
}

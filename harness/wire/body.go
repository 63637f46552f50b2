package wire

import (
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// bodyOf is the body as a browser writes it, for the Content-Type that it has.
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
func bodyOf(b harness.Body, kind string) string {
	switch b.Kind {
	case harness.BytesBody:
		return string(b.Raw)
	case harness.FormBody:
		return form(b.Fields)
	case harness.MultipartBody:
		return formData(b.Fields, boundaryOf(kind))
	}
	return b.Content
}

// form writes a URLSearchParams.
// https://url.spec.whatwg.org/#concept-urlencoded-serializer
func form(fields []harness.Field) string {
	var pairs []string
	for _, f := range fields {
		pairs = append(pairs, url.QueryEscape(f.Name)+"="+url.QueryEscape(f.Value))
	}
	return strings.Join(pairs, "&")
}

// boundaryOf is the boundary in a Content-Type.
func boundaryOf(kind string) string {
	_, boundary, _ := strings.Cut(kind, "boundary=")
	return boundary
}

// names escapes the names of a FormData.
// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
var names = strings.NewReplacer("\n", "%0A", "\r", "%0D", `"`, "%22")

// formData writes a FormData.
func formData(fields []harness.Field, boundary string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + names.Replace(f.Name) + "\"\r\n\r\n" + f.Value + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.String()
}

// contentType is the Content-Type of an exchange.
func contentType(h harness.Header) string {
	value, _ := h.Get(web.NameContentType)
	return value
}

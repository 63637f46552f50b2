package harness

// Body is what a script sends. Make one with [Text], [JSON], [Form], [Multipart],
// [Bytes] or [Stream]; the zero Body means no body.
type Body struct {
	// Kind says which JavaScript value carries the content.
	Kind BodyKind `json:"kind"`
	// Content is the text, for every kind but form and multipart.
	// Bytes that are not UTF-8 stand in Raw instead.
	Content string `json:"content,omitempty"`
	// Raw is the content of a bytes body.
	Raw []byte `json:"raw,omitempty"`
	// Fields are the entries of a form or multipart body.
	Fields []Field `json:"fields,omitempty"`
}

// BodyKind is a kind of body.
type BodyKind string

// The kinds of body, with the Content-Type that the browser adds on its own.
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
const (
	TextBody      BodyKind = "text"      // a string: text/plain;charset=UTF-8
	JSONBody      BodyKind = "json"      // a string, sent as application/json as a script would
	FormBody      BodyKind = "form"      // URLSearchParams: application/x-www-form-urlencoded;charset=UTF-8
	MultipartBody BodyKind = "multipart" // FormData: multipart/form-data
	BytesBody     BodyKind = "bytes"     // Uint8Array: no Content-Type
	StreamBody    BodyKind = "stream"    // ReadableStream: no Content-Type
)

// Text is a string body.
func Text(content string) Body { return Body{Kind: TextBody, Content: content} }

// JSON is a string body with the header Content-Type: application/json, unless
// Headers already have a Content-Type.
func JSON(document string) Body { return Body{Kind: JSONBody, Content: document} }

// Form is a URLSearchParams body.
func Form(fields ...Field) Body { return Body{Kind: FormBody, Fields: fields} }

// Multipart is a FormData body.
func Multipart(fields ...Field) Body { return Body{Kind: MultipartBody, Fields: fields} }

// Bytes is a Uint8Array body.
func Bytes(content []byte) Body { return Body{Kind: BytesBody, Raw: content} }

// Stream is a ReadableStream body. It makes the browser send a preflight, and
// needs HTTP/2. https://fetch.spec.whatwg.org/#use-cors-preflight-flag
func Stream(content string) Body { return Body{Kind: StreamBody, Content: content} }

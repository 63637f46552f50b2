package oracle

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const anchorData = "https://fetch.spec.whatwg.org/#data-url-processor"

var dataRefused = branch("data URL: refused")

// dataFetch answers a data: URL. Its response has the type of the body and no other
// header.
// https://fetch.spec.whatwg.org/#scheme-fetch
func (r *run) dataFetch() *failure {
	kind, ok := r.processData(r.current())
	if !ok {
		r.take(dataRefused)
		return &failure{reason: harness.InvalidURL, anchor: anchorData}
	}
	r.filter(typeBasic, Reply{Status: 200, Header: harness.Header{{Name: web.NameContentType, Value: kind}}})
	return nil
}

// processData returns the type of the body of a data: URL. The body itself is of no
// interest, unless it should be base64 and is not.
// https://fetch.spec.whatwg.org/#data-url-processor
func (r *run) processData(u URL) (kind string, ok bool) {
	text := strings.TrimPrefix(u.String(), "data:")
	if strings.HasPrefix(text, "//") && r.deviates(readsDataItsOwnWay) {
		text = text[2:]
	}
	kind, body, ok := strings.Cut(text, ",")
	if !ok {
		return "", false
	}
	kind = strings.Trim(kind, asciiWhitespace)
	if before, isBase64 := cutBase64(kind); isBase64 {
		decoded, err := url.PathUnescape(body) // a percent sign that encodes nothing is not base64
		if err != nil || !isForgivingBase64(decoded) {
			return "", false
		}
		kind = before
	}
	if strings.HasPrefix(kind, ";") {
		kind = "text/plain" + kind
	}
	mime, ok := ParseMIMEType(kind)
	if !ok {
		return "text/plain;charset=US-ASCII", true
	}
	return r.dataCharset(mime)
}

// dataCharset writes the type of a data: URL. Chrome keeps the charset apart, and does
// not read a URL whose charset is not a token.
func (r *run) dataCharset(mime MIMEType) (kind string, ok bool) {
	i := slices.IndexFunc(mime.Parameters, func(f harness.Field) bool { return f.Name == "charset" })
	if i < 0 {
		return mime.String(), true
	}
	charset := mime.Parameters[i]
	if !web.IsToken(charset.Value) && r.deviates(readsDataItsOwnWay) {
		return "", false
	}
	if i < len(mime.Parameters)-1 && r.deviates(readsDataItsOwnWay) {
		mime.Parameters = append(slices.Delete(mime.Parameters, i, i+1), charset)
	}
	return mime.String(), true
}

// asciiWhitespace is ASCII whitespace.
// https://infra.spec.whatwg.org/#ascii-whitespace
const asciiWhitespace = "\t\n\f\r "

// cutBase64 removes ";base64" from the end of a type, and says whether it was there.
func cutBase64(kind string) (before string, isBase64 bool) {
	const word = "base64"
	at := len(kind) - len(word)
	if at < 0 || web.Lower(kind[at:]) != word {
		return kind, false
	}
	return strings.CutSuffix(strings.TrimRight(kind[:at], " "), ";")
}

// isForgivingBase64 says whether a text is base64, by a rule that does not mind
// whitespace, and padding that is missing.
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func isForgivingBase64(s string) bool {
	s = strings.Map(func(c rune) rune {
		if strings.ContainsRune(asciiWhitespace, c) {
			return -1
		}
		return c
	}, s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	_, err := base64.RawStdEncoding.DecodeString(s)
	return err == nil
}

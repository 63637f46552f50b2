package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// URL is a URL record, with the parts that the CORS protocol uses.
//
// https://url.spec.whatwg.org/#concept-url
type URL struct {
	Scheme string
	// Userinfo is the text before the @, or empty.
	Userinfo string
	// Host is serialized. Port is empty for the default one.
	Host, Port string
	// Path begins with a slash, or is opaque where there is no host.
	Path string
	// Query begins with a question mark where there is one, Fragment with a #.
	Query, Fragment string
}

// String is the URL as on the wire: without user name and fragment.
func (u URL) String() string {
	if !u.hierarchical() {
		return u.Scheme + ":" + u.Path + u.Query
	}
	return u.Scheme + "://" + u.Authority() + u.Path + u.Query
}

// Authority is the host with its port.
func (u URL) Authority() string {
	if u.Port == "" {
		return u.Host
	}
	return u.Host + ":" + u.Port
}

// hierarchical says whether the URL has a place for a host.
func (u URL) hierarchical() bool { return u.Host != "" || u.Scheme == "file" }

// IsHTTP says whether the scheme is an HTTP(S) scheme.
// https://fetch.spec.whatwg.org/#http-scheme
func (u URL) IsHTTP() bool { return u.Scheme == "http" || u.Scheme == "https" }

// specialPorts are the special schemes with their default ports.
// https://url.spec.whatwg.org/#special-scheme
var specialPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": ""}

var errRelative = errors.New("it has no scheme, and there is no base")

// withoutBreaks removes tabs and newlines, which the URL parser ignores.
// https://infra.spec.whatwg.org/#ascii-tab-or-newline
var withoutBreaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// ParseURL parses a URL, relative to base unless that is nil. It follows the URL
// standard in what is a URL and what its origin is, on which the CORS protocol
// decides, and writes the path and the query of an HTTP(S) URL as browsers do.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func ParseURL(input string, base *URL) (URL, error) {
	text := strings.TrimFunc(input, func(c rune) bool { return c <= ' ' })
	text = withoutBreaks.Replace(text)
	rest, fragment := cutBefore(text, "#")
	u := URL{Fragment: fragment}
	scheme, after, ok := strings.Cut(rest, ":")
	if !ok || !isScheme(scheme) {
		return u, u.relative(rest, base)
	}
	u.Scheme = Lower(scheme)
	_, special := specialPorts[u.Scheme]
	switch {
	case u.Scheme == "file":
		return u, u.file(after)
	case special && base != nil && base.Scheme == u.Scheme:
		return u, u.relative(after, base)
	case special:
		return u, u.host(strings.TrimLeft(slashes(after), "/"), true)
	case strings.HasPrefix(after, "//"):
		return u, u.host(after[2:], false)
	}
	u.Path, u.Query = cutBefore(encode(after, notOpaque), "?")
	return u, nil
}

// cutBefore splits s before the first sep.
func cutBefore(s, sep string) (before, after string) {
	if i := strings.Index(s, sep); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// slashes turns the backslashes before the query of a special URL into slashes.
func slashes(s string) string {
	path, query := cutBefore(s, "?")
	return strings.ReplaceAll(path, `\`, "/") + query
}

// isScheme says whether s is a scheme.
// https://url.spec.whatwg.org/#url-scheme-string
func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i]; !IsAlphanumeric(c) && strings.IndexByte("+-.", c) < 0 || i == 0 && (IsDigit(c) || !IsAlphanumeric(c)) {
			return false
		}
	}
	return s != ""
}

// relative takes from the base, an HTTP(S) URL, the parts that the text leaves out.
func (u *URL) relative(text string, base *URL) error {
	if base == nil {
		return errRelative
	}
	text = slashes(text)
	u.Scheme = base.Scheme
	if strings.HasPrefix(text, "//") {
		return u.host(strings.TrimLeft(text, "/"), true)
	}
	u.Userinfo, u.Host, u.Port = base.Userinfo, base.Host, base.Port
	path, query := cutBefore(text, "?")
	u.Query = encode(query, notInQuery)
	switch {
	case text == "":
		u.Path, u.Query = base.Path, base.Query
	case path == "":
		u.Path = base.Path
	case path[0] == '/':
		u.Path = cleanPath(path)
	default:
		u.Path = cleanPath(base.Path[:strings.LastIndex(base.Path, "/")+1] + path)
	}
	return nil
}

// file parses the rest of a URL after file:. Its host does not matter here.
func (u *URL) file(text string) error {
	u.Path, u.Query = cutBefore("/"+strings.TrimLeft(slashes(text), "/"), "?")
	return nil
}

// host parses the rest of a URL after the two slashes.
func (u *URL) host(text string, special bool) error {
	end := len(text)
	if i := strings.IndexAny(text, "/?"); i >= 0 {
		end = i
	}
	authority, rest := text[:end], text[end:]
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		u.Userinfo, authority = strings.TrimPrefix(authority[:at], ":"), authority[at+1:]
	}
	name, port := authority, ""
	if colon := strings.LastIndex(authority, ":"); colon > strings.LastIndex(authority, "]") {
		name, port = authority[:colon], authority[colon+1:]
	}
	var loose *LooseHostError
	refused := u.setHost(name, special)
	if refused != nil && !errors.As(refused, &loose) {
		return refused
	}
	if err := u.setPort(port); err != nil {
		return err
	}
	path, query := cutBefore(rest, "?")
	u.Path, u.Query = cleanPath(path), encode(query, notInQuery)
	return refused
}

// setHost parses a host.
func (u *URL) setHost(name string, special bool) (err error) {
	switch {
	case special && name == "":
		return errors.New("it names no host")
	case special:
		u.Host, err = parseHost(name)
	default:
		u.Host, err = parseOpaqueHost(name)
	}
	return err
}

// setPort parses a port and leaves the default one out.
// https://url.spec.whatwg.org/#port-state
func (u *URL) setPort(port string) error {
	if port == "" {
		return nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !IsDigits(port) {
		return fmt.Errorf("port %s: want a number up to 65535", port)
	}
	if u.Port = strconv.FormatUint(number, 10); u.Port == specialPorts[u.Scheme] {
		u.Port = ""
	}
	return nil
}

// cleanPath removes dot segments from a path and encodes the characters that a
// path cannot hold.
// https://url.spec.whatwg.org/#path-state
func cleanPath(path string) string {
	var segments []string
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range parts {
		last := i == len(parts)-1
		switch Lower(strings.ReplaceAll(Lower(segment), "%2e", ".")) {
		case "..":
			segments = segments[:max(0, len(segments)-1)]
			if last {
				segments = append(segments, "")
			}
		case ".":
			if last {
				segments = append(segments, "")
			}
		default:
			segments = append(segments, encode(segment, notInPath))
		}
	}
	return "/" + strings.Join(segments, "/")
}

// The characters that the parts of a URL cannot hold, beside the C0 controls and what is not ASCII.
const (
	notInPath  = " \"#<>?^`{}" // https://url.spec.whatwg.org/#path-percent-encode-set
	notInQuery = " \"#<>'"     // https://url.spec.whatwg.org/#special-query-percent-encode-set
	notOpaque  = ""            // https://url.spec.whatwg.org/#c0-control-percent-encode-set
)

// encode percent-encodes the characters that a part cannot hold.
// https://url.spec.whatwg.org/#string-utf-8-percent-encode
func encode(s, not string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(not, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

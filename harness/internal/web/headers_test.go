package web

import (
	"slices"
	"strings"
	"testing"
)

func TestForbiddenRequestHeaders(t *testing.T) {
	checkTable(t, "forbidden request header", func(line string) bool {
		name, value, _ := strings.Cut(line, ": ")
		return IsForbiddenRequestHeader(name, value)
	}, []string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Connection",
		"Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE",
		"Trailer", "Transfer-Encoding", "Upgrade", "Via", "via", "Proxy-", "Proxy-Authorization", "SEC-Fetch-Mode", "sec-",
		"X-HTTP-Method: TRACE", "X-HTTP-Method-Override: GET, connect", "X-Method-Override: Track",
	}, []string{
		"", "Accept", "Authorization", "Content-Type", "Range", "User-Agent", "Access-Control-Allow-Origin", "Proxy", "Sec", "Set-Cookie2", "X-Via",
		"X-HTTP-Method: GET", "X-HTTP-Method-Override: \"GET, TRACE\"", "X-Method-Override", "X-Method: TRACE",
	})
}

func TestHeaderNames(t *testing.T) {
	checkTable(t, "forbidden response header", IsForbiddenResponseHeaderName,
		[]string{"Set-Cookie", "set-cookie2", "SET-COOKIE"}, []string{"", "Cookie", "Set-Cookie3", "Content-Type"})
	checkTable(t, "CORS-safelisted response header", IsCORSSafelistedResponseHeaderName,
		[]string{"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma", "PRAGMA"},
		[]string{"", "Content-Encoding", "ETag", "Location", "Vary", "Date", "X-Total", "Set-Cookie"})
	checkTable(t, "no-CORS-safelisted request header", IsNoCORSSafelistedRequestHeaderName,
		[]string{"Accept", "Accept-Language", "Content-Language", "Content-Type", "accept"}, []string{"", "Range", "Authorization", "DPR", "Save-Data"})
	checkTable(t, "CORS non-wildcard request header", IsNonWildcardRequestHeaderName,
		[]string{"Authorization", "AUTHORIZATION"}, []string{"", "Proxy-Authorization", "X-Authorization", "Cookie"})
	checkTable(t, "request body header", IsRequestBodyHeaderName,
		[]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type", "content-type"},
		[]string{"", "Content-Length", "Content-Disposition", "Transfer-Encoding", "Authorization"})
	checkTable(t, "CORS header", IsAccessControl,
		[]string{NameAllowOrigin, NameAllowCredentials, NameAllowMethods, NameAllowHeaders, NameExposeHeaders, NameMaxAge, NameRequestMethod, NameRequestHeaders, "access-control-allow-private-network"},
		[]string{"", "Access-Control", NameOrigin, "Vary", "Cross-Origin-Resource-Policy", "X-Access-Control-Allow-Origin"})
	checkTable(t, "secret header", IsSecretHeader,
		[]string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Auth-Token", "X-CSRF-Token", "Client-Secret", "X-Password", "Session-Id", "X-Credential"},
		[]string{"", "Accept", "Content-Type", "Origin", "X-Request-Id", "Access-Control-Allow-Headers-Token", "Sec-WebSocket-Key", "WWW-Authenticate", "Proxy-Authenticate"})
}

func TestHeaderValues(t *testing.T) {
	checkTable(t, "header value", IsHeaderValue, []string{"", "a", "a\tb", "é", "\xff", "\x01"}, []string{"a\x00", "a\rb", "a\nb", "\r\n"})
	for given, want := range map[string][]string{
		"":            {""},
		"a":           {"a"},
		"a, b ,\tc":   {"a", "b", "c"},
		`"a, b", c`:   {`"a, b"`, "c"},
		`"a\", b", c`: {`"a\", b"`, "c"},
		`a, "b`:       {"a", `"b`},
		"a,,b,":       {"a", "", "b", ""},
		`a\, b`:       {`a\`, "b"},
	} {
		if got := DecodeSplit(given); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	for given, want := range map[string]string{"": "", "a": "a", "é": "\xe9", "ÿ": "\xff", "\xff": "\xff"} {
		if got, ok := IsomorphicEncode(given); got != want || !ok {
			t.Errorf("%q: %q, %v, want %q", given, got, ok, want)
		}
	}
	if got, ok := IsomorphicEncode("aĀ"); ok {
		t.Errorf("U+0100 is the byte %q", got)
	}
}

// The list of the standard.
// https://fetch.spec.whatwg.org/#port-blocking
func TestPorts(t *testing.T) {
	bad := strings.Fields(`0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123
		135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995
		1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080`)
	checkTable(t, "bad port", IsBadPort, bad, []string{"", "2", "80", "443", "3000", "8080", "8443", "6670", "10081", "65535"})
	if len(badPorts) != len(bad) {
		t.Errorf("%d bad ports, want %d", len(badPorts), len(bad))
	}
	for scheme, want := range map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": "", "data": "", "": ""} {
		if got := DefaultPort(scheme); got != want {
			t.Errorf("%s: %q, want %q", scheme, got, want)
		}
	}
}

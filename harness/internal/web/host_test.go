package web

import (
	"errors"
	"strings"
	"testing"
)

// The hosts of the URL standard. Where Chrome 156 differs, the row says so.
// https://url.spec.whatwg.org/#concept-host-parser
func TestHosts(t *testing.T) {
	for given, want := range map[string]string{
		// CheckHyphens is off.
		"qa--site.example.com": "qa--site.example.com", "-a.test": "-a.test", "a-.test": "a-.test", "ab--cd.ü.test": "ab--cd.xn--tda.test",
		// UseSTD3ASCIIRules is off.
		"a_b.test": "a_b.test", "_dmarc.test": "_dmarc.test", "a+b.test": "a+b.test", "ü_b.test": "xn--_b-wka.test",
		// VerifyDnsLength is off.
		"a.test.": "a.test.", "a..test": "a..test", "a.test..": "a.test..", ".a.test": ".a.test", "a.1..": "a.1..",
		"ü..test":       "xn--tda..test",
		length70 + ".x": length70 + ".x",
		// Transitional_Processing is off.
		"faß.test": "xn--fa-hia.test",
		// The mapping.
		"QA--Site.Test": "qa--site.test", "Bücher.test": "xn--bcher-kva.test", "a.test。": "a.test.", "a．test": "a.test",
		"a\u00ADb.test": "ab.test", "𝐚.test": "a.test", "１２７.1": "127.0.0.1",
		// Labels that are Punycode already.
		"xn--bcher-kva.test": "xn--bcher-kva.test", "XN--BCHER-KVA.test": "xn--bcher-kva.test", "xn--_b-wka.test": "xn--_b-wka.test",
		// Percent-encoding.
		"%61.test": "a.test", "%C3%BC.test": "xn--tda.test", "%41%2Etest": "a.test",
		// IPv4, of one to four parts, decimal, octal and hexadecimal.
		"127.0.0.1": "127.0.0.1", "127.0.0.1.": "127.0.0.1", "127.1": "127.0.0.1", "1.2.3": "1.2.0.3", "2130706433": "127.0.0.1",
		"0x7f.1": "127.0.0.1", "0X7F000001": "127.0.0.1", "0177.0.0.1": "127.0.0.1", "0x": "0.0.0.0", "0": "0.0.0.0",
		"1e3.test": "1e3.test", "1.2.3.4.test": "1.2.3.4.test", "0x7g": "0x7g",
		// IPv6.
		"[::1]": "[::1]", "[0:0::1]": "[::1]", "[2001:DB8::A]": "[2001:db8::a]", "[1:0:0:2:0:0:0:3]": "[1:0:0:2::3]",
		"[::ffff:1.2.3.4]": "[::ffff:102:304]", "[::1.2.3.4]": "[::102:304]",
	} {
		if got, err := parseHost(given); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", given, got, err, want)
		}
	}
	for _, given := range []string{
		"", "\u00AD", "a b", "a\tb", "a|b", "a^b", "a<b", "a%b", "a%2Fb", "a%25b", "%zz", "%ff", "\xff", "a\x7fb", "a\x01b",
		"％41.test",                                                                 // Chrome decodes twice
		"xn--a.test", "xn--.test", "xn--abc-.test", "xn--zn7c.com", "xn--1ug.test", // Chrome takes these: it looks only into labels that are not ASCII
		"אa.test", "a\u200Db.test", "xn--abc-.ü.test",
		"1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "1.2.3.09", "09.1.1.1", "foo.0x", "a.1", "a.1.", "0xffffffffffffffffff", "a.0xffffffffffffffffff",
		"[", "[::1", "::1]", "[]", "[[::1]]", "[1::2::3]", "[fe80::1%25eth0]", "[1.2.3.4]", "[g::1]",
	} {
		if got, err := parseHost(given); err == nil {
			t.Errorf("%q is %q", given, got)
		}
	}
}

// The hosts that Chrome takes, and the standard does not: the deviations D45 and D46.
func TestLooseHosts(t *testing.T) {
	for given, want := range map[string]string{
		"xn--a.test": "xn--a.test", "XN--A.test": "xn--a.test", "xn--.test": "xn--.test", "xn--abc-.test": "xn--abc-.test", "xn--1ug.test": "xn--1ug.test",
		"％41.test": "a.test", "%EF%BC%8541.test": "a.test",
	} {
		host, err := parseHost(given)
		var loose *LooseHostError
		if !errors.As(err, &loose) || host != want || loose.Decoded != strings.HasPrefix(want, "a") || loose.Error() == "" {
			t.Errorf("%q: %q, %v", given, host, err)
		}
		u, err := ParseURL("https://u@"+given+":81/a?b#c", nil)
		if !errors.As(err, &loose) || u != (URL{"https", "u", want, "81", "/a", "?b", "#c"}) {
			t.Errorf("URL of %q: %+v, %v", given, u, err)
		}
		if o := ParseOrigin("https://" + given); !o.Opaque() {
			t.Errorf("origin of %q: %v", given, o)
		}
	}
	for _, given := range []string{"xn--a.ü.test", "xn--a b.test", "xn--a.1.2.3.4.5", "％zz.test", "％25.test", "a％41b|.test"} {
		var loose *LooseHostError
		if host, err := parseHost(given); host != "" || err == nil || errors.As(err, &loose) {
			t.Errorf("%q: %q, %v", given, host, err)
		}
	}
	if _, err := ParseURL("https://xn--a.test:x/", nil); err == nil || strings.Contains(err.Error(), "xn--") {
		t.Errorf("a port that is none: %v", err)
	}
}

func TestTrustworthyOrigins(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://a.test": true, "http://localhost": true, "http://localhost.:81": true, "http://a.localhost": true, "http://127.0.0.1": true, "http://127.9.9.9": true, "http://[::1]:3": true, "wss://a.test": true,
		"http://a.test": false, "http://notlocalhost": false, "http://localhost.test": false, "http://10.0.0.1": false, "http://128.0.0.1": false, "http://[::2]": false, "null": false, "ws://a.test": false,
	} {
		if got := ParseOrigin(origin).IsTrustworthy(); got != want {
			t.Errorf("%s: %v", origin, got)
		}
	}
}

const length70 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

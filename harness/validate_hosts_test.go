package harness

import "testing"

// A host is valid where the URL standard says so: branch previews of hosting services
// have two hyphens in their names.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func TestHostsAreThoseOfTheURLStandard(t *testing.T) {
	for _, host := range []string{
		"qa--site.example.com", "-a.test", "a-.test", "ab--cd.test", "a_b.test", "_a.test", "a.test.", "a..test",
		"xn--bcher-kva.test", "127.0.0.1", "[::1]", "[::ffff:102:304]",
	} {
		if err := (Request{From: "https://" + host, URL: "https://" + host + "/"}).Validate(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	// A browser writes these hosts differently: no page has them in its origin, but a
	// URL may.
	for host, written := range map[string]string{
		"QA--Site.example.com": "qa--site.example.com", "XN--BCHER-KVA.test": "xn--bcher-kva.test", "faß.test": "xn--fa-hia.test",
		"ab--cd.bücher.test": "ab--cd.xn--bcher-kva.test", "%61.test": "a.test", "a。test": "a.test",
		"127.1": "127.0.0.1", "0x7f000001": "127.0.0.1", "1.2.3": "1.2.0.3", "0177.0.0.1": "127.0.0.1",
		"[0:0::1]": "[::1]", "[::ffff:1.2.3.4]": "[::ffff:102:304]",
	} {
		if err := (Request{From: "null", URL: "https://" + host + "/"}).Validate(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
		if got, want := originProblem("https://"+host), "browsers write this origin https://"+written; got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	for _, host := range []string{"xn--a.test", "xn--.test", "xn--abc-.test", "1.2.3.4.5", "256.1.1.1", "1.1.1.09", "a.0xffffffffffffffffff", "a%b.test", "a|b.test", "[::1", "[fe80::1%25eth0]", "אa.test"} {
		if err := (Request{From: "null", URL: "https://" + host + "/"}).Validate(); err == nil {
			t.Errorf("%s is a host", host)
		}
		if originProblem("https://"+host) == "" {
			t.Errorf("%s is the host of an origin", host)
		}
	}
}

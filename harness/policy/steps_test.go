package policy

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/oracle"
)

var update = flag.Bool("update", false, "write testdata/steps.txt")

// What every probe asks: a change of any step shows here. -update writes it.
func TestSteps(t *testing.T) {
	var b strings.Builder
	all := policies(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		probes, err := all[name].Probes()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", name)
		for _, p := range probes {
			fmt.Fprintf(&b, "  %s %s %s%s [%s]\n", p.ID, p.Side, p.Key, flags("wire", p.Wire, "unsafe", p.Unsafe, "caches", p.Caches, string(p.Together), p.Together != ""), strings.Join(p.Tags, " "))
			for _, s := range p.Steps {
				fmt.Fprintf(&b, "    %s\n", stepLine(s))
			}
		}
	}
	const file = "testdata/steps.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("%s: line %d differs (-update writes it):\n%s", file, i+1, strings.Join(got[min(i, len(got)-1):min(i+3, len(got))], "\n"))
		}
	}
}

// stepLine is everything that a step says.
func stepLine(s Step) string {
	r := s.Request
	var headers []string
	for _, f := range r.Headers {
		headers = append(headers, f.Name+": "+f.Value)
	}
	line := fmt.Sprintf("%s %q %s {%s} mode=%s credentials=%s cache=%s want=%s", r.Method, r.From, r.URL, strings.Join(headers, "; "), r.Mode, r.Credentials, r.Cache, s.Want)
	line += flags("dry", r.DryRun, "prepares", s.Prepares, "preflightOnly", s.PreflightOnly, "onlyRedirect", s.OnlyRedirect, "revalidates", s.Revalidates, "onlyCarried", s.OnlyCarried, "onlyExposed", s.OnlyExposed)
	if s.Preflights != nil {
		line += fmt.Sprintf(" preflights=%d", *s.Preflights)
	}
	if s.MaxAge != nil {
		line += fmt.Sprintf(" maxAge=%d", *s.MaxAge)
	}
	if s.Exposed != nil {
		line += fmt.Sprintf(" exposed=%q", []string(s.Exposed))
	}
	return line
}

// flags are the names that are followed by true.
func flags(pairs ...any) string {
	text := ""
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == true {
			text += fmt.Sprint(" ", pairs[i])
		}
	}
	return text
}

// The look-alikes of origins by scheme, port and depth.
func TestLookAlikes(t *testing.T) {
	for origin, want := range map[string]string{
		"https://app.eu.acme.com":  "K14 https://app.eu.acme.com.evil.test, K15 https://evilapp.eu.acme.com, K15 https://evil.app.eu.acme.com, K15 https://xacme.com, K16 https://appxeu.acme.com, K16 https://app.euxacme.com, K17 https://app.eu.acme.com:8443, K18 http://app.eu.acme.com",
		"https://acme.co.uk":       "K14 https://acme.co.uk.evil.test, K15 https://evilacme.co.uk, K15 https://evil.acme.co.uk, K16 https://acmexco.uk, K17 https://acme.co.uk:8443, K18 http://acme.co.uk",
		"http://shop.test":         "K14 http://shop.test.evil.test, K15 http://evilshop.test, K15 http://evil.shop.test, K16 http://shopxtest, K17 http://shop.test:8080, K18 https://shop.test",
		"https://shop.test:8443":   "K14 https://shop.test.evil.test:8443, K15 https://evilshop.test:8443, K15 https://evil.shop.test:8443, K16 https://shopxtest:8443, K17 https://shop.test:8444, K18 http://shop.test:8443",
		"http://localhost:8080":    "K14 http://localhost.evil.test:8080, K15 http://evillocalhost:8080, K15 http://evil.localhost:8080, K16 http://localhost:8080, K17 http://localhost:8444, K18 https://localhost:8080",
		"http://api.acme.test:443": "K14 http://api.acme.test.evil.test:443, K15 http://evilapi.acme.test:443, K15 http://evil.api.acme.test:443, K15 http://xacme.test:443, K16 http://apixacme.test:443, K17 http://api.acme.test:8080, K18 https://api.acme.test",
		"https://[::1]:3000":       "K16 https://[::1]:3000, K17 https://[::1]:8443, K18 http://[::1]:3000",
		"https://127.0.0.1":        "K14 https://127.0.0.1.evil.test, K17 https://127.0.0.1:8443, K18 http://127.0.0.1",
	} {
		var got []string
		for _, s := range lookAlikes(oracle.ParseOrigin(origin)) {
			if s.origin != "" {
				got = append(got, s.id+" "+s.origin)
			}
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s:\n%s\nwant\n%s", origin, text, want)
		}
	}
}

// An origin that the policy allows, or does not judge, is no stranger.
func TestMayAllow(t *testing.T) {
	list, below := Origins{List: []string{"https://app.test", "https://b.test"}}, Origins{Subdomains: []string{"https://acme.com", "http://acme.org:81"}}
	for _, test := range []struct {
		origins Origins
		origin  string
		want    bool
	}{
		{Origins{Any: true}, "https://x.test", true}, {Origins{None: true}, "https://x.test", false}, {Origins{}, "https://x.test", false},
		{list, "https://b.test", true}, {list, "http://b.test", false}, {list, "https://a.b.test", false},
		{below, "https://acme.com", true}, {below, "https://a.acme.com", true}, {below, "https://a.b.acme.com", true}, {below, "http://a.acme.org:81", true},
		{below, "https://xacme.com", false}, {below, "http://a.acme.com", false}, {below, "https://a.acme.com:81", false}, {below, "http://a.acme.org", false}, {below, "https://acme.com.evil.test", false},
	} {
		if got := test.origins.mayAllow(test.origin); got != test.want {
			t.Errorf("%+v, %s: %v", test.origins, test.origin, got)
		}
	}
}

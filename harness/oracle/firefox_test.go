package oracle

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// wire prints the exchanges, each with the headers that Firefox treats in its own way.
func wire(d Decision) string {
	var lines []string
	for _, e := range d.Exchanges {
		words := []string{e.Method, strings.TrimPrefix(e.URL, "https://")}
		for _, name := range []string{"Access-Control-Request-Headers", "Authorization", "Content-Type", "X-A"} {
			if value, ok := Get(e.Header, name); ok {
				words = append(words, value)
			}
		}
		if origin, _ := e.Origin(); origin == "null" {
			words = append(words, "as null")
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, ", ")
}

// follow are servers that redirect a request for site R with the statuses, and allow everything.
func follow(statuses ...int) map[string]Reply {
	open := []string{"ACAO: *", "ACAM: *", "ACAH: *, authorization"}
	hops := map[string]Reply{}
	urls := []string{siteR + "/", other + "/", other + "/2", other + "/3"}
	for i, url := range urls {
		hops["OPTIONS "+url], hops[url] = reply(200, open...), reply(200, open...)
		if i < len(statuses) {
			hops[url] = reply(statuses[i], append([]string{"Location: " + urls[i+1]}, open...)...)
		}
	}
	return hops
}

// The wire as Firefox has it, and as the standard wants it. Specs ask Firefox itself.
func TestFirefoxOnTheWire(t *testing.T) {
	r, o := strings.TrimPrefix(siteR, "https://"), strings.TrimPrefix(other, "https://")
	json := harness.Request{Method: "POST", Body: harness.JSON("{}")}
	for _, test := range []struct {
		name              string
		row               row
		rows              string // of the table
		firefox, standard string
	}{
		{"a preflight asks as the page", row{request: put, hops: follow(307)}, "D63",
			"OPTIONS R/, PUT R/, OPTIONS O/, PUT O/ as null", "OPTIONS R/, PUT R/, OPTIONS O/ as null, PUT O/ as null"},
		{"a PUT that is a GET now", row{request: put, hops: follow(303)}, "D63 D64",
			"OPTIONS R/, PUT R/, OPTIONS O/, GET O/ as null", "OPTIONS R/, PUT R/, GET O/ as null"},
		{"Authorization comes back", row{request: set("Authorization: 1"), hops: follow(302, 302)}, "D63 D64 D65",
			"OPTIONS R/ authorization, GET R/ 1, OPTIONS O/, GET O/ as null, OPTIONS O/2 authorization, GET O/2 1 as null",
			"OPTIONS R/ authorization, GET R/ 1, GET O/ as null, GET O/2 as null"},
		{"Content-Type comes back", row{request: json, hops: follow(303, 307)}, "D63 D64 D65",
			"OPTIONS R/ content-type, POST R/ application/json, OPTIONS O/, GET O/ as null, OPTIONS O/2 content-type, GET O/2 application/json as null",
			"OPTIONS R/ content-type, POST R/ application/json, GET O/ as null, GET O/2 as null"},
		{"and goes again, where its name is asked for", row{request: json, hops: follow(303, 307, 302)}, "D63 D64 D65",
			"OPTIONS R/ content-type, POST R/ application/json, OPTIONS O/, GET O/ as null, OPTIONS O/2 content-type, GET O/2 application/json as null, OPTIONS O/3 content-type, GET O/3 as null",
			"OPTIONS R/ content-type, POST R/ application/json, GET O/ as null, GET O/2 as null, GET O/3 as null"},
		{"an empty value", row{request: set("X-A: 1", "X-A: "), hops: follow()}, "D62 D66", "OPTIONS R/ x-a,x-a, GET R/ ", "OPTIONS R/ x-a, GET R/ 1, "},
		{"a value after an empty one", row{request: set("X-A: ", "X-A: 1", "X-A: 2"), hops: follow()}, "D62 D66", "OPTIONS R/ x-a,x-a,x-a, GET R/ 1, 2", "OPTIONS R/ x-a, GET R/ , 1, 2"},
		{"the last Content-Type", row{request: set("Content-Type: text/plain", "Content-Type: text/plain;a=b"), hops: follow()}, "D66", "GET R/ text/plain;a=b", "GET R/ text/plain, text/plain;a=b"},
		{"one value of two is safe", row{request: set("Content-Type: a/b", "Content-Type: text/plain"), hops: follow()}, "D66", "OPTIONS R/ content-type, GET R/ text/plain", "OPTIONS R/ content-type, GET R/ a/b, text/plain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			urls := strings.NewReplacer(r+"/", "R/", o+"/", "O/")
			d := test.row.put(Firefox)
			if got := urls.Replace(wire(d)); got != test.firefox {
				t.Errorf("Firefox: %s", got)
			}
			slices.Sort(d.Deviations)
			if got := strings.Join(d.Deviations, " "); got != test.rows {
				t.Errorf("rows: %s", got)
			}
			if got := urls.Replace(wire(test.row.put(Standard))); got != test.standard {
				t.Errorf("the standard: %s", got)
			}
		})
	}
}

// The verdict in Firefox and by the standard.
func TestFirefoxVerdicts(t *testing.T) {
	embedder := func(policy string) row {
		return row{request: harness.Request{Mode: harness.NoCORS, PageHeaders: headers("COEP: require-corp")}, actual: reply(200, "CORP: "+policy)}
	}
	include := harness.Request{Credentials: harness.Include}
	for _, test := range []struct {
		name              string
		row               row
		firefox, standard harness.Verdict
	}{
		{"an unknown resource policy", embedder("*"), harness.Opaque, harness.Blocked},
		{"an empty resource policy", embedder(""), harness.Blocked, harness.Blocked},
		{"an empty line", row{request: include, actual: reply(200, "ACAO: "+pageO, "ACAC: ", "ACAC: true")}, harness.Readable, harness.Blocked},
		{"two lines, one empty", row{actual: reply(200, "ACAO: ", "ACAO: *")}, harness.Blocked, harness.Blocked},
		{"a preflight of the page's own origin", row{request: put, hops: map[string]Reply{
			"OPTIONS " + siteR + "/": reply(200, "ACAO: *", "ACAM: PUT"), siteR + "/": reply(307, "ACAO: *", "Location: "+ownPage),
			"OPTIONS " + ownPage: reply(200, "ACAM: PUT"), ownPage: reply(200, "ACAO: *"),
		}}, harness.Readable, harness.Blocked},
	} {
		if got := test.row.put(Firefox).Verdict; got != test.firefox {
			t.Errorf("%s: Firefox: %s", test.name, got)
		}
		if got := test.row.put(Standard).Verdict; got != test.standard {
			t.Errorf("%s: the standard: %s", test.name, got)
		}
	}
}

package snippet_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/snippet"
)

var update = flag.Bool("update", false, "write the texts in testdata")

// full has each field, and bare has what is required.
var (
	full = snippet.Need{
		Origins: []string{"https://app.example.com", "http://localhost:5173"}, Credentials: true,
		Methods: []string{"GET", "PUT"}, RequestHeaders: []string{"Authorization", "Content-Type"},
		ExposeHeaders: []string{"X-Total", "ETag"}, MaxAge: 600,
	}
	bare = snippet.Need{Origins: []string{"https://app.example.com"}}
)

// The texts are as in testdata, which -update writes.
func TestTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range snippet.Software() {
		for kind, need := range map[string]snippet.Need{"full": full, "bare": bare} {
			got, err := snippet.Write(s.ID, need)
			if err != nil {
				t.Fatal(err)
			}
			if got.Software != s.ID || got.Name != s.Name || got.Run != s.Run || got.File == "" {
				t.Errorf("%s: %+v, listed as %+v", s.ID, got, s)
			}
			file := filepath.Join("testdata", s.ID+"."+kind+".txt")
			seen[file] = true
			if *update {
				if err := os.WriteFile(file, []byte(got.Text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.Text != string(want) {
				t.Errorf("%s:\n%s\nwant:\n%s", file, got.Text, want)
			}
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) != 2*19 {
		t.Errorf("%v: %d texts, want 2 of each of 19", err, len(files))
	}
	for _, file := range files {
		if !seen[file] {
			t.Errorf("%s: no such software", file)
		}
	}
}

// Each value that was needed stands in each text, and nothing that was not needed.
func TestTextsSayTheNeed(t *testing.T) {
	for _, s := range snippet.Software() {
		whole, err := snippet.Write(s.ID, full)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range slices.Concat(full.Origins, full.RequestHeaders, full.ExposeHeaders, []string{"600"}) {
			plain := strings.ReplaceAll(whole.Text, `\.`, ".")
			if !strings.Contains(plain, part) {
				t.Errorf("%s: the text has no %s", s.ID, part)
			}
		}
		least, err := snippet.Write(s.ID, bare)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"<no value>", "{{", "localhost:5173", "Content-Type", "600"} {
			if strings.Contains(least.Text, part) {
				t.Errorf("%s: the text for one origin has %s:\n%s", s.ID, part, least.Text)
			}
		}
		// Lines that remove a header of the application name it, too.
		allowed := regexp.MustCompile(`(?i)(allow|supports?)\S*credential\S* *[:=,(]? *"?true|credentialed`)
		if allowed.MatchString(least.Text) {
			t.Errorf("%s: credentials are not needed:\n%s", s.ID, least.Text)
		}
		if !allowed.MatchString(whole.Text) && s.ID != "aws-s3" && !strings.Contains(whole.Text, "credentials: true") && !strings.Contains(whole.Text, "AllowCredentials()") {
			t.Errorf("%s: credentials are needed:\n%s", s.ID, whole.Text)
		}
	}
}

// A value that could end the quotes of a text, or that no browser sends, is refused.
func TestRefused(t *testing.T) {
	for fault, need := range map[string]snippet.Need{
		"no origin":                            {},
		`origin "*"`:                           {Origins: []string{"*"}},
		`origin "null"`:                        {Origins: []string{"null"}},
		`origin "https://app.example.com/"`:    {Origins: []string{"https://app.example.com/"}},
		`origin "https://APP.example.com"`:     {Origins: []string{"https://APP.example.com"}},
		`origin "https://app.example.com:443"`: {Origins: []string{"https://app.example.com:443"}},
		`origin "https://a\";b"`:               {Origins: []string{`https://a";b`}},
		`origin "https://a'.example.com"`:      {Origins: []string{"https://a'.example.com"}},
		`origin "https://a$b.example.com"`:     {Origins: []string{"https://a$b.example.com"}},
		`origin "https://a\n.example.com"`:     {Origins: []string{"https://a\n.example.com"}},
		`method "PUT\""`:                       {Origins: bare.Origins, Methods: []string{`PUT"`}},
		`method ""`:                            {Origins: bare.Origins, Methods: []string{""}},
		`request header "X-A'"`:                {Origins: bare.Origins, RequestHeaders: []string{"X-A'"}},
		`request header "*"`:                   {Origins: bare.Origins, RequestHeaders: []string{"*"}},
		`response header "X-$a"`:               {Origins: bare.Origins, ExposeHeaders: []string{"X-$a"}},
		`response header "X-ä"`:                {Origins: bare.Origins, ExposeHeaders: []string{"X-ä"}},
		"max age -1":                           {Origins: bare.Origins, MaxAge: -1},
		"max age 86401":                        {Origins: bare.Origins, MaxAge: 86401},
	} {
		for _, s := range snippet.Software() {
			got, err := snippet.Write(s.ID, need)
			if err == nil || !strings.Contains(err.Error(), fault) || got.Text != "" {
				t.Errorf("%s: error %v, want %s", s.ID, err, fault)
			}
		}
	}
	both := snippet.Need{Origins: []string{"*"}, Methods: []string{"A B"}}
	if _, err := snippet.Write("nginx", both); err == nil || !strings.Contains(err.Error(), `"*"`) || !strings.Contains(err.Error(), `"A B"`) {
		t.Errorf("%v, want both faults", err)
	}
}

// What one software has no option for is refused there, and not elsewhere.
func TestLacks(t *testing.T) {
	patched := snippet.Need{Origins: bare.Origins, Methods: []string{"PATCH"}}
	search := snippet.Need{Origins: bare.Origins, Methods: []string{"M-SEARCH"}}
	address := snippet.Need{Origins: []string{"http://[::1]:8080"}}
	for _, s := range snippet.Software() {
		for _, c := range []struct {
			need  snippet.Need
			lacks []string
			fault string
		}{
			{patched, []string{"aws-s3"}, "method PATCH: Amazon S3 allows GET"},
			{search, []string{"aws-s3", "aws-cloudfront", "rails"}, "method M-SEARCH"},
			{address, []string{"flask"}, "origin http://[::1]:8080"},
		} {
			_, err := snippet.Write(s.ID, c.need)
			lacks := slices.Contains(c.lacks, s.ID)
			if (err != nil) != lacks || lacks && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: error %v, want one: %v", s.ID, err, lacks)
			}
		}
	}
	if _, err := snippet.Write("gopher", bare); err == nil || !strings.Contains(err.Error(), `no snippet for "gopher": want one of nginx, apache`) {
		t.Error(err)
	}
}

// A name that stands twice is written once, and origins with TLS need no exception.
func TestNamesOnce(t *testing.T) {
	got, err := snippet.Write("nginx", snippet.Need{Origins: append(bare.Origins, bare.Origins...), RequestHeaders: []string{"X-A", "x-a"}})
	if err != nil || strings.Contains(got.Text, "x-a") || strings.Count(got.Text, `"https://app.example.com" `) != 1 {
		t.Errorf("%v\n%s", err, got.Text)
	}
	for origin, want := range map[string]bool{"http://app.test": true, "https://app.test": false, "http://localhost:5173": false, "http://127.0.0.1:5173": false} {
		got, err := snippet.Write("go-jub0bs", snippet.Need{Origins: []string{origin}, Credentials: true})
		if (err == nil && strings.Contains(got.Text, "Insecure")) != want {
			t.Errorf("%s: %v\n%s", origin, err, got.Text)
		}
	}
	long := snippet.Need{Origins: []string{"https://a-rather-long-name-of-a-host.app.example.com"}}
	if got, err := snippet.Write("nginx", long); err != nil || !strings.Contains(got.Text, "map_hash_bucket_size") {
		t.Errorf("%v\n%s", err, got.Text)
	}
}

// The software is told from the header that tells most, and not from other headers.
func TestDetect(t *testing.T) {
	for _, c := range []struct {
		lines              []string
		software, evidence string
	}{
		{[]string{"Server: nginx/1.29.1"}, "nginx", "Server: nginx/1.29.1"},
		{[]string{"server: openresty"}, "nginx", "Server: openresty"},
		{[]string{"Server: nginx", "X-Powered-By: Express"}, "express", "X-Powered-By: Express"},
		{[]string{"Server: Apache/2.4.66 (Debian)"}, "apache", "Server: Apache/2.4.66 (Debian)"},
		{[]string{"Server: Apache-Coyote/1.1"}, "spring", "Server: Apache-Coyote/1.1"},
		{[]string{"Server: Werkzeug/3.1.8 Python/3.13"}, "flask", "Server: Werkzeug/3.1.8 Python/3.13"},
		{[]string{"Server: WSGIServer/0.2 CPython/3.11"}, "django", "Server: WSGIServer/0.2 CPython/3.11"},
		{[]string{"Server: uvicorn"}, "fastapi", "Server: uvicorn"},
		{[]string{"Server: Kestrel"}, "aspnet-core", "Server: Kestrel"},
		{[]string{"X-AspNet-Version: 4.0"}, "aspnet-core", "X-AspNet-Version"},
		{[]string{"X-Amz-Apigw-Id: secret"}, "aws-api-gateway", "X-Amz-Apigw-Id"},
		{[]string{"Apigw-Requestid: secret", "Via: 1.1 a.cloudfront.net (CloudFront)", "X-Amz-Cf-Id: x"}, "aws-api-gateway", "Apigw-Requestid"},
		{[]string{"Server: AmazonS3", "X-Amz-Cf-Id: x"}, "aws-s3", "Server: AmazonS3"},
		{[]string{"X-Amz-Cf-Id: x"}, "aws-cloudfront", "X-Amz-Cf-Id"},
		{[]string{"Server: istio-envoy"}, "", ""},
		{[]string{"Server: envoy"}, "envoy-gateway", "Server: envoy"},
		{[]string{"Server: Caddy"}, "caddy", "Server: Caddy"},
		{[]string{"Server: gunicorn", "Via: 1.1 Caddy"}, "caddy", "Via: 1.1 Caddy"},
		{[]string{"X-Runtime: 0.01"}, "rails", "X-Runtime"},
		{[]string{"Server: gunicorn"}, "", ""},
		{[]string{"X-Powered-By: PHP/8.4"}, "", ""},
		{nil, "", ""},
	} {
		software, evidence := snippet.Detect(harness.Exchange{ResponseHeaders: harness.Lines(c.lines...)})
		if software != c.software || evidence != c.evidence {
			t.Errorf("%q: %q from %q, want %q from %q", c.lines, software, evidence, c.software, c.evidence)
		}
		if software != "" {
			if _, err := snippet.Write(software, bare); err != nil {
				t.Error(err)
			}
		}
	}
}

package openapi

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

// shop is an OpenAPI file, whose parts are in other files of its folder.
const shop = `openapi: 3.1.0
info: {title: Shop, version: "1"}
servers:
  - url: https://{region}.example.com/v1
    variables: {region: {default: api, enum: [api, eu]}}
  - url: https://staging.example.com/v1
security: [{bearer: []}]
paths:
  /me:
    parameters: [{$ref: "parts/parameters.yaml#/Trace"}]
    get:
      responses:
        "200": {description: ok, headers: {X-Total: {schema: {type: integer}}, x-total: {}, Content-Type: {}, Set-Cookie: {}, Access-Control-Allow-Origin: {}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Node"}}}}
      responses: {default: {$ref: "#/components/responses/Nowhere"}}
    options: {responses: {"204": {description: CORS}}}
  /items/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer, examples: [1000000]}}, {name: Accept, in: header}, {name: Host, in: header}]
      responses: {}
    post:
      requestBody: {content: {text/plain: {}}}
      responses: {}
  /files/{name}:
    get: {parameters: [{name: name, in: path, required: true, example: "a b/c"}], responses: {}}
  /users/{user}:
    get: {parameters: [{name: user, in: path, required: true, schema: {type: string}}], responses: {}}
  /session:
    get: {security: [{session: []}, {key: []}], responses: {}}
  /away:
    servers: [{url: https://files.example.com}]
    get: {responses: {}}
  /items/1000000:
    get: {responses: {}}
  /a*b:
    get: {responses: {}}
  /public:
    get: {security: [], responses: {}}
    trace: {responses: {}}
components:
  schemas:
    Node: {type: object, properties: {next: {$ref: "#/components/schemas/Node"}}}
  responses:
    Nowhere: {$ref: "#/components/responses/Other"}
    Other: {$ref: "#/components/responses/Nowhere"}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    session: {type: apiKey, in: cookie, name: sid}
    key: {type: apiKey, in: header, name: X-Key}
`

const parts = "Trace: {name: X-Trace, in: header, schema: {type: string}}\n"

// folder is a folder with the file and its parts.
func folder(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "parts"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"openapi.yaml": text, "parts/parameters.yaml": parts} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "openapi.yaml")
}

// The policy of a file says what its operations use, and can be read.
func TestDraft(t *testing.T) {
	name := folder(t, shop)
	for title, c := range map[string]struct {
		file      File
		want, not []string
	}{
		"as it is": {File{Name: name}, []string{
			"\ntarget: https://api.example.com\n", "https://staging.example.com/v1.", "\norigins: none\n", "\n# origins: [https://app.example.com]\n", "\ncredentials: false\n", "\nmethods: [GET]\n", "\nrequestHeaders: [Authorization]\n", "\nexposeHeaders: []\n",
			"  - path: /v1/me\n    methods: [GET, PUT]\n    requestHeaders: [Authorization, Content-Type, X-Trace]\n    exposeHeaders: [X-Total]\n",
			"  # /files/{name}, where name is a b/c, by its example\n",
			"  - path: \"/v1/files/a%20b%2Fc\"\n", "  # The parameter user has no example and no default: write a value that the server knows.\n  # - path: \"/v1/users/{user}\"\n",
			"  - path: /v1/session\n    credentials: true\n    requestHeaders: [X-Key]\n", "  # It has no operation that a page could use on this server.\n  # - path: /v1/away\n", "  - path: /v1/public\n    requestHeaders: []\n",
			"the header Authorization, the header X-Key",
			"  # Another path is the same with its examples.\n  # - path: \"/v1/items/{id}\"\n", "  # A policy cannot have this path: want a path that the server has, not a pattern.\n  # - path: /v1/a*b\n",
		}, []string{"OPTIONS", "TRACE", "Host", "Access-Control"}},
		"of an app":         {File{Name: name, From: "https://app.example.com,https://*.example.org"}, []string{"\norigins: [https://app.example.com, https://*.example.org]\n"}, []string{"does not say which pages"}},
		"another server":    {File{Name: name, URL: "http://localhost:8000"}, []string{"\ntarget: http://localhost:8000\n", "  - path: /v1/me\n"}, nil},
		"another base path": {File{Name: name, URL: "http://localhost:8000/api/"}, []string{"\ntarget: http://localhost:8000\n", "  - path: /api/me\n"}, nil},
		"a relative server": {File{In: strings.NewReader(`{"openapi": "3.0.3", "info": {}, "servers": [{"url": "/v2"}], "paths": {"/a": {"get": {}}}}`), URL: "https://api.example.com"}, []string{"\ntarget: https://api.example.com\n", "  - path: /v2/a\n", "security schemes send: nothing."}, nil},
	} {
		d, err := Draft(c.file)
		if err != nil {
			t.Errorf("%s: %v", title, err)
			continue
		}
		text := d.Text()
		if _, err := policy.Parse("p.yaml", []byte(text), nil); err != nil {
			t.Errorf("%s: %v\n%s", title, err, text)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", title, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q in\n%s", title, not, text)
			}
		}
	}
}

// A file that cannot make a policy is one error that says what to do.
func TestDraftFaults(t *testing.T) {
	const head = "openapi: 3.1.0\ninfo: {title: a, version: \"1\"}\nservers: [{url: https://api.example.com}]\n"
	ref := func(to string) File {
		return File{Name: folder(t, head+"paths:\n  /a:\n    $ref: \""+to+"\"\n")}
	}
	text := func(text string) File { return File{In: strings.NewReader(text)} }
	deep := strings.Repeat("[", 2_000_000)
	for title, c := range map[string]struct {
		file File
		want string
	}{
		"swagger":        {text("swagger: \"2.0\"\npaths: {}\n"), "it is Swagger 2.0: convert it to OpenAPI 3 first"},
		"other YAML":     {text("a: 1\n"), "it has no field openapi"},
		"version":        {text("openapi: 4.0.0\n"), "its version is 4.0.0"},
		"no YAML":        {text("openapi: [\n"), "it cannot be read: yaml"},
		"no server":      {text("openapi: 3.0.0\npaths: {/a: {get: {}}}\n"), "it names no server with scheme and host: add the URL"},
		"no paths":       {text(head), "it has no paths"},
		"no URL":         {File{In: strings.NewReader(head + "paths: {/a: {get: {}}}\n"), URL: "api.example.com"}, "want a URL of http or https"},
		"no origin":      {File{In: strings.NewReader(head + "paths: {/a: {get: {}}}\n"), From: "app.example.com"}, "app.example.com"},
		"parent":         {ref("../../etc/passwd"), "its $ref to ../../etc/passwd is not followed: no such file in the folder"},
		"absolute":       {ref("/etc/passwd"), "its $ref to /etc/passwd is not followed: no such file in the folder"},
		"file URL":       {ref("file:///etc/passwd"), "is not followed: nothing is fetched"},
		"URL":            {ref("http://127.0.0.1:1/a.yaml?token=s3cret"), "is not followed: nothing is fetched"},
		"without folder": {text(head + "paths:\n  /a:\n    $ref: \"b.yaml\"\n"), "a file without a name has no folder"},
		"no file":        {File{Name: "missing.yaml"}, "no such file"},
		"deep JSON":      {text(`{"openapi": "3.0.0", "x": ` + deep), "it cannot be read"},
		"deep YAML":      {text("openapi: 3.0.0\nx: " + deep), "exceeded max depth"},
		"aliases":        {text("openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"), "excessive aliasing"},
		"large":          {text(head + "x: " + strings.Repeat("x", mostBytes)), "it has more than 16 MB"},
	} {
		_, err := Draft(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 2*mostFault {
			t.Errorf("%s: %v, want %q", title, err, c.want)
		}
	}
}

// References in circles, and a link out of the folder, end the program nowhere.
func TestHostileReferences(t *testing.T) {
	const head = "openapi: 3.1.0\ninfo: {title: a, version: \"1\"}\nservers: [{url: https://api.example.com}]\n"
	name := folder(t, head+"paths:\n  /a:\n    $ref: \"secret.yaml\"\n")
	outside := filepath.Join(t.TempDir(), "outside.yaml")
	if err := os.WriteFile(outside, []byte("get: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(filepath.Dir(name), "secret.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := Draft(File{Name: name}); err == nil || !strings.Contains(err.Error(), "no such file in the folder") {
		t.Errorf("a link out of the folder: %v", err)
	}
	for title, text := range map[string]string{
		"paths":      head + "paths:\n  /a: {$ref: \"#/paths/~1b\"}\n  /b: {$ref: \"#/paths/~1a\"}\n",
		"parameters": head + "components: {parameters: {A: {$ref: \"#/components/parameters/B\"}, B: {$ref: \"#/components/parameters/A\"}}}\npaths: {/a: {get: {parameters: [{$ref: \"#/components/parameters/A\"}]}}}\n",
		"bodies":     head + "components: {requestBodies: {A: {$ref: \"#/components/requestBodies/A\"}}}\npaths: {/a: {post: {requestBody: {$ref: \"#/components/requestBodies/A\"}}}}\n",
		"schemes":    head + "components: {securitySchemes: {A: {$ref: \"#/components/securitySchemes/A\"}}}\nsecurity: [{A: []}, {B: []}]\npaths: {/a: {get: {}}}\n",
		"nothing":    head + "paths: {/a: null, /b: {get: null}, /c: {get: {parameters: [null], responses: {\"200\": null}}}}\n",
		"names":      head + "paths: {\"/a\\n- path: /b\": {get: {}}, \"/\\x1b[0m{x}\": {get: {}}, \"/c#d\": {get: {}}}\n",
		"schemas":    fmt.Sprintf(head+"paths: {/a: {get: {}}}\ncomponents: {schemas: {A: %s}}\n", strings.Repeat("{properties: {a: ", 2000)+"{}"+strings.Repeat("}}", 2000)),
	} {
		d, err := Draft(File{In: strings.NewReader(text)})
		if err != nil {
			t.Logf("%s: %v", title, err)
			continue
		}
		if _, err := policy.Parse("p.yaml", []byte(d.Text()), nil); err != nil || strings.Contains(d.Text(), "\x1b") {
			t.Errorf("%s: %v\n%s", title, err, d.Text())
		}
	}
}

// A file of very many paths makes a policy of the first of them, and says so.
func TestManyPaths(t *testing.T) {
	var text strings.Builder
	text.WriteString("openapi: 3.1.0\nservers: [{url: https://api.example.com}]\npaths:\n")
	for i := range mostPaths + 7 {
		fmt.Fprintf(&text, "  /p%d: {get: {}}\n", i)
	}
	d, err := Draft(File{In: strings.NewReader(text.String())})
	if err != nil || len(d.Policy.Resources) != mostPaths || !strings.Contains(d.Text(), "Left out: paths after the first 2000 (7)") {
		t.Errorf("%v, %d resources", err, len(d.Policy.Resources))
	}
	if _, err := policy.Parse("p.yaml", []byte(d.Text()), nil); err != nil {
		t.Error(err)
	}
}

// What a parser says is shown up to a length, in one line, without secrets of URLs.
func TestLoadFault(t *testing.T) {
	got := loadFault(fmt.Errorf("line 1:\n\x1b https://api.example.com/?token=s3cret %s", strings.Repeat("x", 10_000))).Error()
	if len(got) > 2*mostFault || strings.ContainsAny(got, "\n\x1b") || strings.Contains(got, "s3cret") {
		t.Errorf("%q", got)
	}
}

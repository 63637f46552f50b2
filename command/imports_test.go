package command

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the path of this module.
const module = "github.com/corsproof/corsproof"

// room is a package of this module and the packages that it may import. A name is
// a package of this module, below its root, or a name of watchedModules.
type room struct {
	name    string
	imports string
	tests   string // additional imports of its tests
}

// house has a row for each package. A package may import only packages in rows
// above its own, so fixtures <- harness <- servers <- specs, and command may
// import all. Tests may also import packages in rows below.
var house = []room{
	{"fixtures", "", ""},
	{"internal/schematest", "", ""}, // for tests

	{"harness/internal/web", "idna publicsuffix", ""}, // no other package has a profile or a list of its own
	{"harness/internal/source", "", ""},
	{"harness/internal/cputime", "", ""}, // for tests
	{"harness/internal/memory", "", ""},  // for tests
	{"harness/internal/patience", "", ""},
	{"harness/internal/plain", "harness/internal/web", ""},
	{"harness/internal/har", "harness/internal/plain harness/internal/source", ""},
	{"harness/internal/reach", "harness/internal/source harness/internal/web", ""},
	{"harness/internal/sqlite", "", ""},
	{"harness/internal/engine", "fixtures harness/internal/patience harness/internal/reach", ""},
	{"harness/internal/turns", "", ""},
	{"harness/internal/process", "", ""},
	{"harness/internal/socks", "harness/internal/reach", ""}, // for browsers that take no host rules
	{"harness/internal/cdp/trace", "harness/internal/engine harness/internal/web cdproto", ""},
	{"harness/internal/cdp/chrome", "fixtures harness/internal/cdp/trace harness/internal/engine harness/internal/process harness/internal/reach harness/internal/socks harness/internal/sqlite harness/internal/web chromedp cdproto", ""},
	{"harness/internal/bidi", "fixtures harness/internal/engine harness/internal/process harness/internal/socks harness/internal/turns harness/internal/web websocket", ""},
	{"harness/internal/webkit", "fixtures harness/internal/engine harness/internal/process harness/internal/socks harness/internal/web websocket", ""},
	// Tests of harness play recorded events of Chrome.
	{"harness", "harness/internal/bidi harness/internal/cdp/chrome harness/internal/engine harness/internal/patience harness/internal/plain harness/internal/reach harness/internal/socks harness/internal/turns harness/internal/web harness/internal/webkit", "fixtures harness/internal/cdp/trace harness/internal/cputime servers cdproto gomega"},
	{"harness/oracle", "harness harness/internal/web", ""},
	{"harness/wire", "harness harness/internal/patience harness/internal/reach harness/internal/web harness/oracle", ""},
	{"harness/snippet", "harness harness/internal/web", ""},
	{"harness/diagnose", "harness harness/internal/web harness/snippet harness/wire", "internal/schematest harness/report servers"},
	{"harness/behaviour", "", ""},
	{"harness/explain", "harness harness/behaviour harness/internal/source", "harness/oracle"},
	{"harness/policy", "harness harness/behaviour harness/internal/plain harness/internal/reach harness/internal/source harness/internal/web harness/oracle", "harness/internal/cputime"},
	{"harness/internal/policytest", "harness/policy", ""},
	{"harness/paste", "harness harness/internal/har harness/internal/plain harness/internal/web", "harness/internal/memory"},
	{"harness/draft", "harness harness/internal/plain harness/internal/web harness/oracle harness/paste harness/policy", "harness/internal/memory"},
	{"harness/draft/openapi", "harness/draft harness/internal/plain harness/internal/source harness/internal/web harness/oracle harness/policy kin-openapi", ""}, // nobody else reads OpenAPI
	{"harness/internal/shards", "", ""},
	{"harness/finding", "harness harness/behaviour harness/internal/plain harness/internal/shards harness/internal/web harness/internal/source harness/policy", "harness/internal/policytest"},
	{"harness/verify", "harness harness/behaviour harness/finding harness/internal/patience harness/internal/shards harness/internal/source harness/internal/turns harness/internal/web harness/oracle harness/policy harness/wire", "harness/internal/cputime harness/internal/policytest"},

	{"harness/conform/contract", "", ""},
	{"harness/conform", "fixtures harness harness/behaviour harness/conform/contract harness/finding harness/internal/shards harness/internal/web harness/policy harness/verify", "servers servers/process servers/reference"},

	{"harness/report", "harness harness/behaviour harness/conform harness/diagnose harness/finding harness/internal/plain harness/internal/source harness/internal/web harness/policy harness/snippet", "harness/conform/contract harness/verify internal/schematest"},

	{"servers", "fixtures harness", ""},
	{"servers/adapter", "harness/conform/contract", ""},
	{"servers/process", "harness harness/conform harness/conform/contract servers servers/adapter", ""},
	{"servers/reference", "harness/conform/contract servers/adapter", ""},
	{"servers/reference/adapter", "servers/adapter servers/reference", ""},
	{"servers/broken", "fixtures harness harness/conform/contract servers servers/adapter servers/reference", "harness/behaviour harness/conform harness/finding harness/policy harness/verify servers/process"},

	{"servers/software", "harness harness/conform/contract servers/process", ""},

	{"servers/libraries", "", "harness/conform servers servers/process"},

	{"specs/internal/measure", "", ""},
	{"specs/internal/differential", "fixtures harness harness/oracle servers", ""},
	{"specs/differential", "harness harness/finding servers specs/internal/differential specs/internal/measure", ""},
	{"specs/internal/mutants", "harness harness/conform harness/conform/contract servers servers/process", ""},
	{"specs/mutants", "servers servers/process specs/internal/measure specs/internal/mutants", ""},
	// The benchmark compares with a minimal program of chromedp.
	{"specs/example", "", "servers servers/process servers/reference specs ginkgo gomega"},
	{"specs/bench", "harness harness/behaviour harness/diagnose harness/policy harness/verify servers specs/internal/differential specs/internal/measure chromedp cdproto", ""},
	{"specs", "harness harness/behaviour harness/conform ginkgo gomega", "fixtures harness/diagnose harness/finding harness/oracle harness/policy harness/report harness/snippet harness/verify harness/wire servers servers/broken servers/process servers/software specs/internal/differential ginkgo gomega websocket"},

	{"command", "fixtures harness harness/behaviour harness/conform harness/diagnose harness/draft harness/draft/openapi harness/explain harness/finding harness/oracle harness/paste harness/policy harness/report harness/snippet harness/verify harness/wire servers servers/broken servers/process fsnotify", "harness/conform/contract internal/schematest"},
	{".", "command", ""},
}

// watchedModules are the modules of others that only some packages may import.
var watchedModules = map[string]string{
	"chromedp": "github.com/chromedp/chromedp",
	"cdproto":  "github.com/chromedp/cdproto",
	"ginkgo":   "github.com/onsi/ginkgo/v2",
	"gomega":   "github.com/onsi/gomega",

	"idna":         "golang.org/x/net/idna",
	"publicsuffix": "golang.org/x/net/publicsuffix",
	"kin-openapi":  "github.com/getkin/kin-openapi",
	"websocket":    "github.com/coder/websocket",
	"fsnotify":     "github.com/fsnotify/fsnotify",
}

// listed is a package as go list prints it.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// watched returns the imports that the house has rules for, by their names there.
func watched(imports []string) []string {
	var names []string
	for _, path := range imports {
		if path == module {
			names = append(names, ".")
		} else if name, ok := strings.CutPrefix(path, module+"/"); ok {
			names = append(names, name)
		}
		for name, prefix := range watchedModules {
			if path == prefix || strings.HasPrefix(path, prefix+"/") {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// listPackages returns all packages of this module by their names in the house.
func listPackages(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]listed{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages[watched([]string{p.ImportPath})[0]] = p
	}
	return packages
}

// Each package has a row and each row has a package, and the imports are as the
// rows say.
func TestImports(t *testing.T) {
	packages := listPackages(t)
	above := slices.Sorted(maps.Keys(watchedModules))
	behind := map[string][]string{} // all packages that a package depends on, as the rows allow
	for _, row := range house {
		p, ok := packages[row.name]
		if !ok {
			t.Errorf("%s: the house has a row, but there is no such package", row.name)
			continue
		}
		delete(packages, row.name)
		may, mayTests := strings.Fields(row.imports), strings.Fields(row.tests)
		imports := watched(p.Imports)
		for _, name := range imports {
			if !slices.Contains(may, name) {
				t.Errorf("%s imports %s, which its row does not allow", row.name, name)
			}
		}
		for _, name := range may {
			if !slices.Contains(above, name) {
				t.Errorf("%s: its row allows %s, which has no row above", row.name, name)
			}
			if !slices.Contains(imports, name) {
				t.Errorf("%s: its row allows %s, which it does not import", row.name, name)
			}
			behind[row.name] = append(append(behind[row.name], name), behind[name]...)
		}
		for _, name := range watched(p.Deps) {
			if watchedModules[name] != "" && !slices.Contains(behind[row.name], name) {
				t.Errorf("%s builds with %s, which no row on the way allows", row.name, name)
				behind[row.name] = append(behind[row.name], name) // one row names it
			}
		}
		tests := watched(append(p.TestImports, p.XTestImports...))
		for _, name := range tests {
			if name != row.name && !slices.Contains(may, name) && !slices.Contains(mayTests, name) {
				t.Errorf("the tests of %s import %s, which its row does not allow", row.name, name)
			}
		}
		for _, name := range mayTests {
			if !slices.Contains(tests, name) {
				t.Errorf("%s: its row allows its tests %s, which they do not import", row.name, name)
			}
		}
		above = append(above, row.name)
	}
	for name := range packages {
		t.Errorf("%s has no row in the house", name)
	}
}

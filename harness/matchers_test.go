package harness

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

// Every Matcher is one of Gomega's.
var _ gomega.OmegaMatcher = BeReadable()

// asked are the Observations that the matchers get.
var asked = map[string]Observation{
	"readable": with(situations["reflected"], func(o *Observation) {
		o.Script.Headers = Header{{"x-total", "3"}}
		o.Exchanges = slices.Clone(o.Exchanges)
		o.Exchanges[1].ResponseHeaders = Header{{"X-Total", "3"}, {"X-Secret", "1"}, {"Set-Cookie", "a=b"}}
		o.Exchanges[1].Cookies = []Cookie{{Name: "sid", Sent: true}, {Name: "lax", Blocked: []string{"SameSiteLax"}}}
		o.Console = []Message{{"javascript", "warning", "a line on https://api.test:8443/"}}
	}),
	"opaque":  situations["opaque"],
	"blocked": situations["missing"],
}

// matcherCases have the first paragraph of each message. The transcript follows it.
var matcherCases = []struct {
	matcher Matcher
	on      string
	want    bool
	message string
}{
	{BeReadable(), "readable", true, "Expected script not to read the response, but it could."},
	{BeReadable(), "blocked", false, "Expected script to read the response, but the browser blocked it (MissingAllowOriginHeader)."},
	{BeReadable(), "opaque", false, "Expected script to read the response, but script got an opaque response."},

	{BeOpaque(), "opaque", true, "Expected script not to get an opaque response, but it did."},
	{BeOpaque(), "readable", false, "Expected script to get an opaque response, but script could read the response."},
	{BeOpaque(), "blocked", false, "Expected script to get an opaque response, but the browser blocked it (MissingAllowOriginHeader)."},

	{BeBlocked(), "blocked", true, "Expected the browser not to block this request, but it did for MissingAllowOriginHeader."},
	{BeBlocked(), "readable", false, "Expected the browser to block this request, but script could read the response."},
	{BeBlocked(), "opaque", false, "Expected the browser to block this request, but script got an opaque response."},
	{BeBlocked(MissingAllowOriginHeader), "blocked", true, "Expected the browser not to block this request for MissingAllowOriginHeader, but it did."},
	{BeBlocked(MissingAllowOriginHeader, BlockedByCSP), "blocked", true, "Expected the browser not to block this request for MissingAllowOriginHeader or csp, but it did for MissingAllowOriginHeader."},
	{BeBlocked(BlockedByCSP), "blocked", false, "Expected the browser to block this request for csp, but the reason was MissingAllowOriginHeader."},
	{BeBlocked(BlockedByCSP, UnsafePort), "readable", false, "Expected the browser to block this request for csp or net::ERR_UNSAFE_PORT, but script could read the response."},

	{HaveVerdict(Readable), "readable", true, "Expected the verdict not to be readable, but it is."},
	{HaveVerdict(Opaque), "readable", false, "Expected the verdict to be opaque, but script could read the response."},
	{HaveVerdict(Readable), "blocked", false, "Expected the verdict to be readable, but the browser blocked it (MissingAllowOriginHeader)."},

	{BePreflighted(), "readable", true, "Expected the browser to send no preflight, but it sent 1."},
	{BePreflighted(), "blocked", false, "Expected the browser to send a preflight, but it sent none."},

	{ExposeHeader("X-Total"), "readable", true, "Expected script not to read the header X-Total, but it did."},
	{ExposeHeader("X-Total", "3"), "readable", true, "Expected script not to read the header X-Total with the wanted value, but it did.\n\n  wanted  \"3\"\n  got     \"3\""},
	{ExposeHeader("X-Total", gomega.HavePrefix("3")), "readable", true,
		"Expected script not to read the header X-Total with the wanted value, but it did.\n\n  wanted  *matchers.HavePrefixMatcher{Prefix:3 Args:[]}\n  got     \"3\""},
	{ExposeHeader("X-Total", "4"), "readable", false, "Expected script to read the header X-Total with the wanted value, but script read another value.\n\n  wanted  \"4\"\n  got     \"3\""},
	{ExposeHeader("X-Total", gomega.HavePrefix("4")), "readable", false,
		"Expected script to read the header X-Total with the wanted value, but script read another value.\n\n  wanted  *matchers.HavePrefixMatcher{Prefix:4 Args:[]}\n  got     \"3\""},
	{ExposeHeader("X-Secret"), "readable", false, "Expected script to read the header X-Secret, but the response has no Access-Control-Expose-Headers."},
	{ExposeHeader("X-Secret", "1"), "readable", false, "Expected script to read the header X-Secret with the wanted value, but the response has no Access-Control-Expose-Headers."},
	{ExposeHeader("X-Other"), "readable", false, "Expected script to read the header X-Other, but the response has no such header."},
	{ExposeHeader("Set-Cookie"), "readable", false, "Expected script to read the header Set-Cookie, but no script can read that."},
	{ExposeHeader("X-Total"), "opaque", false, "Expected script to read the header X-Total, but it got an opaque response."},

	{SendCookie("sid"), "readable", true, "Expected the browser not to send the cookie sid, but it did."},
	{SendCookie("lax"), "readable", false, "Expected the browser to send the cookie lax, but it was held back: it is SameSite=Lax, and the page is of another site."},
	{SendCookie("other"), "readable", false, "Expected the browser to send the cookie other, but the browser holds no such cookie for this URL."},
	{SendCookie("sid"), "blocked", false, "Expected the browser to send the cookie sid, but the page did not ask with credentials include."},

	{LogToConsole("a line"), "readable", true, "Expected the console not to have the wanted line, but it has.\n\n  wanted  \"a line\""},
	{LogToConsole(gomega.HaveSuffix("/")), "readable", true, "Expected the console not to have the wanted line, but it has.\n\n  wanted  *matchers.HaveSuffixMatcher{Suffix:/ Args:[]}"},
	{LogToConsole("another"), "readable", false, "Expected the console to have the wanted line, but it has one other.\n\n  wanted  \"another\""},
	{LogToConsole("another"), "blocked", false, "Expected the console to have the wanted line, but it has 2 others.\n\n  wanted  \"another\""},
	{LogToConsole("another"), "opaque", false, "Expected the console to have the wanted line, but it has none.\n\n  wanted  \"another\""},
}

func TestMatchers(t *testing.T) {
	for _, c := range matcherCases {
		o := asked[c.on]
		t.Run(c.matcher.(matcher).name+" on "+c.on, func(t *testing.T) {
			for _, actual := range []any{o, &o} {
				got, err := c.matcher.Match(actual)
				if err != nil || got != c.want {
					t.Fatalf("got %v, %v", got, err)
				}
				message := c.matcher.FailureMessage(actual)
				if c.want {
					message = c.matcher.NegatedFailureMessage(actual)
				}
				if want := c.message + "\n\n" + o.String(); message != want {
					t.Errorf("got\n%s\nwant\n%s", message, want)
				}
			}
		})
	}
}

func TestFirstLineHasNoPorts(t *testing.T) {
	for _, c := range matcherCases {
		o := asked[c.on]
		for _, message := range []string{c.matcher.FailureMessage(o), c.matcher.NegatedFailureMessage(o)} {
			first, _, _ := strings.Cut(message, "\n")
			if strings.Contains(first, "8443") || strings.Contains(first, "api.test") {
				t.Errorf("%q would not be counted with its like", first)
			}
		}
	}
}

func TestMatchersWantAnObservation(t *testing.T) {
	for _, m := range []Matcher{BeReadable(), BeOpaque(), BeBlocked(), BeBlocked(BlockedByCSP), HaveVerdict(Readable),
		BePreflighted(), ExposeHeader("A"), SendCookie("a"), LogToConsole("a")} {
		name := m.(matcher).name
		for want, actual := range map[string]any{
			name + ": want a harness.Observation or a pointer to one, got string":          "text",
			name + ": want a harness.Observation or a pointer to one, got <nil>":           nil,
			name + ": want an observation, got a nil *harness.Observation":                 (*Observation)(nil),
			name + `: the observation has no verdict (""): was the question asked?`:        Observation{},
			name + `: the observation has no verdict ("perhaps"): was the question asked?`: &Observation{Verdict: "perhaps"},
		} {
			got, err := m.Match(actual)
			if got || err == nil || err.Error() != want {
				t.Errorf("got %v, %v; want %s", got, err, want)
			}
		}
	}
}

func TestMatchersWantArgumentsThatCanMatch(t *testing.T) {
	readable := asked["readable"]
	for want, m := range map[string]Matcher{
		"BeBlocked: a reason is empty":                               BeBlocked(""),
		`HaveVerdict: there is no verdict "perhaps"`:                 HaveVerdict("perhaps"),
		"ExposeHeader: the name of the header is empty":              ExposeHeader(""),
		"ExposeHeader: want at most one value, got 2":                ExposeHeader("A", "1", "2"),
		"ExposeHeader: want a string or a matcher, got int":          ExposeHeader("A", 1),
		"SendCookie: the name of the cookie is empty":                SendCookie(""),
		"LogToConsole: the text is empty, which every line contains": LogToConsole(""),
		"LogToConsole: want a string or a matcher, got int":          LogToConsole(1),
		"LogToConsole: the matcher broke":                            LogToConsole(broken{}),
	} {
		if got, err := m.Match(readable); got || err == nil || err.Error() != want {
			t.Errorf("got %v, %v; want %s", got, err, want)
		}
	}
}

// broken is a matcher that cannot match.
type broken struct{ Matcher }

func (broken) Match(any) (bool, error) { return false, errors.New("the matcher broke") }

func TestExposeHeaderNeedsAResponse(t *testing.T) {
	_, err := ExposeHeader("A").Match(asked["blocked"])
	want := "ExposeHeader: the browser blocked the response (MissingAllowOriginHeader), so there are no headers to expose\n\n" + asked["blocked"].String()
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestMatchersInGomega(t *testing.T) {
	ask := func(o Observation, err error) (Observation, error) { return o, err }
	var failures []string
	g := gomega.NewGomega(func(message string, _ ...int) { failures = append(failures, message) })
	g.Expect(ask(asked["blocked"], nil)).To(BeBlocked(MissingAllowOriginHeader))
	g.Expect(ask(asked["readable"], nil)).NotTo(BeBlocked())
	g.Expect(ask(asked["readable"], nil)).To(gomega.And(BeReadable(), SendCookie("sid")))
	if len(failures) != 0 {
		t.Errorf("got %q", failures)
	}
	g.Expect(ask(asked["readable"], nil)).To(BeBlocked())
	g.Expect(ask(Observation{}, errors.New("unreachable"))).To(BeBlocked())
	g.Expect(ask(Observation{}, errors.New("unreachable"))).NotTo(BeBlocked())
	g.Expect(ask(Observation{}, nil)).To(BeBlocked())
	g.Expect(ask(Observation{}, nil)).NotTo(BeBlocked())
	if len(failures) != 5 {
		t.Errorf("got %d failures, want 5: %q", len(failures), failures)
	}
}

// exportedNames returns the names that a dot import of a package brings.
func exportedNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			for _, name := range declared(d) {
				if ast.IsExported(name) {
					names[name] = true
				}
			}
		}
	}
	return names
}

// declared returns the names that a declaration adds to its package.
func declared(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// ginkgo is the module in the version of go.mod, or in a fixed version where
// go.mod does not require it: users do.
func ginkgo() string {
	const module, version = "github.com/onsi/ginkgo/v2", "v2.34.0"
	if exec.Command("go", "list", "-m", module).Run() == nil {
		return module
	}
	return module + "@" + version
}

func TestNoNameCollidesInADotImport(t *testing.T) {
	ours := exportedNames(t, ".")
	if !ours["BeBlocked"] || !ours["Observation"] {
		t.Fatalf("the names of this package were not found: %v", ours)
	}
	for module, known := range map[string]string{ginkgo(): "Describe", "github.com/onsi/gomega": "Expect"} {
		theirs := exportedNames(t, moduleDir(t, module))
		if !theirs[known] {
			t.Fatalf("the names of %s were not found", module)
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			if ours[name] {
				t.Errorf("%s is also exported by %s", name, module)
			}
		}
	}
}

func TestPackageNeedsNeitherGinkgoNorGomega(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := string(out); strings.Contains(deps, "github.com/onsi/") || !strings.Contains(deps, "corsproof/harness") {
		t.Errorf("the package imports what only tests may:\n%s", deps)
	}
}

package harness

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// moduleDir returns where the source of a module lies.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("find the source of %s: %v", module, err)
	}
	return dir
}

// constantsOf returns the values of the string constants of a type.
func constantsOf(t *testing.T, file, typeName string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != typeName {
			return true
		}
		for _, v := range spec.Values {
			if literal, ok := v.(*ast.BasicLit); ok {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
		}
		return true
	})
	return values
}

func TestTableIsTotalAgainstCDP(t *testing.T) {
	file := filepath.Join(moduleDir(t, "github.com/chromedp/cdproto"), "network", "types.go")
	for typeName, atLeast := range map[string]int{"CorsError": 28, "BlockedReason": 16} {
		codes := constantsOf(t, file, typeName)
		if len(codes) < atLeast {
			t.Errorf("found %d values of %s in %s, want at least %d", len(codes), typeName, file, atLeast)
		}
		for _, code := range codes {
			if _, known := table[Reason(code)]; !known {
				t.Errorf("the table has no row for the %s %q", typeName, code)
			}
		}
	}
}

func TestTableHasEveryConstant(t *testing.T) {
	constants := constantsOf(t, "reason.go", "Reason")
	if len(constants) != len(table) {
		t.Errorf("there are %d constants of type Reason and %d rows", len(constants), len(table))
	}
	for _, c := range constants {
		if _, known := Reason(c).Explain(); !known {
			t.Errorf("the table has no row for %q", c)
		}
	}
	for r := range netErrors {
		if _, known := netErrorRows[r]; !known {
			t.Errorf("%s decides and has no row", r)
		}
	}
}

func TestRowsAreWellFormed(t *testing.T) {
	for reason, row := range table {
		t.Run(string(reason), func(t *testing.T) { wellFormed(t, row) })
	}
	t.Run("opaque", func(t *testing.T) { wellFormed(t, opaqueRow) })
}

// wellFormed checks that meaning and remedy are one sentence each and that the
// anchor is one.
func wellFormed(t *testing.T, row Explanation) {
	t.Helper()
	for _, sentence := range []string{row.Meaning, row.Remedy} {
		if !strings.HasSuffix(sentence, ".") || strings.HasSuffix(sentence, "..") {
			t.Errorf("%q does not end with one period", sentence)
		}
		if strings.Contains(sentence, ". ") || strings.ContainsAny(sentence, "\n!?") {
			t.Errorf("%q is not one sentence", sentence)
		}
	}
	if !unicode.IsUpper(rune(row.Remedy[0])) || !unicode.IsLower(rune(row.Remedy[1])) {
		t.Errorf("the remedy %q does not begin with a word that can be put in lower case", row.Remedy)
	}
	u, err := url.Parse(row.Anchor)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment == "" {
		t.Errorf("the anchor %q is not an https URL with a fragment", row.Anchor)
	}
}

func TestUnknownReasonIsCarriedThrough(t *testing.T) {
	row, known := Reason("TomorrowsCode").Explain()
	if known || !strings.Contains(row.Meaning, "TomorrowsCode") {
		t.Errorf("got %v, %q", known, row.Meaning)
	}
	wellFormed(t, row)
}

func TestReasonOfAFamily(t *testing.T) {
	got, known := Reason("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin").Explain()
	if want := table[BlockedByResponse]; !known || got != want {
		t.Errorf("got %v, %v", got, known)
	}
}

func TestDecides(t *testing.T) {
	for netError, want := range map[string]bool{
		"net::ERR_UNSAFE_PORT":                       true,
		"net::ERR_TOO_MANY_REDIRECTS":                true,
		"net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin": true,
		"net::ERR_FAILED":                            false,
		"net::ERR_ABORTED":                           false,
		"net::ERR_CONNECTION_REFUSED":                false,
		"net::ERR_NAME_NOT_RESOLVED":                 false,
		"net::ERR_CERT_AUTHORITY_INVALID":            false,
		"net::ERR_EMPTY_RESPONSE":                    false,
		"net::ERR_TIMED_OUT":                         false,
		"net::ERR_CONTENT_LENGTH_MISMATCH":           false,
		"net::ERR_ALPN_NEGOTIATION_FAILED":           false,
		"net::ERR_OF_TOMORROW":                       false,
		"ERR_UNSAFE_PORT":                            false,
		"":                                           false,
	} {
		if got := Decides(netError); got != want {
			t.Errorf("Decides(%q) = %v", netError, got)
		}
	}
}

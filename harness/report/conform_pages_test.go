package report

import (
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
)

// keptPages writes pages into a folder below the folder that -keep names.
func keptPages(t *testing.T, name string, pages map[string][]byte) {
	t.Helper()
	if *keep == "" {
		return
	}
	folder := filepath.Join(*keep, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, data := range pages {
		if err := os.WriteFile(filepath.Join(folder, file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// matrixPages returns the pages of a matrix.
func matrixPages(t *testing.T, m conform.Matrix, before *conform.Matrix) map[string][]byte {
	t.Helper()
	pages, err := MatrixPages(m, before)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// earlier returns the demo as it may have been before.
func earlier() *conform.Matrix {
	m := demoMatrix()
	m.Started = m.Started.AddDate(0, 0, -14)
	m.Chrome.Version = "Chrome/155.0.1"
	m.Libraries[1].Version = "1.5.1"
	for _, c := range []struct {
		library, cell int
		was           conform.Verdict
	}{{1, 54, conform.Pass}, {2, 0, conform.FailOpen}, {2, 71, conform.Pass}} {
		m.Libraries[c.library].Cells[c.cell].Verdict = c.was
	}
	m.Libraries[3].Name = "express-<old>"
	return &m
}

// visible returns the text of a page without its style and its scripts.
func visible(page []byte) string {
	text := regexp.MustCompile(`(?s)<(style|script)[^>]*>.*?</(style|script)>`).ReplaceAllString(string(page), "")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
}

// Every link leads to a page that is there and to an id in it, or to a standard. Nothing
// is loaded from elsewhere.
func TestMatrixPagesAreWhole(t *testing.T) {
	for name, m := range map[string]conform.Matrix{"demo": demoMatrix(), "hostile": hostileMatrix()} {
		files := matrixPages(t, m, nil)
		keptPages(t, name, files)
		if len(files) != len(m.Libraries)+1 {
			t.Errorf("%s: %d pages of %d libraries", name, len(files), len(m.Libraries))
		}
		ids := map[string]bool{}
		for file, data := range files {
			ids[file] = true
			for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllSubmatch(data, -1) {
				at := file + "#" + html.UnescapeString(string(id[1]))
				if ids[at] {
					t.Errorf("%s: the id %.200s is there twice", name, at)
				}
				ids[at] = true
			}
		}
		for file, data := range files {
			markup := regexp.MustCompile(`(?s)<script.*?</script>`).ReplaceAll(data, nil)
			for _, link := range regexp.MustCompile(` href="([^"]*)"`).FindAllSubmatch(markup, -1) {
				href := html.UnescapeString(string(link[1]))
				if strings.HasPrefix(href, "#") {
					href = file + href
				}
				if decoded, err := url.PathUnescape(href); err == nil {
					href = decoded
				}
				if !ids[href] && !strings.HasPrefix(href, "https://fetch.spec.whatwg.org/") {
					t.Errorf("%s: %s links to %.200s", name, file, href)
				}
			}
			if loads := regexp.MustCompile(`<(link|img|iframe|object|embed|base|video)\b| (src|srcset|style|on[a-z]+)="|@import|url\(`).Find(markup); loads != nil {
				t.Errorf("%s: %s has %s", name, file, loads)
			}
		}
	}
}

func TestMatrixPagesOfOtherNames(t *testing.T) {
	for _, name := range []string{"index", "../up", "", "Upper"} {
		if _, err := MatrixPages(conform.Matrix{Libraries: []conform.Result{{Name: name}}}, nil); err == nil {
			t.Errorf("a library can be named %q", name)
		}
	}
}

// Without JavaScript, the pages have every cell, the legend, the explanations and the
// exchanges.
func TestMatrixPagesWithoutJavaScript(t *testing.T) {
	m := demoMatrix()
	files := matrixPages(t, m, nil)
	index := visible(files["index.html"])
	for _, v := range conform.Verdicts() {
		if !strings.Contains(index, v.Sentence()) {
			t.Errorf("the legend does not have %s", v)
		}
	}
	for _, want := range []string{"Chrome/156.0.8078.79", "--site-per-process", "25 November 2026, 01:30 UTC", "3072", "1m22s", "not run: want docker <not found>: / apt install docker"} {
		if !strings.Contains(index, want) {
			t.Errorf("%s is not in the index", want)
		}
	}
	if n := strings.Count(string(files["index.html"]), `<td data-o="`); n != 3*74 {
		t.Errorf("the matrix has %d cells", n)
	}
	for _, r := range m.Libraries {
		page := visible(files[r.Name+".html"])
		wanted := []string{r.Library, r.Version, strings.Split(r.NotRun, "\n")[0]}
		for _, c := range r.Cells {
			wanted = append(wanted, c.ID, sentenceOf(c.ID), string(c.Verdict), c.Reason, c.Documented)
			if c.Verdict != conform.Pass {
				wanted = append(wanted, sentence(oneLine(c.Why)))
			}
		}
		for _, p := range r.Policies {
			wanted = append(wanted, p.Name, p.Title, string(p.Kind), string(p.State), strings.Join(snippetLines(p.Config), "\n"), strings.Join(snippetLines(p.Text), "\n"))
			for _, f := range p.Findings {
				wanted = append(wanted, f.Effect, f.Title, transcript(f, textLimit).Text(harness.PlainText, columns))
			}
		}
		for _, want := range wanted {
			if !strings.Contains(page, want) {
				t.Errorf("%s is not in the page of %s", want, r.Name)
			}
		}
	}
}

// What changed since the last matrix stands above the matrix, what got worse first.
func TestMatrixPagesSayWhatChanged(t *testing.T) {
	files := matrixPages(t, demoMatrix(), earlier())
	keptPages(t, "changed", files)
	index := visible(files["index.html"])
	from := 0
	for _, want := range []string{
		"What changed since 11 November 2026, 01:30 UTC",
		"The browser changed from Chrome/155.0.1 to Chrome/156.0.8078.79.",
		"gorilla-handlers K55 was PASS, is FAIL-CLOSED (worse)Where Access-Control-Allow-Origin depends on Origin, every answer has Vary: Origin; version 1.5.2, was 1.5.1",
		"rs-cors K72 was PASS, is REFUSED",
		"rs-cors K01 was FAIL-OPEN, is PASS (better)",
		"express-<old> is missing from this matrix",
		"gorilla-handlers changed from version 1.5.1 to 1.5.2",
		"express-cors is new, version 2.8.6",
		"Verdicts that differ from the baseline",
		"rs-cors K13 was PASS, is FAIL-OPEN",
		"rs-cors K71 was SILENT-NOOP, is PASS",
		"Verdict of each library on each behaviour",
	} {
		at := strings.Index(index[from:], want)
		if at < 0 {
			t.Fatalf("%q is not there, or not in its place, after\n%s", want, index[max(0, from-200):from])
		}
		from += at
	}
	own := visible(files["rs-cors.html"])
	if !strings.Contains(own, "rs-cors K01 was FAIL-OPEN") || strings.Contains(own, "gorilla") {
		t.Error("the page of a library has its own changes only")
	}
	if page := visible(files["kong.html"]); !strings.Contains(page, "No verdict changed.") {
		t.Error("nothing changed about kong")
	}
	if page := visible(matrixPages(t, demoMatrix(), nil)["index.html"]); strings.Contains(page, "What changed") {
		t.Error("there is no matrix to compare with")
	}
}

// The markup has the meaning of a finding once: in its transcript, or below it where the
// transcript has none.
func TestFindingHasItsMeaningOnce(t *testing.T) {
	f := demoLibrary("a", "go", "a", "1", demoCell{conform.Cell{ID: "K13", Verdict: conform.FailOpen, Policy: "single"}, "single"}).Policies[0].Findings[0]
	for _, together := range []bool{false, true} {
		f.Steps[0].Prepares = together
		x := findingOf(f, conform.FailOpen, "")
		inside := strings.Contains(string(x.Transcript), strings.Fields(f.Meaning)[1])
		if inside == together || (x.Meaning == f.Meaning) != together || f.Meaning == "" {
			t.Errorf("judged together: %t\n%+v", together, x)
		}
	}
}

// A long list is folded, not cut.
func TestLongListOfChanges(t *testing.T) {
	list := listOf(make([]change, 60))
	if len(list.First) != 24 || len(list.More) != 36 {
		t.Errorf("%d and %d", len(list.First), len(list.More))
	}
	if short := listOf(make([]change, 3)); len(short.First) != 3 || len(short.More) != 0 {
		t.Errorf("%d and %d", len(short.First), len(short.More))
	}
}

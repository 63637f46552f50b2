package harness

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// widths are the widths of narrow, usual and wide terminals; 0 is no width.
var widths = []int{0, 60, 80, 120, 200}

// long is an Observation whose every value is too long for any terminal.
func long() Observation {
	words := strings.Repeat("several words ", 40)
	word := strings.Repeat("unbreakable", 40)
	return Observation{
		Request: Request{From: "https://" + word + ".test", URL: "https://api.test/" + word, Credentials: Include, Mode: CORS,
			PageHeaders: Header{{"Content-Security-Policy", words}}},
		Verdict: Blocked, Reason: AllowOriginMismatch, Parameter: word,
		Script: Script{Error: words, Dropped: []string{word}},
		Exchanges: []Exchange{{Kind: ExchangeKind(word), Method: word, URL: "https://other.test/" + word, Sent: true, Status: 200,
			RequestHeaders:  Header{{"Origin", word}},
			ResponseHeaders: Header{{"Access-Control-Allow-Origin", word}, {"Access-Control-Allow-Headers", words}}}},
		Issues:   []Issue{{word, words}},
		Console:  []Message{{"javascript", "error", words + "\n" + word}, {"network", "error", word + " " + words}},
		Arrivals: []Arrival{{Method: word}},
	}
}

// rendered are the situations, and the Observation with long values.
func rendered() map[string]Observation {
	all := map[string]Observation{"long": long()}
	for name, o := range situations {
		all[name] = o
	}
	return all
}

func TestNoRowIsWiderThanTheWidth(t *testing.T) {
	for name, o := range rendered() {
		for _, width := range widths[1:] {
			for row := range strings.SplitSeq(o.Transcript().Text(PlainText, width), "\n") {
				if n := utf8.RuneCountInString(row); n > width {
					t.Errorf("%s: %d of %d columns: %q", name, n, width, row)
				}
				if strings.TrimRight(row, " ") != row {
					t.Errorf("%s: blanks at the end of %q", name, row)
				}
			}
		}
	}
}

// At every width, only blanks are lost, and only the mark of a note on a row of its own
// is added.
func TestNoWidthLosesText(t *testing.T) {
	bare := strings.NewReplacer(" ", "", "\n", "", "^", "").Replace
	for name, o := range rendered() {
		want := bare(o.Transcript().Text(PlainText, 0))
		for _, width := range widths[1:] {
			if got := bare(o.Transcript().Text(PlainText, width)); got != want {
				t.Errorf("%s at %d: got\n%s\nwant\n%s", name, width, got, want)
			}
		}
	}
}

// Even at the narrowest width no row is too long.
func TestNarrowWidths(t *testing.T) {
	for name, o := range rendered() {
		for _, width := range []int{1, 2, 5, 17} {
			for row := range strings.SplitSeq(o.Transcript().Text(PlainText, width), "\n") {
				if n := utf8.RuneCountInString(row); n > width {
					t.Errorf("%s: %d of %d columns: %q", name, n, width, row)
				}
			}
		}
	}
}

// A transcript that fits is laid out as without a width.
func TestAWidthThatIsEnoughChangesNothing(t *testing.T) {
	for _, name := range []string{"readable", "redirect", "cookies-held-back"} {
		lines := situations[name].Transcript()
		want := lines.Text(PlainText, 0)
		enough := 0
		for row := range strings.SplitSeq(want, "\n") {
			enough = max(enough, utf8.RuneCountInString(row))
		}
		if got := lines.Text(PlainText, max(enough, proseWidth+textColumn)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestColorsOnlyAddColor(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9]+m")
	for name, o := range rendered() {
		for _, width := range widths {
			plain, colored := o.Transcript().Text(PlainText, width), o.Transcript().Text(ANSIColors, width)
			if !strings.Contains(colored, "\x1b[1m") {
				t.Errorf("%s: no colour", name)
			}
			if got := codes.ReplaceAllString(colored, ""); got != plain {
				t.Errorf("%s at %d: the coloured text differs:\n%s", name, width, got)
			}
			if flat := strings.ReplaceAll(plain, "\n", ""); clean(flat) != flat {
				t.Errorf("%s at %d: the plain text has control characters", name, width)
			}
		}
	}
}

// The markup is the plain text with the spans of the tones, and with no other markup.
func TestHTMLOnlyAddsTones(t *testing.T) {
	spans := regexp.MustCompile(`<span class="(strong|faint|alarming)">|</span>`)
	for name, o := range rendered() {
		for _, width := range widths {
			markup := o.Transcript().HTML(width)
			if !strings.Contains(markup, `<span class="strong">`) {
				t.Errorf("%s: no tone", name)
			}
			bare := spans.ReplaceAllString(markup, "")
			if strings.ContainsAny(bare, `<>"'`) {
				t.Errorf("%s at %d: a value is markup:\n%s", name, width, bare)
			}
			if got := html.UnescapeString(bare); got != o.Transcript().Text(PlainText, width) {
				t.Errorf("%s at %d: the markup says something else:\n%s", name, width, got)
			}
		}
	}
}

// Every value from a server, a page or a report file is text in the markup.
func TestHTMLEscapesHostileValues(t *testing.T) {
	for _, attack := range []string{
		`<script>window.owned=1</script>`, `</pre><img src=x onerror="window.owned=2">`, `"><b>`, `' onclick='x`, "&lt;b&gt; &amp;", "<!--", "</span >", "\x1b[2J<i>\u202e",
	} {
		o := long()
		o.Request = Request{From: attack, Within: attack, URL: attack, Method: attack, Mode: Mode(attack), Via: Via(attack), PageHeaders: Header{{attack, attack}}}
		o.Reason, o.Parameter = Reason(attack), attack
		o.Script = Script{Error: attack, Dropped: []string{attack}}
		o.Exchanges = []Exchange{{Kind: ExchangeKind(attack), Method: attack, URL: attack, Sent: true, Status: 200, FromCache: attack, NetError: attack,
			Cookies:        []Cookie{{Name: attack, Blocked: []string{attack}}, {Name: attack, Sent: true}},
			RequestHeaders: Header{{"Origin", attack}}, ResponseHeaders: Header{{"Access-Control-Allow-Origin", attack}, {"Access-Control-" + attack, attack}}}}
		o.Issues, o.Console, o.Arrivals = []Issue{{attack, attack}}, []Message{{attack, attack, attack}}, []Arrival{{Method: attack}}
		o.Page = Page{AddressSpace: AddressSpace(attack), LocalNetwork: Permission(attack)}
		lines := o.Transcript()
		lines = append(lines, Line{Kind: LineKind(attack), Label: attack, Text: attack, Detail: attack, Note: attack, Tone: Tone(attack)})
		markup := lines.HTML(0)
		if strings.Contains(markup, attack) {
			t.Errorf("%q is in the markup as it is:\n%s", attack, markup)
		}
		tags := regexp.MustCompile(`<[^>]*>`).FindAllString(markup, -1)
		for _, tag := range tags {
			if tag != "</span>" && !regexp.MustCompile(`^<span class="[^"<>]*">$`).MatchString(tag) {
				t.Errorf("%q makes the tag %s", attack, tag)
			}
		}
	}
}

func TestLayoutAtAWidth(t *testing.T) {
	lines := Transcript{
		{Kind: LineQuestion, Indent: 2, Text: "GET https://api.test/r/1"},
		{Kind: LineExchange, Exchange: 1, Indent: 2, Label: "request", Text: "GET", Detail: "200"},
		{Kind: LineResponseHeader, Exchange: 1, Indent: 7, Label: "<", Text: "Vary: Origin, Accept", Note: "a note"},
		{Kind: LineResponseHeader, Exchange: 1, Indent: 7, Label: "<", Text: "X: 1", Note: "another note"},
		{Kind: LineConsole, Indent: 5, Label: "console", Text: "said at some length, in several words"},
		{Kind: LineConsole, Indent: 18, Text: "on two lines"},
		{Kind: LineMeaning, Indent: 2, Text: "It means something to someone somewhere."},
		{Kind: LineRemedy, Indent: 2, Label: "Remedy:", Text: "Make it so."},
		{Kind: LineAnchor, Indent: 2, Text: "https://a.test"},
	}
	want := strings.Join([]string{
		"  GET https://api.test/r/1",
		"  1  request    GET -> 200",
		"       < Vary: Origin, Accept",
		"           ^ a note",
		"       < X: 1",
		"           ^ another note",
		"     console    said at some length,",
		"                  in several words",
		"                  on two lines",
		"  It means something to someone",
		"  somewhere.",
		"  Remedy: make it so.   https://a.test",
	}, "\n")
	if got := lines.Text(PlainText, 38); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := lines.Text(PlainText, -1); got != lines.Text(PlainText, 0) {
		t.Errorf("a negative width is not like width 0:\n%s", got)
	}
	if got := lines.Text(PlainText, 37); !strings.HasSuffix(got, "  Remedy: make it so.\n  https://a.test") {
		t.Errorf("the anchor has no row of its own:\n%s", got)
	}
}

func TestConsoleIsWhole(t *testing.T) {
	for name, o := range situations {
		flat := strings.Join(strings.Fields(o.String()), " ")
		for _, m := range o.Console {
			for line := range strings.Lines(m.Text) {
				if !strings.Contains(flat, clean(strings.TrimSpace(line))) {
					t.Errorf("%s: the console line %q is not whole", name, line)
				}
			}
		}
	}
}

package report

import (
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
)

// The filters of the matrix select libraries and behaviours.
func TestMatrixFilters(t *testing.T) {
	type seen struct {
		Shown      string
		Rows, Cols int
		Listed     int
		Dim        bool
		Span       int
	}
	got := as[map[string]seen](t, shownPages(t, matrixPages(t, demoMatrix(), earlier()), "index.html", `
		const all = (selector) => [...document.querySelectorAll(selector)];
		const there = (selector) => all(selector).filter((e) => e.getClientRects().length).length;
		const look = () => ({
			shown: document.getElementById('shown').textContent,
			rows: there('tr.library'), cols: there('.libraries thead th'), listed: there('.behaviours > li'),
			dim: there('.libraries td.dim') > 0, span: document.querySelector('.notrun').colSpan,
		});
		const choose = (id, value, event) => { const e = document.getElementById(id); e.value = value; e.dispatchEvent(new view.Event(event)); };
		const press = (key) => (document.activeElement || document.body).dispatchEvent(new view.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
		const out = { first: look() };
		const after = (name) => { out[name] = look(); press('Escape'); };
		choose('filter', 'RS/CORS', 'input'); after('library');
		choose('filter', 'vary origin', 'input'); after('behaviour');
		choose('filter', 'rs-cors k13', 'input'); after('both');
		choose('filter', 'qqq', 'input'); after('nothing');
		choose('language', 'Go', 'change'); after('language');
		choose('level', 'hardening', 'change'); after('level');
		document.querySelector('.chips [data-o=fail-closed]').click(); after('closed');
		document.querySelector('.chips [data-o=fail-open]').click(); out.open = look();
		document.querySelector('.chips [data-o=refused]').click(); after('two');
		out.last = look();
		press('/'); out.slash = { shown: document.activeElement.id };
		return out;`))
	all := seen{Shown: "4 libraries, 74 behaviours", Rows: 4, Cols: 74, Listed: 74, Span: 74}
	for name, want := range map[string]seen{
		"first":     all,
		"library":   {Shown: "1 of 4 libraries, 74 behaviours", Rows: 1, Cols: 74, Listed: 74, Span: 74},
		"behaviour": {Shown: "4 libraries, 2 of 74 behaviours", Rows: 4, Cols: 2, Listed: 2, Span: 2},
		"both":      {Shown: "1 of 4 libraries, 1 of 74 behaviours", Rows: 1, Cols: 1, Listed: 1, Span: 1},
		"nothing":   {Shown: "4 libraries, 0 of 74 behaviours", Span: 1},
		"language":  {Shown: "2 of 4 libraries, 74 behaviours", Rows: 2, Cols: 74, Listed: 74, Span: 74},
		"level":     {Shown: "4 libraries, 7 of 74 behaviours", Rows: 4, Cols: 7, Listed: 7, Span: 7},
		"open":      {Shown: "1 of 4 libraries, 2 of 74 behaviours", Rows: 1, Cols: 2, Listed: 2, Span: 2},
		"closed":    {Shown: "2 of 4 libraries, 2 of 74 behaviours", Rows: 2, Cols: 2, Listed: 2, Dim: true, Span: 2},
		"two":       {Shown: "1 of 4 libraries, 3 of 74 behaviours", Rows: 1, Cols: 3, Listed: 3, Span: 3},
		"last":      all,
		"slash":     {Shown: "filter"},
	} {
		if got[name] != want {
			t.Errorf("%s: %+v, want %+v", name, got[name], want)
		}
	}
}

// The head and the first column stay in view. The colours are in force: FAIL-OPEN alone is
// red. No page is wider than a screen.
func TestMatrixLook(t *testing.T) {
	type seen struct {
		Left, Top, ScrolledX, ScrolledY float64
		Colors                          map[string]string
		Light, Dark                     string
		Width, Narrow, NarrowTable      int
	}
	s := as[seen](t, shownPages(t, matrixPages(t, demoMatrix(), nil), "index.html", `
		const box = document.querySelector('.scroll');
		box.style.maxHeight = '120px';
		box.scrollTo(300, 60);
		await new Promise((resolve) => view.requestAnimationFrame(resolve));
		const rect = (selector) => document.querySelector(selector).getBoundingClientRect();
		const out = {
			left: rect('.libraries tr.library th').left - box.getBoundingClientRect().left, top: rect('.libraries thead').top - box.getBoundingClientRect().top,
			scrolledX: box.scrollLeft, scrolledY: box.scrollTop, width: document.documentElement.scrollWidth,
			colors: Object.fromEntries([...document.querySelectorAll('.legend div[data-o]')].map((e) => [e.dataset.o, view.getComputedStyle(e.querySelector('.mark')).color])),
		};
		const background = () => view.getComputedStyle(document.body).backgroundColor;
		document.documentElement.dataset.theme = 'light'; out.light = background();
		document.getElementById('theme').click(); out.dark = background();
		view.frameElement.style.width = '390px';
		await new Promise((resolve) => view.requestAnimationFrame(resolve));
		out.narrow = document.documentElement.scrollWidth;
		out.narrowTable = box.clientWidth - rect('.libraries tr.library th').width;
		return out;`))
	if s.ScrolledX != 300 || s.ScrolledY != 60 || s.Left < 0 || s.Left > 2 || s.Top < 0 || s.Top > 2 {
		t.Errorf("scrolled by %v and %v, the first column is at %v, the head at %v", s.ScrolledX, s.ScrolledY, s.Left, s.Top)
	}
	if s.Width > 1280 || s.Narrow > 390 || s.NarrowTable < 180 {
		t.Errorf("the page is %d and %d pixels wide, %d are left for the cells", s.Width, s.Narrow, s.NarrowTable)
	}
	if s.Light == s.Dark || s.Light == "" {
		t.Errorf("light is %s, dark is %s", s.Light, s.Dark)
	}
	for _, v := range conform.Verdicts() {
		color := s.Colors[verdictClass(v)]
		if red := color == "rgb(180, 33, 27)" || color == "rgb(255, 138, 128)"; red != (v == conform.FailOpen) || color == "" {
			t.Errorf("%s has the colour %q", v, color)
		}
	}
}

// The page of a library opens the finding that a link names, draws it, and filters its
// behaviours.
func TestLibraryPage(t *testing.T) {
	type seen struct {
		Before, Opened, Drawn, Again  bool
		Policy, Moved                 string
		Chips, Level, Text, Escaped   int
		Closed, Printed, DrawnInPrint int
	}
	s := as[seen](t, shownPages(t, matrixPages(t, demoMatrix(), nil), "rs-cors.html", `
		const there = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length).length;
		const count = () => there('.cells > li');
		const choose = (id, value, event) => { const e = document.getElementById(id); e.value = value; e.dispatchEvent(new view.Event(event)); };
		const link = document.querySelector('#K14 .p');
		const finding = document.getElementById(link.hash.slice(1));
		const policy = finding.closest('.policy');
		const tick = () => new Promise((resolve) => view.setTimeout(resolve));
		const out = { before: finding.open, policy: policy.id, moved: document.querySelector('#K13 .moved').textContent };
		policy.open = false;
		link.click();
		while (!finding.open) await tick();
		out.opened = policy.open;
		out.drawn = !!finding.querySelector('.seq .arrow') && !finding.querySelector('.transcript');
		policy.open = false;
		link.click();
		await tick();
		out.again = policy.open;
		document.querySelector('.chips [data-o=fail-open]').click(); out.chips = count();
		view.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'Escape' }));
		choose('level', 'info', 'change'); out.level = count(); choose('level', '', 'change');
		choose('filter', '  GLOB ', 'input'); out.text = count();
		document.body.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'Escape', bubbles: true })); out.escaped = count();
		out.closed = document.querySelectorAll('.policy:not([open])').length;
		view.dispatchEvent(new view.Event('beforeprint'));
		out.printed = document.querySelectorAll('.policy:not([open]), .findings > li > details:not([open])').length;
		out.drawnInPrint = document.querySelectorAll('.findings .seq').length;
		return out;`))
	want := seen{Opened: true, Drawn: true, Again: true, Policy: "p-single", Moved: "Was PASS, is FAIL-OPEN.", Chips: 2, Level: 4, Text: 1, Escaped: 74, Closed: 3, DrawnInPrint: 4}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// Every value of an adapter is text, on every page, also after everything was opened.
func TestMatrixPagesOfHostileAdapters(t *testing.T) {
	files := matrixPages(t, hostileMatrix(), earlier())
	for _, name := range []string{"index.html", "attack-0.html", "attack-1.html", "attack-4.html", "attack-9.html", "attack-11.html", "not-run.html"} {
		scripts := 2
		if name == "index.html" {
			scripts = 1
		}
		s := as[inventory](t, shownPages(t, files, name, takeInventory+"return inventory();"))
		s.check(t, scripts, `^(#|[a-z0-9-]+\.html(#K\d\d)?$|https://fetch\.spec\.whatwg\.org/)`)
	}
}

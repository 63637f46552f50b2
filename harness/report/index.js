// Filters of the matrix.
(() => {
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add('on');
  const heads = [...document.querySelectorAll('.libraries thead th')];
  const listed = [...document.querySelectorAll('.behaviours > li')];
  const columns = heads.map((head, i) => ({
    head, listed: listed[i], level: head.dataset.level,
    words: head.firstElementChild.title.toLowerCase(),
  }));
  const rows = [...document.querySelectorAll('tr.library')].map((tr) => ({
    tr, language: tr.parentElement.dataset.language, cells: [...tr.querySelectorAll('td[data-o]')],
    words: `${tr.dataset.words} ${tr.parentElement.dataset.language}`.toLowerCase(),
  }));
  const state = { verdicts: new Set(), text: '', level: '', language: '' };

  // A word that any library has selects libraries. Any other word selects behaviours.
  function selected() {
    const terms = termsOf(state.text);
    const ofRows = terms.filter((t) => rows.some((r) => r.words.includes(t)));
    const ofColumns = terms.filter((t) => !ofRows.includes(t));
    let inRows = rows.filter((r) => (!state.language || r.language === state.language) && ofRows.every((t) => r.words.includes(t)));
    let inColumns = columns.map((c, i) => i).filter((i) => (!state.level || columns[i].level === state.level) && ofColumns.every((t) => columns[i].words.includes(t)));
    if (state.verdicts.size) {
      const has = (r, i) => r.cells[i] && state.verdicts.has(r.cells[i].dataset.o);
      inRows = inRows.filter((r) => inColumns.some((i) => has(r, i)));
      inColumns = inColumns.filter((i) => inRows.some((r) => has(r, i)));
    }
    return [new Set(inRows), new Set(inColumns)];
  }

  function apply() {
    const [inRows, inColumns] = selected();
    columns.forEach((c, i) => { c.head.hidden = c.listed.hidden = !inColumns.has(i); });
    for (const r of rows) {
      r.tr.hidden = !inRows.has(r);
      r.cells.forEach((td, i) => {
        td.hidden = !inColumns.has(i);
        td.classList.toggle('dim', state.verdicts.size > 0 && !state.verdicts.has(td.dataset.o));
      });
    }
    for (const td of document.querySelectorAll('.libraries td[colspan]')) td.colSpan = Math.max(1, inColumns.size);
    for (const body of document.querySelectorAll('tbody')) body.hidden = !body.querySelector('tr.library:not([hidden])');
    showPressed($('verdicts'), state.verdicts);
    const of = (n, all, one, many) => `${n === all ? n : `${n} of ${all}`} ${all === 1 ? one : many}`;
    $('shown').textContent = `${of(inRows.size, rows.length, 'library', 'libraries')}, ${of(inColumns.size, columns.length, 'behaviour', 'behaviours')}`;
    const nothing = !inRows.size || !inColumns.size;
    $('none').hidden = !nothing;
    document.querySelector('.libraries').hidden = nothing;
  }

  filters(state, apply, ['level', 'language']);
  document.documentElement.dataset.ready = Math.round(performance.now()); // a test waits for it
})();

// Filters, keys, and the drawing of a finding when it is opened.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = (id) => document.getElementById(id);
  const items = [...document.querySelectorAll('ol.findings > li')];
  const { text, index, draw } = drawOnOpening(data, items);
  const state = { outcomes: new Set(), text: '', verdict: '', cell: null, problem: 0 };
  root.classList.add('on');

  // The texts of the items are only collected when a reader filters by text.
  let haystack;
  const words = (i) => {
    haystack ||= items.map((li, j) => {
      const f = data.findings[j];
      return [li.firstElementChild.firstElementChild.textContent, text(f.key), text(f.why), text(f.meaning), data.rows[f.row], data.columns[f.column].join(' ')].join('\n').toLowerCase();
    });
    return haystack[i];
  };

  function matches(li, i, terms) {
    const f = data.findings[i];
    if (state.outcomes.size && !state.outcomes.has(li.dataset.o)) return false;
    if (state.verdict && (li.dataset.v || 'none') !== state.verdict) return false;
    if (state.cell && (f.row !== state.cell.row || f.column !== state.cell.column)) return false;
    if (state.problem && f.problem !== state.problem) return false;
    return terms.every((t) => words(i).includes(t));
  }

  function apply() {
    const terms = termsOf(state.text);
    let n = 0;
    items.forEach((li, i) => {
      const show = matches(li, i, terms);
      if (show) n++;
      if (li.hidden === show) li.hidden = !show;
    });
    $('shown').textContent = n === items.length ? `${n} ${n === 1 ? 'finding' : 'findings'}` : `${n} of ${items.length}`;
    $('none').hidden = n > 0 || !items.length;
    showPressed($('outcomes'), state.outcomes);
    for (const a of document.querySelectorAll('.matrix a')) {
      const on = state.cell && +a.dataset.row === state.cell.row && +a.dataset.column === state.cell.column;
      if (on) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current');
    }
    $('cell').hidden = !state.cell;
    if (state.cell) $('cell').textContent = `${data.rows[state.cell.row]} · ${data.columns[state.cell.column].join(' ')} ✕`;
    $('problem').hidden = !state.problem;
    if (state.problem) $('problem').textContent = `Problem ${state.problem} ✕`;
  }

  function clear() {
    Object.assign(state, { outcomes: new Set(), text: '', verdict: '', cell: null, problem: 0 });
    $('filter').value = $('verdict').value = '';
    apply();
  }

  let waiting = 0;
  $('filter').addEventListener('input', () => {
    state.text = $('filter').value;
    waiting ||= requestAnimationFrame(() => { waiting = 0; apply(); });
  });
  $('verdict').addEventListener('change', () => { state.verdict = $('verdict').value; apply(); });
  $('cell').addEventListener('click', () => { state.cell = null; apply(); $('filter').focus(); });
  $('problem').addEventListener('click', () => { state.problem = 0; apply(); $('filter').focus(); });
  document.querySelector('.problems')?.addEventListener('click', (e) => {
    const a = e.target.closest('a[data-problem]');
    if (!a || e.metaKey || e.ctrlKey) return;
    e.preventDefault();
    clear();
    state.problem = +a.dataset.problem;
    apply();
    $('findings').scrollIntoView();
  });
  $('clear').addEventListener('click', () => { clear(); $('filter').focus(); });
  document.querySelector('.tools').addEventListener('submit', (e) => e.preventDefault());
  pressed($('outcomes'), () => state.outcomes, apply);
  document.querySelector('.matrix')?.addEventListener('click', (e) => {
    const a = e.target.closest('a');
    if (!a || e.metaKey || e.ctrlKey) return;
    e.preventDefault();
    state.cell = a.ariaCurrent ? null : { row: +a.dataset.row, column: +a.dataset.column };
    apply();
    if (state.cell) $('findings').scrollIntoView();
  });

  // next returns the visible item after or before another.
  function next(li, forward) {
    const from = li ? index.get(li) : forward ? -1 : items.length;
    for (let i = from + (forward ? 1 : -1); i >= 0 && i < items.length; i += forward ? 1 : -1) {
      if (!items[i].hidden) return items[i];
    }
    return null;
  }

  function focus(li) {
    const summary = li.firstElementChild.firstElementChild;
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: 'nearest' });
  }

  // show opens the finding in the URL's hash.
  function show() {
    const d = linked();
    if (!d || !index.has(d.parentElement)) return;
    if (d.parentElement.hidden) clear();
    draw(d.parentElement);
    d.open = true;
    focus(d.parentElement);
  }
  addEventListener('hashchange', show);

  const help = $('help');
  $('keys').addEventListener('click', () => help.showModal());
  lightOrDark($('theme'));

  addEventListener('keydown', (e) => {
    if (e.metaKey || e.ctrlKey || e.altKey || help.open) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.nodeName);
    if (e.key === 'Escape') {
      clear();
      if (typing) e.target.blur();
      return;
    }
    if (typing) {
      if (e.key !== 'Enter' || e.target.id !== 'filter') return;
      const first = next(null, true);
      if (first) focus(first);
    } else if (e.key === '/') $('filter').focus();
    else if (e.key === '?') help.showModal();
    else if (e.key === 'j' || e.key === 'k') {
      const li = next(document.activeElement.closest('ol.findings > li'), e.key === 'j');
      if (li) focus(li);
    } else return;
    e.preventDefault();
  });

  // For print, the findings that prove a problem are opened.
  addEventListener('beforeprint', () => {
    for (const a of document.querySelectorAll('.problems a.proof')) {
      const d = document.getElementById(a.hash.slice(1));
      if (!d || d.parentElement.hidden) continue;
      draw(d.parentElement);
      d.open = true;
    }
  });

  apply();
  show();
  // The milliseconds until the list was ready; a test reads them.
  requestAnimationFrame(() => setTimeout(() => { root.dataset.ready = Math.round(performance.now()); }));
})();

// Filters of the behaviours, and the drawing of a finding when it is opened.
(() => {
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add('on');
  const data = JSON.parse($('data').textContent);
  const { draw, index } = drawOnOpening(data, [...document.querySelectorAll('ol.findings > li')]);
  const items = [...document.querySelectorAll('.cells > li')].map((li) => ({ li, words: li.textContent.toLowerCase() }));
  const state = { verdicts: new Set(), text: '', level: '' };

  function apply() {
    const terms = termsOf(state.text);
    let n = 0;
    for (const { li, words } of items) {
      const show = (!state.verdicts.size || state.verdicts.has(li.dataset.o)) && (!state.level || li.dataset.level === state.level) && terms.every((t) => words.includes(t));
      li.hidden = !show;
      if (show) n++;
    }
    showPressed($('verdicts'), state.verdicts);
    $('shown').textContent = n === items.length ? `${n} behaviours` : `${n} of ${items.length}`;
    $('none').hidden = n > 0;
  }

  // show opens what the URL's hash names: a policy, or a finding with its policy.
  function show() {
    const d = linked();
    if (!d) return;
    if (index.has(d.parentElement)) draw(d.parentElement);
    for (let e = d; e; e = e.parentElement.closest('details')) e.open = true;
    d.scrollIntoView();
  }
  addEventListener('hashchange', show);
  document.addEventListener('click', (e) => { // a link to the place where the reader is already
    const a = e.target.closest('a[href^="#"]');
    if (a && a.hash === location.hash) show();
  });

  // For print, everything is opened.
  addEventListener('beforeprint', () => {
    for (const li of index.keys()) draw(li);
    for (const d of document.querySelectorAll('.policy, ol.findings > li > details')) d.open = true;
  });

  if (items.length) filters(state, apply, ['level']);
  show();
  document.documentElement.dataset.ready = Math.round(performance.now()); // a test waits for it
})();

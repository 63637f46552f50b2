// What the scripts of the pages share.

// textsOf returns a function that looks texts up in the tables of the data, and its line
// function, which looks header lines up.
function textsOf(data) {
  const text = (i) => data.texts[i || 0];
  text.line = (i) => { const [l, n, wrong] = data.lines[i]; return [text(l), text(n), !!wrong]; };
  return text;
}

// drawOnOpening draws a finding when it is opened. items are the items of the list, in the
// order of the findings in data. draw draws an item, once.
function drawOnOpening(data, items) {
  const text = textsOf(data);
  const index = new Map(items.map((li, i) => [li, i]));
  const draw = (li) => {
    const d = li.firstElementChild;
    if (d.dataset.drawn) return;
    d.dataset.drawn = 'yes';
    d.lastElementChild.replaceWith(details(text, data.findings[index.get(li)], d.id, data.browser, d.querySelector('summary code').textContent));
  };
  document.addEventListener('toggle', (e) => {
    const li = e.target.parentElement;
    if (e.target.open && index.has(li)) draw(li);
  }, true);
  for (const li of items) if (li.firstElementChild.open) draw(li);
  return { text, index, draw };
}

// linked returns the details element that the URL's hash names, or null.
function linked() {
  const d = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return d && d.localName === 'details' ? d : null;
}

// lightOrDark lets a button switch between light and dark.
function lightOrDark(button) {
  const root = document.documentElement;
  button.addEventListener('click', () => {
    const dark = getComputedStyle(root).colorScheme === 'dark' || (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
    root.dataset.theme = dark ? 'light' : 'dark';
  });
}

// filters connects the tools of a matrix or a list of behaviours with a state. apply shows
// what the state selects. menus are the names of the menus.
function filters(state, apply, menus) {
  const $ = (id) => document.getElementById(id);
  const clear = () => {
    state.verdicts.clear();
    state.text = $('filter').value = '';
    for (const name of menus) state[name] = $(name).value = '';
    apply();
  };
  $('filter').addEventListener('input', () => { state.text = $('filter').value; apply(); });
  for (const name of menus) $(name).addEventListener('change', () => { state[name] = $(name).value; apply(); });
  $('clear').addEventListener('click', () => { clear(); $('filter').focus(); });
  document.querySelector('.tools').addEventListener('submit', (e) => e.preventDefault());
  pressed($('verdicts'), () => state.verdicts, apply);
  lightOrDark($('theme'));
  addEventListener('keydown', (e) => {
    if (e.metaKey || e.ctrlKey || e.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.nodeName);
    if (e.key === 'Escape') clear();
    else if (e.key === '/' && !typing) $('filter').focus();
    else return;
    e.preventDefault();
  });
  apply();
}

// pressed toggles a value in a set when a button of a group is pressed.
function pressed(group, set, then) {
  group.addEventListener('click', (e) => {
    const b = e.target.closest('button');
    if (!b) return;
    if (!set().delete(b.dataset.o)) set().add(b.dataset.o);
    then();
  });
}

// showPressed shows which buttons of a group are pressed.
function showPressed(group, set) {
  for (const b of group.querySelectorAll('button')) b.setAttribute('aria-pressed', set.has(b.dataset.o));
}

// termsOf splits what a reader is looking for into words.
const termsOf = (value) => value.toLowerCase().split(/\s+/).filter(Boolean);

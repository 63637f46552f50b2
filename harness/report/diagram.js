// Draws a finding: the messages between page, browser and server. Every value becomes a
// text node; nothing is ever parsed as markup.

// el makes an element with a class and children, which are elements or text.
function el(name, className, ...children) {
  const e = document.createElement(name);
  if (className) e.className = className;
  for (const child of children) if (child !== '' && child != null) e.append(child);
  return e;
}

// arrow makes the line of a message. Its end shows the result.
function arrow(direction, kind) {
  const a = el('span', `arrow ${direction} ${kind || ''}`);
  a.setAttribute('aria-hidden', 'true');
  return a;
}

// headerLines lists the header lines of a message, and marks the lines that decided.
function headerLines(text, lines, marks) {
  if (!lines) return '';
  const list = el('ul', 'lines');
  for (const l of lines) {
    const [line, note, wrong] = text.line(l);
    const marked = wrong || (marks && note);
    const item = el('li', wrong ? 'wrong' : marked ? 'marked' : '', el('code', '', line));
    if (note) item.append(el('em', '', note));
    if (marked) item.append(el('span', 'said', wrong ? ' (this is why)' : ' (this decided)'));
    list.append(item);
  }
  return list;
}

// message makes one message between two participants.
function message(between, direction, kind, label, ...below) {
  const m = el('div', `m ${between} ${direction}`, el('div', 'label', ...label), arrow(direction, kind));
  for (const b of below) if (b) m.append(b);
  return m;
}

// exchange draws a request, and its response if there is one.
function exchange(seq, text, e, number) {
  const url = e.url ? el('span', 'url', ' ' + text(e.url)) : '';
  const label = [el('b', 'n', String(number)), el('span', 'kind', e.kind), ' ', el('b', '', text(e.method)), url];
  if (e.state !== 'sent' && e.state !== 'cache') {
    const m = message('wire', 'right', 'stopped', label, headerLines(text, e.request, false),
      el('p', 'stop', text(e.outcome)));
    m.classList.add(e.state);
    seq.append(m);
    return;
  }
  const request = message('wire', 'right', e.state === 'cache' ? 'stopped' : '', label, headerLines(text, e.request, false));
  seq.append(request);
  const outcome = [el('b', e.note ? 'wrong' : '', text(e.outcome))];
  if (e.protocol) outcome.push(el('span', 'kind', ' ' + text(e.protocol)));
  if (e.note) outcome.push(el('em', 'wrong', ' ' + text(e.note)));
  const response = message('wire', 'left', e.decided && !e.passed ? 'refused' : '', outcome, headerLines(text, e.response, e.decided && e.passed));
  if (e.decided) response.classList.add('decided');
  seq.append(response);
}

// exchanges draws a list of exchanges. The middle of a long list, as of a redirect loop, is
// folded, except what decided.
function exchanges(seq, text, list) {
  const first = 4, last = 2;
  let folded = null;
  list.forEach((e, i) => {
    if (list.length <= first + last + 1 || i < first || i >= list.length - last || e.decided) {
      exchange(seq, text, e, i + 1);
      return;
    }
    if (!folded) {
      folded = el('details', 'many', el('summary', ''));
      seq.append(folded);
    }
    exchange(folded, text, e, i + 1);
    folded.firstChild.textContent = `${folded.querySelectorAll(':scope > .right').length} more exchanges`;
  });
}

// diagram draws one step.
function diagram(text, s, browser) {
  const seq = el('div', 'flow');
  for (const at of ['page', 'browser', 'server']) seq.append(el('i', 'life ' + at));
  const heads = el('div', 'heads',
    el('div', 'who page', el('span', '', 'page'), el('code', '', text(s.from))),
    el('div', 'who browser', el('span', '', s.wire ? 'corsproof' : 'browser'), el('code', '', s.wire ? 'asked on the wire' : browser)),
    el('div', 'who server', el('span', '', 'server'), el('code', '', text(s.server))));
  if (!s.wire) {
    seq.append(message('inside', 'right', '', [el('b', '', text(s.method)), ' ', text(s.how)], el('p', 'url', text(s.path))));
  }
  exchanges(seq, text, s.exchanges || []);
  const held = (s.exchanges || []).some((e) => e.state === 'withheld');
  const verdict = held ? 'would be sent' : s.verdict || 'no verdict';
  const kind = s.verdict === 'blocked' ? 'error' : '';
  const label = [el('b', 'v ' + verdict.replaceAll(' ', '-'), verdict), s.reason ? el('span', 'reason', ' ' + text(s.reason)) : ''];
  if (s.wire) seq.append(el('div', 'm wire verdictonly', el('div', 'label', 'a browser would say: ', ...label)));
  else seq.append(message('inside', 'left', kind, label, s.script ? el('p', 'script', text(s.script)) : ''));
  return el('div', s.wire ? 'seq wireonly' : 'seq', heads, seq);
}

// step draws one step with its caption, unless the reason above says the same.
function step(text, s, number, of, browser, said) {
  const was = s.verdict ? `, and it was ${s.verdict}` : '';
  const words = s.prepares ? ' comes before, and is not judged' : of > 1 ? ` wants ${s.want}${was}` : `Wanted ${s.want}${was}.`;
  const block = el('div', s.decided ? 'step decided' : 'step');
  if (of > 1 || !said) block.append(el('p', 'caption', of > 1 ? el('b', '', `Step ${number} of ${of}`) : '', words));
  if (s.error) block.append(el('p', 'error', text(s.error)));
  if (s.server) block.append(diagram(text, s, browser));
  if (s.console) {
    const list = el('ul', 'console');
    for (const line of s.console) list.append(el('li', '', text(line)));
    block.append(el('details', 'evidence', el('summary', '', `Console and issues (${s.console.length})`), list));
  }
  return block;
}

// link makes a link to a place in a standard; any text but an https URL stays text.
function link(url) {
  if (!/^https:\/\//.test(url)) return document.createTextNode(url);
  const a = el('a', '', url.replace('https://', ''));
  a.href = url;
  a.rel = 'noreferrer';
  return a;
}

// copyable makes a text with a button that copies it.
function copyable(label, value) {
  const button = el('button', 'copy', 'copy');
  button.type = 'button';
  button.setAttribute('aria-label', `copy the ${label}`);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch { // not every browser gives a local file the clipboard
      getSelection().selectAllChildren(button.previousSibling);
      document.execCommand('copy');
    }
    button.textContent = 'copied';
  });
  return el('p', 'key', el('span', '', label), el('code', '', value), button);
}

// details draws a whole finding.
function details(text, f, id, browser, behaviour) {
  const d = el('div', 'd');
  const lead = el('div', 'lead');
  for (const [name, value] of [['', f.why], ['runs', f.runs], ['known', f.known]]) {
    if (value) lead.append(el('p', '', name ? el('b', '', name + ' ') : '', text(value)));
  }
  if (lead.childNodes.length) d.append(lead);
  const steps = f.steps || [];
  steps.forEach((s, i) => {
    const block = step(text, s, i + 1, steps.length, browser, f.why);
    if (steps.length > 1 && !s.decided) { // only one step decided; the others are folded
      d.append(el('details', 'other', el('summary', '', block.firstChild), ...block.childNodes));
    } else d.append(block);
  });
  if (!steps.length) d.append(el('p', 'caption', 'How the exchange went is not in this report.'));
  const meaning = el('div', 'meaning');
  if (f.meaning) meaning.append(el('p', '', text(f.meaning)));
  if (f.remedy) meaning.append(el('p', 'remedy', el('b', '', 'Remedy '), text(f.remedy)));
  if (f.anchor) meaning.append(el('p', 'anchor', link(text(f.anchor))));
  d.append(meaning);
  const self = el('a', 'self', 'link to this');
  self.href = '#' + id;
  const foot = el('div', 'foot', copyable('key', text(f.key)), self);
  if (document.getElementById(behaviour)) {
    const means = el('a', 'self', `what ${behaviour} means`);
    means.href = '#' + behaviour;
    foot.append(means);
  }
  d.append(foot);
  return d;
}

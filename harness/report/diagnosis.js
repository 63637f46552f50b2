// The page of a diagnosis: draws what is, and what would be, in place of the transcripts.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const text = textsOf(data);
  for (const place of document.querySelectorAll('.drawn')) {
    place.replaceChildren(step(text, data.findings[0].steps[place.dataset.step], 1, 1, data.browser, true));
  }
  const again = document.getElementById('again');
  if (again) again.replaceWith(copyable('again', again.textContent));
  lightOrDark(document.getElementById('theme'));
  document.documentElement.classList.add('on');
  document.documentElement.dataset.ready = Math.round(performance.now()); // a test waits for it
})();

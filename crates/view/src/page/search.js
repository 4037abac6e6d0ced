// Search by name and kind.

let hits = [];
let current = -1;

/** Finds nodes whose name or kind has the text in it. */
function search(text) {
  const wanted = text.trim().toLowerCase();
  hits = [];
  if (wanted) {
    DATA.nodes.forEach((node, at) => {
      if (node.name.toLowerCase().includes(wanted) || node.kind.toLowerCase().includes(wanted)) hits.push(at);
    });
  }
  current = -1;
  showHits();
}

function showHits() {
  const wanted = byId('search').value.trim();
  const found = new Set(hits.map(detail => boxOf(detail, true)));
  byId('graph').classList.toggle('searching', wanted !== '' && hits.length > 0);
  boxElements.forEach((element, at) => element.classList.toggle('hit', found.has(at)));
  byId('hits').textContent = !wanted ? '' : hits.length === 0 ? 'no node' : current < 0
    ? hits.length + (hits.length === 1 ? ' node' : ' nodes') : (current + 1) + ' of ' + hits.length;
}

/** Goes to the next hit, or to the one before. */
function step(by) {
  if (!hits.length) return;
  current = current < 0 ? (by > 0 ? 0 : hits.length - 1) : (current + by + hits.length) % hits.length;
  const at = reveal(hits[current]) ? boxOf(hits[current]) : boxOf(hits[current], true);
  if (at >= 0) {
    select(at, false);
    lookAt(at);
  }
  showHits();
}

function startSearch() {
  const field = byId('search');
  field.addEventListener('input', () => search(field.value));
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') {
      field.value = '';
      search('');
      field.blur();
      event.stopPropagation();
    }
  });
  on('layout', showHits);
}

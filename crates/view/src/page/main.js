// Keys for the whole page, and the start.

const KEYS = [
  ['/', 'search; Enter goes to the next hit, Shift+Enter to the one before'],
  ['arrow keys', 'in the graph: go from node to node; with Shift: move the graph'],
  ['Enter', 'show what is known of the node'],
  ['o', 'open or close the nested graph or repeated block'],
  ['+ − 0', 'zoom in, zoom out, show the whole graph'],
  ['p', 'colour by the next platform'],
  ['d', 'light or dark'],
  ['s', 'save the graph as it is shown, as SVG'],
  ...(HAS_STEPS ? [['f', 'go to the first difference'], ['[ ]', 'longer or shorter stretch of time']] : []),
  ['Esc', 'back to the overview'],
  ['?', 'these keys'],
];

function toggleHelp() {
  const help = byId('help');
  help.hidden = !help.hidden;
  byId('keys').setAttribute('aria-expanded', String(!help.hidden));
}

/** What keys do outside of text fields. */
const ACTIONS = {
  '/': () => byId('search').focus(),
  '+': () => zoom(1.3),
  '=': () => zoom(1.3),
  '-': () => zoom(1 / 1.3),
  0: () => fit(),
  d: otherTheme,
  s: save,
  o: () => {
    const unit = unitOf(selectedBox());
    if (unit !== undefined) toggle(unit);
    const at = selectedBox();
    if (at >= 0) select(at, true);
  },
  p: () => {
    const at = DATA.platforms.indexOf(platform) + 1;
    choosePlatform(at < DATA.platforms.length ? at : -1);
  },
  f: () => HAS_STEPS && goToDifference(),
  '[': () => HAS_STEPS && zoomTime(0.5),
  ']': () => HAS_STEPS && zoomTime(2),
  '?': toggleHelp,
  Escape: () => {
    if (!byId('help').hidden) toggleHelp();
    else {
      const at = selectedBox();
      if (at < 0 && listed) unlist();
      select(-1);
      if (at >= 0) boxElements[at].focus({ preventScroll: true });
    }
  },
};

function start() {
  byId('title').textContent = DATA.title;
  byId('title').title = DATA.title;
  byId('help').append(html('h2', {}, 'Keys'), ...[html('table', {}, html('tbody', {}, KEYS.map(([key, what]) => html('tr', {}, html('th', { scope: 'row' }, html('kbd', {}, key)), html('td', {}, what)))))]);
  byId('keys').addEventListener('click', toggleHelp);
  byId('open-all').addEventListener('click', () => toggleAll(true));
  byId('close-all').addEventListener('click', () => toggleAll(false));
  for (const button of ['open-all', 'close-all']) byId(button).disabled = DATA.units.length === 0;
  byId('save').addEventListener('click', save);
  byId('save').hidden = IS_FRAMED;
  startCamera();
  startSelect();
  startColours();
  startSearch();
  document.addEventListener('keydown', event => {
    const isTyping = event.target.matches('input, select, textarea');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = ACTIONS[event.key];
    if (!action) return;
    action();
    event.preventDefault();
  });
  startRuns();
  startEvaluation();
  startTheme();
  tell('layout');
  if (HAS_STEPS) tell('stretch');
  fit(0.85);
}

start();

// A labelled set on platforms: the classes that each found, and which samples stand behind a number.

const EVALUATION = DATA.evaluation || null;

/** Label, class and number of samples of each cell that is not 0; null where they are not in the page. */
function cellsOf(text) {
  if (text === undefined) return null;
  const numbers = numbersOf(text);
  return Array.from({ length: numbers.length / 3 }, (_, at) => ({ label: numbers[3 * at], taken: numbers[3 * at + 1], count: numbers[3 * at + 2] }));
}

/** The platforms that ran, and the labels of the samples that are in the page. */
const RAN = !EVALUATION ? [] : EVALUATION.rows.filter(row => row.score).map(row => ({ ...row.score, name: row.name, found: numbersOf(row.score.found), cells: cellsOf(row.score.cells) }));
const LABELS = EVALUATION ? numbersOf(EVALUATION.labels) : [];

/** Samples of each class. */
const OF_CLASS = !RAN.length || !RAN[0].cells ? [] : RAN[0].cells.reduce((sums, { label, count }) => {
  sums[label] += count;
  return sums;
}, Array(EVALUATION.classes).fill(0));

function percent(share) {
  return (100 * share).toFixed(1) + '\u00a0%';
}

/** Samples of the page of which something holds. */
function samplesWhere(holds) {
  return LABELS.map((_, at) => at).filter(holds);
}

/** What is listed in the panel at the side in the place of the overview: a title and samples; null for none. */
let listed = null;

/** Lists samples: a title, the samples that are in the page, and how many there are in all. */
function list(title, samples, all) {
  listed = { title, samples, all };
  if (selected !== null) select(-1, false);
  else showSide();
  byId('side').focus({ preventScroll: true });
}

/** Lists the samples of a class that a platform takes for another one, or finds. */
function listCell(row, label, taken) {
  const cell = (row.cells || []).find(one => one.label === label && one.taken === taken);
  const what = label === taken ? ' that ' + row.name + ' finds' : ' that ' + row.name + ' takes for class ' + taken;
  list('Samples of class ' + label + what, samplesWhere(at => LABELS[at] === label && row.found[at] === taken), cell ? cell.count : 0);
}

function listDiffering() {
  list('Samples that get different classes', samplesWhere(at => RAN.some(row => row.found[at] !== RAN[0].found[at])), EVALUATION.differing);
}

function listPair(a, b) {
  const same = EVALUATION.same[a][b];
  list('Samples that get other classes on ' + RAN[a].name + ' than on ' + RAN[b].name, samplesWhere(at => RAN[a].found[at] !== RAN[b].found[at]), EVALUATION.samples - same);
}

const MOST_LISTED = 300;

/** The samples that are listed: number, label, and the class on each platform. */
function listView() {
  const { title, samples, all } = listed;
  const head = ['sample', 'label', ...RAN.map(row => row.name)].map(name => html('th', { scope: 'col' }, breakable(name)));
  const rows = samples.slice(0, MOST_LISTED).map(at => html('tr', { 'data-sample': at },
    html('th', { scope: 'row' }, String(at), EVALUATION.names[at] ? html('div', { class: 'soft' }, EVALUATION.names[at]) : null),
    html('td', { class: 'number' }, LABELS[at]),
    RAN.map(row => (row.found[at] === LABELS[at] ? html('td', { class: 'number' }, row.found[at]) : html('td', { class: 'number wrong' }, row.found[at] + '\u00a0✗')))));
  const shown = Math.min(samples.length, MOST_LISTED);
  const rest = all > shown ? 'The first ' + counted(shown) + ' are listed' + (all > samples.length ? '; the page has the classes of the first ' + counted(EVALUATION.kept) + ' samples.' : '.') : null;
  return [
    html('div', { class: 'row' }, html('button', { type: 'button', id: 'back', click: unlist }, '← Overview')),
    html('h2', { id: 'node', tabindex: -1 }, title),
    html('p', {}, withPlural(all, 'sample') + ' of ' + counted(EVALUATION.samples) + '. ✗: another class than the label.'),
    rows.length ? html('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': title }, html('table', { class: 'samples' }, html('thead', {}, html('tr', {}, head)), html('tbody', {}, rows))) : null,
    rest ? html('p', { class: 'soft' }, rest) : null,
  ];
}

function unlist() {
  listed = null;
  showSide();
}

function scoresTable() {
  const head = ['platform', 'accuracy', 'correct', 'spikes'].map(name => html('th', { scope: 'col' }, name));
  let ran = 0;
  const rows = EVALUATION.rows.map(({ name, score }) => {
    const cells = !score ? [html('td', { colspan: 3 }, 'does not run')]
      : [percent(score.correct / EVALUATION.samples), counted(score.correct), score.spikes === undefined ? '–' : short(score.spikes)].map(text => html('td', { class: 'number' }, text));
    ran += score ? 1 : 0;
    return html('tr', {}, html('th', { scope: 'row' }, name), cells);
  });
  return html('table', { class: 'counts scores' }, html('thead', {}, html('tr', {}, head)), html('tbody', {}, rows));
}

/** The share of samples to which two platforms give the same class. */
function agreementTable() {
  if (RAN.length < 2) return null;
  const head = ['', ...RAN.map(row => row.name)].map(name => (name ? html('th', { scope: 'col' }, breakable(name)) : html('td', {})));
  const cell = (a, b) => {
    const share = EVALUATION.same[a][b] / EVALUATION.samples;
    if (a === b) return html('td', { class: 'number soft' }, '–');
    if (EVALUATION.same[a][b] === EVALUATION.samples) return html('td', { class: 'number' }, 'all');
    const title = counted(EVALUATION.samples - EVALUATION.same[a][b]) + ' differ: ' + RAN[a].name + ' and ' + RAN[b].name;
    return html('td', { class: 'number' }, html('button', { class: 'link', type: 'button', title, 'aria-label': percent(share) + ', ' + title, click: () => listPair(a, b) }, percent(share)));
  };
  return [html('h3', {}, 'The same class on two platforms'), html('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'The same class on two platforms' },
    html('table', { id: 'agreement' }, html('thead', {}, html('tr', {}, head)), html('tbody', {}, RAN.map((row, a) => html('tr', {}, html('th', { scope: 'row' }, row.name), RAN.map((_, b) => cell(a, b)))))))];
}

/** What is most often taken for something else. */
function confusions() {
  const wrong = RAN.flatMap(row => (row.cells || []).filter(({ label, taken }) => label !== taken).map(cell => ({ row, ...cell })));
  wrong.sort((a, b) => b.count - a.count);
  if (!wrong.length) return null;
  return [html('h3', {}, 'Most frequent confusions'), html('ul', { class: 'firsts', id: 'confusions' }, wrong.slice(0, 8).map(({ row, label, taken, count }) => html('li', {},
    html('button', { class: 'link', type: 'button', click: () => listCell(row, label, taken) }, row.name + ': class ' + label + ' taken for ' + taken + ', ' + withPlural(count, 'sample')))))];
}

function classTable() {
  if (!OF_CLASS.length || EVALUATION.classes > 200) return null;
  const head = ['class', 'samples', ...RAN.map(row => row.name)].map(name => html('th', { scope: 'col' }, breakable(name)));
  const found = (row, at) => {
    const cell = row.cells.find(({ label, taken }) => label === at && taken === at);
    return OF_CLASS[at] ? percent((cell ? cell.count : 0) / OF_CLASS[at]) : '–';
  };
  return html('details', {}, html('summary', {}, 'Accuracy of each class'), html('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Accuracy of each class' },
    html('table', { class: 'counts' }, html('thead', {}, html('tr', {}, head)), html('tbody', {}, OF_CLASS.map((samples, at) => html('tr', {}, html('th', { scope: 'row' }, at), html('td', { class: 'number' }, counted(samples)), RAN.map(row => html('td', { class: 'number' }, found(row, at)))))))));
}

/** What the evaluation gave. */
function evaluationView() {
  if (!EVALUATION) return [];
  const { rows, samples, differing } = EVALUATION;
  const reasons = rows.flatMap(row => row.reasons.map(([what, help]) => html('div', { class: 'finding error' }, what.startsWith(row.name) ? null : [html('b', {}, row.name), ': '], prose(what), help ? html('div', {}, 'help: ', prose(help)) : null)));
  const readouts = [...new Set(RAN.map(row => row.readout))].join(', ');
  return [
    html('h3', {}, withPlural(samples, 'sample') + (EVALUATION.classes ? ' of ' + counted(EVALUATION.classes) + (EVALUATION.classes === 1 ? ' class' : ' classes') : '')),
    scoresTable(),
    html('p', { class: 'soft' }, readouts ? 'Readout: ' + readouts + '. Spikes are output spikes of a sample on average.' : 'Nothing runs.'),
    RAN.length < 2 ? null : differing === 0 ? html('p', {}, 'All platforms find the same classes.')
      : html('p', {}, html('button', { class: 'link', id: 'differing', type: 'button', click: listDiffering }, withPlural(differing, 'sample') + (differing === 1 ? ' gets' : ' get') + ' different classes')),
    agreementTable(),
    confusions(),
    classTable(),
    reasons,
    ...rows.map(row => (row.notes.length || row.choices.length ? html('details', {}, html('summary', {}, 'Choices of ' + row.name), table(row.choices.map(([name, value, source]) => [name, value + ' (' + source + ')'])), row.notes.map(note => html('p', { class: 'soft' }, note))) : null)),
  ].flat(2);
}

// The page of a sweep: a map for each graph and set, a row for each platform, a column for each combination of choices.

const { lines: LINES, columns: COLUMNS, measures: MEASURES, texts: TEXTS } = DATA;
/** More cells than this are shown for one graph and set at a time. */
const MOST_AT_ONCE = 3000;

/** What is shown: a measure, and a graph and a set or all of them (-1); the line that is selected. */
const chosen = { measure: 0, graph: -1, set: -1, line: null };

const distinct = values => [...new Set(values)];

function inUnits(value) {
  return MEASURES[chosen.measure].is_share ? (100 * value).toFixed(1) + '\u00a0%' : short(value);
}

function written(measure, value) {
  return measure.is_share ? (100 * value).toFixed(2) + '\u00a0%' : short(value);
}

/** Selects a line and shows it at the side. */
function selectLine(line) {
  chosen.line = line;
  document.querySelectorAll('.heat').forEach(cell => cell.classList.toggle('selected', cell.dataset.line === String(LINES.indexOf(line))));
  showDetails();
}

/** Goes from cell to cell with the arrow keys. */
function onCellKey(event) {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!by) return;
  event.preventDefault();
  const cell = event.target.closest('td');
  const rows = [...cell.closest('tbody').rows];
  const row = rows[rows.indexOf(cell.parentElement) + by[0]];
  const next = row && row.cells[cell.cellIndex + by[1]];
  const button = next && next.querySelector('button');
  if (!button) return;
  button.focus();
  button.click();
}

function heatCell(line, [low, high], isFirst) {
  if (!line) return html('td', {});
  const value = line.values[chosen.measure];
  const has = value !== null && value !== undefined;
  const words = has ? inUnits(value) : line.status === 'done' ? '–' : line.status;
  const cell = html('button', {
    class: 'heat' + (has ? '' : ' none'), type: 'button', tabindex: isFirst ? 0 : -1, 'data-line': LINES.indexOf(line),
    click: () => selectLine(line), keydown: onCellKey,
  }, words);
  if (has) cell.style.setProperty('--share', high > low ? (value - low) / (high - low) : 1);
  return html('td', {}, cell);
}

/** The map of a graph and a set. */
function mapOf(graph, set) {
  const own = LINES.filter(line => line.graph === graph && line.set === set);
  const measure = MEASURES[chosen.measure];
  const values = own.map(line => line.values[chosen.measure]).filter(value => value !== null && value !== undefined);
  const range = measure.is_share ? [0, 1] : [Math.min(0, ...values), Math.max(0, ...values)];
  const columns = COLUMNS.map((name, at) => ({ name, at })).filter(({ at }) => own.some(line => line.columns.includes(at)));
  const head = html('tr', {}, html('td', {}), columns.map(({ name }) => html('th', { scope: 'col' }, name || 'no choice')));
  let isFirst = true;
  const row = platform => {
    const of = own.filter(line => line.platform === platform);
    return html('tr', {}, html('th', { scope: 'row' }, TEXTS[platform]), columns.map(({ at }) => {
      const line = of.find(one => one.columns.includes(at));
      const cell = heatCell(line, range, isFirst && Boolean(line));
      isFirst = isFirst && !line;
      return cell;
    }));
  };
  const ends = [measure.is_share ? '0 %' : short(range[0]), html('span', { class: 'ramp', 'aria-hidden': 'true' }), measure.is_share ? '100 %' : short(range[1])];
  const title = TEXTS[graph] + ', ' + TEXTS[set] + ': ' + measure.name;
  return html('div', { class: 'map' }, html('h2', {}, title), html('table', { 'aria-label': title },
    html('thead', {}, head), html('tbody', {}, distinct(own.map(line => line.platform)).map(row))), html('p', { class: 'soft ends' }, ends));
}

function showMaps() {
  if (!MEASURES.length) {
    byId('maps').replaceChildren(html('p', {}, 'Nothing ran, so there is nothing to draw; the reasons stand at the side.'));
    return;
  }
  const wanted = line => (chosen.graph < 0 || line.graph === chosen.graph) && (chosen.set < 0 || line.set === chosen.set);
  const pairs = distinct(LINES.filter(wanted).map(line => line.graph + ' ' + line.set)).map(pair => pair.split(' ').map(Number));
  byId('maps').replaceChildren(...pairs.map(([graph, set]) => mapOf(graph, set)));
  if (chosen.line) selectLine(chosen.line);
}

function rowsTable(rows) {
  return html('table', {}, html('tbody', {}, rows.map(([name, value]) => html('tr', {}, html('th', { scope: 'row' }, name), html('td', {}, value)))));
}

/** What is known of a line. */
function lineView(line) {
  const values = MEASURES.map((measure, at) => [measure.name, line.values[at], measure]).filter(([, value]) => value !== null && value !== undefined);
  return [
    html('div', { class: 'row' }, html('button', { type: 'button', id: 'back', click: () => selectLine(null) }, '← Overview')),
    html('h2', { id: 'node' }, TEXTS[line.platform]),
    rowsTable([['graph', TEXTS[line.graph]], ['set', TEXTS[line.set]], ['status', line.status], ...line.facts.map(pair => pair.map(at => TEXTS[at]))]),
    values.length ? [html('h3', {}, 'Measured'), rowsTable(values.map(([name, value, measure]) => [name, written(measure, value)]))] : null,
    line.reasons.map(at => html('div', { class: 'finding error' }, TEXTS[at])),
    line.notes.map(at => html('p', { class: 'soft' }, TEXTS[at])),
  ];
}

function overviewOfLines() {
  const count = status => LINES.filter(line => line.status === status).length;
  const [refused, failed] = [count('refused'), count('failed')];
  // A platform refuses a graph for the same reason under all choices.
  const known = new Set();
  const reasons = LINES.filter(line => line.reasons.length).filter(({ platform, graph, reasons: [first] }) => {
    const key = [platform, graph, first].join();
    return !known.has(key) && known.add(key);
  });
  return [
    html('h2', { id: 'node' }, DATA.title),
    rowsTable([['lines', counted(LINES.length)], ['graphs', counted(distinct(LINES.map(line => line.graph)).length)], ['sets', counted(distinct(LINES.map(line => line.set)).length)], ['platforms', counted(distinct(LINES.map(line => line.platform)).length)],
      refused ? ['refused', counted(refused)] : null, failed ? ['failed', counted(failed)] : null].filter(Boolean)),
    html('p', { class: 'soft' }, 'A row is a platform, a column a combination of choices. A platform without a choice has the same number for all its values. A cell shows what stands behind it; arrow keys go from cell to cell.'),
    reasons.length ? html('h3', {}, 'What did not run') : null,
    reasons.slice(0, 60).map(line => html('div', { class: 'finding error' }, html('button', { class: 'link', type: 'button', click: () => selectLine(line) }, TEXTS[line.platform]), ' (' + TEXTS[line.graph] + '): ' + TEXTS[line.reasons[0]])),
    reasons.length > 60 ? html('p', { class: 'soft' }, 'and ' + (reasons.length - 60) + ' more') : null,
    DATA.left_out.map(what => html('p', { class: 'soft' }, 'not in this page: ' + what)),
    html('p', { class: 'soft' }, 'Made by ' + DATA.program + '.'),
  ];
}

function showDetails() {
  byId('side').replaceChildren(...(chosen.line ? lineView(chosen.line) : overviewOfLines()).flat(2).filter(Boolean));
  byId('side').scrollTop = 0;
}

function startPick(id, name, values, first) {
  const pick = byId(id);
  pick.append(...values.map(([value, text]) => html('option', { value }, text)));
  pick.value = String(first);
  chosen[name] = first;
  pick.closest('label').hidden = values.length < 2 || (values.length === 2 && values[0][0] === -1);
  pick.addEventListener('change', () => {
    chosen[name] = Number(pick.value);
    showMaps();
  });
}

function start() {
  byId('title').textContent = DATA.title;
  byId('title').title = DATA.title;
  const all = values => [[-1, 'all'], ...distinct(values).map(at => [at, TEXTS[at]])];
  const cells = LINES.reduce((sum, line) => sum + line.columns.length, 0);
  const isLarge = cells > MOST_AT_ONCE;
  startPick('measure', 'measure', MEASURES.map(({ name }, at) => [at, name]), 0);
  startPick('graph-pick', 'graph', all(LINES.map(line => line.graph)), isLarge ? LINES[0].graph : -1);
  startPick('set-pick', 'set', all(LINES.map(line => line.set)), isLarge ? LINES[0].set : -1);
  document.addEventListener('keydown', event => {
    if (event.target.matches('select, input') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'd') otherTheme();
    else if (event.key === 'Escape') selectLine(null);
    else return;
    event.preventDefault();
  });
  startTheme();
  showMaps();
  showDetails();
}

start();

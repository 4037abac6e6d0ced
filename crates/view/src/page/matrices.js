// Confusion matrices side by side: a row for each label, a column for each class that was found.

/** Matrices of more classes are not drawn; a number stands in a cell of this side in pixels or more. */
const MOST_DRAWN = 400;
const WITH_NUMBERS = 20;
const SHADES = 8;

/** The cell at which the pointer or the keyboard stands, in all matrices: label and class. */
const cellNow = { label: 0, taken: 0 };
let matrices = [];

/** The side of a cell: room for the largest number where there are few classes. */
function cellSide(classes) {
  const digits = String(Math.max(...RAN.flatMap(row => (row.cells || []).map(({ count }) => count)), 1)).length;
  if (classes <= 20) return Math.max(Math.min(40, Math.floor(240 / classes)), WITH_NUMBERS, Math.ceil(6.4 * digits + 8));
  return Math.max(3, Math.min(14, Math.floor(420 / classes)));
}

function cellSays(row, { label, taken }) {
  const cell = row.cells.find(one => one.label === label && one.taken === taken);
  const count = cell ? cell.count : 0;
  const share = OF_CLASS[label] ? ', ' + percent(count / OF_CLASS[label]) + ' of the class' : '';
  return 'label ' + label + (label === taken ? ', found: ' : ', taken for ' + taken + ': ') + withPlural(count, 'sample') + share;
}

/** Squares in eight shades, darker with the share of the class; what is right in blue, what is wrong in orange. */
function squares(row, side) {
  const paths = new Map();
  const numbers = [];
  for (const { label, taken, count } of row.cells) {
    const share = count / OF_CLASS[label];
    const shade = Math.max(1, Math.ceil(share * SHADES));
    const key = (label === taken ? 'right ' : 'not-right ') + shade;
    paths.set(key, (paths.get(key) || '') + 'M' + taken * side + ' ' + label * side + 'h' + side + 'v' + side + 'h' + -side + 'z');
    if (side >= WITH_NUMBERS) numbers.push(svg('text', { class: shade > 6 ? 'strong' : null, x: (taken + 0.5) * side, y: (label + 0.5) * side + 3.6 }, count));
  }
  return [...[...paths].map(([key, d]) => {
    const [name, shade] = key.split(' ');
    return svg('path', { class: name, d, 'fill-opacity': (0.1 + 0.9 * shade / SHADES).toFixed(2) });
  }), ...numbers];
}

/** Numbers of classes along the sides, as many as there is room for. */
function ticksOf(classes, side) {
  const every = [1, 2, 5, 10, 20, 50, 100].find(step => step * side >= 14) || 100;
  return Array.from({ length: Math.ceil(classes / every) }, (_, at) => at * every);
}

function moveCell(label, taken) {
  const most = EVALUATION.classes - 1;
  [cellNow.label, cellNow.taken] = [label, taken].map(at => Math.min(Math.max(at, 0), most));
  for (const { cursor, says, row, side } of matrices) {
    cursor.setAttribute('x', cellNow.taken * side);
    cursor.setAttribute('y', cellNow.label * side);
    cursor.removeAttribute('visibility');
    says.textContent = cellSays(row, cellNow);
  }
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function matrix(row) {
  const { classes } = EVALUATION;
  const side = cellSide(classes);
  const long = side * classes;
  const [left, top] = [34, 30];
  const cursor = svg('rect', { class: 'cursor-cell', width: side, height: side, visibility: 'hidden' });
  const grid = svg('g', { transform: 'translate(' + left + ' ' + top + ')' },
    svg('rect', { class: 'frame', width: long, height: long }), squares(row, side), cursor);
  const edge = ticksOf(classes, side).flatMap(at => [
    svg('text', { class: 'tick', x: left + (at + 0.5) * side, y: top - 4 }, at),
    svg('text', { class: 'tick end', x: left - 4, y: top + (at + 0.5) * side + 3.6 }, at),
  ]);
  const says = html('div', { class: 'says soft', role: 'status' });
  const picture = svg('svg', {
    class: 'matrix', width: left + long + 8, height: top + long + 6, tabindex: 0, role: 'application',
    'aria-label': 'Confusion matrix of ' + row.name + '; arrow keys go from cell to cell, Enter lists the samples',
  }, svg('text', { class: 'tick', x: left + long / 2, y: 11 }, 'class found'), svg('text', { class: 'tick', transform: 'translate(10 ' + (top + long / 2) + ') rotate(-90)' }, 'label'), edge, grid);
  const cellAt = event => {
    const { left: from, top: above } = picture.getBoundingClientRect();
    return [event.clientY - above - top, event.clientX - from - left].map(pixels => Math.floor(pixels / side));
  };
  const isIn = cell => cell.every(at => at >= 0 && at < classes);
  picture.addEventListener('pointermove', event => {
    const cell = cellAt(event);
    if (isIn(cell)) moveCell(...cell);
  });
  picture.addEventListener('click', event => {
    const cell = cellAt(event);
    if (isIn(cell)) listCell(row, ...cell);
  });
  picture.addEventListener('focus', () => moveCell(cellNow.label, cellNow.taken));
  picture.addEventListener('keydown', event => {
    const by = STEPS[event.key];
    if (by) moveCell(cellNow.label + by[0], cellNow.taken + by[1]);
    else if (event.key === 'Enter' || event.key === ' ') listCell(row, cellNow.label, cellNow.taken);
    else return;
    event.preventDefault();
  });
  matrices.push({ cursor, says, row, side });
  return html('figure', { class: 'platform' }, html('figcaption', {}, html('b', {}, row.name), ' ' + percent(row.correct / EVALUATION.samples) + ', ' + counted(row.correct) + ' of ' + counted(EVALUATION.samples)), picture, says);
}

/** Builds the panel below the graph. */
function startEvaluation() {
  if (!EVALUATION) return;
  byId('runs').hidden = false;
  byId('runs').setAttribute('aria-label', 'Evaluation');
  const refused = EVALUATION.rows.filter(row => !row.score);
  const canDraw = EVALUATION.classes <= MOST_DRAWN && RAN.every(row => row.cells);
  const figures = canDraw ? RAN.map(matrix) : [html('p', { class: 'soft' }, 'Matrices of ' + counted(EVALUATION.classes) + ' classes are not drawn; the panel at the side lists confusions.')];
  byId('runs').append(
    html('p', { class: 'controls soft' }, RAN.length ? 'Blue: the label was found; orange: it was not. Darker: a larger share of the class. A click, or Enter, lists the samples of a cell.' : 'No platform runs.'),
    html('div', { id: 'matrices', tabindex: 0, role: 'region', 'aria-label': 'Confusion matrices' }, figures,
      refused.map(row => html('figure', { class: 'platform refused' }, html('figcaption', {}, html('b', {}, row.name), ' does not run'), row.reasons.slice(0, 3).map(([what]) => html('p', { class: 'soft' }, prose(what)))))));
}

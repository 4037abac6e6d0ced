// Draws the layout that is shown: boxes of nested graphs, edges over them, and all other boxes over these.

const HEIGHT = { name: 15, kind: 14, detail: 13, error: 13, warning: 13 };
const PADDING = 8;

/** The elements of the boxes and edges that are shown, by their positions. */
let boxElements = [];
let edgeElements = [];
/** What is drawn over the boxes: verdicts, and where runs part. */
let [badges, parts] = [svg('g'), svg('g')];

/** Draws everything anew. */
function draw() {
  const state = shown();
  const scene = byId('scene');
  boxElements = state.boxes.map(drawBox);
  edgeElements = state.edges.map(drawEdge);
  const isNested = at => DATA.faces[state.boxes[at][0]].content === 'nested';
  const [under, over] = [svg('g'), svg('g')];
  boxElements.forEach((element, at) => (isNested(at) ? under : over).append(element));
  const labels = state.labels.map(([text, x, y]) => svg('text', { class: 'signal', x, y }, text));
  const toggles = state.boxes.map(drawToggle).filter(Boolean);
  const signs = svg('g', { class: 'signs', 'aria-hidden': 'true' }, badges, parts);
  scene.replaceChildren(under, svg('g', {}, edgeElements), over, svg('g', {}, labels), signs, svg('g', {}, toggles));
}

/** Gives an element the two colours of this name. */
function dye(element, name) {
  element.style.setProperty('--fill', 'var(--' + name + '-fill)');
  element.style.setProperty('--line', 'var(--' + name + '-line)');
}

/** What a screen reader says of a box: the text in it, its full name, its layer, and what else there is. */
function labelOf(face, box, more) {
  const findings = face.mark ? 'has ' + (face.mark === 'error' ? 'errors' : 'warnings') : null;
  return [face.lines.map(([, text]) => text).join(' '), face.name, 'layer ' + box[5], findings, more].filter(Boolean).join(', ');
}

function drawBox(box, at) {
  const [faceAt, x, y, width, height] = box;
  const face = DATA.faces[faceAt];
  const { family, content, lines, mark } = face;
  const round = family === 'port' ? Math.min(12, height / 2) : family === 'graph' ? 6 : 3;
  const outline = (inset, name) => svg('rect', {
    class: name, x: x + inset, y: y + inset, width: width - 2 * inset, height: height - 2 * inset, rx: round,
  });
  const group = svg('g', {
    class: ['box', content, mark].filter(Boolean).join(' '), role: 'button', tabindex: -1, 'data-at': at, 'data-name': face.name,
    'aria-label': labelOf(face, box),
    'aria-expanded': content === 'nested' ? 'true' : content === 'node' ? null : 'false',
  }, outline(0, 'face'), content === 'folded' ? outline(3, 'inner') : null);
  dye(group, family);
  const text = lines.reduce((sum, [kind]) => sum + HEIGHT[kind], 0);
  let base = content === 'nested' ? y + PADDING - 3 : y + (height - text) / 2 - 1;
  for (const [kind, words] of lines) {
    base += HEIGHT[kind];
    group.append(svg('text', { class: kind, x: content === 'nested' ? x + PADDING : x + width / 2, y: base - 3 }, words + ' '));
  }
  return group;
}

/** The sign that opens or closes a box; the key `o` does the same. */
function drawToggle([faceAt, x, y, width]) {
  const { content, unit, name } = DATA.faces[faceAt];
  if (content === 'node' || unit === undefined) return null;
  const [cx, cy] = [x + width - 1, y + 1];
  const bars = 'M' + (cx - 4) + ' ' + cy + ' h8' + (content === 'nested' ? '' : ' M' + cx + ' ' + (cy - 4) + ' v8');
  const title = svg('title', {}, content === 'nested' ? 'Close' : 'Open');
  return svg('g', { class: 'toggle', 'aria-hidden': 'true', 'data-name': name, click: () => toggle(unit) }, title, svg('circle', { cx, cy, r: 8 }), svg('path', { d: bars }));
}

function drawEdge([source, target, d, back, count]) {
  const kinds = ['edge', back ? 'back' : '', count > 1 ? 'many' : ''].filter(Boolean);
  const boxes = shown().boxes;
  const name = at => DATA.faces[boxes[at][0]].name;
  const title = name(source) + ' → ' + name(target) + (count > 1 ? ', ' + count + ' edges' : '') + (back ? ', feedback' : '');
  return svg('path', { class: kinds.join(' '), d, 'marker-end': back ? 'url(#head-back)' : 'url(#head)' }, svg('title', {}, title));
}

on('layout', draw);

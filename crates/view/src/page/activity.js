// Activity on the graph at the time of the slider, and where runs part.

/** The run whose activity is shown. */
let side = 0;

/** The layers of the runs that a box stands for. */
function layersOf(face) {
  const name = face.detail === undefined ? null : DATA.nodes[face.detail].name;
  return RUNS.layers.filter(layer => {
    if (face.content === 'folded') return face.members.includes(layer.node);
    return layer.name === name || (face.content === 'collapsed' && layer.name.startsWith(name + '.'));
  });
}

/** How active a layer is at a step, from 0 to 1 for its busiest stretch in all runs; and its spikes in the stretch. */
function activityOf(layer, step) {
  const data = layer.sides[layer.input ? 0 : side];
  if (!data) return [0, 0];
  const spikes = data.bins[Math.floor(step * data.bins.length / RUNS.steps)];
  const most = Math.max(...layer.sides.filter(Boolean).flatMap(other => other.bins.map(Math.abs)), 1e-9);
  return [Math.abs(spikes) / most, spikes];
}

let glows = [];

/** Puts a glow on every box that is active in some run, and a sign where runs part. */
function prepareActivity() {
  if (!HAS_STEPS) return;
  glows = [];
  parts.replaceChildren();
  const pair = RUNS.pairs.find(one => one.side === side) || RUNS.pairs[0];
  const firsts = pair ? pair.firsts : [];
  shown().boxes.forEach((box, at) => {
    const face = DATA.faces[box[0]];
    if (face.content === 'nested') return;
    const layers = layersOf(face);
    if (!layers.length) return;
    const [, x, y, width, height] = box;
    const glow = svg('rect', { class: 'glow', x, y, width, height, rx: 3 });
    boxElements[at].querySelector('.face').after(glow);
    glows.push({ glow, layers });
    const found = firsts.filter(({ node }) => layers.some(layer => layer.name === node));
    if (found.length) {
      const isFirst = found.includes(firsts[0]);
      // Above the box: below it stands the shape of the signal.
      const words = (isFirst ? 'first difference' : 'differs') + ', step ' + found[0].step;
      const wide = 8 + words.length * 5.1;
      parts.append(svg('g', { class: 'parts' + (isFirst ? ' first' : '') }, svg('rect', { x: x + width / 2 - wide / 2, y: y - 22, width: wide, height: 13, rx: 3 }), svg('text', { x: x + width / 2, y: y - 12 }, words)));
    }
  });
  glow();
}

function glow() {
  for (const { glow: rect, layers } of glows) {
    const most = Math.max(...layers.map(layer => activityOf(layer, time.now)[0]));
    rect.style.opacity = most > 0 ? 0.15 + 0.6 * most : 0;
  }
}

/** Chooses the run whose activity is shown. */
function chooseSide(at) {
  side = at;
  byId('side-pick').value = String(at);
  tell('layout');
}

/** Goes to a first difference: of a pair and a node, or the first of all. */
function goToDifference(pair, first) {
  const pairs = RUNS.pairs.filter(one => one.firsts.length);
  if (!pairs.length) return;
  const chosen = pair || pairs.reduce((best, one) => (one.firsts[0].step < best.firsts[0].step ? one : best));
  const found = first || chosen.firsts[0];
  if (side !== chosen.side) chooseSide(chosen.side);
  showStretch(found.step - 15, found.step + 16);
  setTime(found.step);
  const layer = RUNS.layers.find(({ name }) => name === found.node);
  if (layer && layer.node !== undefined) {
    if (camera.scale < 1) zoom(1 / camera.scale);
    goTo(layer.node);
  }
  const row = [...document.querySelectorAll('#tracks .track')].find(one => one.dataset.node === found.node);
  if (row) row.scrollIntoView({ block: 'nearest' });
  say('First difference of ' + found.node + ' on ' + RUNS.sides[chosen.side] + ': ' + atStep(found.step) + ', neuron ' + found.neuron);
}

on('layout', prepareActivity);
on('time', glow);

// What colours mean: kinds of nodes, or what a platform makes of them.

const FAMILIES = {
  port: 'Input, Output', map: 'weights', window: 'convolution, pool', neuron: 'neuron', integrator: 'integrator',
  other: 'other', graph: 'nested graph', folded: 'repeated block',
};
/** Verdicts from the least to the greatest loss, with what they mean. */
const VERDICTS = {
  fine: 'taken as the file says', assumed: 'taken, with a choice of the platform', reinterpreted: 'taken for something else',
  ignored: 'a parameter is not read', dropped: 'does not run', chance: 'depends on chance', refused: 'the platform stops',
};
const RANK = Object.keys(VERDICTS);

/** The platform whose verdicts are shown, or null. */
let platform = null;

/** Returns the verdict of the platform on a node and what it becomes; null if there is none. */
function verdictOn(platformData, detail) {
  const found = platformData.verdicts.find(([node]) => node === detail);
  return found ? [platformData.words[found[1]], platformData.words[found[2]]] : null;
}

/** The worst verdict on what a box stands for. */
function verdictOf(face, verdicts) {
  const prefix = face.detail === undefined ? null : DATA.nodes[face.detail].name + '.';
  let worst = -1;
  for (const [node, word] of verdicts) {
    const isIn = node === face.detail || (face.members || []).includes(node)
      || (face.content === 'collapsed' && DATA.nodes[node].name.startsWith(prefix));
    if (isIn) worst = Math.max(worst, RANK.indexOf(word));
  }
  return worst < 0 ? null : RANK[worst];
}

function dyed(name, element) {
  dye(element, name);
  return element;
}

function badge(word, [, x, y, boxWidth]) {
  const width = 8 + word.length * 6.4;
  // It ends before the middle, where edges arrive.
  const left = DATA.direction === 'down' ? Math.min(x + 4, x + boxWidth / 2 - 7 - width) : x + 4;
  return dyed(word, svg('g', { class: 'badge' }, svg('rect', { x: left, y: y - 9, width, height: 14, rx: 3 }), svg('text', { x: left + 4, y: y + 2 }, word)));
}

/** Colours all boxes. */
function paint() {
  const verdicts = platform && platform.verdicts.map(([node, word]) => [node, platform.words[word]]);
  const byNode = new Map(verdicts || []);
  badges.replaceChildren();
  shown().boxes.forEach((box, at) => {
    const face = DATA.faces[box[0]];
    const element = boxElements[at];
    element.setAttribute('aria-label', labelOf(face, box));
    if (face.content === 'nested') return;
    let group = face.family;
    if (platform) {
      group = (face.content === 'node' ? byNode.get(face.detail) : verdictOf(face, verdicts)) || 'none';
      if (group !== 'none' && group !== 'fine') badges.append(badge(group, box));
      element.setAttribute('aria-label', labelOf(face, box, group === 'none' ? null : group + ' on ' + platform.name));
    }
    dye(element, group);
    element.classList.toggle('lost', group === 'dropped' || group === 'refused');
  });
  drawLegend(byNode);
}

function sample(name, isBack) {
  const picture = svg('svg', { width: 16, height: 12, 'aria-hidden': 'true' });
  if (isBack) picture.append(svg('path', { class: 'edge back', d: 'M0 6 h16' }));
  else {
    const rect = svg('rect', { class: 'face', x: 0.5, y: 0.5, width: 15, height: 11, rx: 2 });
    dye(rect, name);
    picture.append(rect);
  }
  return picture;
}

function drawLegend(byNode) {
  const entries = [];
  if (platform) {
    const words = new Set(byNode.values());
    RANK.filter(word => words.has(word)).forEach(word => entries.push(html('span', {}, sample(word), word + ': ' + VERDICTS[word])));
    if (platform.no_verdict) entries.push('no verdict');
  } else {
    const families = new Set(shown().boxes.map(([face]) => DATA.faces[face].family));
    Object.keys(FAMILIES).filter(name => families.has(name)).forEach(name => entries.push(html('span', {}, sample(name), FAMILIES[name])));
  }
  if (shown().edges.some(edge => edge[3])) entries.push(html('span', {}, sample('', true), 'feedback'));
  byId('legend').replaceChildren(...entries);
}

/** Colours by a platform, by its position; -1 colours by kinds. */
function choosePlatform(at) {
  platform = at < 0 ? null : DATA.platforms[at];
  byId('colours').value = String(at);
  byId('colours').title = platform ? platform.name + ' (' + platform.outcome + ')' : '';
  paint();
  tell('platform');
}

function startColours() {
  const options = DATA.platforms.map(({ name, outcome }, at) => html('option', { value: at }, name + ' (' + outcome + ')'));
  byId('colours').append(html('option', { value: -1 }, 'kinds of nodes'), ...options);
  byId('colours').addEventListener('change', event => choosePlatform(Number(event.target.value)));
  on('layout', paint);
}

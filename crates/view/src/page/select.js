// The node that is selected, by pointer and keyboard.

/** What is selected: a position among the faces, or null. It stays selected when the layout changes. */
let selected = null;

/** Returns the position of the selected box, or -1. */
function selectedBox() {
  return selected === null ? -1 : shown().boxes.findIndex(([face]) => face === selected);
}

/** Selects a box; -1 selects none. */
function select(at, withFocus) {
  const before = selected;
  selected = at < 0 ? null : shown().boxes[at][0];
  mark();
  if (at >= 0 && withFocus) {
    lookAt(at);
    boxElements[at].focus({ preventScroll: true });
  }
  if (selected !== before) tell('select', selected);
}

/** Selects a node by its position among the details, opening what is around it. */
function goTo(detail) {
  const at = reveal(detail) ? boxOf(detail) : boxOf(detail, true);
  if (at >= 0) select(at, true);
  else say(DATA.nodes[detail].name + ' is not drawn');
}

function mark() {
  const at = selectedBox();
  boxElements.forEach((element, other) => {
    element.classList.toggle('selected', other === at);
    // One box is in the order of the tabulator; arrow keys lead to the others.
    element.setAttribute('tabindex', other === Math.max(at, 0) ? 0 : -1);
  });
  shown().edges.forEach(([source, target], edge) => {
    edgeElements[edge].classList.toggle('near', at >= 0 && (source === at || target === at));
  });
}

/** The nearest box in a direction. */
function nearest(from, [dx, dy]) {
  const middle = ([, x, y, width, height]) => [x + width / 2, y + height / 2];
  const boxes = shown().boxes;
  const [x, y] = middle(boxes[from]);
  let [best, least] = [-1, Infinity];
  boxes.forEach((box, at) => {
    if (at === from || DATA.faces[box[0]].content === 'nested') return;
    const [cx, cy] = middle(box);
    const along = (cx - x) * dx + (cy - y) * dy;
    const across = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
    if (along <= 1) return;
    const distance = along + 2 * across;
    if (distance < least) [best, least] = [at, distance];
  });
  return best;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(event) {
  const at = Math.max(selectedBox(), 0);
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey) {
    pan(-60 * arrow[0], -60 * arrow[1]);
  } else if (arrow) {
    const next = selected === null ? 0 : nearest(at, arrow);
    if (next >= 0) select(next, true);
  } else if (event.key === 'Enter' || event.key === ' ') {
    select(Number(event.target.closest('.box').dataset.at), false);
    tell('enter');
  } else if (event.key === 'Home' || event.key === 'End') {
    select(event.key === 'Home' ? 0 : shown().boxes.length - 1, true);
  } else {
    return;
  }
  event.preventDefault();
}

function unitOf(at) {
  return at < 0 ? undefined : DATA.faces[shown().boxes[at][0]].unit;
}

function startSelect() {
  const graph = byId('graph');
  graph.addEventListener('click', event => {
    if (camera.moved > 4) return;
    const box = event.target.closest('.box');
    if (box) select(Number(box.dataset.at), false);
    else if (!event.target.closest('.toggle')) select(-1);
  });
  graph.addEventListener('dblclick', event => {
    const box = event.target.closest('.box');
    const unit = box ? unitOf(Number(box.dataset.at)) : undefined;
    if (unit !== undefined && !box.classList.contains('node')) toggle(unit);
  });
  graph.addEventListener('keydown', event => {
    if (event.target.closest('.box')) onKey(event);
  });
  on('layout', () => {
    // What was selected may be in a box now, or have become one.
    if (selected !== null && selectedBox() < 0) {
      const { detail, members } = DATA.faces[selected];
      const node = detail === undefined ? (members || [])[0] : detail;
      const at = node === undefined ? -1 : boxOf(node, true);
      selected = at < 0 ? null : shown().boxes[at][0];
      tell('select', selected);
    }
    mark();
  });
}

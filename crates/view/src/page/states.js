// Which nested graphs and repeated blocks are open. Every combination that can be shown has a layout in the data.

const keyOf = open => [...open].sort((a, b) => a - b).join(',');
const layouts = new Map(DATA.states.map(state => [keyOf(state.open), state]));
let open = new Set(DATA.states[0].open);

/** Returns the layout that is shown. */
function shown() {
  return layouts.get(keyOf(open));
}

/** Returns a unit with all units around it. */
function withAround(unit) {
  const found = new Set();
  for (let at = unit; at !== undefined && at !== null; at = DATA.units[at].parent) found.add(at);
  return found;
}

/** Shows this combination; says whether there is a layout of it. */
function show(next) {
  if (!layouts.has(keyOf(next))) return false;
  open = next;
  tell('layout');
  return true;
}

/** Opens or closes a nested graph or a repeated block. */
function toggle(unit) {
  const isOpen = open.has(unit);
  const next = isOpen
    ? new Set([...open].filter(other => !withAround(other).has(unit)))
    : new Set([...open, ...withAround(unit)]);
  const { name, parent } = DATA.units[unit];
  if (show(next)) {
    say((isOpen ? 'Closed ' : 'Opened ') + name);
    return;
  }
  const alone = isOpen ? (parent === undefined ? new Set() : withAround(parent)) : withAround(unit);
  if (show(alone)) say((isOpen ? 'Closed ' : 'Opened ') + name + ' and closed the others: this page has no layout of all of them');
  else say('This page has no layout with ' + name + (isOpen ? ' closed' : ' open'));
}

/** Opens or closes everything. */
function toggleAll(isOpen) {
  const all = isOpen ? new Set(DATA.units.map((_, at) => at)) : new Set();
  if (show(all)) return;
  const graphs = new Set(DATA.units.map((_, at) => at).filter(at => [...withAround(at)].every(around => DATA.units[around].what === 'graph')));
  if (isOpen && show(graphs)) say('Repeated blocks stay closed: this page has no layout with all of them open');
  else say('This page has no layout with everything ' + (isOpen ? 'open' : 'closed'));
}

/** Opens what is around a node, so that it is drawn; says whether it is. */
function reveal(detail) {
  if (boxOf(detail) >= 0) return true;
  const state = DATA.states.find(state => {
    return state.boxes.some(([face]) => DATA.faces[face].detail === detail);
  });
  return state ? show(new Set(state.open)) : false;
}

/** The boxes of nodes in the layout that is shown, by positions among the details. */
let ownBoxes = new Map();
on('layout', () => {
  ownBoxes = new Map(shown().boxes.map(([face], at) => [DATA.faces[face].detail, at]));
});

/** Returns the box that stands for a node in the layout that is shown: its own, or else one that holds it; -1 if there is none. */
function boxOf(detail, around) {
  const boxes = shown().boxes;
  const own = ownBoxes.get(detail);
  if (own !== undefined) return own;
  if (!around) return -1;
  const name = DATA.nodes[detail].name;
  return boxes.findIndex(([face]) => {
    const { members, detail: other, content } = DATA.faces[face];
    if (members) return members.some(member => member === detail || name.startsWith(DATA.nodes[member].name + '.'));
    return content === 'collapsed' && other !== undefined && name.startsWith(DATA.nodes[other].name + '.');
  });
}

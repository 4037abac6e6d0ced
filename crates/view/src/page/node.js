// What is known of the selected node.

/** A text whose parts between backquotes are code. */
function prose(text) {
  return text.split('`').map((part, at) => (at % 2 ? html('code', {}, part) : part));
}

/** A table of names and values. */
function table(rows) {
  const made = rows.filter(Boolean).map(([name, value, isNumber]) => html('tr', {},
    html('th', { scope: 'row' }, name), html('td', { class: isNumber ? 'number' : null }, value)));
  return html('table', {}, html('tbody', {}, made));
}

function linkTo(detail) {
  return html('button', { class: 'link', type: 'button', click: () => goTo(detail) }, DATA.nodes[detail].name || 'the node');
}

/** A finding with its help, and links to the nodes that it is about unless they are shown already. */
function findingView(finding, withNodes) {
  const { code, level, message, place, help, labels, nodes, places } = finding;
  const links = withNodes && nodes ? nodes.slice(0, 8).flatMap((node, at) => [at ? ', ' : '', linkTo(node)]) : [];
  const more = withNodes && nodes && nodes.length > 8 ? ' and ' + (nodes.length - 8) + ' more' : '';
  return html('div', { class: 'finding ' + level },
    html('div', {}, html('b', {}, level + ' ' + code), ': ', prose(message)),
    html('div', { class: 'soft' }, 'at ', links.length ? links : place === '/' ? 'the whole graph' : place, more, !links.length && places > 1 ? ' and ' + (places - 1) + ' other places' : ''),
    (labels || []).map(label => html('div', { class: 'soft' }, label)),
    help ? html('div', {}, 'help: ', prose(help)) : null);
}

function fieldView(field, kind) {
  const { name, holds, unit, value, range, zeros, not_finite: notFinite, histogram: counts, map } = field;
  const doc = kind && kind.fields[name];
  const withUnit = unit ? '\u00a0' + unit : '';
  return html('div', { class: 'field' },
    html('div', {}, html('b', {}, name), ' ', html('span', { class: 'soft' }, holds)),
    doc ? html('p', { class: 'soft' }, prose(doc)) : null,
    value === undefined ? null : html('p', {}, value),
    range ? html('p', {}, short(range[0]) + ' … ' + short(range[1]) + withUnit + ', mean ' + short(range[2]) + withUnit,
      zeros ? ', ' + counted(zeros) + ' are 0' : '', notFinite ? ', ' + counted(notFinite) + ' are not finite' : '') : null,
    counts ? histogram(counts.counts, range, name) : null,
    map ? heatMap(map, name) : null);
}

function neighbours(at) {
  const names = list => list.slice(0, 12).flatMap((other, position) => {
    const face = DATA.faces[shown().boxes[other][0]];
    return [position ? ', ' : '', html('button', { class: 'link', type: 'button', click: () => select(other, true) }, face.name || 'node')];
  }).concat(list.length > 12 ? [' and ' + (list.length - 12) + ' more'] : []);
  const edges = shown().edges;
  const from = edges.filter(edge => edge[1] === at).map(edge => edge[0]);
  const to = edges.filter(edge => edge[0] === at).map(edge => edge[1]);
  return [from.length ? ['from', names(from)] : null, to.length ? ['to', names(to)] : null];
}

function unitButton(face) {
  if (face.unit === undefined) return null;
  const isOpen = open.has(face.unit);
  const what = DATA.units[face.unit].what === 'block' ? 'repeated block' : 'nested graph';
  return html('button', { type: 'button', id: 'unit', click: () => toggle(face.unit) },
    (isOpen ? 'Close' : 'Open') + ' the ' + what + (face.content === 'node' ? ' around it' : ''));
}

function sizeRows({ parameters, bytes, neurons, synapses, multiplications }) {
  return [
    parameters ? ['parameters', counted(parameters) + ' (' + inBytes(bytes) + ')'] : null,
    neurons ? ['neurons', counted(neurons)] : null,
    synapses === undefined ? null : ['synapses', counted(synapses)],
    multiplications === undefined ? null : ['multiplications a step', counted(multiplications)],
  ];
}

function verdictsView(detail) {
  const rows = DATA.platforms.map(data => {
    const found = verdictOn(data, detail);
    return found && [data.name, found[0] + (found[1] ? ', as ' + found[1] : '')];
  }).filter(Boolean);
  return rows.length ? [html('h3', {}, 'On platforms'), table(rows)] : [];
}

/** Everything about the box that is selected. */
function nodeView() {
  const face = DATA.faces[selected];
  const at = selectedBox();
  const node = face.detail === undefined ? null : DATA.nodes[face.detail];
  const kind = DATA.kinds[face.kind];
  const parts = [
    html('div', { class: 'row' }, html('button', { type: 'button', id: 'back', click: () => select(-1) }, '← Overview'), unitButton(face)),
    html('h2', { id: 'node', tabindex: -1 }, face.name || 'node'),
  ];
  if (face.content === 'folded') {
    parts.push(html('p', {}, 'A repeated block of ' + face.members.length + ' nodes: ' + face.lines[0][1]),
      table(neighbours(at)), html('h3', {}, 'Its nodes'),
      html('p', {}, face.members.slice(0, 60).flatMap((member, position) => [position ? ', ' : '', linkTo(member)]),
        face.members.length > 60 ? ' and ' + (face.members.length - 60) + ' more' : ''));
  }
  if (node) {
    const signals = node.input === node.output
      ? [node.input ? ['signal', node.input] : null]
      : [node.input ? ['input', node.input] : null, node.output ? ['output', node.output] : null];
    parts.push(kind ? html('p', {}, prose(kind.doc)) : null,
      table([['kind', node.kind], ...signals, ...sizeRows(node), ...neighbours(at)]));
    const about = DATA.findings.filter(finding => (finding.nodes || []).includes(face.detail));
    if (about.length) parts.push(html('h3', {}, 'Findings'), about.map(finding => findingView(finding, false)));
    if (platform) {
      const reasons = platform.findings.filter(finding => (finding.nodes || []).includes(face.detail));
      const found = verdictOn(platform, face.detail);
      parts.push(html('h3', {}, 'On ' + platform.name), reasons.length ? reasons.map(finding => findingView(finding, false)) : html('p', { class: 'soft' }, (found && VERDICTS[found[0]]) || 'no verdict'));
    }
    parts.push(spikesView(face.detail));
    if (node.fields) parts.push(html('h3', {}, 'Parameters'), node.fields.map(field => fieldView(field, kind)));
    if (node.metadata) parts.push(html('h3', {}, 'Metadata'), table(node.metadata));
    parts.push(verdictsView(face.detail));
  }
  return parts.flat();
}

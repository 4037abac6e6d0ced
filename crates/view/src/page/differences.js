// Spike counts, first differences and their causes, in the panel at the side.

function moments({ moments: both }, pair) {
  if (!both.some(Boolean)) return null;
  const rows = both.map((moment, at) => moment && [RUNS.sides[at ? pair.side : 0], 'spikes ' + short(moment[0]) + ', v ' + short(moment[1]) + ', threshold ' + short(moment[2])]);
  return table(rows);
}

function pairView(pair) {
  const title = RUNS.sides[0] + ' and ' + RUNS.sides[pair.side];
  const links = pair.firsts.map((first, at) => html('li', {},
    html('button', { class: 'link', type: 'button', click: () => goToDifference(pair, first) }, (at ? '' : 'first difference: ') + first.node + ', ' + atStep(first.step) + ', neuron ' + first.neuron),
    at ? null : moments(first, pair)));
  return [
    html('h3', {}, title),
    !HAS_STEPS ? html('p', {}, 'No step ran, so nothing is compared.') : pair.equal ? html('p', {}, 'All spike trains are equal.') : html('p', {}, 'Squared van Rossum distance ' + short(pair.distance) + '.'),
    links.length ? html('ul', { class: 'firsts' }, links) : null,
    pair.cause.length ? html('p', {}, html('b', {}, 'Cause of the first difference: '), pair.cause.join('; or ')) : null,
    pair.choices.length ? html('table', {}, html('thead', {}, html('tr', {}, ['choice', RUNS.sides[0], RUNS.sides[pair.side]].map(name => html('th', { scope: 'col' }, name)))),
      html('tbody', {}, pair.choices.map(([name, a, b]) => html('tr', {}, html('th', { scope: 'row' }, name), html('td', {}, a), html('td', {}, b))))) : null,
    pair.remarks.map(remark => html('p', { class: 'soft' }, remark)),
    pair.help ? html('p', {}, 'help: ', prose(pair.help)) : null,
  ].flat();
}

function countsTable(layers) {
  const head = ['spikes', ...RUNS.sides].map(name => html('th', { scope: 'col' }, breakable(name)));
  const rows = layers.map(layer => html('tr', {}, html('th', { scope: 'row' }, layerName(layer)),
    layer.sides.map(data => html('td', { class: 'number' }, data ? counted(data.total) : 'does not run'))));
  return html('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Spikes' }, html('table', { class: 'counts' }, html('thead', {}, html('tr', {}, head)), html('tbody', {}, rows)));
}

/** What the runs gave. */
function runsView() {
  if (!RUNS) return [];
  return [
    html('h3', {}, 'Runs of ' + withPlural(RUNS.steps, 'step') + ' of ' + short(RUNS.dt) + ' s'),
    countsTable(RUNS.layers.filter(layer => !layer.input)),
    ...RUNS.pairs.flatMap(pairView),
    html('details', {}, html('summary', {}, 'Choices of the runs'), table(RUNS.choices.map(([name, value, source]) => [name, value + ' (' + source + ')']))),
    ...RUNS.notes.map(note => html('p', { class: 'soft' }, note)),
  ];
}

/** The spikes of a node in all runs. */
function spikesView(detail) {
  const layers = RUNS ? RUNS.layers.filter(layer => layer.node === detail && !layer.input) : [];
  if (!layers.length) return [];
  const firsts = RUNS.pairs.flatMap(pair => pair.firsts.filter(({ node }) => node === layers[0].name).map(first => html('p', {},
    html('button', { class: 'link', type: 'button', click: () => goToDifference(pair, first) }, 'first difference from ' + RUNS.sides[0] + ' on ' + RUNS.sides[pair.side] + ': ' + atStep(first.step) + ', neuron ' + first.neuron), moments(first, pair))));
  return [html('h3', {}, 'Runs'), countsTable(layers), ...firsts];
}

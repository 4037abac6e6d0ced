// What is known of the whole graph: totals, findings, platforms.

function totals() {
  const sum = { parameters: 0, bytes: 0, neurons: 0, synapses: 0, multiplications: 0 };
  for (const node of DATA.nodes) {
    for (const name of Object.keys(sum)) sum[name] += node[name] || 0;
  }
  return sum;
}

function platformRow(data, at) {
  const isChosen = platform === data;
  const losses = data.findings.filter(({ level }) => !['fine', 'assumed'].includes(level)).length + data.left_out;
  return html('tr', {},
    html('th', { scope: 'row' }, html('button', { class: 'link', type: 'button', 'aria-pressed': String(isChosen), click: () => choosePlatform(isChosen ? -1 : at) }, data.name)),
    html('td', {}, data.outcome + (data.no_verdict ? ', since ' + data.no_verdict : losses ? ', ' + losses + (losses === 1 ? ' loss' : ' losses') : '')));
}

function platformView(data) {
  return [
    html('h3', { id: 'platform' }, 'What ' + data.name + ' does'),
    html('p', {}, data.outcome + (data.no_verdict ? ', since ' + data.no_verdict : '')),
    data.choices.length ? table(data.choices.map(([name, value, source]) => [name, value + ' (' + source + ')'])) : null,
    data.help ? html('p', {}, 'help: ', prose(data.help)) : null,
    data.findings.map(finding => findingView(finding, true)),
    data.left_out ? html('p', { class: 'soft' }, data.left_out + ' more reasons are not in this page; `nir check` prints them') : null,
  ];
}

/** Everything about the whole graph. */
function overview() {
  const sum = totals();
  const leaves = DATA.nodes.filter(node => node.kind !== 'NIRGraph').length;
  const graphs = DATA.nodes.length - leaves;
  const notes = [...shown().notes, ...DATA.left_out.map(what => 'not in this page: ' + what)];
  return [
    html('h2', { id: 'node', tabindex: -1 }, DATA.title),
    table([
      ['nodes', counted(leaves) + (graphs ? ', and ' + counted(graphs) + (graphs === 1 ? ' nested graph' : ' nested graphs') : ''), true],
      ['edges', counted(DATA.edges), true],
      ['neurons', counted(sum.neurons), true],
      ['synapses', counted(sum.synapses), true],
      ['parameters', counted(sum.parameters), true],
      ['memory of parameters', inBytes(sum.bytes), true],
      ['multiplications a step', counted(sum.multiplications), true],
      DATA.version ? ['written by', 'nir ' + DATA.version, true] : null,
    ]),
    runsView(),
    evaluationView(),
    html('h3', {}, 'Findings'),
    DATA.findings.length ? DATA.findings.map(finding => findingView(finding, true)) : html('p', { class: 'soft' }, 'none'),
    DATA.platforms.length ? [html('h3', {}, 'Platforms'), html('table', { id: 'platforms' }, html('tbody', {}, DATA.platforms.map(platformRow)))] : null,
    platform ? platformView(platform) : null,
    DATA.metadata.length ? [html('h3', {}, 'Metadata'), table(DATA.metadata)] : null,
    notes.length ? [html('h3', {}, 'Notes'), notes.map(note => html('p', { class: 'soft' }, note))] : null,
    html('p', { class: 'soft' }, 'Synapses are connections with a weight other than 0. Multiplications are those of one time step when nothing is left out.'),
    html('p', { class: 'soft' }, 'Made by ' + DATA.program + '.'),
  ].flat(2);
}

/** Fills the panel at the side. */
function showSide() {
  const view = selected !== null ? nodeView : listed ? listView : overview;
  byId('side').replaceChildren(...view().filter(Boolean));
  byId('side').scrollTop = 0;
}

on('select', at => {
  if (at !== null) listed = null;
  showSide();
});
on('platform', showSide);
on('layout', showSide);
on('enter', () => byId('node').focus());

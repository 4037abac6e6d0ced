// Rasters and voltages over one axis of time, a row for each layer, a column for each run.

/** Colours of runs (Okabe and Ito, 2008), for light and dark. */
const SIDES = [['#0072b2', '#7cc0ee'], ['#a34700', '#e8915a'], ['#007a5a', '#3fc19a'], ['#9b4a78', '#d98bb5'], ['#5a4b91', '#a99be0'], ['#6b5500', '#d8c63e']];

function sideColour(side) {
  return SIDES[side % SIDES.length][document.documentElement.classList.contains('dark') ? 1 : 0];
}

/** Everything that is drawn: a canvas, and how. */
let tracks = [];

/** Makes a canvas in a cell with the line of the slider. */
function cell(height, label, draw) {
  const canvas = html('canvas', { role: 'img', 'aria-label': label });
  canvas.style.height = height + 'px';
  const line = html('div', { class: 'cursor', 'aria-hidden': 'true' });
  const made = html('div', { class: 'cell' }, canvas, line);
  canvas.addEventListener('click', event => {
    const { left, width } = canvas.getBoundingClientRect();
    setTime(Math.floor(time.from + (event.clientX - left) / width * (time.to - time.from)));
  });
  tracks.push({ canvas, line, height, draw });
  return made;
}

function rasterLabel(layer, side, marks) {
  const name = layer.name + (layer.input ? ', what enters' : ' on ' + RUNS.sides[side]) + ': ' + (layer.input ? '' : withPlural(layer.sides[side].total, 'spike'));
  if (!marks || side === 0) return name;
  const count = kind => marks.filter(mark => mark[2] === kind).length;
  return name + ', ' + count(EXTRA) + ' that ' + RUNS.sides[0] + ' has not, ' + count(MISSING) + ' missing';
}

/** The first difference of each run at a layer. */
function firstsAt(name) {
  return RUNS.pairs.map(pair => ({ side: pair.side, first: pair.firsts.find(({ node }) => node === name), isFirst: pair.firsts.length > 0 && pair.firsts[0].node === name }))
    .filter(({ first }) => first);
}

/** A ring around a mark that stays within the picture: its middle and its radius. The mark is in it, if not in its middle. */
function ringAt(mark, wanted, lengths) {
  const radius = Math.min(wanted, Math.min(...lengths) / 2 - 1);
  const within = (at, length) => Math.min(Math.max(at, radius + 1), length - radius - 1);
  return [within(mark[0], lengths[0]), within(mark[1], lengths[1]), radius];
}

function drawRaster(context, width, height, layer, side, marks) {
  delete context.canvas.dataset.ring;
  const x = step => (step - time.from) / (time.to - time.from) * width;
  const wide = Math.max(width / (time.to - time.from), 1.6);
  const tall = height / layer.channels;
  // Neuron 0 is the lowest row, as in figures.
  const topOf = channel => (layer.channels - 1 - channel) * tall;
  const colours = [colour('ink'), colour('error'), colour('map-line')];
  if (marks) {
    for (const kind of [SAME, MISSING, EXTRA]) {
      context.fillStyle = context.strokeStyle = colours[kind];
      for (const [step, channel, other] of marks) {
        if (other !== kind || step + 1 < time.from || step > time.to) continue;
        const [left, top, high] = [x(step), topOf(channel), Math.max(tall * 0.85, 1.2)];
        if (kind === MISSING) context.strokeRect(left + 0.5, top + 0.5, Math.max(wide - 1, 2), Math.max(high - 1, 2));
        else context.fillRect(left, top, kind === SAME ? Math.max(wide * 0.8, 1.2) : Math.max(wide, 2.4), kind === SAME ? high : Math.max(high, 2.4));
      }
    }
  } else if (layer.sides[side].density) {
    const { rows, columns, cells } = layer.sides[side].density;
    const bytes = bytesOf(cells);
    context.fillStyle = colours[SAME];
    bytes.forEach((code, at) => {
      if (!code) return;
      const column = at % columns;
      const [left, right] = [x(column * RUNS.steps / columns), x((column + 1) * RUNS.steps / columns)];
      if (right < 0 || left > width) return;
      context.globalAlpha = 0.1 + 0.9 * code / 255;
      context.fillRect(left, (rows - 1 - Math.floor(at / columns)) * height / rows, right - left + 0.5, height / rows + 0.5);
    });
    context.globalAlpha = 1;
  }
  for (const { side: other, first, isFirst } of firstsAt(layer.name)) {
    if ((side !== 0 && side !== other) || first.step + 1 < time.from || first.step > time.to) continue;
    context.strokeStyle = colours[EXTRA];
    context.lineWidth = isFirst ? 2 : 1;
    context.beginPath();
    const [cx, cy, radius] = ringAt([x(first.step) + wide / 2, topOf(first.neuron) + tall / 2], Math.max(6, tall), [width, height]);
    context.arc(cx, cy, radius, 0, 2 * Math.PI);
    context.stroke();
    context.canvas.dataset.ring = [cx, cy, radius].join(' ');
    context.lineWidth = 1;
  }
}

/** Writes a text that lines behind it do not strike through; it ends at `right`. */
function textOver(context, text, right, bottom) {
  context.textAlign = 'right';
  context.font = '11px Helvetica, Arial, "Liberation Sans", sans-serif';
  context.strokeStyle = colour('paper');
  context.lineWidth = 3;
  context.strokeText(text, right, bottom);
  context.lineWidth = 1;
  context.fillStyle = colour('soft');
  context.fillText(text, right, bottom);
}

function drawVoltage(context, width, height, voltage) {
  const x = step => (step - time.from) / (time.to - time.from) * width;
  const seen = voltage.sides.filter(Boolean).flatMap(values => values.filter((v, at) => v !== null && at + voltage.start >= time.from - 1 && at + voltage.start <= time.to));
  const low = Math.min(0, ...seen);
  const high = Math.max(1.15, ...seen);
  const y = v => height - 6 - (v - low) / (high - low) * (height - 12);
  context.strokeStyle = context.fillStyle = colour('soft');
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(0, y(1));
  context.lineTo(width, y(1));
  context.stroke();
  context.setLineDash([]);
  voltage.sides.forEach((values, side) => {
    if (!values) return;
    context.strokeStyle = sideColour(side);
    context.lineWidth = side === 0 ? 2.4 : 1.4;
    context.beginPath();
    let isDown = false;
    values.forEach((v, at) => {
      const step = voltage.start + at;
      if (step < time.from - 1 || step > time.to + 1) return;
      if (v === null) isDown = false;
      else if (isDown) context.lineTo(x(step + 0.5), y(v));
      else context.moveTo(x(step + 0.5), y(v));
      isDown = v !== null;
    });
    context.stroke();
    context.lineWidth = 1;
  });
  const numbers = seen.length ? [['threshold', y(1) - 3], [short(high), 12], [short(low), height - 5]] : [['threshold', y(1) - 3]];
  numbers.forEach(([text, top]) => textOver(context, text, width - 4, top));
  for (const { first } of firstsAt(voltage.name)) {
    if (first.neuron !== voltage.neuron) continue;
    context.strokeStyle = colour('error');
    context.strokeRect(x(first.step), 1, Math.max(x(first.step + 1) - x(first.step), 2), height - 2);
  }
}

/** Draws one canvas at the resolution of the screen. */
function paintTrack({ canvas, height, draw }) {
  const width = canvas.clientWidth;
  if (!width) return;
  const scale = Math.min(devicePixelRatio || 1, 2);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  draw(context, width, height);
}

function layerName(layer) {
  const found = layer.node === undefined ? null : layer.node;
  return found === null ? layer.name : html('button', { class: 'link', type: 'button', click: () => goTo(found) }, layer.name);
}

function layerRow(layer) {
  const height = Math.min(Math.max(layer.channels * 8, 20), 90);
  const row = html('div', { class: 'track', 'data-node': layer.name }, html('div', { class: 'name' }, layerName(layer), html('div', { class: 'soft' }, withPlural(layer.channels, layer.input ? 'channel' : 'neuron') + (layer.sides.some(data => data && data.density) ? ', density' : ''))));
  RUNS.sides.forEach((_, side) => {
    const at = layer.input ? 0 : side;
    if (!layer.sides[at]) {
      row.append(html('div', { class: 'cell soft' }, 'does not run'));
      return;
    }
    const marks = marksOf(layer, at);
    row.append(cell(height, rasterLabel(layer, at, marks), (context, width, tall) => drawRaster(context, width, tall, layer, at, marks)));
  });
  return row;
}

function voltageRow(voltage) {
  const label = 'Voltage of ' + voltage.name + ', neuron ' + voltage.neuron + ', in thresholds';
  const names = voltage.sides.map((values, side) => {
    if (!values) return null;
    const key = html('span', { class: 'key' }, RUNS.sides[side]);
    key.dataset.side = side;
    return html('div', {}, key);
  });
  return html('div', { class: 'track wide' },
    html('div', { class: 'name' }, 'v of ' + voltage.name + '[' + voltage.neuron + '] in thresholds', names),
    cell(110, label, (context, width, height) => drawVoltage(context, width, height, voltage)));
}

function axisRow() {
  const row = html('div', { class: 'track axis' }, html('div', { class: 'name soft' }, 'time'));
  RUNS.sides.forEach((side, at) => row.append(html('div', { class: 'cell' }, html('div', { class: 'ends soft' }, html('span', { class: 'from' }), html('b', { class: 'key', 'data-side': at }, side), html('span', { class: 'to' })))));
  return row;
}

/** Builds a row for each layer and voltage. */
function buildTracks() {
  byId('tracks').style.setProperty('--sides', RUNS.sides.length);
  byId('tracks').append(axisRow(), ...RUNS.layers.filter(layer => layer.input).map(layerRow), ...RUNS.voltages.map(voltageRow), ...RUNS.layers.filter(layer => !layer.input).map(layerRow),
    html('p', { class: 'soft' }, 'Filled red: a spike that ' + RUNS.sides[0] + ' does not have. Outlined blue: a spike that is missing. Circles: first differences. A step of a run is one mark wide; voltages stand in the middle of their step. Neuron 0 is the lowest row.'));
}

function paintTracks() {
  if (!HAS_STEPS) return;
  tracks.forEach(paintTrack);
  document.querySelectorAll('#tracks .key').forEach(key => { key.style.color = sideColour(Number(key.dataset.side)); });
  document.querySelectorAll('#tracks .from').forEach(end => { end.textContent = ending(Math.ceil(time.from)); });
  document.querySelectorAll('#tracks .to').forEach(end => { end.textContent = ending(Math.floor(time.to)); });
  moveCursors();
}

/** An end of the axis of time, with the step where the column has room for it. */
function ending(step) {
  return byId('tracks').clientWidth / RUNS.sides.length < 400 ? inSeconds(step) : atStep(step);
}

function moveCursors() {
  const share = (time.now + 0.5 - time.from) / (time.to - time.from);
  for (const { line } of tracks) {
    line.style.left = 100 * share + '%';
    line.hidden = share < 0 || share > 1;
  }
}

on('stretch', paintTracks);
on('theme', paintTracks);
on('time', moveCursors);

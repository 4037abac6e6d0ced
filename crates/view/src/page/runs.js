// Runs of the graph on platforms: spikes, the stretch of time that is shown, and the panel that holds all of it.

const RUNS = DATA.runs || null;
/** Whether there is something to show over time. */
const HAS_STEPS = RUNS !== null && RUNS.steps > 0;

/** Decodes spikes: step, channel and count of each. */
function spikesOf(text) {
  const numbers = numbersOf(text);
  const spikes = [];
  let step = 0;
  for (let at = 0; at + 2 < numbers.length; at += 3) {
    step += numbers[at];
    spikes.push([step, numbers[at + 1], numbers[at + 2]]);
  }
  return spikes;
}

const SAME = 0;
const EXTRA = 1;
const MISSING = 2;

/** The marks of a layer in a run: step, channel, and whether the first run has the same; `null` where only a density is known. */
function marksOf(layer, side) {
  const data = layer.sides[side];
  if (!data || data.spikes === undefined) return null;
  const own = spikesOf(data.spikes);
  const first = layer.sides[0];
  if (side === 0 || !first || first.spikes === undefined) return own.map(([step, channel]) => [step, channel, SAME]);
  const key = ([step, channel]) => step * layer.channels + channel;
  const expected = new Map(spikesOf(first.spikes).map(spike => [key(spike), spike[2]]));
  const marks = own.map(spike => {
    const isSame = expected.get(key(spike)) === spike[2];
    expected.delete(key(spike));
    return [spike[0], spike[1], isSame ? SAME : EXTRA];
  });
  for (const place of expected.keys()) marks.push([Math.floor(place / layer.channels), place % layer.channels, MISSING]);
  return marks;
}

/** The stretch of steps that is shown, and the step at which the slider stands. */
const time = { from: 0, to: RUNS ? RUNS.steps : 1, now: 0 };

/** Returns the beginning of a step in a unit that fits. */
function inSeconds(step) {
  const seconds = step * RUNS.dt;
  if (seconds === 0) return '0\u00a0s';
  if (seconds < 1e-3) return short(seconds * 1e6) + '\u00a0µs';
  return seconds < 1 ? short(seconds * 1e3) + '\u00a0ms' : short(seconds) + '\u00a0s';
}

/** Returns a step as people read it. */
function atStep(step) {
  return 'step ' + step + ' (' + inSeconds(step) + ')';
}

/** Shows a stretch of steps. */
function showStretch(from, to) {
  const length = Math.min(Math.max(to - from, 5), RUNS.steps);
  time.from = Math.min(Math.max(from, 0), RUNS.steps - length);
  time.to = time.from + length;
  tell('stretch');
}

/** Zooms the time by a factor around the slider. */
function zoomTime(factor) {
  const middle = time.now >= time.from && time.now < time.to ? time.now : (time.from + time.to) / 2;
  const length = (time.to - time.from) / factor;
  showStretch(middle - length * (middle - time.from) / (time.to - time.from), middle - length * (middle - time.from) / (time.to - time.from) + length);
}

/** Moves the slider to a step. */
function setTime(step) {
  time.now = Math.min(Math.max(Math.round(step), 0), RUNS.steps - 1);
  byId('time').value = time.now;
  byId('time').setAttribute('aria-valuetext', atStep(time.now));
  byId('now').textContent = atStep(time.now);
  if (time.now < time.from || time.now >= time.to) {
    const length = time.to - time.from;
    showStretch(time.now - length / 4, time.now - length / 4 + length);
  }
  tell('time');
}

/** Lets the slider run over the stretch that is shown, in about eight seconds. */
function play() {
  const button = byId('play');
  if (play.frame) {
    cancelAnimationFrame(play.frame);
    play.frame = 0;
    button.textContent = 'Play';
    return;
  }
  button.textContent = 'Pause';
  const [from, to] = [time.from, time.to];
  const begin = time.now >= to - 1 || time.now < from ? from : time.now;
  let start = null;
  const next = now => {
    start = start === null ? now : start;
    const step = begin + (now - start) / 8000 * (to - from);
    setTime(Math.min(step, to - 1));
    play.frame = step < to - 1 ? requestAnimationFrame(next) : 0;
    if (!play.frame) button.textContent = 'Play';
  };
  play.frame = requestAnimationFrame(next);
}

function control(id, text, title, act) {
  return html('button', { id, type: 'button', title, click: act }, text);
}

/** Builds the panel. */
function startRuns() {
  if (!RUNS) return;
  const panel = byId('runs');
  panel.hidden = false;
  if (!HAS_STEPS) {
    panel.append(html('p', { class: 'controls soft' }, 'The runs have no step, so there is nothing to show over time.'));
    return;
  }
  const hasDifference = RUNS.pairs.some(pair => pair.firsts.length);
  const sides = RUNS.sides.map((side, at) => html('option', { value: at }, side));
  panel.append(
    html('div', { class: 'controls' },
      control('play', 'Play', 'Let time run', play),
      html('input', { id: 'time', type: 'range', min: 0, max: RUNS.steps - 1, step: 1, value: 0, 'aria-label': 'Time step', input: event => setTime(Number(event.target.value)) }),
      html('output', { id: 'now', for: 'time' }),
      html('label', {}, 'Activity of ', html('select', { id: 'side-pick', change: event => chooseSide(Number(event.target.value)) }, sides)),
      hasDifference ? control('first', 'First difference', 'Go to the first difference ( f )', () => goToDifference()) : html('span', { class: 'soft' }, 'all spikes are equal'),
      control('narrow', '+', 'Shorter stretch of time ( ] )', () => zoomTime(2)),
      control('widen', '−', 'Longer stretch of time ( [ )', () => zoomTime(0.5)),
      control('whole', 'Whole run', 'Show the whole run', () => showStretch(0, RUNS.steps))),
    html('div', { id: 'tracks', tabindex: 0, role: 'region', 'aria-label': 'Spikes and voltages' }));
  byId('narrow').setAttribute('aria-label', 'Shorter stretch of time');
  byId('widen').setAttribute('aria-label', 'Longer stretch of time');
  buildTracks();
  setTime(0);
}

// Histograms and heat maps of parameters.

/** Colours from low to high for numbers of one sign (viridis, shortened), and of both signs (blue, white, orange). */
const ONE_SIGN = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
const BOTH_SIGNS = [[0, 76, 133], [86, 170, 219], [245, 245, 245], [240, 160, 60], [153, 68, 0]];
const TOP = 253;
const GAP = 254;

function ramp(colours, share) {
  const place = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
  const at = Math.min(Math.floor(place), colours.length - 2);
  const part = place - at;
  return colours[at].map((low, channel) => Math.round(low + (colours[at + 1][channel] - low) * part));
}

function scaleOf(map) {
  return map.low < 0 && map.high > 0 ? BOTH_SIGNS : ONE_SIGN;
}

/** Draws a picture of cells, each as a square of whole pixels. */
function heatMap(map, name) {
  const cells = bytesOf(map.cells);
  const [wide, tall] = [map.columns, map.rows];
  const size = Math.max(1, Math.min(16, Math.floor(350 / wide), Math.floor(350 / tall)));
  const high = wide > 64 && tall === 1 ? 24 : size;
  const canvas = html('canvas', {
    width: wide * size, height: tall * high, role: 'img',
    'aria-label': 'Heat map of ' + name + ', ' + map.says + ', from ' + short(map.low) + ' to ' + short(map.high),
  });
  const context = canvas.getContext('2d');
  const colours = scaleOf(map);
  const table = Array.from({ length: TOP + 1 }, (_, code) => 'rgb(' + ramp(colours, code / TOP).join(' ') + ')');
  for (let at = 0; at < cells.length; at += 1) {
    const code = cells[at];
    if (code === GAP) continue;
    context.fillStyle = code > TOP ? '#808080' : table[code];
    context.fillRect((at % wide) * size, Math.floor(at / wide) * high, size, high);
  }
  const bar = html('canvas', { width: 254, height: 8, 'aria-hidden': 'true' });
  const paint = bar.getContext('2d');
  table.forEach((shade, code) => {
    paint.fillStyle = shade;
    paint.fillRect(code, 0, 1, 8);
  });
  const legend = html('p', { class: 'soft bar' }, short(map.low), bar, short(map.high));
  return html('div', {}, canvas, legend, html('p', { class: 'soft' }, map.says + (cells.includes(255) ? '; grey: no finite number' : '')));
}

/** Draws how often numbers lie in each interval between `low` and `high`. */
function histogram(counts, [low, high], name) {
  const [width, height] = [330, 70];
  const most = Math.max(...counts, 1);
  const bar = width / counts.length;
  const bars = counts.map((count, at) => {
    const tall = count === 0 ? 0 : Math.max(1, count / most * height);
    const title = counted(count) + ' from ' + short(low + (high - low) * at / counts.length) + ' to ' + short(low + (high - low) * (at + 1) / counts.length);
    return svg('rect', { x: at * bar, y: height - tall, width: Math.max(bar - 1, 0.5), height: tall, class: 'bar' }, svg('title', {}, title));
  });
  const zero = low < 0 && high > 0 ? width * -low / (high - low) : null;
  const label = 'Histogram of ' + name + ' from ' + short(low) + ' to ' + short(high);
  const picture = svg('svg', { viewBox: '0 0 ' + width + ' ' + (height + 16), class: 'histogram', role: 'img', 'aria-label': label },
    bars,
    svg('path', { d: 'M0 ' + height + ' h' + width, class: 'axis' }),
    zero === null ? null : svg('path', { d: 'M' + zero + ' 0 v' + height, class: 'zero' }),
    svg('text', { x: 0, y: height + 13 }, short(low)),
    svg('text', { x: width, y: height + 13, 'text-anchor': 'end' }, short(high)),
    zero === null || zero < 50 || zero > width - 50 ? null : svg('text', { x: zero, y: height + 13, 'text-anchor': 'middle' }, '0'));
  return picture;
}

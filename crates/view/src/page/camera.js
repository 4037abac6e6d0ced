// Zoom and pan.

const camera = { x: 0, y: 0, scale: 1 };
const LEAST = 0.02;
const MOST = 6;

function place() {
  byId('scene').setAttribute('transform', 'translate(' + camera.x + ' ' + camera.y + ') scale(' + camera.scale + ')');
}

function room() {
  const { clientWidth, clientHeight } = byId('stage');
  return [Math.max(clientWidth, 50), Math.max(clientHeight - byId('legend').offsetHeight - 10, 50)];
}

/** Zooms by a factor around a point of the stage, its middle if none is given. */
function zoom(factor, at) {
  const [x, y] = at || room().map(length => length / 2);
  const scale = Math.min(Math.max(camera.scale * factor, LEAST), MOST);
  const by = scale / camera.scale;
  camera.x = x - (x - camera.x) * by;
  camera.y = y - (y - camera.y) * by;
  camera.scale = scale;
  place();
}

/** Shows the whole graph, but for `least` not smaller than that: then its beginning. */
function fit(least = LEAST) {
  const [width, height] = room();
  const [wide, tall] = shown().size;
  const margin = 28;
  const whole = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall, 1.6);
  camera.scale = Math.max(whole, least);
  camera.x = wide * camera.scale < width || DATA.direction === 'down' ? (width - wide * camera.scale) / 2 : margin;
  camera.y = tall * camera.scale < height || DATA.direction === 'right' ? (height - tall * camera.scale) / 2 : margin;
  place();
}

/** Moves so that a box can be seen, and read. */
function lookAt(at) {
  const [, x, y, width, height] = shown().boxes[at];
  const [wide, tall] = room();
  if (camera.scale < 0.35) camera.scale = 0.8;
  const [left, top] = [camera.x + x * camera.scale, camera.y + y * camera.scale];
  const isSeen = left >= 10 && top >= 10 && left + width * camera.scale <= wide - 10 && top + height * camera.scale <= tall - 10;
  if (!isSeen) {
    camera.x = wide / 2 - (x + width / 2) * camera.scale;
    camera.y = tall / 2 - (y + Math.min(height, 80) / 2) * camera.scale;
  }
  place();
}

/** Moves by pixels. */
function pan(x, y) {
  camera.x += x;
  camera.y += y;
  place();
}

function startCamera() {
  const graph = byId('graph');
  const pointers = new Map();
  const at = event => {
    const { left, top } = graph.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  graph.addEventListener('wheel', event => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), at(event));
  }, { passive: false });
  graph.addEventListener('pointerdown', event => {
    pointers.set(event.pointerId, at(event));
    camera.moved = 0;
  });
  graph.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (others.length === 1) {
      const distance = ([x, y]) => Math.hypot(x - others[0][0], y - others[0][1]);
      zoom(distance(now) / Math.max(distance(before), 1), others[0]);
    } else {
      camera.moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      pan(now[0] - before[0], now[1] - before[1]);
      // The pointer is taken only once it moves, so that a click stays one.
      if (camera.moved > 4 && !graph.hasPointerCapture(event.pointerId)) graph.setPointerCapture(event.pointerId);
    }
    pointers.set(event.pointerId, now);
    graph.classList.toggle('moving', camera.moved > 4);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    graph.addEventListener(end, event => {
      pointers.delete(event.pointerId);
      graph.classList.remove('moving');
    });
  }
  byId('zoom-in').addEventListener('click', () => zoom(1.3));
  byId('zoom-out').addEventListener('click', () => zoom(1 / 1.3));
  byId('fit').addEventListener('click', () => fit());
  // On paper the whole graph is shown.
  addEventListener('beforeprint', () => {
    const [wide, tall] = shown().size;
    graph.setAttribute('viewBox', [-10, -10, wide + 20, tall + 20].join(' '));
    byId('scene').removeAttribute('transform');
  });
  addEventListener('afterprint', () => {
    graph.removeAttribute('viewBox');
    place();
  });
}

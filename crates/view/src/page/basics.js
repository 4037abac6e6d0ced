// Data, elements, numbers, and who is told what.

const DATA = JSON.parse(document.getElementById('data').textContent);
const SVG = 'http://www.w3.org/2000/svg';

const byId = id => document.getElementById(id);

/** Fills an element: attributes, and children that are elements or texts. */
function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) made.append(child);
  }
  return made;
}

/** Returns a new HTML element. */
function html(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Returns a new SVG element. */
function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

const listeners = new Map();

/** Calls `listener` whenever something of this name is told. */
function on(event, listener) {
  if (!listeners.has(event)) listeners.set(event, []);
  listeners.get(event).push(listener);
}

/** Tells all listeners of an event. */
function tell(event, value) {
  (listeners.get(event) || []).forEach(listener => listener(value));
}

/** Returns a number with at most four digits. */
function short(number) {
  if (number === null || number === undefined) return '?';
  const text = String(Number(number.toPrecision(4)));
  return text.replace(/e\+?/, 'e');
}

/** Returns a count with spaces between thousands. */
function counted(count) {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** Returns a number of bytes for people. */
function inBytes(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let number = bytes;
  while (number >= 1000 && at < units.length - 1) {
    number /= 1000;
    at += 1;
  }
  return at === 0 ? counted(bytes) + ' bytes' : number.toFixed(1) + '\u00a0' + units[at];
}

/** Returns the bytes of a text in base 64. */
function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Returns the whole numbers of a text in base 64, which are LEB128. */
function numbersOf(text) {
  const numbers = [];
  let [value, factor] = [0, 1];
  for (const byte of bytesOf(text)) {
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte < 128) {
      numbers.push(value);
      [value, factor] = [0, 1];
    }
  }
  return numbers;
}

/** Returns a count with its word. */
function withPlural(count, word) {
  return counted(count) + ' ' + word + (count === 1 ? '' : 's');
}

/** Returns a name with a version that breaks before the version, where there is no room for both. */
function breakable(name) {
  return name.replace('@', '\u200b@');
}

/** Returns the value of a colour of the style. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/** Says something for a moment; screens readers read it. */
function say(text) {
  byId('message').textContent = text;
  clearTimeout(say.timer);
  if (text) say.timer = setTimeout(() => { byId('message').textContent = ''; }, 6000);
}

// The graph as it is shown, as a file: open graphs and blocks, colours of a platform, light or dark.

/** Returns the graph as SVG that stands by itself. The style of the page is that of the picture too: its root is the `svg`. */
function pictureOfGraph() {
  const [wide, tall] = shown().size;
  const margin = 16;
  const picture = byId('graph').cloneNode(true);
  picture.removeAttribute('id');
  picture.setAttribute('xmlns', SVG);
  picture.setAttribute('viewBox', [-margin, -margin, wide + 2 * margin, tall + 2 * margin].join(' '));
  picture.setAttribute('width', wide + 2 * margin);
  picture.setAttribute('height', tall + 2 * margin);
  picture.setAttribute('class', document.documentElement.className);
  picture.querySelector('#scene').removeAttribute('transform');
  picture.querySelectorAll('.toggle').forEach(one => one.remove());
  picture.querySelectorAll('.selected, .near, .hit').forEach(one => one.classList.remove('selected', 'near', 'hit'));
  const paper = svg('rect', { x: -margin, y: -margin, width: wide + 2 * margin, height: tall + 2 * margin });
  paper.style.setProperty('fill', 'var(--paper)');
  picture.prepend(svg('title', {}, DATA.title), svg('style', {}, document.querySelector('style').textContent), paper);
  return new XMLSerializer().serializeToString(picture);
}

/** Whether the page stands in another one, which does not let it save files. */
const IS_FRAMED = window.top !== window.self;

/** Saves the picture under the name of the graph. */
function save() {
  if (IS_FRAMED) return;
  const address = URL.createObjectURL(new Blob([pictureOfGraph()], { type: 'image/svg+xml' }));
  const link = html('a', { href: address, download: DATA.title.replace(/[^\w.-]+/g, '_') + '.svg' });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say('The graph is saved as ' + link.download);
}

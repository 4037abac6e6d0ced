// Screenshots against stored ones. Fonts and antialiasing may differ, so the means of cells are compared, not pixels.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPage } from './lib.mjs';

const STORED = process.env.PICTURES;
const UPDATES = process.env.UPDATE_PICTURES === '1';
/** Side of a cell in pixels, how far its mean may be off (of 255), and the share of cells that may be further off. */
const CELL = 12;
const OFF = 14;
const SHARE = 0.025;

/** What is looked at: the page, how it is opened, what is done first, and what must not be missing. */
const PICTURES = {
  'graph-light': { page: 'small.html', options: { colorScheme: 'light' }, part: '#side' },
  'graph-dark': { page: 'small.html', options: { colorScheme: 'dark' }, part: '#scene' },
  runs: { page: 'runs.html', options: { colorScheme: 'light' }, first: page => page.keyboard.press('f'), part: '#tracks' },
  evaluation: { page: 'eval.html', options: { colorScheme: 'light' }, part: '#matrices' },
  sweep: { page: 'sweep.html', options: { colorScheme: 'dark' }, part: '.map' },
  figure: { page: 'figure.svg', options: { viewport: { width: 720, height: 840 } }, part: 'path[stroke="#d55e00"]' },
};

/** Returns the share of cells whose means differ; 1 where the sizes do. Runs in a page of the browser. */
async function difference([before, after], { cell, off }) {
  const pixels = async text => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + text;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixels(before), await pixels(after)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let [cells, different] = [0, 0];
  for (let top = 0; top < a.height; top += cell) {
    for (let left = 0; left < a.width; left += cell) {
      const sums = [0, 0, 0];
      let count = 0;
      for (let y = top; y < Math.min(top + cell, a.height); y += 1) {
        for (let x = left; x < Math.min(left + cell, a.width); x += 1) {
          const at = 4 * (y * a.width + x);
          count += 1;
          for (const channel of [0, 1, 2]) sums[channel] += a.data[at + channel] - b.data[at + channel];
        }
      }
      cells += 1;
      if (sums.some(sum => Math.abs(sum) > off * count)) different += 1;
    }
  }
  return different / cells;
}

async function compared(browser, before, after) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const call = '(' + difference + ')(' + JSON.stringify([before, after].map(bytes => bytes.toString('base64'))) + ',' + JSON.stringify({ cell: CELL, off: OFF }) + ')';
  const share = await page.evaluate(call);
  await context.close();
  return share;
}

/** Each picture is like the stored one, and no longer is when a part of it is hidden. */
export async function pages_look_as_stored(browser, path) {
  const faults = [];
  for (const [name, { page: file, options, first, part }] of Object.entries(PICTURES)) {
    const stored = join(STORED, name + '.png');
    await withPage(browser, path(file), async page => {
      if (first) await first(page);
      const shot = () => page.screenshot({ animations: 'disabled', caret: 'hide' });
      const now = await shot();
      if (UPDATES) writeFileSync(stored, now);
      assert.ok(existsSync(stored), stored + ' is missing: UPDATE_PICTURES=1 scripts/check_page.sh writes it');
      const share = await compared(browser, readFileSync(stored), now);
      await page.evaluate(hidden => document.querySelectorAll(hidden).forEach(one => { one.style.visibility = 'hidden'; }), part);
      const without = await compared(browser, readFileSync(stored), await shot());
      console.log('     ' + name + ': ' + (100 * share).toFixed(2) + ' % of the cells differ, ' + (100 * without).toFixed(2) + ' % without ' + part);
      if (share > SHARE) {
        writeFileSync(path(name + '.now.png'), now);
        faults.push(name + ': ' + (100 * share).toFixed(1) + ' % of the cells differ from ' + stored + '; the picture of now is ' + path(name + '.now.png'));
      }
      if (without <= SHARE) faults.push(name + ': without ' + part + ' it still counts as equal');
    }, { viewport: { width: 1000, height: 680 }, ...options });
  }
  assert.deepEqual(faults, []);
}

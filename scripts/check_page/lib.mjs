// A page in headless Chromium, and what has to hold of it.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Opens a page from disk, lets `check` do something with it, and asserts that nothing was asked for and nothing failed. */
export async function withPage(browser, file, check, options = {}) {
  assert.ok(statSync(file).size < 2_000_000, file + ' is 2 MB or larger');
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, bypassCSP: false, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', error => faults.push(error.message));
  page.on('request', request => {
    if (request.url() !== 'file://' + file) faults.push('asks for ' + request.url());
  });
  page.on('dialog', dialog => faults.push('a dialog: ' + dialog.message()));
  await page.goto('file://' + file);
  await check(page);
  assert.deepEqual(faults, [], file);
  await context.close();
}

/** Asserts that axe finds nothing serious. The policy of the page forbids its program, so it is run from outside. */
export async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const told = serious.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | '));
  assert.deepEqual(told, []);
}

/** Asserts that no two boxes overlap unless one is around the other, and that no text leaves its box. */
export async function apart(page) {
  const faults = await page.evaluate(() => {
    const rectangles = [...document.querySelectorAll('.box')].map(box => {
      const face = box.querySelector('.face');
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map(name => Number(face.getAttribute(name)));
      const texts = [...box.querySelectorAll(':scope > text')].map(text => text.getBBox());
      return { name: box.getAttribute('aria-label'), isNested: box.classList.contains('nested'), x, y, width, height, texts };
    });
    const found = [];
    const byTop = rectangles.filter(one => !one.isNested).sort((a, b) => a.y - b.y);
    byTop.forEach((a, at) => {
      for (let next = at + 1; next < byTop.length && byTop[next].y < a.y + a.height; next += 1) {
        const b = byTop[next];
        if (a.x < b.x + b.width && b.x < a.x + a.width) found.push(a.name + ' overlaps ' + b.name);
      }
    });
    for (const { name, x, y, width, height, texts } of rectangles) {
      if (texts.some(text => text.x < x - 0.5 || text.x + text.width > x + width + 0.5 || text.y < y - 0.5 || text.y + text.height > y + height + 0.5)) {
        found.push('text leaves ' + name);
      }
    }
    return found;
  });
  assert.deepEqual(faults, []);
}

export const names = page => page.locator('.box').evaluateAll(boxes => boxes.map(box => box.dataset.name));

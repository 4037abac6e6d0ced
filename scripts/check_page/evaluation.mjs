// Labelled sets in the page: each function is a check. Expected numbers come from `nir eval --format json` and the labels, which
// scripts/check_page.sh writes beside the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, apart, withPage } from './lib.mjs';

const side = page => page.locator('#side').innerText();

/** The labels of the samples, from a `.npy` of bytes. */
function labelsOf(path) {
  const bytes = readFileSync(path);
  assert.ok(bytes.includes("'|u1'"));
  return [...bytes.subarray(10 + bytes.readUInt16LE(8))];
}

function expected(path) {
  const { platforms } = JSON.parse(readFileSync(path('eval.json'), 'utf8'));
  return { platforms, labels: labelsOf(path('labels.npy')) };
}

/** The numbers of the samples that are listed. */
const listed = page => page.locator('#side tr[data-sample]').evaluateAll(rows => rows.map(row => Number(row.dataset.sample)));

/** The middle of a cell of a matrix on the screen. */
async function middle(page, at, label, taken) {
  const frame = await page.locator('.matrix .frame').nth(at).boundingBox();
  const side = frame.width / 4;
  return [frame.x + (taken + 0.5) * side, frame.y + (label + 0.5) * side];
}

export async function matrices_stand_side_by_side_with_the_accuracy(browser, path) {
  const { platforms } = expected(path);
  for (const colorScheme of ['light', 'dark']) {
    await withPage(browser, path('eval'), async page => {
      const captions = await page.locator('.platform figcaption').allInnerTexts();
      platforms.forEach((found, at) => {
        const accuracy = found.confusion ? (100 * found.accuracy).toFixed(1) + '\u00a0%' : 'does not run';
        assert.ok(captions.some(text => text.startsWith(found.platform) && text.includes(accuracy)), captions + ' ' + at + accuracy);
      });
      const ran = platforms.filter(found => found.confusion);
      const numbers = await page.locator('.matrix').evaluateAll(all => all.map(one => [...one.querySelectorAll('g text')].map(text => Number(text.textContent)).sort((a, b) => a - b)));
      assert.deepEqual(numbers, ran.map(({ confusion }) => confusion.flat().filter(Boolean).sort((a, b) => a - b)));
      assert.ok((await side(page)).includes('rockpool'));
      await accessible(page);
      await apart(page);
    }, { colorScheme });
  }
}

export async function a_cell_lists_its_samples_by_mouse_and_keyboard(browser, path) {
  const { platforms, labels } = expected(path);
  const at = platforms.findIndex(({ platform }) => platform.startsWith('spyx'));
  const { confusion, found } = platforms[at];
  const label = confusion.findIndex((row, label) => row.some((count, taken) => count && taken !== label));
  const taken = confusion[label].findIndex((count, taken) => count && taken !== label);
  const wanted = labels.map((_, sample) => sample).filter(sample => labels[sample] === label && found[sample] === taken);
  assert.ok(wanted.length > 0 && wanted.length === confusion[label][taken]);
  await withPage(browser, path('eval'), async page => {
    await page.mouse.click(...await middle(page, at, label, taken));
    assert.deepEqual(await listed(page), wanted);
    assert.ok((await side(page)).includes('Samples of class ' + label));
    await accessible(page);
    await page.keyboard.press('Escape');
    assert.deepEqual(await listed(page), []);
    await page.locator('.matrix').nth(at).focus();
    for (let step = 0; step < 8; step += 1) for (const key of ['ArrowUp', 'ArrowLeft']) await page.keyboard.press(key);
    for (let step = 0; step < label; step += 1) await page.keyboard.press('ArrowDown');
    for (let step = 0; step < taken; step += 1) await page.keyboard.press('ArrowRight');
    const says = await page.locator('.says').nth(at).innerText();
    assert.ok(says.includes('label ' + label + ', taken for ' + taken + ': ' + wanted.length + ' sample'), says);
    await page.keyboard.press('Enter');
    assert.deepEqual(await listed(page), wanted);
    // A node takes the place of the list, and the way back leads to the overview.
    await page.click('.box >> nth=1');
    assert.deepEqual(await listed(page), []);
  });
}

export async function samples_that_differ_are_listed_for_all_and_for_two_platforms(browser, path) {
  const { platforms } = expected(path);
  const ran = platforms.filter(found => found.confusion);
  const all = ran[0].found.map((_, sample) => sample).filter(sample => new Set(ran.map(({ found }) => found[sample])).size > 1);
  const pair = ran[0].found.map((_, sample) => sample).filter(sample => ran[0].found[sample] !== ran[1].found[sample]);
  await withPage(browser, path('eval'), async page => {
    await page.click('#differing');
    assert.deepEqual(await listed(page), all);
    await page.click('#back');
    await page.click('#agreement tbody tr >> nth=0 >> button >> nth=0');
    assert.deepEqual(await listed(page), pair);
    await page.click('#back');
    await page.focus('#confusions .link >> nth=0');
    await page.keyboard.press('Enter');
    assert.ok((await listed(page)).length > 0);
  });
}

/** Sets at the edges: one class, 100 classes, and a platform that runs nothing. */
export async function sets_with_one_class_and_with_100_are_shown(browser, path) {
  for (const [name, classes] of [['one-class', 1], ['classes', 100]]) {
    await withPage(browser, path(name), async page => {
      const frame = await page.locator('.matrix .frame').first().boundingBox();
      assert.ok(frame.width >= 3 * classes && frame.width < 500, name + ' ' + frame.width);
      await page.mouse.click(frame.x + frame.width / classes / 2, frame.y + frame.height / classes / 2);
      assert.ok((await side(page)).includes('Samples of class 0'));
      await accessible(page);
    });
  }
}

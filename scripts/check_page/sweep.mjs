// The page of a sweep: each function is a check. Expected numbers come from `table.json` of the sweep.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, withPage } from './lib.mjs';

const side = page => page.locator('#side').innerText();
const table = path => JSON.parse(readFileSync(path('sweep/table.json'), 'utf8')).entries;

/** The cell of a platform in a column. */
const cell = (page, platform, column) => page.locator('.map tbody tr', { hasText: platform }).first().locator('td').nth(column);

export async function a_map_has_a_cell_for_each_line_of_the_table(browser, path) {
  const entries = table(path);
  for (const colorScheme of ['light', 'dark']) {
    await withPage(browser, path('sweep'), async page => {
      const columns = await page.locator('.map thead th').allInnerTexts();
      for (const entry of entries) {
        const at = columns.findIndex(name => name === 'dt ' + entry.choices.dt);
        const words = await cell(page, entry.platform, Math.max(at, 0)).innerText();
        assert.equal(words, entry.accuracy === null ? entry.status : (100 * entry.accuracy).toFixed(1) + '\u00a0%', entry.platform);
      }
      assert.ok(entries.some(({ status }) => status === 'refused'));
      assert.ok((await side(page)).includes('What did not run'));
      await accessible(page);
    }, { colorScheme });
  }
}

export async function measures_are_chosen_and_cells_show_what_stands_behind_them(browser, path) {
  const entries = table(path);
  await withPage(browser, path('sweep'), async page => {
    const names = await page.locator('#measure option').allInnerTexts();
    assert.ok(names[0] === 'accuracy' && names[1].startsWith('same class as '), names.join());
    await page.selectOption('#measure', '1');
    const spyx = entries.filter(({ platform }) => platform.startsWith('spyx')).at(-1);
    await cell(page, spyx.platform, 2).locator('button').click();
    const text = await side(page);
    assert.ok(text.includes(spyx.platform) && text.includes((100 * spyx.agreement).toFixed(2) + '\u00a0%') && text.includes('dt\t' + spyx.choices.dt), text);
    // Arrow keys go from cell to cell; what does not run says why.
    const refused = entries.find(({ status }) => status === 'refused');
    await page.keyboard.press('ArrowDown');
    const below = await side(page);
    assert.ok(below.includes(refused.platform) && below.includes(refused.reasons[0].split(':')[0]), below);
    await accessible(page);
    await page.keyboard.press('Escape');
    assert.ok((await side(page)).includes('What did not run'));
    await page.keyboard.press('d');
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.map').first().isVisible() && !await page.locator('.tools').isVisible());
  });
}

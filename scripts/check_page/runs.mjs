// Runs in the page: each function is a check. The page holds the comparison of docs/compare.md, whose first difference is at
// step 7, node lif1, neuron 0.

import assert from 'node:assert/strict';
import { accessible, apart, withPage } from './lib.mjs';

const side = page => page.locator('#side').innerText();

export async function runs_are_side_by_side_with_counts_and_cause(browser, path) {
  for (const colorScheme of ['light', 'dark']) {
    await withPage(browser, path('runs'), async page => {
      const text = await side(page);
      assert.ok(text.includes('first difference: lif1, step 7') && text.includes('Cause of the first difference: step of the spike'), text);
      assert.ok(await page.locator('#tracks canvas').count() >= 5);
      const labels = await page.locator('#tracks canvas').evaluateAll(all => all.map(one => one.getAttribute('aria-label')));
      assert.ok(labels.some(label => /^lif1 on ideal: \d+ spikes/.test(label)) && labels.some(label => label.includes('Voltage of lif1, neuron 0')), labels.join('\n'));
      await accessible(page);
      await apart(page);
    }, { colorScheme });
  }
}

export async function the_first_difference_is_reached_by_mouse_and_keyboard(browser, path) {
  const ways = [page => page.click('#first'), page => page.keyboard.press('f'), page => page.click('#side .firsts .link >> nth=0'), async page => {
    await page.focus('#first');
    await page.keyboard.press('Enter');
  }];
  for (const go of ways) {
    await withPage(browser, path('runs'), async page => {
      await page.locator('body').focus();
      await go(page);
      assert.ok((await page.locator('#now').innerText()).startsWith('step 7 '));
      assert.equal(await page.locator('#side h2').innerText(), 'lif1');
      assert.equal(await page.locator('.parts.first').count(), 1);
      assert.ok((await page.locator('.parts.first text').textContent()).includes('step 7'));
      assert.equal(await page.locator('#side-pick').inputValue(), '1');
      const start = await page.locator('#tracks .from').first().innerText();
      assert.ok(start.startsWith('step 0 '), start);
      await accessible(page);
    });
  }
}

export async function the_time_slider_moves_activity_and_lines(browser, path) {
  await withPage(browser, path('runs'), async page => {
    const glow = () => page.locator('.glow').evaluateAll(all => all.map(one => one.style.opacity).join());
    const seen = new Set([await glow()]);
    await page.focus('#time');
    for (let at = 0; at < 40; at += 1) {
      await page.keyboard.press('ArrowRight');
      seen.add(await glow());
    }
    assert.equal(await page.locator('#time').inputValue(), '40');
    assert.ok((await page.locator('#now').innerText()).startsWith('step 40 '));
    assert.ok(seen.size > 3, 'the activity does not change');
    const lines = await page.locator('.cursor').evaluateAll(all => all.map(one => one.style.left));
    assert.ok(lines.length > 3 && new Set(lines).size === 1);
    // A click in a raster moves the slider.
    const box = await page.locator('#tracks canvas').first().boundingBox();
    await page.mouse.click(box.x + box.width * 0.75, box.y + 4);
    assert.ok(Number(await page.locator('#time').inputValue()) > 40);
    await page.click('#play');
    await page.waitForTimeout(300);
    await page.click('#play');
  });
}

export async function the_stretch_of_time_is_zoomed(browser, path) {
  await withPage(browser, path('runs'), async page => {
    const ends = async () => (await page.locator('#tracks .from').first().innerText()) + (await page.locator('#tracks .to').first().innerText());
    const whole = await ends();
    await page.click('#narrow');
    const half = await ends();
    assert.notEqual(half, whole);
    await page.locator('body').focus();
    await page.keyboard.press(']');
    assert.notEqual(await ends(), half);
    await page.click('#whole');
    assert.equal(await ends(), whole);
  });
}

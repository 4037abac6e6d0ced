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

/** The ring around a first difference at the lowest row is no longer cut off: it lies in the picture, and all four sides of it are drawn. */
export async function the_ring_around_a_first_difference_is_whole(browser, path) {
  await withPage(browser, path('runs'), async page => {
    for (const keys of [['f'], ['f', ']', ']', ']', ']']]) {
      for (const key of keys) await page.keyboard.press(key);
      const rings = await page.locator('#tracks canvas[data-ring]').evaluateAll(all => all.map(canvas => {
        const [x, y, radius] = canvas.dataset.ring.split(' ').map(Number);
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const context = copy.getContext('2d', { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        const sides = [[x - radius, y], [x + radius, y], [x, y - radius], [x, y + radius]];
        // The darkest of the pixels around a side, over paper that is white.
        const inks = sides.map(([left, top]) => Math.min(...context.getImageData(Math.round(left) - 1, Math.round(top) - 1, 3, 3).data.filter((_, at) => at % 4 === 1)));
        return { x, y, radius, width: canvas.width, height: canvas.height, inks };
      }));
      assert.ok(rings.length >= 2, 'no ring is drawn');
      for (const { x, y, radius, width, height, inks } of rings) {
        assert.ok(radius >= 6 && x >= radius && y >= radius && x + radius <= width && y + radius <= height, JSON.stringify({ x, y, radius, width, height }));
        assert.ok(inks.every(ink => ink < 200), inks.join());
      }
    }
  }, { colorScheme: 'light' });
}

export async function five_runs_have_columns_of_their_own(browser, path) {
  await withPage(browser, path('five'), async page => {
    const row = page.locator('#tracks .track[data-node="1"]');
    const cells = await row.locator('.cell').evaluateAll(all => all.map(one => one.getBoundingClientRect().toJSON()));
    assert.equal(cells.length, 5);
    cells.slice(1).forEach(({ left }, at) => assert.ok(left >= cells[at].right));
    // The names of the runs and the ends of their axes do not touch each other.
    const texts = await page.locator('#tracks .axis span, #tracks .axis b').evaluateAll(all => all.map(one => one.getBoundingClientRect().toJSON()));
    const sorted = texts.filter(({ width }) => width > 0).sort((a, b) => a.top - b.top || a.left - b.left);
    sorted.forEach((a, at) => sorted.slice(at + 1).forEach(b => {
      assert.ok(a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5, JSON.stringify([a, b]));
    }));
    const firsts = await page.locator('#side .firsts > li:first-child > .link').count();
    assert.ok(firsts >= 3, String(firsts));
    for (let at = 0; at < firsts; at += 1) {
      await page.locator('#side .firsts > li:first-child > .link').nth(at).click();
      assert.ok((await side(page)).includes('first difference from ideal'));
      await page.locator('body').focus();
      await page.click('#back');
    }
    await accessible(page);
    await apart(page);
  });
}

export async function runs_without_a_step_and_sets_that_nothing_runs_say_so(browser, path) {
  for (const [name, said] of [['no-steps', 'The runs have no step'], ['none-runs', 'No platform runs']]) {
    await withPage(browser, path(name), async page => {
      for (const key of ['f', '[', ']', 'p']) await page.keyboard.press(key);
      assert.ok((await page.locator('#runs').innerText()).includes(said));
      const text = await page.locator('body').innerText();
      assert.ok(!/NaN|undefined|null|Infinity/.test(text), text);
      await page.click('.box >> nth=1');
      await accessible(page);
    });
  }
}

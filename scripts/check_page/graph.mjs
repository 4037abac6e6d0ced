// The graph in the page: each function is a check.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { accessible, apart, names, withPage } from './lib.mjs';

/** Pages of graphs of other packages, where they are at hand. */
const FOLDER = process.argv[2] + '/shared';
const SHARED = existsSync(FOLDER) ? readdirSync(FOLDER).map(name => 'shared/' + name) : [];

export async function opens_from_disk_and_is_accessible_in_light_and_dark(browser, path) {
  for (const colorScheme of ['light', 'dark']) {
    for (const name of ['small', 'broken', 'nested']) {
      await withPage(browser, path(name), async page => {
        assert.equal(await page.evaluate(() => document.documentElement.classList.contains('dark')), colorScheme === 'dark');
        await accessible(page);
        await apart(page);
        await page.focus('.box[tabindex="0"]');
        await page.keyboard.press('Enter');
        await accessible(page);
      }, { colorScheme });
    }
  }
}

export async function a_node_shows_kind_equation_shapes_and_parameters(browser, path) {
  await withPage(browser, path('small'), async page => {
    await page.click('.box[data-name="lif1"]');
    const side = await page.locator('#side').innerText();
    for (const part of ['LIF', "tau v' = (v_leak - v) + r x", 'tau', 'v_threshold', 'On platforms', 'norse']) {
      assert.ok(side.includes(part), part + ' is not in: ' + side);
    }
    await page.click('.box[data-name="fc1"]');
    assert.ok(await page.locator('#side .histogram').count() >= 1);
    assert.ok(await page.locator('#side canvas[role=img]').count() >= 1);
    // Links lead to neighbours.
    await page.click('#side .link:text-is("lif1")');
    assert.equal(await page.locator('#side h2').innerText(), 'lif1');
  });
}

export async function the_keyboard_reaches_everything(browser, path) {
  await withPage(browser, path('small'), async page => {
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
    await page.keyboard.type('LIF');
    assert.equal(await page.locator('#hits').innerText(), '2 nodes');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#side h2').innerText(), 'lif1');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#side h2').innerText(), 'lif2');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#hits').innerText(), '');
    // From node to node along the flow.
    await page.focus('.box[tabindex="0"]');
    await page.keyboard.press('Home');
    const walked = [];
    for (let at = 0; at < 4; at += 1) {
      walked.push(await page.locator('#side h2').innerText());
      await page.keyboard.press('ArrowDown');
    }
    assert.deepEqual(walked.slice(0, 3), ['input', 'fc1', 'lif1']);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#back').count(), 0);
    const transform = () => page.locator('#scene').getAttribute('transform');
    const before = await transform();
    await page.keyboard.press('+');
    assert.notEqual(await transform(), before);
    await page.keyboard.press('0');
    await page.keyboard.press('?');
    assert.ok(await page.locator('#help').isVisible());
    await accessible(page);
    await page.keyboard.press('Escape');
    assert.ok(!await page.locator('#help').isVisible());
    const dark = () => page.evaluate(() => document.documentElement.classList.contains('dark'));
    const was = await dark();
    await page.keyboard.press('d');
    assert.notEqual(await dark(), was);
  });
}

export async function platforms_colour_nodes_with_reasons(browser, path) {
  await withPage(browser, path('small'), async page => {
    const options = await page.locator('#colours option').allInnerTexts();
    assert.ok(options.some(text => text.startsWith('norse')) && options.length > 8, options.join());
    const fill = () => page.locator('.box[data-name="lif1"]').evaluate(box => box.style.getPropertyValue('--fill'));
    assert.equal(await fill(), 'var(--neuron-fill)');
    const sinabs = options.findIndex(text => text.startsWith('sinabs')) - 1;
    await page.selectOption('#colours', String(sinabs));
    assert.notEqual(await fill(), 'var(--neuron-fill)');
    assert.ok(await page.locator('.badge').count() >= 1);
    // No badge hides where an edge arrives.
    const hidden = await page.evaluate(() => {
      const badges = [...document.querySelectorAll('.badge rect')].map(one => one.getBBox());
      const ends = [...document.querySelectorAll('path.edge')].map(one => one.getPointAtLength(one.getTotalLength()));
      return ends.filter(end => badges.some(box => end.x > box.x && end.x < box.x + box.width && end.y > box.y && end.y < box.y + box.height)).length;
    });
    assert.equal(hidden, 0);
    assert.ok((await page.locator('#side').innerText()).includes('What sinabs'));
    await accessible(page);
    // A reason leads to its node.
    await page.locator('#side .finding .link').first().click();
    assert.ok((await page.locator('#side').innerText()).includes('On sinabs'));
    await page.selectOption('#colours', '-1');
    assert.equal(await fill(), 'var(--neuron-fill)');
    await page.keyboard.press('Escape');
    await page.focus('.box[tabindex="0"]');
    await page.keyboard.press('p');
    assert.notEqual(await fill(), 'var(--neuron-fill)');
  });
}

export async function findings_are_pinned_to_nodes_with_their_help(browser, path) {
  await withPage(browser, path('broken'), async page => {
    const label = await page.locator('.box[data-name="lif"]').getAttribute('aria-label');
    assert.ok(label.includes('has errors'), label);
    await page.click('.box[data-name="lif"]');
    const side = await page.locator('#side').innerText();
    assert.ok(side.includes('error N204') && side.includes('help: a time constant is above 0 s'), side);
  });
}

export async function nested_graphs_open_and_close_by_mouse_and_keyboard(browser, path) {
  await withPage(browser, path('nested'), async page => {
    const all = (await names(page)).length;
    assert.ok((await names(page)).includes('inner.inner.inner.inner'));
    await page.focus('.box[data-name="inner.inner"]');
    await page.keyboard.press('Enter');
    await page.locator('.box[data-name="inner.inner"]').focus();
    await page.keyboard.press('o');
    const closed = await names(page);
    assert.ok(closed.length < all && closed.includes('inner.inner') && !closed.includes('inner.inner.lif'));
    assert.equal(await page.locator('.box[data-name="inner.inner"]').getAttribute('aria-expanded'), 'false');
    await apart(page);
    await page.locator('.toggle[data-name="inner.inner"]').dispatchEvent('click');
    assert.ok((await names(page)).includes('inner.inner.lif'));
    await page.click('#close-all');
    assert.equal((await names(page)).length, 4);
    await apart(page);
    // Search opens what is closed.
    await page.fill('#search', 'inner.inner.lif');
    await page.press('#search', 'Enter');
    assert.equal(await page.locator('#side h2').innerText(), 'inner.inner.lif');
    await page.click('#open-all');
    assert.equal((await names(page)).length, all);
  });
}

export async function a_chain_of_2000_nodes_is_folded_and_opens(browser, path) {
  await withPage(browser, path('long'), async page => {
    assert.ok((await names(page)).length < 10);
    await page.click('#open-all');
    assert.ok((await names(page)).length > 2000);
    await apart(page);
    await page.fill('#search', 'lif777');
    await page.press('#search', 'Enter');
    assert.equal(await page.locator('#side h2').innerText(), 'lif777');
    await page.click('#unit');
    assert.ok((await names(page)).length < 10);
    await accessible(page);
  });
}

/** From the request of a page to the frame in which everything is open and laid out, in milliseconds. */
const opened = page => page.evaluate(() => {
  if (!document.getElementById('open-all').disabled) document.getElementById('open-all').click();
  document.getElementById('graph').getBoundingClientRect();
  return performance.now();
});

/** Large graphs, and those of other packages, are there with everything open within three seconds. */
export async function graphs_are_drawn_in_time(browser, path) {
  for (const [name, boxes] of [['long', 2002], ['cyclic', 300], ['nested', 16]]) {
    await withPage(browser, path(name), async page => {
      const took = await opened(page);
      assert.ok((await names(page)).length >= boxes, name);
      assert.ok(took < 3000, name + ' takes ' + took + ' ms');
      if (name === 'cyclic') await apart(page);
    });
  }
  const page = await browser.newPage();
  for (const name of SHARED) {
    await page.goto('file://' + path(name));
    const took = await opened(page);
    assert.ok((await names(page)).length > 0 && took < 3000, name + ' takes ' + took + ' ms');
  }
  await page.close();
}

export async function a_hostile_file_is_inert(browser, path) {
  await withPage(browser, path('hostile'), async page => {
    assert.equal(await page.locator('.box').count(), 8);
    for (let at = 0; at < 8; at += 1) {
      await page.locator('.box').nth(at).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('p');
    }
    await page.fill('#search', '<');
    await page.press('#search', 'Enter');
    assert.equal(await page.title(), 'hostile.nirt');
    assert.equal(await page.locator('script').count(), 2);
    assert.equal(await page.locator('img, iframe, object, link').count(), 0);
    // No direction of writing is taken from a file, and no name widens the page or a box.
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(await page.content()));
    await page.locator('.box').nth(7).focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.ok(await page.evaluate(() => document.getElementById('side').scrollWidth <= document.getElementById('side').clientWidth));
    await apart(page);
  });
}

/** What is saved is a picture by itself, without a program, also of a file whose names would act. */
export async function the_graph_is_saved_as_it_is_shown(browser, path) {
  for (const [name, save] of [['small', page => page.click('#save')], ['hostile', page => page.keyboard.press('s')]]) {
    let [saved, boxes, dark] = ['', 0, ''];
    await withPage(browser, path(name), async page => {
      await page.focus('.box[tabindex="0"]');
      await page.keyboard.press('p');
      [boxes, dark] = [await page.locator('.box').count(), await page.locator('.box .face').first().evaluate(face => getComputedStyle(face).fill)];
      const [download] = await Promise.all([page.waitForEvent('download'), save(page)]);
      assert.equal(download.suggestedFilename(), (name === 'small' ? 'small.nir' : 'hostile.nirt') + '.svg');
      saved = path(name + '.saved.svg');
      await download.saveAs(saved);
    }, { colorScheme: 'dark', acceptDownloads: true });
    await withPage(browser, saved, async page => {
      assert.equal(await page.locator('.box').count(), boxes);
      assert.equal(await page.locator('.box .face').first().evaluate(face => getComputedStyle(face).fill), dark);
      assert.equal(await page.locator('script, a, image, foreignObject').count(), 0);
      assert.equal(await page.evaluate(() => document.documentElement.tagName), 'svg');
    });
  }
}

export async function the_whole_graph_is_printed(browser, path) {
  await withPage(browser, path('small'), async page => {
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.ok(await page.locator('#graph').getAttribute('viewBox'));
    await page.emulateMedia({ media: 'print' });
    assert.ok(!await page.locator('.tools').isVisible());
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('#graph').getAttribute('viewBox'), null);
  });
}

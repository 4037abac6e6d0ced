// Drives the page as a user does: node app.mjs WEB EXAMPLES

import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { accessible, launch } from './lib.mjs';

const [web, examples] = process.argv.slice(2).map(path => resolve(path));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const server = createServer((request, response) => {
  const path = join(web, new URL(request.url, 'http://localhost').pathname.replace(/\/$/, '/index.html'));
  if (!path.startsWith(web) || !existsSync(path)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(path).pipe(response);
});
await new Promise(done => server.listen(0, '127.0.0.1', done));
const address = 'http://127.0.0.1:' + server.address().port + '/';

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
const faults = [];
page.on('console', message => ['error', 'warning'].includes(message.type()) && faults.push(message.text()));
page.on('pageerror', error => faults.push(error.message));
page.on('request', request => {
  const url = request.url();
  if (!url.startsWith(address) && !/^(blob|data|about):/.test(url)) faults.push('asks for ' + url);
});

const told = async pattern => {
  await page.waitForFunction(([source]) => new RegExp(source).test(document.getElementById('told').textContent), [pattern.source]);
  return page.locator('#told').textContent();
};
const settled = () => page.waitForFunction(() => !document.body.hasAttribute('aria-busy'));
const file = name => ({ name, mimeType: 'application/octet-stream', buffer: readFileSync(join(examples, name)) });
const drop = async name => {
  const handle = await page.evaluateHandle(([name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), character => character.charCodeAt(0))], name));
    return transfer;
  }, [name, readFileSync(join(examples, name)).toString('base64')]);
  await page.dispatchEvent('#stage', 'drop', { dataTransfer: handle });
};
const frame = () => page.frameLocator('#stage iframe');

async function download(format) {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.selectOption('#save', format)]);
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

const checks = {
  async 'opens, and lists the platforms'() {
    await page.goto(address);
    await page.waitForSelector('#platforms input[value="norse"]');
    await settled();
    await accessible(page);
  },
  async 'asks for a graph first'() {
    await page.click('#run');
    await told(/no graph is open/);
  },
  async 'draws a graph that is dropped'() {
    await drop('small.nir');
    await frame().locator('#graph').waitFor();
    await settled();
    assert.match(await page.locator('#opened').textContent(), /small\.nir/);
  },
  async 'runs platforms side by side on a stimulus, and marks the first difference'() {
    await page.setInputFiles('#files', [file('small_input.npy')]);
    await told(/stimulus is ready/);
    await page.check('#platforms input[value="ideal"]');
    await page.check('#platforms input[value="spyx"]');
    await page.click('#run');
    await frame().locator('#runs').waitFor();
    await settled();
    assert.match(await frame().locator('#side').textContent(), /Cause of the first difference: step of the spike/);
    await accessible(page);
  },
  async 'tells everything that is wrong with what is typed'() {
    await page.fill('#dt', 'soon');
    await page.fill('#spike', 'large');
    await page.click('#check');
    const text = await told(/time step/);
    assert.match(text, /size of a spike/);
    await page.fill('#dt', '');
    await page.fill('#spike', '');
  },
  async 'adapts, undoes and saves'() {
    await page.uncheck('#platforms input[value="ideal"]');
    const before = await download('nirt');
    await page.fill('#like', 'norse');
    await page.click('#adapt');
    await told(/spyx.* like norse/);
    const adapted = await download('nirt');
    assert.notDeepEqual(adapted.bytes, before.bytes);
    await page.click('#undo');
    await settled();
    assert.deepEqual((await download('nirt')).bytes, before.bytes);
    const hdf5 = await download('nir');
    assert.equal(hdf5.name, 'small.nir');
    assert.equal(hdf5.bytes.subarray(1, 4).toString(), 'HDF');
    assert.match((await download('svg')).bytes.toString(), /^<svg/);
    assert.match((await download('html')).bytes.toString(), /^<!doctype html>/);
  },
  async 'repairs what can be repaired'() {
    await drop('broken.nirt');
    await settled();
    await page.click('#repair');
    await settled();
    assert.ok((await page.locator('#told').textContent()).length > 0);
  },
  async 'tells what a damaged file is'() {
    await page.setInputFiles('#files', [{ name: 'net.nir', mimeType: '', buffer: Buffer.from('no graph') }]);
    await told(/net\.nir/);
  },
  async 'stops, and goes on with the files that were open'() {
    await page.evaluate(() => document.getElementById('stop').click());
    await settled();
    await page.click('#check');
    await frame().locator('#graph').waitFor();
    await settled();
  },
  async 'works with the keyboard'() {
    await page.focus('#dt');
    await page.keyboard.type('1ms');
    await page.keyboard.press('Enter');
    await settled();
    await frame().locator('#graph').waitFor();
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    assert.deepEqual(faults.splice(0), []);
    console.log('ok   ' + name);
  } catch (error) {
    failed += 1;
    console.log('FAIL ' + name + '\n' + error.stack);
  }
}
await browser.close();
server.close();
process.exit(failed ? 1 : 0);

// Drives the pages in a folder: node main.mjs FOLDER

import { resolve } from 'node:path';
import { launch } from './lib.mjs';
import * as evaluation from './evaluation.mjs';
import * as graph from './graph.mjs';
import * as pictures from './pictures.mjs';
import * as runs from './runs.mjs';
import * as sweep from './sweep.mjs';

const folder = resolve(process.argv[2]);
const browser = await launch();
let failed = 0;
const checks = Object.entries({ ...graph, ...runs, ...evaluation, ...sweep, ...pictures });

/** Runs one check after the other; two of these take less time than one. */
async function work() {
  for (let next = checks.shift(); next; next = checks.shift()) {
    const [name, check] = next;
    const start = Date.now();
    try {
      await check(browser, page => folder + '/' + (page.includes('.') || page.includes('/') ? page : page + '.html'));
      console.log('ok   ' + name + ' (' + (Date.now() - start) + ' ms)');
    } catch (error) {
      failed += 1;
      console.log('FAIL ' + name + '\n' + error.stack);
    }
  }
}

await Promise.all([work(), work()]);
await browser.close();
process.exit(failed ? 1 : 0);

// Runs recorded networks in the module and with the program, and asserts that all bits are equal; says how long both take.
//
//     node bits.mjs WEB PROGRAM EXAMPLES RECORDINGS

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const [web, program, examples, recordings] = process.argv.slice(2).map(path => resolve(path));
const { load } = await import(pathToFileURL(join(web, 'module.js')));
const code = readFileSync(join(web, 'nirkit.wasm'));
const packed = gzipSync(code).length;
console.log('module: ' + code.length + ' bytes, ' + packed + ' packed');
assert.ok(code.length < 11_000_000 && packed < 3_500_000, 'the module has grown');

/** The bits of the numbers of an array, as doubles: a file of spikes has narrower numbers than a run. */
function numbers(file) {
  const bytes = Uint8Array.from(file);
  const header = Buffer.from(bytes.subarray(10, 10 + bytes[8] + 256 * bytes[9])).toString();
  const Type = { u1: Uint8Array, b1: Uint8Array, i4: Int32Array, i8: BigInt64Array, f4: Float32Array, f8: Float64Array }[header.match(/'descr': '[<|](..)'/)[1]];
  const values = new Type(bytes.slice(10 + header.length).buffer);
  return new BigUint64Array(Float64Array.from(values, Number).buffer);
}

let [runs, arrays, native, inPage] = [0, 0, 0, 0];

/** Runs a graph both ways; what the program refuses is none. */
async function both(graph, input, platform, options) {
  const out = mkdtempSync(join(tmpdir(), 'nir-'));
  const flags = Object.entries(options).flatMap(([name, value]) => ['--' + name, String(value)]);
  const start = process.hrtime.bigint();
  const called = spawnSync(program, ['run', graph, '--platform', platform, '--input', input, '--record', 'all', '--threads', '1', '--output', out, ...flags]);
  native += Number(process.hrtime.bigint() - start) / 1e6;
  const module = await load(code);
  assert.ok(module.ask({ do: 'open', name: graph }, readFileSync(graph)).told.ok, graph);
  assert.ok(module.ask({ do: 'open', name: input }, readFileSync(input)).told.ok, input);
  const { dt = '', reset = '', ...choices } = options;
  const ask = record => module.ask({ do: 'run', platforms: [platform], dt: String(dt), reset, choices, record });
  if (called.status !== 0) {
    rmSync(out, { recursive: true });
    return;
  }
  runs += 1;
  for (const file of readdirSync(out).filter(name => name.endsWith('.npy'))) {
    const record = file.slice(0, -4).replace(/\.([^.]*)$/, ':$1');
    const start = process.hrtime.bigint();
    const { told, bytes } = ask(record);
    inPage += Number(process.hrtime.bigint() - start) / 1e6;
    assert.ok(told.ok, platform + ' ' + graph + ' ' + record + ': ' + JSON.stringify(told.errors));
    assert.deepEqual(numbers(bytes), numbers(readFileSync(join(out, file))), platform + ' ' + graph + ' ' + record);
    arrays += 1;
  }
  rmSync(out, { recursive: true });
}

for (const platform of ['norse', 'sinabs', 'spyx', 'lava', 'loihi2']) {
  await both(join(examples, 'small.nir'), join(examples, 'small_input.npy'), platform, { dt: 1e-4 });
}
if (existsSync(recordings)) {
  for (const name of readdirSync(recordings)) {
    const folder = join(recordings, name);
    if (!statSync(folder).isDirectory() || existsSync(join(folder, 'config.json'))) continue;
    const { runs: recorded } = JSON.parse(readFileSync(join(folder, 'case.json')));
    for (const { platform, refused, options } of Object.values(recorded)) {
      if (refused) continue;
      const title = options.version ? platform + '@' + options.version : platform;
      const given = Object.fromEntries(['dt', 'reset', 'quantize'].filter(key => key in options).map(key => [key, options[key]]));
      await both(join(folder, 'graph.nir'), join(folder, 'input.npy'), title, given);
    }
  }
} else {
  console.log('skipped: there are no recordings beside the project');
}
assert.ok(runs >= 5 && arrays > runs);
console.log(runs + ' runs, ' + arrays + ' arrays equal to the bit; program ' + native.toFixed(0) + ' ms with its start, module ' + inPage.toFixed(0) + ' ms, a run for each array');

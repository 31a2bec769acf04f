// @ts-check
/**
 * Files of weights of each kind, changed by chance: each is read or refused in a sentence, within a second and 300 MB, and nothing is written.
 *
 *   node test/proofs/hostileWeights.mjs [COUNT] [FIRST] [HDF5]      default 10000 of each kind, from number 0; HDF5: of those of HDF5, which a
 *                                                                  thread reads, and which take a hundred times as long
 *
 * The same number is the same file. Exit code 1 where something is not so.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
require('../typescript.cjs');
/** @type {typeof import('../weights/mutatedFiles.js')} */
const { KINDS, mutated, readOrRefused } = require('../weights/mutatedFiles.ts');

const [count = '10000', first = '0', ofHdf5 = count] = process.argv.slice(2);
/** Kinds that are read by HDF5's own library. */
const HDF5 = ['hdf5', 'keras'];
const folder = mkdtempSync(join(tmpdir(), 'iekd-hostile-'));
process.chdir(folder);
const before = process.memoryUsage.rss();
/** @type {string[]} */
const wrong = [];

for (const [kind, make] of Object.entries(KINDS)) {
  const whole = make();
  const files = Number(HDF5.includes(kind) ? ofHdf5 : count);
  let [refused, slowest] = [0, 0];
  for (let i = Number(first); i < Number(first) + files; i++) {
    const bytes = mutated(whole, kind, i);
    // Of this process alone: a busy machine makes nothing slower.
    const start = process.cpuUsage();
    try {
      if (!readOrRefused(bytes)) refused++;
    } catch (error) {
      wrong.push(`${kind} ${i}: ${error}`);
    }
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, (user + system) / 1000);
    if (user + system > 1e6) wrong.push(`${kind} ${i}: ${(user + system) / 1e6} s`);
  }
  console.log(`${kind}: ${files} files, ${refused} refused, ${files - refused} read; the slowest took ${slowest.toFixed(0)} ms`);
}
const most = process.resourceUsage().maxRSS * 1024 - before;
if (most > 300e6) wrong.push(`${Math.round(most / 1e6)} MB`);
if (readdirSync(folder).length > 0) wrong.push(`written: ${readdirSync(folder)}`);
process.chdir(tmpdir());
rmSync(folder, { recursive: true });
for (const line of wrong.slice(0, 20)) console.log(line);
console.log(`${Math.round(most / 1e6)} MB at most, ${wrong.length} complaints`);
process.exitCode = wrong.length > 0 ? 1 : 0;

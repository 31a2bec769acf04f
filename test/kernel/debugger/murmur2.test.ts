/** The hash of a cell's code is that which JupyterLab computes: values of `@jupyterlab/debugger` 4.6.4. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { murmur2 } from 'iekd/dist/kernel/debugger/murmur2';

/** Text, hash with the kernel's seed, hash with seed 0. */
const HASHES: readonly (readonly [string, number, number])[] = [
  ['', 3990065800, 0],
  ['a', 2167009006, 2456313694],
  ['ab', 2805137849, 446775395],
  ['abc', 3350977461, 324500635],
  ['abcd', 804720481, 646393889],
  ['const a = 1;\n', 2129181932, 156562874],
  ['ä€😀', 4074897341, 1517107439],
  ['x'.repeat(1000), 2976633443, 1891352362],
];

describe('murmur2', () => {
  for (const [text, seeded, plain] of HASHES) {
    it(JSON.stringify(text.slice(0, 20)), () => {
      assert.deepEqual([murmur2(text, 0xc70f6907), murmur2(text, 0)], [seeded, plain]);
    });
  }
});

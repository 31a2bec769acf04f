/** The long proofs, in small: `npm run test:kills`, `npm run test:eight` and `npm run test:pictures` are the whole. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const ended = (script: string, ...words: string[]): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, script), ...words], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

test('runs that are killed at random moments end with the bits of one that was left alone', (t) => {
  const { status, said } = ended('kills.mjs', '4', String(Date.now() % 1e6), 'ie-ft');
  t.diagnostic(said);
  assert.equal(status, 0, said);
  assert.match(said, /^[4-9] kills \(\d SIGKILL, \d SIGTERM\) of \d runs of 1 methods: all the same bits; /m);
});

test('three processes on one store and on one folder: each run once, no row twice, the same bits', (t) => {
  const { status, said } = ended('eightProcesses.mjs', '6', '3');
  t.diagnostic(said);
  assert.equal(status, 0, said);
  assert.match(said, /^one store: \d+ runs, \d+ kills of 3 processes, 0 complaints\none folder: \d+ runs, .* 0 complaints\n$/);
});

test('six thousand files in a thousand classes: listed, an epoch read, and memory as after its first tenth', () => {
  const { status, said } = ended('manyPictures.mjs', '6000');
  assert.equal(status, 0, said);
  assert.match(said, /^listed: 4800 training and 1200 test images, 1000 classes: /m);
  assert.match(said, /^ {2}4800 images read: /m);
});

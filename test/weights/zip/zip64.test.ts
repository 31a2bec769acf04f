/** A small archive of zip64, written by Python's zipfile; cut short and with sizes beyond it, it is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipArchive } from 'iekd/dist/weights/zip/zipArchive';

const bytes = readFileSync(join(__dirname, 'zip64.zip'));
const END64 = Buffer.from([0x50, 0x4b, 0x06, 0x06]);

test('is an archive of zip64, and its files are read', () => {
  assert.ok(bytes.includes(END64));
  const archive = zipArchive(bytes, 'a.zip');
  assert.deepEqual(
    [...archive].map(([name, { read }]) => [name, Buffer.from(read()).toString()]),
    [
      ['a.txt', 'one'],
      ['b/c.txt', 'two and more'],
    ],
  );
});

test('a list of files that lies elsewhere is refused', () => {
  const changed = Buffer.from(bytes);
  changed.writeBigUInt64LE(2n ** 60n, bytes.indexOf(END64) + 48);
  assert.throws(() => zipArchive(changed, 'a.zip'), /a.zip: expected sizes within the archive, received 1152921504606846976$/);
});

test('without its end it is refused', () => {
  assert.throws(() => zipArchive(bytes.subarray(0, -8), 'a.zip'), /a.zip: expected a zip archive, received one without its end/);
});

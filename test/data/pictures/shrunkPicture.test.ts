/** Pictures that are kept smaller: to which size, the same bytes from the file as when it was made, anew where it was damaged. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPicture } from 'iekd/dist/data/pictures/decodePicture';
import type { RgbPicture } from 'iekd/dist/data/pictures/rgbPicture';
import { readShrunk, shrink } from 'iekd/dist/data/pictures/shrunkPicture';
import { viewPicture } from 'iekd/dist/data/pictures/viewPicture';
import sharp from 'sharp';

const root = mkdtempSync(join(tmpdir(), 'iekd-shrunk-'));
after(() => rmSync(root, { recursive: true }));
const path = join(root, 'a.png');
const plan = { most: [8, 8], folder: join(root, 'kept') } as const;
/** Of 10 rows and 16 columns. */
const bytes = Uint8Array.from({ length: 10 * 16 * 3 }, (_, i) => (i * i * 31) % 256);

before(async () =>
  writeFileSync(
    path,
    await sharp(bytes, { raw: { width: 16, height: 10, channels: 3 } })
      .png()
      .toBuffer(),
  ),
);

const keptFiles = (): string[] =>
  readdirSync(plan.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rgb'))
    .map((name) => join(plan.folder, name));

test('each direction by itself, by the view of all of it; small pictures as they are', () => {
  const picture: RgbPicture = { height: 10, width: 16, bytes };
  const cases: readonly (readonly [readonly [number, number], readonly [number, number]])[] = [
    [
      [8, 8],
      [8, 8],
    ],
    [
      [20, 8],
      [10, 8],
    ],
    [
      [10, 16],
      [10, 16],
    ],
  ];
  for (const [most, size] of cases) {
    const { height, width, original, bytes: small } = shrink(picture, most);
    assert.deepEqual([height, width, original], [...size, [10, 16]]);
    assert.deepEqual([...small], [...viewPicture(picture, size, {}, [0, 0, 0])].map(Math.round));
  }
});

test('made once, read afterwards, made anew where the file was damaged', async () => {
  const first = await readShrunk(path, plan);
  assert.deepEqual(first, shrink(await readPicture(path), plan.most));
  const [kept = assert.fail(), ...others] = keptFiles();
  assert.deepEqual(others, []);
  const whole = readFileSync(kept);
  const changed = Buffer.from(whole);
  changed.writeUInt8(whole.readUInt8(40) ^ 1, 40);
  const resized = Buffer.from(whole);
  resized.writeUInt32LE(4_000_000_000, 8);
  for (const content of [whole, changed, resized, whole.subarray(0, 100), Buffer.alloc(0), Buffer.alloc(whole.length)]) {
    writeFileSync(kept, content);
    const again = await readShrunk(path, plan);
    assert.deepEqual([again.height, again.width, again.original, [...again.bytes]], [8, 8, [10, 16], [...first.bytes]]);
    assert.deepEqual(readFileSync(kept), whole);
  }
});

test('another size and another picture are kept by themselves', async () => {
  const before = keptFiles().length;
  await readShrunk(path, { ...plan, most: [8, 9] });
  const other = join(root, 'b.png');
  writeFileSync(other, await sharp(path).negate().png().toBuffer());
  await readShrunk(other, plan);
  assert.equal(keptFiles().length, before + 2);
});

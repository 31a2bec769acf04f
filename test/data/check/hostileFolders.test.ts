/** Folders that mean harm or went wrong, through `dataReport`: each a sentence, at once, and without more memory than a picture needs. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readPicture } from 'iekd/dist/data/pictures/decodePicture';
import sharp from 'sharp';
import { classFolder, temporaryFolder } from '../../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('hostile');
const sound = join(root, 'sound');
before(() => classFolder(sound, ['a', 'b'], 3));
after(remove);

/** Signature, a header that promises so many pixels, and the end; whole, but for its data. */
function promising(width: number, height: number): Buffer {
  const header = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0\0\0\0\0', 'latin1');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return Buffer.concat([header, Buffer.from('\0\0\0\0IEND\xae\x42\x60\x82', 'latin1')]);
}

/** In a process of its own, whose time and memory are those of the report and of loading the library. */
const LOOK = `
  const { dataReport } = require('iekd');
  const { loadSharp } = require('iekd/dist/data/pictures/decodePicture');
  loadSharp();
  (async () => {
    const begin = performance.now();
    const tell = (said) => console.log(JSON.stringify({ said, ms: performance.now() - begin, kib: process.resourceUsage().maxRSS }));
    await dataReport('folder:' + process.argv[1], { workers: 0 }).then(
      ({ unreadable, notes }) => tell([...notes, ...unreadable.first.map(({ file, reason }) => file + ': ' + reason)]),
      (error) => tell([error.name + ': ' + error.message]),
    );
  })();`;

type Plant = (folder: string) => unknown;
const CASES: readonly (readonly [string, Plant, RegExp])[] = [
  [
    'a pipe with the name of a picture',
    (folder) => execFileSync('mkfifo', [join(folder, 'a', 'x.jpg')]),
    /^InputError: .*\/x\.jpg: expected a picture, received what is no file$/,
  ],
  [
    'a link to itself',
    (folder) => symlinkSync('x.jpg', join(folder, 'a', 'x.jpg')),
    /^InputError: .*\/x\.jpg: expected .*, received symbolic links in a circle \(ELOOP\); remove the link/,
  ],
  [
    'a folder within itself',
    (folder) => symlinkSync('..', join(folder, 'a', 'up')),
    /^InputError: .*\/up: expected a folder, received a link to one; move the folder there$/,
  ],
  [
    'a link to a device',
    (folder) => symlinkSync('/dev/zero', join(folder, 'a', 'x.jpg')),
    /^InputError: .*\/x\.jpg: expected a file within .*, received a link to \/dev\/zero; copy it there$/,
  ],
  ['an empty file', (folder) => writeFileSync(join(folder, 'a', 'x.jpg'), ''), /x\.jpg: expected .*, received an empty file$/],
  [
    'a header that promises 30,000×30,000 pixels',
    (folder) => writeFileSync(join(folder, 'a', 'x.png'), promising(30_000, 30_000)),
    /x\.png: expected a picture of at most 100000000 pixels, received one of 30000×30000$/,
  ],
  [
    'a header that promises 9,000×9,000 pixels, of which there is none',
    (folder) => writeFileSync(join(folder, 'a', 'x.png'), promising(9000, 9000)),
    /x\.png: expected a PNG that can be decoded, received /,
  ],
  [
    'a name with line breaks and colours',
    (folder) => writeFileSync(join(folder, 'a', 'x\n\u001b[31my.jpg'), ''),
    /\/x\s.\[31my\.jpg: expected a JPEG, PNG or WebP, received an empty file$/,
  ],
  [
    'a file that is no picture beside them, with such a name',
    (folder) => writeFileSync(join(folder, 'a', 'x\n\u001b[31my.txt'), ''),
    /passed over, the first: .*\/x\\n\\u001b\[31my\.txt$/,
  ],
];

describe('a sentence, in a second and 300 MB', () => {
  for (const [i, [name, plant, expected]] of CASES.entries()) {
    test(name, () => {
      const folder = join(root, `case${i}`);
      cpSync(sound, folder, { recursive: true });
      plant(folder);
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', LOOK, folder], {
        cwd: __dirname,
        encoding: 'utf8',
        timeout: 60_000,
      });
      const { said, ms, kib } = JSON.parse(stdout || `{"said":[${JSON.stringify(stderr)}]}`) as {
        said: string[];
        ms: number;
        kib: number;
      };
      assert.ok(
        said.some((one) => expected.test(one)),
        said.join('\n'),
      );
      assert.ok(ms < 1000, `${ms} ms`);
      assert.ok(kib < 300 * 1024, `${kib} KiB`);
    });
  }

  test('what nobody may read', { skip: process.getuid?.() === 0 && 'root may read everything' }, () => {
    const folder = join(root, 'secret');
    cpSync(sound, folder, { recursive: true });
    mkdirSync(join(folder, 'c'));
    chmodSync(join(folder, 'c'), 0);
    const { stdout } = spawnSync(process.execPath, ['-e', LOOK, folder], { cwd: __dirname, encoding: 'utf8' });
    chmodSync(join(folder, 'c'), 0o700);
    assert.match(stdout, /InputError: .*\/c: expected .*, received .*EACCES/);
  });
});

test('a file that is written anew while it is read, again and again: a whole picture, or a sentence', async () => {
  const file = join(root, 'changing.jpg');
  const noise = Uint8Array.from({ length: 300 * 200 * 3 }, (_, i) => (i * i * 7919) % 251);
  const whole = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
    .jpeg()
    .toBuffer();
  writeFileSync(file, whole);
  const writing = `
    const { writeFileSync, truncateSync } = require('node:fs');
    const [file, bytes] = [process.argv[1], Buffer.from(process.argv[2], 'base64')];
    for (const end = Date.now() + 3000; Date.now() < end; ) { writeFileSync(file, bytes.subarray(0, 2000)); writeFileSync(file, bytes); truncateSync(file, 9000); }
    writeFileSync(file, bytes);`;
  const { spawn } = await import('node:child_process');
  const writer = spawn(process.execPath, ['-e', writing, file, whole.toString('base64')]);
  const ended = new Promise((resolve) => writer.on('exit', resolve));
  const seen = { whole: 0, refused: 0 };
  for (let running = true; running; ) {
    running = writer.exitCode === null;
    const outcome = await readPicture(file).catch((error: Error) => error);
    if (outcome instanceof Error) {
      assert.equal(outcome.name, 'InputError', outcome.message);
      assert.ok(outcome.message.startsWith(`${file}: expected `), outcome.message);
      seen.refused++;
    } else {
      assert.deepEqual([outcome.height, outcome.width], [200, 300]);
      seen.whole++;
    }
    await new Promise(setImmediate);
  }
  await ended;
  assert.ok(seen.whole > 0 && seen.refused > 0, JSON.stringify(seen));
});

/** The tar reader: members by name, what it skips, and damaged archives. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tarMembers } from 'iekd/dist/data/files/tar';
import type { TestMember } from '../../fixtures/dataFiles';
import { inFolder, noise, tarball } from '../../fixtures/dataFiles';

/** Sizes around the block of 512 bytes, and one larger than a chunk of the stream. */
const FILES = Object.fromEntries([0, 1, 511, 512, 513, 200_000].map((n) => [`set/${n}.bin`, noise(`${n}`, n)]));
const SIZES = Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [name, bytes.length]));
const MEMBERS: TestMember[] = Object.entries(FILES).map(([name, bytes]) => ({ name, bytes }));

/** Reads members of an archive of the bytes given. */
function read(archive: Uint8Array, wanted: Record<string, number>): Promise<Record<string, Uint8Array>> {
  return inFolder(async (folder) => {
    const path = join(folder, 'a.tar.gz');
    writeFileSync(path, archive);
    const found: Record<string, Uint8Array> = {};
    try {
      for await (const { name, bytes } of tarMembers(path, wanted)) found[name] = bytes;
    } catch (error) {
      throw new Error((error as Error).message.replaceAll(path, 'a.tar.gz'));
    }
    return found;
  });
}

test('members come whole, others are skipped', async () => {
  assert.deepEqual(await read(tarball(MEMBERS), SIZES), FILES);
  const one = { 'set/513.bin': 513 };
  assert.deepEqual(await read(tarball(MEMBERS), one), { 'set/513.bin': FILES['set/513.bin'] });
  assert.deepEqual(await read(tarball(MEMBERS), {}), {});
});

test('folders, pax headers, odd names and prefixes do no harm', async () => {
  const archive = tarball([
    { name: 'set/', type: '5' },
    { name: 'PaxHeader/x', type: 'x', bytes: noise('pax', 700) },
    { name: '../../escape.bin', bytes: noise('escape', 9) },
    { name: '1.bin', prefix: 'set', bytes: noise('1', 1) },
    { name: 'old.bin', type: '\0', bytes: noise('old', 3) },
  ]);
  const wanted = { 'set/1.bin': 1, 'old.bin': 3 };
  assert.deepEqual(await read(archive, wanted), { 'set/1.bin': noise('1', 1), 'old.bin': noise('old', 3) });
});

test('damaged archives are refused by name', async () => {
  const whole = tarball(MEMBERS);
  const cases: [string, Uint8Array, Record<string, number>, string][] = [
    ['missing', whole, { 'set/1.bin': 1, 'set/no.bin': 1 }, 'a.tar.gz: expected set/no.bin, received an archive without them'],
    ['size', whole, { 'set/511.bin': 512 }, 'a.tar.gz: set/511.bin: expected 512 bytes, received 511 bytes'],
    ['no gzip', noise('junk', 600), SIZES, 'a.tar.gz: expected a gzipped tar archive, received incorrect header check'],
    ['cut', whole.subarray(0, 100_000), SIZES, 'a.tar.gz: expected a gzipped tar archive, received unexpected end of file'],
    ['ends inside', gzipSync(noise('x', 100)), SIZES, 'a.tar.gz: expected more bytes, received the end of the archive'],
    [
      'no header',
      gzipSync(noise('x', 2048)),
      SIZES,
      'a.tar.gz: expected a tar header, received a block with another checksum or no octal size',
    ],
    [
      'checksum',
      tarball([{ name: 'set/1.bin', bytes: noise('1', 1), header: (block) => block.write('0000001\0', 148) }]),
      SIZES,
      'a.tar.gz: expected a tar header, received a block with another checksum or no octal size',
    ],
    [
      'huge size in base 256',
      tarball([{ name: 'set/1.bin', header: (block) => block.fill(0xff, 124, 136) }]),
      SIZES,
      'a.tar.gz: expected a tar header, received a block with another checksum or no octal size',
    ],
  ];
  for (const [name, archive, wanted, message] of cases) {
    await assert.rejects(read(archive, wanted), { message }, name);
  }
});

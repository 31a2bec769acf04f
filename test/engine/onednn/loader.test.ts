/** An addon that is not whole, not for this processor, or lacks its library: each is a sentence with a next step, never a crash. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { loadAddon } from 'iekd/dist/engine/onednn/loader';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iekd-loader-')));
const [addon, stamp] = [join(folder, 'iekd.node'), join(folder, 'stamp.json')];
beforeEach(() => {
  for (const path of [addon, stamp]) rmSync(path, { force: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const REBUILD = 'run `npm run setup`';
const here = { platform: process.platform, arch: process.arch, model: 'any', instructions: [] as string[] };

/** Writes an addon of these bytes, with the stamp of a build for `target`. */
function stamped(bytes: string | Buffer, target: object = here): void {
  writeFileSync(addon, bytes);
  writeFileSync(stamp, JSON.stringify({ addon: createHash('sha256').update(bytes).digest('hex'), target }));
}

function unavailable(): string {
  const result = loadAddon(folder);
  assert.ok('unavailable' in result, 'expected a reason, received an addon');
  return result.unavailable;
}

describe('every reason for which the addon cannot be used is a sentence with a next step', () => {
  const onLinux = process.platform === 'linux';
  const table: readonly (readonly [string, () => void, string])[] = [
    ['nothing there', () => undefined, `is not built in ${folder}`],
    ['no stamp', () => writeFileSync(addon, 'x'), `has no stamp that says what it was built for in ${folder}`],
    [
      'a stamp that is no JSON',
      () => {
        stamped('x');
        writeFileSync(stamp, '{"addon": ');
      },
      `has no stamp that says what it was built for in ${folder}`,
    ],
    [
      'a truncated file',
      () => {
        stamped('whole');
        writeFileSync(addon, 'who');
      },
      `is not the file that was built in ${folder}`,
    ],
    [
      'another system',
      () => stamped('x', { ...here, platform: 'beos', arch: 'ppc' }),
      `was built for beos ppc, this is ${process.platform} ${process.arch}`,
    ],
  ];
  for (const [name, make, sentence] of table) {
    test(name, () => {
      make();
      assert.equal(unavailable(), `the oneDNN addon ${sentence}; ${REBUILD}`);
    });
  }
  test('instructions that the processor lacks', { skip: !onLinux && 'only Linux tells which it has' }, () => {
    stamped('x', { ...here, instructions: ['amx_of_tomorrow', 'avx1024'] });
    assert.match(
      unavailable(),
      /^the oneDNN addon uses amx_of_tomorrow, avx1024, which this processor \(.+\) lacks; run `npm run setup`$/,
    );
  });
  test('a file that is no library', () => {
    stamped('not a shared library');
    assert.match(unavailable(), /^the oneDNN addon does not load \(.+\); install libdnnl and run `npm run setup`$/s);
  });
});

describe('an addon of another ABI', () => {
  const source = resolve(__dirname, '../../../lib/engine/onednn/native/src/addon.cc');
  const needed = Number(/kAbi = (\d+);/.exec(readFileSync(source, 'utf8'))?.[1]);
  after(() => delete require.cache[addon]);

  // Node has it loaded already, as far as it knows: what an addon says of itself can be anything.
  for (const abi of [needed - 1, needed + 1, undefined]) {
    test(`${abi} where the source has ${needed}`, () => {
      stamped('an addon');
      require.cache[addon] = { exports: { info: () => ({ abi }) } } as NodeModule;
      assert.equal(unavailable(), `the oneDNN addon has ABI ${abi}, the library needs ${needed}; ${REBUILD}`);
    });
  }

  test('the same ABI is accepted', () => {
    stamped('an addon');
    const exports = { info: () => ({ abi: needed }) };
    require.cache[addon] = { exports } as NodeModule;
    assert.deepEqual(loadAddon(folder), { addon: exports });
  });
});

describe('the real addon', () => {
  const real = loadAddon();
  const skip = 'unavailable' in real ? real.unavailable : false;
  const built = process.env['IEKD_ADDON_FOLDER'] ?? resolve(__dirname, '../../../lib/engine/onednn/native/build');

  test('a kernel that it lacks', { skip }, () => {
    const missing = loadAddon(undefined, ['Conv2D', 'NoSuchKernel', 'NorThis']);
    assert.deepEqual(missing, { unavailable: `the oneDNN addon lacks NoSuchKernel, NorThis; ${REBUILD}` });
  });

  test('oneDNN gone since: the sentence names it, and portable runs', { skip: skip || process.platform !== 'linux' }, () => {
    const bytes = readFileSync(join(built, 'iekd.node'));
    const name = bytes.indexOf('libdnnl.so');
    assert.ok(name > 0, 'the addon names its library');
    bytes.write('libgone.so', name);
    stamped(bytes);
    const start = resolve(__dirname, '../../../lib/dist/engine/start.js');
    const program = `require(${JSON.stringify(start)}).start().then((r) => console.log(JSON.stringify([r.name, r.skipped])))`;
    const environment = { ...process.env, IEKD_ADDON_FOLDER: folder, IEKD_ENGINE: '', LD_PRELOAD: '' };
    const [engine, skipped] = JSON.parse(execFileSync(process.execPath, ['-e', program], { env: environment, encoding: 'utf8' }));
    assert.notEqual(engine, 'onednn');
    const { reason } = skipped.find((row: { name: string }) => row.name === 'onednn');
    assert.match(
      reason,
      /^the oneDNN addon does not load \(libgone\.so\.\d+: cannot open shared object file: No such file or directory\); install libdnnl and run `npm run setup`$/,
    );
  });
});

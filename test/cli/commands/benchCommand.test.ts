/** `iekd bench` as it is typed: rows, what is kept, profiles, figures, and mistakes. Tiny work; speeds are not judged. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { iekd } from '../command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-bench-'));
after(() => rmSync(folder, { recursive: true }));

const TINY = ['bench', '--depth', '8', '--batch', '2', '--steps', '1'];

type Rows = readonly Readonly<Record<string, unknown>>[];

test('rows as JSON, and the same rows kept', () => {
  const path = join(folder, 'bench.jsonl');
  const { code, stdout, stderr } = iekd([
    ...TINY,
    '--work',
    'supervised',
    '--rounds',
    '1',
    '--no-peer',
    '--json',
    '--keep',
    path,
  ]);
  assert.equal(code, 0, stderr);
  const rows = JSON.parse(stdout) as Rows;
  assert.deepEqual(Object.keys(rows[0] ?? {}), [
    ...['work', 'engine', 'precision', 'threads', 'depth', 'batch', 'imagesPerSecond'],
  ]);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Rows[number];
  assert.deepEqual({ ...kept, ...rows[0] }, kept);
  assert.deepEqual(Object.keys(kept).slice(-9, -7), ['steps', 'rounds']);
  assert.match(stderr, /\n1 row added to .*bench\.jsonl\n$/);
});

test('a table for people, with growth and memory where they are asked for', () => {
  const { code, stdout, stderr } = iekd([...TINY, '--work', 'inference', '--rounds', '1', '--no-peer', '--scaling', '--memory']);
  if (stderr.includes('expected an engine with several threads')) return assert.equal(code, 1);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^work +engine +threads +images\/s +peak MiB\n/);
  assert.match(stdout, /\nrates, by those with fewer threads\n\nwork +threads +ours\n─+ .*\ninference +1 → \d+ +\d/);
  assert.match(stdout, /\nResNet-8, batch 2, float32, \d+ threads; peer: not asked for\n$/);
});

describe('--profile', () => {
  test('a table, and a page with the figure', () => {
    const page = join(folder, 'profile.html');
    const { code, stdout, stderr } = iekd([...TINY, '--work', 'supervised', '--profile', '--figure', page]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^supervised: \d+\.\d ms a step, \d+\.\d ms unprofiled \(ResNet-8, batch 2, .*\n.* mean of 1 step\)\n/);
    assert.match(stdout, /\nkernel +path +calls +ms +share % +GFLOP\/s +GB\/s\n/);
    assert.match(stdout, /\noutside kernels +– +– +[\d.]+ +[\d.]+ +– +–\ndata pipeline +– .*\n$/);
    assert.match(stderr, /\nfigure in .*profile\.html\n$/);
    assert.ok(readFileSync(page, 'utf8').includes('A step of supervised'));
  });

  test('by shape, as JSON', () => {
    const { code, stdout, stderr } = iekd([...TINY, '--work', 'inference', '--profile', 'shape', '--json']);
    assert.equal(code, 0, stderr);
    const [profile] = JSON.parse(stdout) as Rows;
    const { rows, ...setting } = profile ?? {};
    const keys = ['work', 'engine', 'precision', 'threads', 'depth', 'batch', 'steps', 'ms', 'plainMs'];
    assert.deepEqual(Object.keys(setting), keys);
    assert.ok((rows as Rows).some(({ shape }) => typeof shape === 'string' && shape.includes('→')));
  });
});

describe('--scaling --predict', () => {
  test('a table of a step and its kernels, and the same as JSON', () => {
    const what = [...TINY, '--engine', 'onednn', '--work', 'inference', '--scaling', '--predict', '1,4'];
    const { code, stdout, stderr } = iekd(what);
    if (stderr.includes('onednn cannot run here')) return assert.equal(code, 1);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^inference, resnet8, batch 2: predicted on onednn, float32; an empty region of\s+two threads takes \d+ ns\n/,
    );
    assert.match(
      stdout,
      /\n1 thread: [\d.]+ ms \(\d+ images\/s\), 100 %, measured [\d.]+ ms\n4 threads: [\d.]+ ms \(\d+ images\/s\), /,
    );
    assert.match(stdout, /\nkernel +% on 1 +% on 4 +ms on 4 +serial\n/);
    assert.match(stdout, /\nstep +100/);
    const rows = JSON.parse(iekd([...what, '--json']).stdout) as Rows;
    const keys = ['work', 'network', 'engine', 'precision', 'batch', 'pairNs', 'threads', 'kernel', 'calls', 'regions'];
    assert.deepEqual(Object.keys(rows[0] ?? {}), [...keys, 'ms', 'serialMs', 'waitMs', 'efficiency', 'measuredMs']);
  });

  test('refuses to be alone', () => {
    const { code, stderr } = iekd(['bench', '--predict']);
    assert.equal(code, 2);
    assert.ok(stderr.includes('bench: --predict: expected --scaling beside it, received none'));
  });
});

test('--work kernel: milliseconds of the notebook’s kernel beside its bars', () => {
  const { code, stdout, stderr } = iekd(['bench', '--work', 'kernel', '--no-peer', '--rounds', '1', '--json']);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, 'measuring tslab\n');
  const rows = JSON.parse(stdout) as { unit: string; bar?: number; values: { tslab: number } }[];
  assert.deepEqual(
    rows.map(({ unit, bar }) => [unit, bar]),
    [...[800, 5, 15, 20, 30, 800, undefined, 60].map((bar) => ['ms', bar]), ['lines', undefined]],
  );
  assert.ok(rows.every(({ values }) => values.tslab > 0));
  assert.equal(rows.at(-1)?.values.tslab, 20_000);
});

test('--work decoding: milliseconds an image beside their bar', () => {
  const { code, stdout, stderr } = iekd(['bench', '--work', 'decoding', '--rounds', '1', '--json']);
  assert.deepEqual([code, stderr], [0, '']);
  const rows = JSON.parse(stdout) as { unit: string; bar: number; values: { iekd: number } }[];
  assert.deepEqual(
    rows.map(({ unit, bar }) => [unit, bar]),
    [
      ['ms', 10],
      ['ms', 10],
    ],
  );
  assert.ok(rows.every(({ values }) => values.iekd > 0));
});

describe('--models', () => {
  const ALONE = ['bench', '--batch', '2', '--steps', '1', '--rounds', '1', '--no-peer', '--models', 'resnet8'];
  test('a row a network, kept, and as a table', () => {
    const path = join(folder, 'models.jsonl');
    const { code, stdout, stderr } = iekd([...ALONE, '--json', '--keep', path]);
    assert.equal(code, 0, stderr);
    const [row] = JSON.parse(stdout) as Rows;
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Rows[number];
    assert.deepEqual({ ...kept, ...row }, kept);
    assert.equal(kept['network'], 'resnet8');
  });
  test('as Markdown', () => {
    const { code, stdout, stderr } = iekd([...ALONE, '--markdown']);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^\| network \| images\/s \| % of peak \| peak allows \| MiB \|\n\|---\|---\|---\|---\|---\|\n\| resnet8 \| /,
    );
    assert.match(stdout, /\nTraining on .*, batches of 2 images of 32×32; peer: not asked for\. Peak: /);
  });
});

describe('mistakes', () => {
  const page = join(folder, 'figure.png');
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [['--profile', '--keep'], /^error: option '--profile \[by\]' cannot be used with option '--keep \[file\]'\n$/],
    [['--profile', '--memory'], /^error: option '--profile \[by\]' cannot be used with option '--memory'\n$/],
    [['--profile', '--scaling'], /^error: option '--profile \[by\]' cannot be used with option '--scaling'\n$/],
    [['--profile', 'colour'], /argument 'colour' is invalid\. Allowed choices are kernel, shape\.\n$/],
    [['--figure', page], /^iekd: bench: --figure: expected --profile beside it, received none\n$/],
    [['--profile', '--figure', page], /^iekd: bench: --figure: expected the name of an \.html file, received ".*figure\.png"\n$/],
    [
      ['--work', 'kernel', '--scaling'],
      /^iekd: bench: --work kernel: expected no other work, and none of --profile, --keep, --memory, --scaling\n$/,
    ],
    [
      ['--work', 'decoding,ssd'],
      /^iekd: bench: --work decoding: expected no other work, and none of --profile, --keep, --memory, --scaling\n$/,
    ],
    [['--models', '--work', 'ssd'], /^error: option '--models \[names\]' cannot be used with option '--work <names>'\n$/],
    [['--size', '224'], /^iekd: bench: --size: expected --models beside it, received none\n$/],
    [['--compile'], /^iekd: bench: --compile: expected --models beside it, received none\n$/],
    [['--precision', 'float16'], /argument 'float16' is invalid\. Allowed choices are float32, bfloat16\.\n$/],
  ];
  for (const [flags, message] of table) {
    test(`iekd bench ${flags.join(' ').replace(folder, '')}`, () => {
      const { code, stdout, stderr } = iekd([...TINY, ...flags]);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout], [2, '']);
      assert.equal(existsSync(page), false);
    });
  }
});

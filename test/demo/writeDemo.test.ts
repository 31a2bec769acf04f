/** The page's files: all that it names, written whole or not at all; what it cannot show is refused before anything is written. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildNetwork, imageSet, type Network, type NetworkSpec, random, start } from 'iekd';
import type { PageData } from 'iekd/dist/demo/pageData';
import { type Demo, writeDemo } from 'iekd/dist/demo/writeDemo';
import { put, temporaryFolder } from '../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('demo');
after(remove);
before(() => start({ engine: 'portable' }));

const NORMALISATION = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] };
const OTHER = { mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 0.5] };
const HALVES = [
  { name: 'inheritance', stage: 'stage3', channels: [0, 1] },
  { name: 'exploration', stage: 'stage3', channels: [2, 3] },
] as const;

const network = (spec: NetworkSpec): Network => buildNetwork({ classes: 2, input: [16, 16, 3], ...spec }, random(0));
const demo = (more: Partial<Demo> = {}): Demo => ({
  student: network({ name: 'resnet8' }),
  ...{ halves: HALVES, classNames: ['a', '</script>'], normalisation: NORMALISATION, samples: [] },
  ...more,
});
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
const dataIn = (folder: string): PageData => JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8'));

describe('writeDemo', () => {
  test('everything that the page names, and demo.json last', () => {
    const folder = join(root, 'whole');
    const samples = [{ bytes: Uint8Array.of(1, 2), ending: '.png', label: 'a' }];
    const teacher = network({ name: 'resnet14', normalisation: OTHER });
    const written = writeDemo(folder, demo({ teacher, samples, dataset: 'cats', method: 'ie-ft', resize: 20 }));
    const names = written.map(({ path }) => relative(folder, path).replaceAll('\\', '/'));
    assert.equal(names.at(-1), 'demo.json');
    assert.deepEqual(names.sort(), files(folder).sort());
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    for (const [, name = ''] of page.matchAll(/(?:src|href)="([^":]+)"/g)) assert.ok(names.includes(name), name);
    for (const name of names.filter((one) => one.endsWith('.js'))) {
      for (const [, other = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/^import .* from '\.\/(.+)';$/gm)) {
        assert.ok(names.includes(other), `${name}: ${other}`);
      }
    }
    const { networks, ...rest } = dataIn(folder);
    assert.deepEqual(rest, {
      ...{ dataset: 'cats', method: 'ie-ft', classNames: ['a', '</script>'] },
      image: { pixels: [16, 16], resize: [20, 20], channels: 3 },
      samples: [{ file: 'samples/1.png', label: 'a' }],
    });
    assert.deepEqual(
      networks.map(({ role, name, folder: own, normalisation, halves }) => ({ role, name, own, normalisation, halves })),
      [
        { role: 'teacher', name: 'resnet14', own: 'teacher', normalisation: OTHER, halves: [] },
        { role: 'student', name: 'resnet8', own: 'student', normalisation: NORMALISATION, halves: HALVES },
      ],
    );
    for (const { folder: own, bytes, parameters } of networks) {
      const sizes = readdirSync(join(folder, own)).map((name) => statSync(join(folder, own, name)).size);
      assert.equal(
        bytes,
        sizes.reduce((sum, size) => sum + size),
      );
      assert.ok(bytes > 4 * parameters);
    }
  });

  test('nothing from elsewhere, no script and no style in the page itself', () => {
    const page = readFileSync(join(root, 'whole/index.html'), 'utf8');
    assert.ok(!/https?:\/\/|<script>|<style|\son\w+=|\sstyle=/.test(page));
    assert.match(page, /default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
  });

  test('with images, the page that trains, and all that it names', () => {
    const folder = join(root, 'trains');
    const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i % 2);
    const training = imageSet('training', bytes(3 * 16 * 16 * 3), bytes(3), { height: 16, width: 16, channels: 3 });
    const written = writeDemo(folder, demo({ training }));
    const names = written.map(({ path }) => relative(folder, path).replaceAll('\\', '/'));
    assert.equal(names.at(-1), 'demo.json');
    const page = readFileSync(join(folder, 'train.html'), 'utf8');
    for (const [, name = ''] of page.matchAll(/(?:src|href)="([^":]+)"/g)) assert.ok(names.includes(name), name);
    assert.ok(!/https?:\/\/|<script>|<style|\son\w+=|\sstyle=/.test(page));
    const { training: described } = dataIn(folder);
    assert.deepEqual(described, { images: 'training/images.bin', labels: 'training/labels.bin', count: 3 });
    assert.deepEqual(Uint8Array.from(readFileSync(join(folder, 'training/images.bin'))), training.images);
    assert.deepEqual([...readFileSync(join(folder, 'training/labels.bin'))], [0, 1, 0]);
    assert.ok(!files(join(root, 'whole')).includes('train.html'));
  });

  test('over a demo of before', () => {
    writeDemo(join(root, 'whole'), demo());
    assert.deepEqual(
      dataIn(join(root, 'whole')).networks.map(({ role }) => role),
      ['student'],
    );
  });
});

describe('refuses, and writes nothing', () => {
  const cases: readonly (readonly [string, () => Demo, string])[] = [
    [
      'a detector',
      () => demo({ student: network({ name: 'ssd-resnet8', input: [64, 64, 3] }) }),
      'demo: student ssd-resnet8: expected a network that tells classes apart, received a detector; iekd detect draws what it finds',
    ],
    [
      'a teacher of other classes',
      () => demo({ teacher: network({ name: 'resnet14', classes: 3 }) }),
      'demo: teacher resnet14: expected the 2 classes that have names, received 3',
    ],
    [
      'a teacher of another size',
      () => demo({ teacher: network({ name: 'resnet14', input: [32, 32, 3] }) }),
      'demo: teacher resnet14: expected images of 16×16×3, as the student has, received images of 32×32×3',
    ],
    [
      'images of two channels',
      () => demo({ student: network({ name: 'resnet8', input: [16, 16, 2] }), normalisation: { mean: [0, 0], std: [1, 1] } }),
      'demo: expected a network of grey pictures or of colours, received "2 channels"',
    ],
    [
      'training images of another size',
      () => demo({ training: imageSet('t', new Uint8Array(12), new Uint8Array(1), { height: 2, width: 2, channels: 3 }) }),
      'demo: training: expected images of 16×16×3, as the student has, received [2,2,3]',
    ],
  ];
  for (const [name, made, message] of cases) {
    test(name, () => {
      const folder = join(root, name);
      assert.throws(() => writeDemo(folder, made()), { message });
      assert.ok(!existsSync(folder));
    });
  }

  test('a folder with something else in it', () => {
    const folder = join(root, 'taken');
    put(join(folder, 'thesis.tex'), '');
    const message = `${folder}: expected a new or empty folder, or a demo of before, received one with thesis.tex in it; name another`;
    assert.throws(() => writeDemo(folder, demo()), { message });
    assert.deepEqual(files(folder), ['thesis.tex']);
  });
});

